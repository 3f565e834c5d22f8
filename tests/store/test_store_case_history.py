"""Any sequence of edits and undos of a case ends where a list of changes says."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from calibration.errors import NotFound
from calibration.store import EXPECTATIONS, STATUSES, BadCaseDraft, Store

NUMBERS = itertools.count()
FIELDS = ("status", "note", "expected")
VALUES = {"status": STATUSES, "note": ("", "甲", "乙"), "expected": EXPECTATIONS}
CHANGES = st.sampled_from(FIELDS).flatmap(lambda field: st.tuples(st.just(field), st.sampled_from(VALUES[field])))


class History(RuleBasedStateMachine):
    """A case in a real store beside a plain list of its changes: (field, old value)."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store
        case, _ = self.store.bad_cases.add(BadCaseDraft(f"甲{next(NUMBERS)}", "乙", "weak", note="甲"))
        self.id = case.id
        self.now = {field: getattr(case, field) for field in FIELDS}
        self.changes: list[tuple[str, str]] = []
        self.version = 1

    @rule(change=CHANGES)
    def edit(self, change: tuple[str, str]) -> None:
        field, value = change
        cases = self.store.bad_cases
        if field == "status":
            cases.set_status([self.id], value)
        else:
            (cases.update_note if field == "note" else cases.update_expected)(self.id, value)
        if value != self.now[field]:
            self.changes.append((field, self.now[field]))
            self.now[field] = value
            self.version += 1

    @rule(field=st.none() | st.sampled_from(FIELDS))
    def undo(self, field: str | None) -> None:
        places = [n for n, (changed, _) in enumerate(self.changes) if field in (None, changed)]
        if not places:
            with pytest.raises(NotFound):
                self.store.bad_cases.undo([self.id], field=field)
            return
        self.store.bad_cases.undo([self.id], field=field)
        changed, old = self.changes.pop(places[-1])
        self.now[changed] = old
        self.version += 1

    @invariant()
    def the_case_is_where_the_list_says(self) -> None:
        case = self.store.bad_cases.get(self.id)
        assert {field: getattr(case, field) for field in FIELDS} == self.now
        assert case.version == self.version
        assert self.replayed() == self.now

    def replayed(self) -> dict[str, str]:
        """The history read from its beginning."""
        now = {"status": "new", "note": "甲", "expected": "weak"}
        for entry in self.store.bad_cases.history(self.id)[1:]:
            assert now[entry.field] == entry.old
            now[entry.field] = entry.new or ""
        return now


def test_any_sequence_of_edits_and_undos_ends_where_it_should(store: Store) -> None:
    run_state_machine_as_test(
        lambda: History(store),
        settings=settings(
            max_examples=8, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
