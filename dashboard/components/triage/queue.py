"""The queue of a triage: which cases, where one stands in it, and what was done; kept for the session."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial

from calibration.store import CONFIRMED, FIXED, LABEL_WRONG, MOST_WRONG, NEW, WONT_FIX, BadCase, BadCaseFilter
from dashboard import resources, state
from dashboard.actor import actor
from dashboard.components.frame.notices import attempting, say
from dashboard.i18n import t

LONGEST = 500
"""How many cases a queue holds at most; the next ones follow with a new queue."""
SHORTCUTS = {CONFIRMED: "Y", LABEL_WRONG: "L", FIXED: "F", WONT_FIX: "W"}
"""Keys by the status that they set. C would be the obvious one, but Streamlit keeps it for itself."""
UNDO, NEXT, BEFORE = "U", "J", "K"
Asked = tuple[BadCaseFilter | None, str]
"""Which cases a queue is made of (None: all new ones), and in which order."""


ALL_NEW = BadCaseFilter(status=NEW)


@dataclass(frozen=True)
class Queue:
    """Cases to sort out. place: of the one shown; its number of cases where all are done.

    total: cases that match, which may be more than fit. done: (place, id, version after), the latest last.
    """

    ids: tuple[int, ...]
    total: int
    place: int = 0
    done: tuple[tuple[int, int, int], ...] = field(default=())

    @property
    def current(self) -> int | None:
        """The id of the case shown; None where there is none left."""
        return self.ids[self.place] if self.place < len(self.ids) else None

    @property
    def sorted_out(self) -> int:
        """How many cases got a status."""
        return len({case_id for _, case_id, _ in self.done})


def begin(wanted: BadCaseFilter | None = None, order: str = MOST_WRONG) -> Queue:
    """A queue of the cases that match (default: all new ones), kept in the session."""
    found = resources.store().bad_cases.search(wanted or ALL_NEW, LONGEST, order=order)
    return _keep(Queue(tuple(case.id for case in found.rows), found.total))


def waiting(asked: Asked) -> int:
    """How many cases a new queue would begin with, of those that nobody has sorted out yet."""
    wanted = asked[0] or ALL_NEW
    if wanted.status not in (None, NEW):
        return 0
    return resources.store().bad_cases.search(replace(wanted, status=NEW), limit=0).total


def corrected(case: BadCase) -> None:
    """A decision about this case can still be taken back although its note or expectation was corrected since."""
    queue = kept()
    done = [(place, key, case.version if key == case.id else seen) for place, key, seen in queue.done]
    _keep(replace(queue, done=tuple(done)))


def begin_anew(wanted: BadCaseFilter | None, order: str) -> None:
    """Begin a new queue, as a callback."""
    begin(wanted, order)


def kept() -> Queue:
    """The session's queue; a new one where there is none."""
    queue: Queue | None = state.get(state.TRIAGE)
    return queue if queue is not None else begin()


def _keep(queue: Queue) -> Queue:
    state.put(state.TRIAGE, queue)
    return queue


def step(by: int) -> None:
    """Go on or back, as a callback."""
    queue = kept()
    _keep(replace(queue, place=min(max(queue.place + by, 0), len(queue.ids))))


@attempting
def decide(case: BadCase, status: str) -> None:
    """Give the case shown a status and go on, as a callback."""
    queue = kept()
    (moved,) = resources.store().bad_cases.set_status(
        [case.id], status, versions={case.id: case.version}, actor=actor()
    )
    done = queue.done if moved.version == case.version else (*queue.done, (queue.place, case.id, moved.version))
    _keep(replace(queue, place=queue.place + 1, done=done))


@attempting
def take_back() -> None:
    """Take back the latest decision and show its case again, as a callback."""
    queue = kept()
    if not queue.done:
        say(t("There is nothing to take back."))
        return
    place, case_id, version = queue.done[-1]
    undo = partial(resources.store().bad_cases.undo, field="status", actor=actor())
    undo([case_id], versions={case_id: version})
    _keep(replace(queue, place=place, done=queue.done[:-1]))
