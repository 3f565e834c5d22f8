"""Thresholds are shown by one rule, and never so that they take in what the exact ones leave out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from calibration.certificates.sampling_design import claim, data_draw
from calibration.messages.note import short_percent
from calibration.report.charts import _rules
from calibration.stats.formatting import EXACT, asked_percent, limit, threshold
from calibration.stats.threshold_counts import quantise


@given(st.floats(-1, 1), st.floats(-1, 1), st.sampled_from([2, 3, EXACT]))
def test_what_is_shown_takes_in_nothing_more(value: float, score: float, digits: int) -> None:
    exact, found = float(quantise([value])[0]), float(quantise([score])[0])
    if float(threshold(exact, digits=digits)) <= found:
        assert exact <= found
    if found < float(threshold(exact, below=True, digits=digits)):
        assert found < exact


@given(st.floats(-1, 1))
def test_a_fitted_threshold_is_shown_exactly_where_there_is_room(value: float) -> None:
    exact = float(quantise([value])[0])
    assert float(threshold(exact, digits=EXACT)) == exact == float(threshold(exact, below=True, digits=EXACT))


def test_a_chart_names_a_threshold_as_sentences_do() -> None:
    rows = _rules({"same": 0.989406}, {"same": "same"}, (0.8, 1.0))
    assert [row["text"] for row in rows] == ["same 0.990"] == [f"same {threshold(0.989406)}"]


def test_a_limit_is_never_parted_from_its_number() -> None:
    assert limit("≥", threshold(0.94))[:2] == "≥\u00a0"


@given(st.floats(0, 1))
def test_a_promise_is_never_rounded_up(share: float) -> None:
    shown = float(asked_percent(share).rstrip("%"))
    assert shown <= 100 * share + 1e-6
    assert 100 * share - shown < 0.01 + 1e-6


@given(st.integers(1, 9_999))
def test_no_share_is_shown_as_all_or_none_where_it_is_neither(ten_thousandths: int) -> None:
    assert 0.0 < float(short_percent(ten_thousandths / 1e4).rstrip("%")) < 100.0


def test_the_claim_of_a_high_precision_does_not_say_all() -> None:
    said = str(claim(data_draw("random_live"), 0.941, 0.995, 0.95))
    assert "99.5%" in said
    assert "100%" not in said
