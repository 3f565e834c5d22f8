import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.columns import BINARY, DOMAIN, GRADED, KIND, LABEL, TEXT_A, TEXT_B
from calibration.pairs import deduplicate, find_duplicates
from calibration.pairs.duplicates import CONFLICTING, EXACT, SWAPPED
from calibration.text.cleaning import clean


def pairs(*rows):
    frame = pd.DataFrame(rows, columns=[TEXT_A, TEXT_B, LABEL, DOMAIN, KIND])
    return frame.astype({LABEL: "float64", **dict.fromkeys((TEXT_A, TEXT_B, DOMAIN, KIND), "str")})


def test_finds_exact_swapped_and_conflicting_on_cleaned_texts():
    frame = pairs(
        ("甲", "乙", 1, "d", BINARY),
        ("甲\u200b", " 乙", 1, "d", BINARY),
        ("乙", "甲", 1, "d", BINARY),
        ("丙", "丁", 1, "d", BINARY),
        ("丁", "丙", 0, "d", BINARY),
        ("丙", "丁", 1, "d", BINARY),
        ("甲", "乙", 1, "other", BINARY),
        ("甲", "乙", 4, "d", GRADED),
        ("同", "同", 1, "d", BINARY),
        ("同", "同", 1, "d", BINARY),
    )
    frame.index = frame.index + 100
    report = find_duplicates(frame)
    assert (report.exact, report.swapped, report.conflicting) == (2, 1, 3)
    assert report.rows["reason"].to_dict() == {
        101: EXACT,
        102: SWAPPED,
        103: CONFLICTING,
        104: CONFLICTING,
        105: CONFLICTING,
        109: EXACT,
    }
    assert report.rows["first"].to_dict() == {101: 100, 102: 100, 103: 103, 104: 103, 105: 103, 109: 108}
    kept, again = deduplicate(frame)
    assert kept[TEXT_A].tolist() == ["甲", "甲", "甲", "同"]
    assert kept.index.tolist() == [0, 1, 2, 3]
    assert again.total == 6


def test_nothing_to_find():
    for frame in (pairs(), pairs(("甲", "乙", 1, "d", BINARY))):
        report = find_duplicates(frame)
        assert (report.total, len(report.rows)) == (0, 0)


def reference(frame):
    """The definition, row by row."""
    groups = {}
    for i, row in frame.iterrows():
        texts = frozenset([clean(row[TEXT_A]), clean(row[TEXT_B])])
        groups.setdefault((texts, row[DOMAIN], row[KIND]), []).append(i)
    reasons = {}
    for rows in groups.values():
        if frame.loc[rows, LABEL].nunique() > 1:
            reasons.update(dict.fromkeys(rows, CONFLICTING))
            continue
        for i in rows[1:]:
            same = clean(frame.loc[i, TEXT_A]) == clean(frame.loc[rows[0], TEXT_A])
            reasons[i] = EXACT if same else SWAPPED
    return reasons


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["甲", "甲 ", "乙", "丙"]),
            st.sampled_from(["甲", "乙", "\u200b乙", "丙"]),
            st.sampled_from([0.0, 1.0]),
            st.sampled_from(["d", "e"]),
            st.sampled_from([BINARY, GRADED]),
        ),
        max_size=30,
    )
)
def test_agrees_with_the_definition(rows):
    frame = pairs(*rows)
    report = find_duplicates(frame)
    assert report.rows["reason"].to_dict() == reference(frame)
    kept, _ = deduplicate(frame)
    assert find_duplicates(kept).total == 0
    assert len(kept) == len(frame) - report.total
    counts = [report.rows["reason"].eq(reason).sum() for reason in (EXACT, SWAPPED, CONFLICTING)]
    assert counts == [report.exact, report.swapped, report.conflicting]
