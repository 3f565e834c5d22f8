"""Every rule, each naming file, row, column and value; all of a file in one pass."""

import io
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.columns import LABEL, PURPOSE, SCORE, TEXT_A
from calibration.errors import FileUnreadable, InputError
from calibration.messages import catalogues as i18n
from calibration.pairs import FORMATS, explain_note, load_pairs, read_pairs, rules, write_pairs
from calibration.tables import rules as table_rules

TABLE = 'text_a,text_b,label\n"a, 1",b,1\n怎么,如何,0\n'
FRAME = read_pairs(TABLE.encode()).frame


def written(format):
    buffer = io.BytesIO()
    write_pairs(FRAME, buffer, format)
    return buffer.getvalue()


FILES = (TABLE.encode(), TABLE.encode("gb18030"), TABLE.encode("utf-16"), *map(written, FORMATS))
PIECES = (
    b'"',
    b",",
    b"\t",
    b"\n",
    b"\r",
    b"\x00",
    b"\xff",
    b"{",
    b"}",
    b"[",
    b"1",
    b"nan",
    b"label",
    b"score",
    b"text_a",
)

HEAD = "Sentence 1,句子2,Label,purpose,score\n"


def problems(data, **options):
    content = data if isinstance(data, bytes) else data.encode()
    return [str(problem) for problem in read_pairs(content, name="f", **options).problems]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (" ,b,1,,", "column Sentence 1: must not be blank"),
        ("a,\u200b\u3000,1,,", "column 句子2: must not be blank"),
        ("a,b,,,", "column Label: has no label"),
        ("a,b,NaN,,", "column Label: has no label"),
        ("a,b,maybe,,", f"column Label: {rules.LABEL_UNKNOWN} (got 'maybe')"),
        ("a,b,7,,", "column Label: two-valued labels can only be 0 or 1 (got '7')"),
        ("a,b,-1,,", "column Label: two-valued labels can only be 0 or 1 (got '-1')"),
        ("a,b,1,train,", "column purpose: must be calibrate or review (got 'train')"),
        ("a,b,1,,high", "column score: must be a number (got 'high')"),
        ("a,b,1", "column -: has 3 fields instead of 5 (got 'a | b | 1')"),
        ("a,b,1,,0.5,more", "column -: has 6 fields instead of 5 (got 'a | b | 1 |  | 0.5 | more')"),
    ],
)
def test_each_rule_names_row_column_and_value(row, expected):
    good = "c,d,1,,0.1\ne,f,0,,0.2\n"
    report = read_pairs((HEAD + good + row + "\n" + good).encode(), name="f")
    assert [str(problem) for problem in report.problems] == [f"f, row 4, {expected}"]
    assert len(report.frame) == 4
    assert report.total == 5


def test_all_problems_come_in_one_pass_in_the_order_of_the_file():
    data = HEAD + ",,x,y,z\na,b\nc,d,1,,\ne,f,,,\n"
    report = read_pairs(data.encode(), name="f")
    assert [problem.row for problem in report.problems] == [2, 2, 2, 2, 2, 3, 5]
    assert report.frame[TEXT_A].tolist() == ["c"]


def test_ragged_rows_never_shift_cells():
    report = read_pairs("text_a,text_b,label\n你好,世界,和平,1\na,b,1\n".encode())
    assert report.frame[TEXT_A].tolist() == ["a"]
    assert [problem.row for problem in report.problems] == [2]


def test_an_open_quotation_mark_costs_its_own_row_only():
    rows = [f'"x, {i}",y,1' for i in range(50)]
    rows[10] = '"never closed,y,1'
    rows[20] = '"a"b,y,1'
    report = read_pairs(("text_a,text_b,label\n" + "\n".join(rows)).encode())
    assert len(report.frame) == 48
    assert [(problem.row, problem.rule) for problem in report.problems] == [
        (12, table_rules.QUOTE_BROKEN),
        (22, table_rules.QUOTE_BROKEN),
    ]


def test_a_last_open_quotation_mark_does_not_swallow_the_file():
    report = read_pairs(b'text_a,text_b,label\n"x, 1",y,1\n"open,y,1\nc,d,0\n')
    assert report.frame[TEXT_A].tolist() == ["x, 1", "c"]
    assert [problem.row for problem in report.problems] == [3]


def test_an_endless_field_costs_its_own_row_only():
    report = read_pairs(f"text_a,text_b,label\n{'x' * 200_000},y,1\nc,d,0\n".encode())
    assert report.frame[TEXT_A].tolist() == ["c"]
    assert [(problem.row, problem.rule) for problem in report.problems] == [(2, table_rules.FIELD_TOO_LONG)]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_undecodable_bytes_cost_their_own_rows_only(encoding):
    rows = [f"怎么提高额度{i},如何提升额度{i},{i % 2}".encode(encoding) for i in range(50)]
    rows[7] = b"\xff" + rows[7]
    rows[9] = rows[9][:-3] + b"\xff" + rows[9][-3:]
    data = b"text_a,text_b,label\n" + b"\n".join(rows)
    report = read_pairs(data)
    assert report.encoding == encoding
    assert len(report.frame) == 48
    assert [(problem.row, problem.rule) for problem in report.problems] == [
        (9, table_rules.NOT_DECODABLE),
        (11, table_rules.NOT_DECODABLE),
    ]


