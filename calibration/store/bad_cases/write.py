"""Write bad cases: reported once for each pair, triaged with a history."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, select, update

from calibration.policies.tiers import Thresholds
from calibration.store.bad_cases.filters import BadCaseFilter
from calibration.store.bad_cases.matching import matching
from calibration.store.bad_cases.opinions import write_opinion
from calibration.store.bad_cases.read import BadCaseQueries
from calibration.store.bad_cases.records import NEW, OPEN_STATUSES, BadCase, BadCaseDraft, Judgement
from calibration.store.bad_cases.rules import (
    check_draft,
    check_status,
    cost_of,
    expectation,
    margin_of,
    pair_key,
    searched_text,
    thresholds_in,
)
from calibration.store.bad_cases.sql import (
    change_field,
    check_there,
    fetch_case,
    last_change,
    read_case,
    tags_of,
    write_history,
    write_tags,
)
from calibration.store.database import insert_row
from calibration.store.rows import check_text
from calibration.store.schema import bad_cases, policies
from calibration.text.differences import TRUNCATED, pair_tags

SCOPE = "bad_cases"


class BadCaseRepository(BadCaseQueries):
    """The bad cases of a store. `version(s)`, where given, are those the caller has seen: else Conflict."""

    def add(self, draft: BadCaseDraft) -> tuple[BadCase, bool]:
        """Keep a report; `(case, True)`, or `(the open case, False)` where its pair is open in that domain.

        The order of the two texts and their blanks do not matter. What a repeated report says goes to the history.

        :raises BadArgument: the report breaks a rule.
        """
        check_draft(draft)
        now = self._database.clock()
        with self._database.write(SCOPE) as connection:
            case_id, created = _add(connection, draft, now)
            return read_case(connection, case_id), created

    def add_many(self, drafts: Sequence[BadCaseDraft]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Keep these reports, all of them or none: the ids of the new cases, and of those that were open already.

        :raises BadArgument: a report breaks a rule.
        """
        for draft in drafts:
            check_draft(draft)
        now = self._database.clock()
        with self._database.write(SCOPE) as connection:
            added = [_add(connection, draft, now) for draft in drafts]
        return tuple(key for key, new in added if new), tuple(key for key, new in added if not new)

    def set_status(
        self, ids: Sequence[int], status: str, *, actor: str = "", versions: Mapping[int, int] | None = None
    ) -> tuple[BadCase, ...]:
        """Move all these cases to `status`, or none of them.

        :raises NotFound, Conflict: a case is not there, or has changed since its version.
        :raises AlreadyExists: one would be the second open case of its pair.
        """
        check_status(status)
        return self._set(ids, "status", status, actor, versions or {})

    def undo(
        self,
        ids: Sequence[int],
        *,
        field: str | None = None,
        actor: str = "",
        versions: Mapping[int, int] | None = None,
    ) -> tuple[BadCase, ...]:
        """Take back the last change of each of these cases, or none of them; again goes one change further back.

        field: only changes of `status`, `note` or `expected`, whatever else was changed since.

        :raises NotFound: a case is not there or has no change to take back.
        :raises Conflict, AlreadyExists: as in `set_status`.
        """
        now, seen, once = self._database.clock(), versions or {}, tuple(dict.fromkeys(ids))
        with self._database.write(SCOPE) as connection:
            for case_id in once:
                case = fetch_case(connection, case_id, seen.get(case_id))
                last = last_change(connection, case_id, field)
                change_field(connection, case, last["field"], last["old"], now, actor, undoes=last["id"])
            return tuple(read_case(connection, case_id) for case_id in once)

    def set_status_of_all(self, wanted: BadCaseFilter, status: str, *, actor: str = "") -> tuple[BadCase, ...]:
        """Move every case that matches to `status`, or none of them; returns those that moved, as they are now.

        :raises AlreadyExists: one would be the second open case of its pair.
        """
        check_status(status)
        now = self._database.clock()
        with self._database.write(SCOPE) as connection:
            query = select(bad_cases.c.id).where(*matching(wanted), bad_cases.c.status != status)
            ids = list(connection.execute(query.order_by(bad_cases.c.id)).scalars())
            for case_id in ids:
                change_field(connection, fetch_case(connection, case_id), "status", status, now, actor)
            return tuple(read_case(connection, case_id) for case_id in ids)

    def judge(self, found: Sequence[Judgement]) -> int:
        """Keep score and tier of cases that came without a tier; returns how many there were by now.

        :raises NotFound: a case is not there.
        """
        done = 0
        with self._database.write(SCOPE) as connection:
            for one in found:
                case = fetch_case(connection, one.case_id)
                if case["tier_given"] is None:
                    _judge(connection, case["expected"], one)
                    done += 1
        return done

    def note_use(self, ids: Sequence[int], dataset: str, *, actor: str = "") -> None:
        """Write into the history of these cases that they were added to the dataset of that name.

        :raises NotFound: a case is not there.
        """
        now = self._database.clock()
        once = tuple(dict.fromkeys(ids))
        with self._database.write(SCOPE) as connection:
            check_there(connection, once)
            for case_id in once:
                write_history(connection, case_id, now, actor, "added", field="dataset", new=dataset)

    def update_note(self, case_id: int, note: str, *, actor: str = "", version: int | None = None) -> BadCase:
        """Replace the note.

        :raises NotFound, Conflict: no such case, or it has changed since `version`.
        """
        check_text("note", note)
        return self._set([case_id], "note", note, actor, {} if version is None else {case_id: version})[0]

    def update_expected(
        self, case_id: int, expected: str | int, *, actor: str = "", version: int | None = None
    ) -> BadCase:
        """Correct what was expected.

        :raises BadArgument: not an expectation.
        :raises NotFound, Conflict: no such case, or it has changed since `version`.
        """
        seen = {} if version is None else {case_id: version}
        return self._set([case_id], "expected", expectation(expected), actor, seen)[0]

    def _set(
        self, ids: Sequence[int], field: str, value: str, actor: str, versions: Mapping[int, int]
    ) -> tuple[BadCase, ...]:
        now, once = self._database.clock(), tuple(dict.fromkeys(ids))
        with self._database.write(SCOPE) as connection:
            for case_id in once:
                case = fetch_case(connection, case_id, versions.get(case_id))
                change_field(connection, case, field, value, now, actor)
            return tuple(read_case(connection, case_id) for case_id in once)


