"""Bad cases from files: the expectation under its own names, and everything else as in pairs."""

from __future__ import annotations

import pandas as pd
import pytest

from calibration.costs.find_mistakes import expectations
from calibration.errors import ColumnsMissing
from calibration.pairs import read_bad_cases

ROWS = "怎么退货,如何退款,{},bank,0.91,用户反馈\n"


@pytest.mark.parametrize("header", ["expected", "期望", "label", "Expected Tier"])
@pytest.mark.parametrize(
    ("given", "expected"), [("same", "same"), ("弱相关", "weak"), ("not_same", "not_same"), ("无关", "unrelated")]
)
def test_expectations_under_their_names(header: str, given: str, expected: str) -> None:
    content = f"句子1,句子2,{header},领域,score,备注\n" + ROWS.format(given)
    report = read_bad_cases(content.encode("gb18030"), name="cases.csv")
    assert not report.problems
    assert expectations(report.frame).tolist() == [expected]
    (row,) = report.frame.to_dict("records")
    assert (row["domain"], row["score"], row["note"]) == ("bank", 0.91, "用户反馈")


def test_tiers_and_not_same_stand_in_one_column() -> None:
    content = "text_a,text_b,expected\n甲,乙,not_same\n丙,丁,related\n戊,己,NOT_SAME\n"
    assert expectations(read_bad_cases(content.encode()).frame).tolist() == ["not_same", "related", "not_same"]


def test_bad_rows_are_named_and_the_good_ones_stay() -> None:
    report = read_bad_cases("text_a,text_b,expected\n甲,,same\n丙,丁,maybe\n戊,己,same\n".encode(), name="c.csv")
    assert [(p.file, p.row, p.column) for p in report.problems] == [
        ("c.csv", 2, "text_b"),
        ("c.csv", 3, "expected"),
    ]
    assert len(report.frame) == 1


def test_without_an_expectation_the_file_is_refused() -> None:
    with pytest.raises(ColumnsMissing, match="label"):
        read_bad_cases("text_a,text_b\n甲,乙\n".encode())


def test_a_frame_is_read_too() -> None:
    frame = pd.DataFrame({"text_a": ["甲"], "text_b": ["乙"], "expected": ["not_same"], "id": [7]})
    assert expectations(read_bad_cases(frame).frame).tolist() == ["not_same"]
