"""Tables of texts: formats, encodings, and every bad row with its place."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.corpus.texts import read_texts
from calibration.errors import BadRows, ColumnUnknown, ColumnUnnamed, EmptyInput, FileUnreadable
from calibration.tables.rules import (
    BLANK_TEXT,
    FIELD_COUNT,
    JSON_NOT_OBJECT,
    NOT_DECODABLE,
    NOT_TEXT,
    QUOTE_BROKEN,
    TEXT_TOO_LONG,
)

CHARACTERS = st.characters(exclude_categories=["Cs", "Cc"])
CELL = st.text(CHARACTERS, min_size=1, max_size=12).map(lambda text: f"字{text}字")


@settings(max_examples=60, deadline=None)
@given(
    texts=st.lists(CELL, min_size=1, max_size=8),
    suffix=st.sampled_from(["csv", "tsv", "jsonl", "parquet"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
)
def test_what_is_written_is_read(texts: list[str], suffix: str, encoding: str) -> None:
    frame = pd.DataFrame({"no": range(len(texts)), "title": texts})
    if suffix == "parquet":
        content = frame.to_parquet()
    elif suffix == "jsonl":
        lines = (json.dumps(row, ensure_ascii=False) for row in frame.to_dict("records"))
        content = "\n".join(lines).encode(encoding)
    else:
        content = frame.to_csv(index=False, sep="," if suffix == "csv" else "\t").encode(encoding)
    read = read_texts(content, "title", name=f"t.{suffix}")
    assert read.texts == texts
    assert read.total == len(texts)
    assert read.frame["title"].tolist() == texts
    first = 1 if suffix in ("jsonl", "parquet") else 2
    assert read.lines.tolist() == list(range(first, first + len(texts)))


def test_every_bad_row_is_named_and_costs_no_other() -> None:
    content = b'title,price\n"a, b",1\nx"y,3\n  ,4\n"open,5\nfoo,6\nbar\nlast,7\n'
    with pytest.raises(BadRows) as caught:
        read_texts(content, "title", name="t.csv")
    found = [(problem.file, problem.row, problem.column, problem.rule) for problem in caught.value.problems]
    assert found == [
        ("t.csv", 4, "title", BLANK_TEXT),
        ("t.csv", 5, "-", QUOTE_BROKEN),
        ("t.csv", 7, "-", FIELD_COUNT),
    ]
    read = read_texts(content, "title", name="t.csv", on_bad_rows="drop")
    assert read.texts == ["a, b", 'x"y', "foo", "last"]
    assert read.lines.tolist() == [2, 3, 6, 8]
    assert read.total == 7


def test_a_quoted_text_may_run_over_lines() -> None:
    read = read_texts(b't\n"one\ntwo"\nthree\n', "t", name="t.csv")
    assert (read.texts, read.lines.tolist()) == (["one\ntwo", "three"], [2, 4])


def test_texts_with_commas_in_a_single_column_are_whole() -> None:
    content = "标题\n你好,世界\n再见,朋友,们\n".encode("gb18030")
    assert read_texts(content, name="t.csv").texts == ["你好,世界", "再见,朋友,们"]


def test_a_plain_text_file_holds_a_text_a_line() -> None:
    read = read_texts("你好,世界\n\n再见\n".encode(), name="t.txt")
    assert (read.column, read.texts, read.lines.tolist()) == ("text", ["你好,世界", "再见"], [1, 3])


def test_what_is_no_text_and_what_is_too_long_is_named() -> None:
    lines = [{"t": "a"}, {"t": [1]}, {"t": 12}, 3, {"u": 1}, {"t": "x" * 20_001}]
    content = "\n".join(map(json.dumps, lines)).encode()
    read = read_texts(content, "t", name="t.jsonl", on_bad_rows="drop")
    assert read.texts == ["a", "12"]
    assert [(problem.row, problem.rule) for problem in read.problems] == [
        (2, NOT_TEXT),
        (4, JSON_NOT_OBJECT),
        (5, BLANK_TEXT),
        (6, TEXT_TOO_LONG),
    ]


def test_bytes_of_no_encoding_cost_their_line() -> None:
    content = "t\n很好的一天\n".encode() * 20 + b"bad \xff\xfe bytes\n" + "再见\n".encode()
    read = read_texts(content, "t", name="t.csv", on_bad_rows="drop")
    assert read.texts[-1] == "再见"
    assert [problem.rule for problem in read.problems] == [NOT_DECODABLE]


def test_workbooks_keep_their_rows(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    pd.DataFrame({"title": ["甲", None, "丙"], "n": [1, 2, 3]}).to_excel(path, index=False)
    read = read_texts(path, "title", on_bad_rows="drop")
    assert (read.texts, read.lines.tolist(), [p.row for p in read.problems]) == (["甲", "丙"], [2, 4], [3])


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", EmptyInput),
        (b"  \n", EmptyInput),
        (b"t\n", EmptyInput),
        (b"\x89PNG\r\n", FileUnreadable),
        (b"\x1f\x8b\x00", FileUnreadable),
        (b"PAR1garbage", FileUnreadable),
        (b"a\x00b", FileUnreadable),
        (b"PK\x03\x04nothing", FileUnreadable),
    ],
    ids=str,
)
def test_what_is_no_table_is_refused(content: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        read_texts(content, "t", name="t.csv")


def test_a_column_is_found_by_its_name_its_alias_or_because_it_is_alone() -> None:
    content = b"Title A,other\nx,y\n"
    assert read_texts(content, "title_a", name="t.csv").column == "Title A"
    assert read_texts(content, name="t.csv", aliases=("no", "other")).column == "other"
    with pytest.raises(ColumnUnknown, match="Title A, other"):
        read_texts(content, "price", name="t.csv")
    with pytest.raises(ColumnUnnamed, match="Title A, other"):
        read_texts(content, name="t.csv")
    with pytest.raises(FileUnreadable, match="no such file"):
        read_texts("/nowhere/t.csv", "t")