def test_json_problems_name_their_lines():
    lines = [
        '{"text_a": "a", "text_b": "b", "label": 1}',
        '{"text_a": "a", "text_b": ',
        "",
        "[1, 2]",
        '{"text_a": ["list"], "text_b": "b", "label": 1}',
        '{"text_a": "\\ud83d", "text_b": "b", "label": 1}',
        '{"text_a": "a", "text_b": "b"}',
        '{"text_b": "b", "label": {"x": 1}}',
        "[" * 100_000,
        '{"text_a": 5, "text_b": "b", "label": false, "score": null}',
    ]
    report = read_pairs("\n".join(lines).encode(), name="f.jsonl")
    assert [(problem.row, problem.column, problem.rule) for problem in report.problems] == [
        (2, "-", table_rules.JSON_INVALID),
        (4, "-", table_rules.JSON_NOT_OBJECT),
        (5, "text_a", table_rules.NOT_TEXT),
        (6, "text_a", table_rules.HALF_CHARACTER),
        (7, "label", rules.LABEL_MISSING),
        (8, "text_a", table_rules.BLANK_TEXT),
        (8, "label", rules.LABEL_UNKNOWN),
        (9, "-", table_rules.JSON_INVALID),
    ]
    assert report.frame[TEXT_A].tolist() == ["a", "5"]
    assert report.total == 9


def test_a_broken_json_array_names_the_line():
    assert problems('[\n{"text_a": "a"},\n{oops}]') == ["f, row 3, column -: is not valid JSON (got 'oops}]')"]


def test_a_name_that_stands_twice_is_a_problem_of_the_header():
    report = read_pairs(b"text_a,text_b,label,Label,x,x\na,b,1,0,,\n", name="f")
    assert [str(problem) for problem in report.problems] == [
        "f, row 1, column Label: appears twice in the header; the first is used"
    ]
    assert report.frame[LABEL].tolist() == [1]
    frame = pd.DataFrame([["a", "b", 1, 0]], columns=["text_a", "text_b", "label", "label"])
    assert read_pairs(frame).problems[0].row == 1


def test_scores_that_are_no_numbers_are_told_from_missing_ones():
    data = "text_a,text_b,label,score\na,b,1,0.1\nc,d,0,\ne,f,1,nan\ng,h,0,-inf\ni,j,1,x\nk,l,1,１e-3\n"
    report = read_pairs(data.encode(), name="f")
    np.testing.assert_array_equal(report.frame[SCORE], [0.1, np.nan, np.nan, np.nan, 0.001])
    assert [problem.row for problem in report.problems] == [6]


def test_purposes_in_chinese():
    frame = load_pairs("text_a,text_b,label,用途\na,b,1,复核\nc,d,0,校准\ne,f,0,\n".encode())
    assert frame[PURPOSE].tolist() == ["review", "calibrate", "calibrate"]


def test_problems_and_notes_speak_chinese():
    report = read_pairs("text_a,text_b,label,更多\n,b,1,\nc,d,x,\n".encode(), name="对.csv")
    assert [i18n.describe(problem, "zh_CN") for problem in report.problems] == [
        "对.csv 第 2 行，text_a 列：不能为空",
        "对.csv 第 3 行，label 列：不是可识别的标注：请用 0/1、0 到 3、0 到 5 或等级名称（实际为 'x'）",
    ]
    assert [explain_note(note, "zh_CN") for note in report.notes] == ["未采用的列：更多"]
    assert i18n.describe(report.problems[0], "en") == str(report.problems[0])


def test_every_message_is_translated_with_the_same_fields():
    import string

    messages = [
        value for name, value in vars(rules).items() if name.isupper() and isinstance(value, str) and len(value) > 1
    ]
    for message in messages:
        translated = i18n.translate(message, "zh_CN")
        assert translated != message
        fields = [{field for _, field, _, _ in string.Formatter().parse(text)} for text in (message, translated)]
        assert fields[0] - {None} == fields[1] - {None}


def test_numbers_of_any_size_are_no_surprise():
    huge = "9" * 400
    lines = [
        f'{{"text_a": "a", "text_b": "b", "label": {value}}}'
        for value in (1, huge, f"-{huge}", "9" * 5000, "1e999")
    ]
    report = read_pairs("\n".join(lines).encode())
    assert [problem.row for problem in report.problems] == [2, 3, 4, 5]
    assert report.kind == "binary"


def test_a_parquet_column_whose_name_is_no_text_is_damage():
    damaged = next(content for content in FILES if content.startswith(b"PAR1")).replace(b"text_a", b"\xffext_a")
    with pytest.raises(FileUnreadable):
        read_pairs(damaged, name="f")


@pytest.mark.slow
@settings(deadline=None, max_examples=200)
@given(st.data())
def test_whatever_a_file_holds_the_answer_is_a_report_or_an_input_error(data):
    content = bytearray(data.draw(st.sampled_from(FILES)))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        stop = start + data.draw(st.integers(0, 8))
        content[start:stop] = data.draw(st.sampled_from(PIECES) | st.binary(max_size=4))
    try:
        report = read_pairs(bytes(content), name="f")
    except InputError:
        return
    assert report.duplicates.total <= len(report.frame) <= report.total
    for problem in report.problems:
        str(problem).encode("utf-8")


def test_values_in_messages_are_short_and_printable():
    line = json.dumps({"text_a": "a", "text_b": "b", "label": "\ud800" + "x" * 500})
    problem = read_pairs(line.encode(), name="f").problems[0]
    assert len(str(problem)) < 200
    str(problem).encode("utf-8")
