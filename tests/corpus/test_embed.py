"""Exported vectors: every target, resuming, and the refusal of vectors of another model."""

from __future__ import annotations

import importlib.util
import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from calibration.corpus import address, embed, open_rows, search_vectors
from calibration.encoding import CachedEncoder
from calibration.encoding.batching import Vectors
from calibration.errors import (
    BadArgument,
    BadRows,
    Cancelled,
    EmptyInput,
    ExtraMissing,
    FileUnreadable,
    VectorsMismatch,
    VectorsUnusable,
)

TEXTS = ["花呗怎么还款", "今天天气不错", "怎么办理信用卡挂失", "信用卡丢了怎么办", "公司几点上班"]


def installed(*packages: str) -> bool:
    return all(importlib.util.find_spec(package) for package in packages)


TARGETS = [
    "v.npy",
    "v.parquet",
    pytest.param("v.faiss", marks=pytest.mark.skipif(not installed("faiss"), reason="needs the extra [faiss]")),
    pytest.param(
        "v.db",
        marks=[
            pytest.mark.skipif(not installed("pymilvus", "milvus_lite"), reason="needs the extra [milvus]"),
            pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning"),
            pytest.mark.filterwarnings("ignore::ResourceWarning"),
        ],
    ),
]


class Counting:
    """An encoder that counts what it is asked, and may stop after so many texts."""

    def __init__(self, inner: CachedEncoder, stop: threading.Event | None = None, after: int = 10**9) -> None:
        self._inner, self._stop, self._after, self.asked = inner, stop, after, 0
        self.name, self.fingerprint, self.dim = inner.name, inner.fingerprint, inner.dim
        self.max_tokens, self.count_tokens = inner.max_tokens, inner.count_tokens
        self.raw, self.truncate, self.unknown = inner.raw, inner.truncate, inner.unknown

    def encode(self, texts: Sequence[str], *, progress: Any = None, cancel: Any = None) -> Vectors:
        if self.asked >= self._after:
            assert self._stop is not None
            self._stop.set()
        found = self._inner.encode(texts, progress=progress, cancel=cancel)
        if cancel is not None and cancel.is_set():  # cached vectors come too fast to be cancelled
            raise Cancelled(0, len(texts))
        self.asked += len(texts)
        return found


def csv(texts: Sequence[str]) -> bytes:
    return pd.DataFrame({"no": range(len(texts)), "t": texts}).to_csv(index=False).encode()


@pytest.mark.parametrize("name", TARGETS)
def test_what_is_embedded_is_found_again(name: str, encoder: CachedEncoder, tmp_path: Path) -> None:
    where = address(str(tmp_path / name))
    seen: list[tuple[int, int]] = []
    done = embed(
        open_rows(csv(TEXTS), name="t.csv"),
        "t",
        encoder,
        where,
        progress=lambda done, total: seen.append((done, total)),
    )
    assert (done.facts.rows, done.facts.dim, done.facts.fingerprint) == (5, encoder.dim, encoder.fingerprint)
    assert seen[-1] == (5, 5)
    assert not where.parts.exists()
    (hits, other) = search_vectors(where, ["信用卡不见了", TEXTS[1]], encoder, 2)
    exact = encoder.encode(TEXTS).astype(float) @ encoder.encode(["信用卡不见了"])[0].astype(float)
    wanted = np.argsort(-exact)[:2]
    assert [hit.row for hit in hits] == [int(at) + 2 for at in wanted]
    assert [hit.text for hit in hits] == [TEXTS[at] for at in wanted]
    assert [hit.score for hit in hits] == pytest.approx(exact[wanted], abs=1e-5)
    assert (other[0].row, other[0].score) == (3, pytest.approx(1.0, abs=1e-5))
    assert len(search_vectors(where, ["x"], encoder, 99)[0]) == 5


def test_the_files_are_what_other_tools_read(encoder: CachedEncoder, tmp_path: Path) -> None:
    for name in ("v.npy", "v.parquet"):
        embed(open_rows(csv(TEXTS), name="t.csv"), "t", encoder, address(str(tmp_path / name)))
    expected = encoder.encode(TEXTS)
    assert np.array_equal(np.load(tmp_path / "v.npy"), expected)
    frame = pd.read_parquet(tmp_path / "v.parquet")
    assert np.array_equal(np.stack(frame["vector"].tolist()), expected)
    assert frame["text"].tolist() == TEXTS
    facts = json.loads((tmp_path / "v.npy.json").read_text())
    assert (facts["fingerprint"], facts["rows"], facts["column"]) == (encoder.fingerprint, 5, "t")