def _judge(connection: Connection, expected: str, one: Judgement) -> None:
    values = {
        "score": one.score,
        "tier_given": one.tier_given,
        "thresholds": json.dumps(dict(one.thresholds)),
        "policy_id": one.policy_id,
        "fingerprint": one.fingerprint,
        "margin": margin_of(one.score, expected, one.thresholds),
        "cost": cost_of(expected, one.tier_given),
    }
    connection.execute(update(bad_cases).where(bad_cases.c.id == one.case_id).values(**values))
    if one.truncated and TRUNCATED not in tags_of(connection, [one.case_id]).get(one.case_id, ()):
        write_tags(connection, [(one.case_id, TRUNCATED)])


def _add(connection: Connection, draft: BadCaseDraft, now: datetime) -> tuple[int, bool]:
    """The id of the report's case, and whether it is new."""
    there = _open_case(connection, draft)
    if there is None:
        return _insert(connection, draft, now), True
    _note_repetition(connection, there, draft, now)
    return there, False


def _open_case(connection: Connection, draft: BadCaseDraft) -> int | None:
    """The id of the open case of this pair and domain; the write's turn keeps the answer true until it commits."""
    table, key = bad_cases.c, pair_key(draft.text_a, draft.text_b)
    query = select(table.id).where(
        table.pair_key == key, table.domain == draft.domain, table.status.in_(OPEN_STATUSES)
    )
    return connection.execute(query).scalar_one_or_none()


def _insert(connection: Connection, draft: BadCaseDraft, now: datetime) -> int:
    expected, thresholds = expectation(draft.expected), _thresholds(connection, draft)
    values = {name: value for name, value in vars(draft).items() if name != "truncated"}
    values |= {"expected": expected, "status": NEW, "version": 1, "created_at": now, "updated_at": now}
    values |= {
        "pair_key": pair_key(draft.text_a, draft.text_b),
        "searched": searched_text(draft.text_a, draft.text_b, draft.note),
        "thresholds": None if thresholds is None else json.dumps(dict(thresholds)),
        "margin": None if draft.score is None else margin_of(float(draft.score), expected, thresholds),
        "cost": cost_of(expected, draft.tier_given),
    }
    case_id = insert_row(connection, bad_cases, **values)
    tags = pair_tags(draft.text_a, draft.text_b, truncated=draft.truncated)
    write_tags(connection, ((case_id, tag) for tag in tags))
    write_history(connection, case_id, now, draft.reporter, "created", field="status", new=NEW)
    _keep_opinion(connection, case_id, draft, now)
    return case_id


def _thresholds(connection: Connection, draft: BadCaseDraft) -> Thresholds | None:
    """Those of the report, else those of its policy in its domain, if the store has that policy."""
    if draft.thresholds is not None or draft.policy_id is None:
        return draft.thresholds
    document = connection.execute(select(policies.c.document).where(policies.c.id == draft.policy_id)).scalar()
    return None if document is None else thresholds_in(json.loads(document), draft.domain)


def _note_repetition(connection: Connection, case_id: int, draft: BadCaseDraft, now: datetime) -> None:
    """Keep what the repeated report says, which may differ from the first."""
    said = {"expected": expectation(draft.expected), "note": draft.note}
    for field, value in said.items():
        if value:
            write_history(connection, case_id, now, draft.reporter, "reported", field=field, new=value)
    _keep_opinion(connection, case_id, draft, now)


def _keep_opinion(connection: Connection, case_id: int, draft: BadCaseDraft, now: datetime) -> None:
    said = {"expected": expectation(draft.expected), "note": draft.note, "source": draft.source}
    write_opinion(connection, case_id, at=now, reporter=draft.reporter, **said)
