"""Live comparison: what was compared before, kept in the reader's own browser and nowhere else."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

import streamlit as st

from dashboard import state
from dashboard.actor import actor
from dashboard.components.compare import form
from dashboard.components.compare.form import Query
from dashboard.components.frame.notices import offer_undo
from dashboard.i18n import escaped, t, tn
from dashboard.login_options import from_environment

KEPT: Final = 20
LONGEST: Final = 4000
"""Characters of a comparison that outlives the session; a longer one is kept for the session only."""

BROWSER: Final = st.components.v2.component(
    "simtier_history",
    js="""
export default function ({data, setTriggerValue}) {
  const mine = window.simtierHistory || (window.simtierHistory = {asked: false, seen: []});
  const name = (one) => JSON.stringify([one.domain, one.source, one.targets]);
  const read = () => {
    try {
      const kept = JSON.parse(localStorage.getItem(data.place));
      return Array.isArray(kept) ? kept : [];
    } catch { return []; }
  };
  try {
    const kept = read();
    if (!data.known && !mine.asked) {
      mine.asked = true;
      if (kept.length) {
        mine.seen = kept.map(name);
        setTriggerValue('found', kept);
        return;
      }
    }
    if (data.known && !data.past.length) {
      localStorage.removeItem(data.place);
      mine.seen = [];
      return;
    }
    const here = data.past.map(name);
    const others = kept.filter((one) => !here.includes(name(one)) && !mine.seen.includes(name(one)));
    const all = [...data.past, ...others].slice(0, data.most);
    if (all.length) localStorage.setItem(data.place, JSON.stringify(all));
    mine.seen = all.map(name);
  } catch { /* a browser that stores nothing has a history of this session only */ }
}
""",
)
"""Reads the browser's history once, then writes the session's; what another tab has added meanwhile stays."""


@dataclass(frozen=True)
class Past:
    """A comparison that was made."""

    domain: str
    source: str
    targets: str


FIELDS: Final = tuple(field.name for field in fields(Past))


def remember(query: Query) -> None:
    """Put the comparison at the head of the history, in place of what was typed on the way to it."""
    now = Past(query.domain or "", "\n".join(query.sources), "\n".join(query.targets))
    if state.get(state.LIVE_REMEMBERED) == now:  # still on the page, though its history may have been cleared
        return
    state.put(state.LIVE_REMEMBERED, now)
    before = [past for past in _all() if past != now]
    if before and now.source.startswith(before[0].source) and now.targets.startswith(before[0].targets):
        before = before[1:]
    state.put(state.LIVE_HISTORY, (now, *before)[:KEPT])


def _all() -> tuple[Past, ...]:
    return tuple(state.get(state.LIVE_HISTORY, ()))


def keep() -> None:
    """Bring the history of the browser and of the session together; after what the page adds to it."""
    short = [past for past in _all() if len(past.source) + len(past.targets) <= LONGEST]
    data = {
        "place": _place(),
        "known": bool(state.get(state.LIVE_HISTORY_KNOWN)),
        "past": [asdict(past) for past in short],
        "most": KEPT,
    }
    BROWSER(key=state.LIVE_BROWSER, data=data, on_found_change=_found)


def _place() -> str:
    """The name of the history in the browser; one for each who logs in, as they may share a browser."""
    name = "simtier-history"
    return f"{name}-{hashlib.sha256(actor().encode()).hexdigest()[:16]}" if from_environment().needed else name


def _found() -> None:
    """Put what the browser had kept behind what this session has compared since, as a callback."""
    told = getattr(state.get(state.LIVE_BROWSER), "found", None)
    now = _all()
    state.put(state.LIVE_HISTORY, (*now, *(past for past in read(told) if past not in now))[:KEPT])
    state.put(state.LIVE_HISTORY_KNOWN, True)


def read(told: Any) -> Sequence[Past]:
    """What a browser says was compared, less what no page of ours has put there.

    >>> read([{"domain": "", "source": "a", "targets": "b"}, {"source": 1}, None])
    [Past(domain='', source='a', targets='b')]
    """
    found = [_past(one) for one in told[:KEPT]] if isinstance(told, list) else []
    return [past for past in found if past is not None]


def _past(one: Any) -> Past | None:
    """One of them; None where it is none."""
    domain, source, targets = (one.get(name) if isinstance(one, dict) else None for name in FIELDS)
    if not (isinstance(domain, str) and isinstance(source, str) and isinstance(targets, str)):
        return None
    whole = source.strip() and targets.strip() and len(domain) + len(source) + len(targets) <= 2 * LONGEST
    return Past(domain, source, targets) if whole else None


def _caption(count: int) -> str:
    """How many there are."""
    return tn(
        "The last {count} comparison, kept in this browser only",
        "The last {count} comparisons, kept in this browser only",
        count,
    )


def menu() -> None:
    """What was compared before, one click to have it back."""
    past = _all()
    with st.popover(t("History"), icon=":material/history:", type="tertiary", disabled=not past):
        st.caption(_caption(len(past)))
        for number, one in enumerate(past):
            label = escaped(one.source[:30]) + " ↔ " + escaped(one.targets.splitlines()[0][:30])
            st.button(
                label,
                key=f"past_{number}",
                type="tertiary",
                on_click=form.fill,
                args=(one.domain, one.source, one.targets),
                width="stretch",
            )
        st.button(t("Clear the history"), key="past_clear", icon=":material/delete:", on_click=_clear)


def _clear() -> None:
    """Forget all of it, with a way back, as a callback."""
    offer_undo(t("The history is cleared."), state.put, state.LIVE_HISTORY, _all())
    state.put(state.LIVE_HISTORY, ())
    state.put(state.LIVE_HISTORY_KNOWN, True)
