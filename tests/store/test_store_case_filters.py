"""What a case carries beside its texts: tags, margin, cost; how cases are found by it; filters that are kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.errors import AlreadyExists, BadArgument, NotFound
from calibration.policies.policy import DomainPolicy, Policy
from calibration.store import (
    DEAREST,
    MOST_WRONG,
    NEWEST,
    NO_TAG,
    ORDERS,
    STATUSES,
    BadCase,
    BadCaseDraft,
    BadCaseFilter,
    Store,
)
from calibration.text.differences import TAGS

BANK = {"same": 0.9, "related": 0.8, "weak": None}
DRAFT = BadCaseDraft("分3期", "分12期", "related", score=0.95, tier_given="same", thresholds=BANK)


def add(store: Store, **given_: Any) -> BadCase:
    return store.bad_cases.add(replace(DRAFT, **given_))[0]


def texts(store: Store, order: str = NEWEST, **wanted: Any) -> list[str]:
    return [case.text_a for case in store.bad_cases.search(BadCaseFilter(**wanted), order=order).rows]


def test_a_case_gets_its_tags_margin_and_cost(store: Store) -> None:
    case = add(store, truncated=True)
    assert (case.tags, case.truncated) == (("numbers", "truncated"), True)
    assert (case.margin, case.cost) == (pytest.approx(0.05), 10.0)
    assert store.bad_cases.get(case.id) == case
    assert add(store, text_a="甲", thresholds=None, tier_given=None).margin is None


def test_margin_and_cost_follow_what_is_expected_and_come_back(store: Store) -> None:
    case = add(store)
    changed = store.bad_cases.update_expected(case.id, "unrelated")
    assert (changed.margin, changed.cost) == (pytest.approx(0.15), 10.0)
    assert store.bad_cases.update_expected(case.id, "same").margin is None
    store.bad_cases.undo([case.id])
    back = store.bad_cases.undo([case.id])[0]
    assert (back.expected, back.margin, back.cost) == (case.expected, case.margin, case.cost)


def test_thresholds_come_from_the_policy_where_the_report_has_none(store: Store) -> None:
    stored = store.policies.save(
        Policy({"bank": DomainPolicy({"same": 0.9, "related": None, "weak": None})}, name="p")
    )
    known = add(store, thresholds=None, policy_id=stored.id, domain="bank", expected=0)
    assert known.thresholds == {"same": 0.9, "related": None, "weak": None}
    assert known.margin == pytest.approx(0.05)
    assert add(store, thresholds=None, policy_id=stored.id, domain="shop").thresholds is None
    assert add(store, thresholds=None, policy_id="elsewhere").thresholds is None
    for wrong in ({"equal": 0.5}, {"same": float("nan")}):
        with pytest.raises(BadArgument, match="thresholds"):
            add(store, text_a="乙", thresholds=wrong)


def test_cases_are_found_by_all_that_they_carry(store: Store) -> None:
    moment = datetime.now(UTC)
    add(store, text_a="甲", text_b="乙", score=0.4, source="api", reporter="li", policy_id="p1")
    add(store, text_a="支持退货", text_b="不支持退货", score=0.6, source="live")
    add(store, text_a="分3期", score=None)
    assert texts(store, tag="negation") == ["支持退货"]
    assert texts(store, tag=NO_TAG) == ["甲"]
    assert texts(store, score_from=0.4, score_to=0.6) == ["甲"]
    assert texts(store, score_from=0.41) == ["支持退货"]
    assert texts(store, source="api") == texts(store, reporter="li") == texts(store, policy_id="p1") == ["甲"]
    assert len(texts(store, since=moment - timedelta(minutes=5), until=moment + timedelta(minutes=5))) == 3
    assert texts(store, until=moment - timedelta(minutes=5)) == []
    assert texts(store, text="ｓｈ") == []
    assert store.bad_cases.values("source") == ("api", "live")
    assert store.bad_cases.counts(BadCaseFilter(tag="numbers"))["new"] == 1
    with pytest.raises(BadArgument):
        store.bad_cases.values("note")


def test_a_search_is_blind_to_width_and_case_and_follows_the_note(store: Store) -> None:
    case = add(store, text_a="ＶＩＰ会员", note="第一次")
    assert texts(store, text="vip会") == texts(store, text="ＶＩＰ") == ["ＶＩＰ会员"]
    store.bad_cases.update_note(case.id, "改过")
    assert (texts(store, text="改过"), texts(store, text="第一次")) == (["ＶＩＰ会员"], [])
    store.bad_cases.undo([case.id])
    assert (texts(store, text="改过"), texts(store, text="第一次")) == ([], ["ＶＩＰ会员"])


def test_orders(store: Store) -> None:
    add(store, text_a="错得多", score=0.99)
    add(store, text_a="错得少", score=0.91)
    add(store, text_a="不知道", score=None, tier_given=None)
    add(store, text_a="便宜", expected="same", tier_given="related", score=0.85)
    assert texts(store, MOST_WRONG) == ["错得多", "便宜", "错得少", "不知道"]
    assert texts(store, DEAREST) == ["错得少", "错得多", "便宜", "不知道"]
    assert texts(store, NEWEST)[0] == "便宜"
    with pytest.raises(BadArgument, match="order"):
        texts(store, "oldest")


def test_use_in_a_dataset_stands_in_the_history_and_is_nothing_to_undo(store: Store) -> None:
    case = add(store)
    store.bad_cases.note_use([case.id], "复核集", actor="li")
    entry = store.bad_cases.history(case.id)[-1]
    assert (entry.action, entry.field, entry.new, entry.actor) == ("added", "dataset", "复核集", "li")
    with pytest.raises(NotFound):
        store.bad_cases.undo([case.id])
    with pytest.raises(NotFound):
        store.bad_cases.note_use([case.id, 42], "复核集")


def test_many_are_added_together_or_none(store: Store) -> None:
    there = add(store)
    new, known = store.bad_cases.add_many([DRAFT, replace(DRAFT, text_a="甲"), replace(DRAFT, text_a="甲")])
    assert (len(new), known) == (1, (there.id, new[0]))
    with pytest.raises(BadArgument):
        store.bad_cases.add_many([replace(DRAFT, text_a="乙"), replace(DRAFT, text_a=" ")])
    assert store.bad_cases.search().total == 2


def test_filters_are_kept_under_a_name(store: Store) -> None:
    wanted = BadCaseFilter(("new", "confirmed"), "bank", text="退货", since=datetime(2026, 1, 2, tzinfo=UTC))
    kept = store.case_filters.save(" 待处理 ", wanted, MOST_WRONG, actor="li")
    assert store.case_filters.list() == (kept,)
    assert (kept.name, kept.wanted, kept.order, kept.actor) == ("待处理", wanted, MOST_WRONG, "li")
    with pytest.raises(AlreadyExists):
        store.case_filters.save("待处理", BadCaseFilter())
    with pytest.raises(BadArgument):
        store.case_filters.save("x", wanted, "oldest")
    gone = store.case_filters.delete(kept.id)
    assert store.case_filters.list() == ()
    again = store.case_filters.save(gone.name, gone.wanted, gone.order)
    assert (again.name, again.wanted, again.order) == (kept.name, kept.wanted, kept.order)
    with pytest.raises(NotFound):
        store.case_filters.delete(kept.id + 100)


FILTERS = st.builds(
    BadCaseFilter,
    status=st.none() | st.sampled_from(STATUSES) | st.lists(st.sampled_from(STATUSES), min_size=1).map(tuple),
    domain=st.none() | st.text(min_size=1),
    text=st.text(max_size=5),
    tag=st.none() | st.sampled_from((*TAGS, NO_TAG)),
    score_from=st.none() | st.floats(-1, 1),
    until=st.none() | st.datetimes(timezones=st.just(UTC)),
)


@given(wanted=FILTERS)
def test_a_filter_survives_json(wanted: BadCaseFilter) -> None:
    assert BadCaseFilter.from_json(wanted.to_json() | {"of a newer version": 1}) == wanted


def test_a_filter_by_no_number_is_refused() -> None:
    with pytest.raises(BadArgument, match="score_from"):
        BadCaseFilter(score_from=float("nan"))
    assert ORDERS == (NEWEST, MOST_WRONG, DEAREST)