def test_an_interrupted_run_goes_on_where_it_ended(
    encoder: CachedEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("calibration.corpus.export.ROWS", 2)
    texts, where, stop = [f"第{at}个问题" for at in range(7)], address(str(tmp_path / "v.npy")), threading.Event()
    table = open_rows(csv(texts), name="t.csv")
    with pytest.raises(Cancelled) as caught:
        embed(table, "t", Counting(encoder, stop, after=4), where, cancel=stop)
    assert caught.value.params == {"done": 4, "total": 7}
    assert not Path(where.at).exists()
    counting = Counting(encoder)
    done = embed(table, "t", counting, where)
    assert (done.resumed, counting.asked) == (4, 3)
    assert np.array_equal(np.load(where.at), encoder.encode(texts))

    embed(table, "t", Counting(encoder), where)  # a finished run leaves nothing to resume
    stop.clear()
    with pytest.raises(Cancelled):
        embed(table, "t", Counting(encoder, stop, after=2), where, cancel=stop)
    changed = open_rows(csv([*texts[:-1], "别的"]), name="t.csv")
    assert embed(changed, "t", Counting(encoder), where).resumed == 0


def test_bad_rows_stop_before_anything_is_encoded(encoder: CachedEncoder, tmp_path: Path) -> None:
    table, counting = open_rows(csv(["甲", " ", "丙"]), name="t.csv"), Counting(encoder)
    where = address(str(tmp_path / "v.parquet"))
    with pytest.raises(BadRows, match="row 3, column t"):
        embed(table, "t", counting, where)
    assert counting.asked == 0
    done = embed(table, "t", counting, where, on_bad_rows="drop")
    assert (done.dropped, done.facts.rows) == (1, 2)
    assert pd.read_parquet(where.at)["row"].tolist() == [2, 4]
    with pytest.raises(EmptyInput):
        embed(open_rows(b"t\n", name="t.csv"), "t", encoder, where)


@pytest.mark.parametrize("name", ["v.npy", "v.parquet"])
def test_vectors_of_another_model_or_damaged_ones_are_refused(
    name: str, encoder: CachedEncoder, tmp_path: Path
) -> None:
    where = address(str(tmp_path / name))
    embed(open_rows(csv(TEXTS), name="t.csv"), "t", encoder, where)
    other: Any = Counting(encoder)
    other.fingerprint = "0" * 32
    with pytest.raises(VectorsMismatch, match=r"0{32}"):
        search_vectors(where, ["x"], other)
    with pytest.raises(BadArgument, match="text"):
        search_vectors(where, [" "], encoder)
    with pytest.raises(BadArgument, match="k"):
        search_vectors(where, ["x"], encoder, 0)
    with pytest.raises(FileUnreadable):
        search_vectors(address(str(tmp_path / f"no-{name}")), ["x"], encoder)
    Path(where.at).write_bytes(Path(where.at).read_bytes()[:-9])
    with pytest.raises(VectorsUnusable):
        search_vectors(where, ["x"], encoder)


def test_vectors_without_facts_are_refused(encoder: CachedEncoder, tmp_path: Path) -> None:
    np.save(tmp_path / "v.npy", np.eye(4, dtype=np.float32))
    with pytest.raises(VectorsUnusable, match="which model"):
        search_vectors(address(str(tmp_path / "v.npy")), ["x"], encoder)
    pd.DataFrame({"vector": [[1.0]]}).to_parquet(tmp_path / "v.parquet")
    with pytest.raises(VectorsUnusable, match="which model"):
        search_vectors(address(str(tmp_path / "v.parquet")), ["x"], encoder)


def test_what_is_missing_is_said_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    hidden = ("faiss", "pymilvus")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name in hidden else found(name))
    for given, extra in (("v.faiss", "faiss"), ("v.db", "milvus"), ("http://host:19530", "milvus")):
        with pytest.raises(ExtraMissing, match=rf"pip install 'simtier\[{extra}\]'"):
            address(given)
    with pytest.raises(BadArgument, match="npy"):
        address("v.txt")
    with pytest.raises(BadArgument, match="collection"):
        address("v.npy", "no spaces")


@pytest.mark.skipif(not installed("pymilvus", "milvus_lite"), reason="needs the extra [milvus]")
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning", "ignore::ResourceWarning")
def test_a_collection_is_replaced_only_if_that_is_said(encoder: CachedEncoder, tmp_path: Path) -> None:
    where, table = address(str(tmp_path / "v.db"), "faq"), open_rows(csv(TEXTS), name="t.csv")
    embed(table, "t", encoder, where)
    with pytest.raises(BadArgument, match="--overwrite"):
        embed(table, "t", encoder, where)
    embed(table, "t", encoder, where, overwrite=True)
    with pytest.raises(BadArgument, match="one that is there"):
        search_vectors(address(where.at, "other"), ["x"], encoder)
    other: Any = Counting(encoder)
    other.fingerprint = "0" * 32
    with pytest.raises(VectorsMismatch):
        search_vectors(where, ["x"], other)
