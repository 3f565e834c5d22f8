import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.columns import BINARY, GRADED, KIND, LABEL, TIER
from calibration.errors import BadArgument
from calibration.pairs import load_pairs, positives, read_pairs, rules


def read(labels, header="label", **options):
    rows = "".join(f"a{i}\tb{i}\t{label}\n" for i, label in enumerate(labels))
    return read_pairs(f"text_a\ttext_b\t{header}\n{rows}".encode(), **options)


@pytest.mark.parametrize(
    ("labels", "kind", "values"),
    [
        (["0", "1"], BINARY, [0, 1]),
        (["1.0", "0.0", "１"], BINARY, [1, 0, 1]),
        (["是", "否"], BINARY, [1, 0]),
        (["TRUE", "false", "Yes", " no "], BINARY, [1, 0, 1, 0]),
        (["相同", "不同", "相似", "不相似"], BINARY, [1, 0, 1, 0]),
        (["same", "different"], BINARY, [1, 0]),
        (["0", "1", "2", "3"], TIER, [0, 1, 2, 3]),
        (["高度一致", "中等相关", "弱相关", "无关"], TIER, [3, 2, 1, 0]),
        (["Same", "RELATED", "weak", "unrelated"], TIER, [3, 2, 1, 0]),
        (["高度相似", "中度相关", "完全无关", "2"], TIER, [3, 2, 0, 2]),
        (["same", "unrelated"], TIER, [3, 0]),
        (["0", "4"], GRADED, [0, 4]),
        (["0.5", "1"], GRADED, [0.5, 1]),
        (["5", "2.75", "1e0"], GRADED, [5, 2.75, 1]),
    ],
)
def test_the_kind_follows_from_the_whole_column(labels, kind, values):
    report = read(labels)
    assert (report.kind, report.frame[LABEL].tolist(), report.problems) == (kind, values, ())
    assert set(report.frame[KIND]) == {kind}


def test_a_label_off_every_scale_does_not_change_the_kind():
    report = read(["0", "1", "9", "-1"])
    assert report.kind == BINARY
    assert [problem.row for problem in report.problems] == [4, 5]


def test_a_stray_name_does_not_change_the_kind():
    report = read(["0", "5", "2.5", "是"])
    assert report.kind == GRADED
    assert [(problem.row, problem.value) for problem in report.problems] == [(5, "是")]


def test_a_forced_kind_is_held_against_the_labels():
    report = read(["0", "1", "4", "2.5"], kind=TIER)
    assert report.frame[LABEL].tolist() == [0, 1]
    assert [problem.rule for problem in report.problems] == [rules.LABEL_RANGE, rules.LABEL_WHOLE]
    assert read(["0", "1"], kind=GRADED).kind == GRADED


@pytest.mark.parametrize(
    ("labels", "header", "kind", "noted"),
    [
        (["0", "2"], "label", TIER, rules.NOTE_TIER_NUMBERS),
        (["0", "2"], "相似度", GRADED, rules.NOTE_GRADED_NAME),
        (["0", "1"], "相似度", BINARY, rules.NOTE_BINARY_NAME),
        (["0", "1"] * 100 + ["4"], "label", BINARY, rules.NOTE_KIND_OF_MOST),
        (["0.1", "0.9"], "label", GRADED, rules.NOTE_GRADED_LOW),
        (["0", "1"], "label", BINARY, None),
        (["0", "5"], "label", GRADED, None),
        (["弱相关", "无关"], "label", TIER, None),
    ],
)
def test_an_ambiguous_kind_is_noted(labels, header, kind, noted):
    report = read(labels, header)
    assert report.kind == kind
    always = [rules.NOTE_GRADED_TIERS] if kind == GRADED else []  # how degrees become tiers
    assert [note.message for note in report.notes] == [*([noted] if noted else []), *always]


def test_rows_may_name_their_kinds():
    data = b"text_a,text_b,label,kind\na,b,1,binary\nc,d,1,graded\ne,f,1,\ng,h,1,stars\ni,j,4,tier\n"
    report = read_pairs(data)
    assert report.kind == "mixed"
    assert report.frame[KIND].tolist() == [BINARY, GRADED, BINARY]
    assert [(problem.row, problem.column, problem.rule) for problem in report.problems] == [
        (5, "kind", rules.KIND_UNKNOWN),
        (6, "label", rules.LABEL_RANGE),
    ]
    said = [rules.explain_rule(problem, "zh_CN") for problem in read(["0", "1", "7", "4"], kind=BINARY).problems]
    assert said == ["两类标注只能是 0 或 1"] * 2
    assert set(load_pairs(data, kind=GRADED)[KIND]) == {GRADED}


def test_a_column_called_kind_with_other_content_is_left_out():
    report = read_pairs(b"text_a,text_b,label,kind\na,b,1,question\n")
    assert report.dropped == ("kind",)
    assert report.problems == ()


@pytest.mark.slow
@settings(deadline=None)
@given(st.lists(st.floats(0, 5), min_size=1), st.sampled_from([4.5, 5.0]))
def test_graded_labels_are_read_exactly(labels, extra):
    assert read([*map(repr, labels), repr(extra)], "相似度").frame[LABEL].tolist() == [*labels, extra]


def test_positives_by_kind_and_tier():
    frame = pd.DataFrame(
        {
            LABEL: [1.0, 0.0, 3.0, 2.0, 1.0, 0.0, 4.0, 3.9, 3.0, 1.0, 0.9, np.nan],
            KIND: [BINARY] * 2 + [TIER] * 4 + [GRADED] * 6,
        }
    )
    nan = np.nan
    np.testing.assert_array_equal(positives(frame, "same"), [1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, nan])
    np.testing.assert_array_equal(positives(frame, "related"), [nan, nan, 1, 1, 0, 0, 1, 1, 1, 0, 0, nan])
    np.testing.assert_array_equal(positives(frame, "weak"), [nan, nan, 1, 1, 1, 0, 1, 1, 1, 1, 0, nan])
    with pytest.raises(BadArgument, match="tier"):
        positives(frame, "unrelated")
