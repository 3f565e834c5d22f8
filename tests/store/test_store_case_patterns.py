"""What bad cases have in common, counted by the database and by a plain loop alike."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from calibration.errors import BadArgument
from calibration.store import BadCase, BadCaseDraft, BadCaseFilter, Store, open_store

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday


def filled(database: str) -> tuple[Store, list[BadCase]]:
    """Sixty cases over ten weeks, three of four sorted out."""
    moment = iter(BEGIN + timedelta(hours=28 * n) for n in range(100_000))
    store = open_store(database, clock=lambda: next(moment))
    rng, texts = np.random.default_rng(0), ("分3期", "支持退货", "怎么退")
    drafts = [
        BadCaseDraft(f"{texts[n % 3]}", f"{'不支持退货' if n % 2 else '分12期'}第{chr(0x4E00 + n)}", n % 2,
                     f"d{n % 4}", None if n % 10 == 9 else round(float(rng.uniform(-1, 1)), 6))
        for n in range(60)
    ]  # fmt: skip
    cases = [store.bad_cases.add(draft)[0] for draft in drafts]
    for case in cases[:45]:
        store.bad_cases.set_status([case.id], ("confirmed", "label_wrong", "fixed")[case.id % 3])
    return store, [store.bad_cases.get(case.id) for case in cases]


def loop(cases: list[BadCase], dimension: str) -> dict[str | int, tuple[int, int, int]]:
    """The slow and obvious way."""
    found: dict[str | int, list[int]] = {}
    for case in cases:
        values = {
            "tag": case.tags or ("none",),
            "domain": (case.domain,),
            "source": (case.source,),
            "band": () if case.score is None else (int(np.floor(case.score * 20 + 1e-9)),),
        }[dimension]
        for value in values:
            counts = found.setdefault(value, [0, 0, 0])
            counts[0] += 1
            counts[1] += case.status != "new"
            counts[2] += case.status in ("confirmed", "fixed", "wont_fix")
    return {value: (a, b, c) for value, (a, b, c) in found.items()}


@pytest.mark.slow
@pytest.mark.parametrize("dimension", ["tag", "domain", "band", "source"])
def test_counts_are_those_of_a_plain_loop(database: str, dimension: str) -> None:
    store, cases = filled(database)
    with store:
        frame = store.case_patterns.by(dimension, BadCaseFilter())
        found = {row.value: (row.cases, row.sorted, row.upheld) for row in frame.itertuples()}
        assert found == loop(cases, dimension)
        assert frame["cases"].is_monotonic_decreasing
        one = store.case_patterns.by(dimension, BadCaseFilter(domain="d1"))
        here = loop([case for case in cases if case.domain == "d1"], dimension)
        assert one["cases"].sum() == sum(count for count, _, _ in here.values())


@pytest.mark.slow
@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/New_York", "Asia/Kathmandu"])
def test_weeks_begin_on_monday_of_the_reader(database: str, zone: str) -> None:
    store, cases = filled(database)
    with store:
        frame = store.case_patterns.by_week(BadCaseFilter(), ZoneInfo(zone))
    expected: Counter[tuple[pd.Timestamp, str]] = Counter()
    for case in cases:
        day = pd.Timestamp(case.created_at.astimezone(ZoneInfo(zone)).date())
        for tag in case.tags or ("none",):
            expected[(day - pd.Timedelta(days=day.weekday()), tag)] += 1
    assert {(row.week, row.value): row.cases for row in frame.itertuples()} == expected
    assert frame["week"].dt.day_of_week.eq(0).all()


def test_nothing_gives_empty_frames(store: Store) -> None:
    assert len(store.case_patterns.by("tag", BadCaseFilter())) == 0
    assert len(store.case_patterns.by_week(BadCaseFilter())) == 0
    with pytest.raises(BadArgument, match="dimension"):
        store.case_patterns.by("note", BadCaseFilter())
