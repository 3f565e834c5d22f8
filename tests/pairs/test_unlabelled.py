"""Reading pairs without labels: every layout a pool comes in."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from calibration.errors import BadRows, ColumnsMissing, EmptyInput
from calibration.pairs import load_pairs, load_unlabelled, write_pairs


def test_two_columns_are_enough() -> None:
    frame = load_unlabelled("句子1,句子2\n怎么提额,如何提额\n".encode(), domain="bank")
    assert frame.to_dict("records") == [{"text_a": "怎么提额", "text_b": "如何提额", "domain": "bank"}]


@pytest.mark.parametrize("name", ["score", "分数", "相似度", "cosine"])
def test_a_score_stays_a_score_whatever_it_is_called(name: str) -> None:
    frame = load_unlabelled(f"text_a,text_b,{name}\n甲,乙,0.93\n丙,丁,1\n".encode())
    assert frame["score"].tolist() == [0.93, 1.0]
    assert "label" not in frame.columns


def test_labels_are_left_out_be_they_blank_or_not() -> None:
    frame = load_unlabelled("text_a,text_b,label,score\n甲,乙,,0.9\n丙,丁,不确定,0.8\n".encode())
    assert list(frame.columns) == ["text_a", "text_b", "domain", "score"]
    assert len(frame) == 2


@pytest.mark.parametrize("format", ["csv", "tsv", "jsonl", "xlsx", "parquet"])
def test_every_format(tmp_path: Path, format: str) -> None:
    frame = pd.DataFrame({"text_a": ["甲", "丙"], "text_b": ["乙", "丁"], "domain": "d", "score": [0.5, 0.25]})
    write_pairs(frame, tmp_path / f"pool.{format}")
    pd.testing.assert_frame_equal(load_unlabelled(tmp_path / f"pool.{format}"), frame, check_dtype=False)
    pd.testing.assert_frame_equal(load_unlabelled(frame), frame, check_dtype=False)


def test_broken_rows_are_named_and_can_be_left_out() -> None:
    data = "text_a,text_b\n甲,乙\n,丁\n".encode()
    with pytest.raises(BadRows, match=r"row 3.*text_a"):
        load_unlabelled(data, name="pool.csv")
    assert len(load_unlabelled(data, on_bad_rows="drop")) == 1


def test_files_that_hold_no_pairs() -> None:
    with pytest.raises(ColumnsMissing):
        load_unlabelled("标题,正文\n甲,乙\n".encode())
    with pytest.raises(EmptyInput):
        load_unlabelled(b"text_a,text_b\n")


@pytest.mark.parametrize("format", ["csv", "jsonl", "xlsx", "parquet"])
def test_pairs_to_label_are_written_with_an_empty_label(tmp_path: Path, format: str) -> None:
    frame = pd.DataFrame({"text_a": ["甲"], "text_b": ["乙"], "label": [np.nan], "domain": "d", "score": [0.5]})
    write_pairs(frame, tmp_path / f"out.{format}")
    assert len(load_unlabelled(tmp_path / f"out.{format}")) == 1
    with pytest.raises(BadRows):
        load_pairs(tmp_path / f"out.{format}")
    buffer = io.BytesIO()
    write_pairs(frame, buffer, "csv")
    assert buffer.getvalue().decode().splitlines()[1] == "甲,乙,,d,0.5"
