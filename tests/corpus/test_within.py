"""Blocks of equal keys: nothing is compared across them, and workers give what this process gives."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from calibration.corpus import deduplicate_texts, manual, match_texts, read_texts
from calibration.corpus.dedup import UNIQUE, Clusters
from calibration.corpus.matches import AMBIGUOUS, ANSWERED, NO_ANSWER, Matches
from calibration.corpus.spread.job import Spread
from calibration.corpus.spread.workers import HereWorkers
from calibration.corpus.within import read_keys
from calibration.encoding import CachedEncoder
from calibration.errors import ColumnUnknown
from calibration.settings import VECTOR_BYTES_VARIABLE

TITLES = Path(__file__).parents[2] / "datasets" / "titles" / "titles.csv"
SAME = manual(0.95)


@pytest.fixture(scope="module")
def titles() -> list[str]:
    return read_texts(TITLES, "title").texts * 2


def spread(tmp_path: Path | None = None) -> Spread:
    return Spread(HereWorkers(), tmp_path and tmp_path / "out.part", block=7)


def alike(a: Clusters, b: Clusters) -> None:
    assert a.representative.tolist() == b.representative.tolist()
    assert a.scores.tolist() == b.scores.tolist()
    assert a.reasons == b.reasons


def test_each_block_is_deduplicated_by_itself(encoder: CachedEncoder, titles: list[str]) -> None:
    keys = [("甲" if row % 3 else "乙",) for row in range(len(titles))]
    found = deduplicate_texts(titles, encoder, SAME, "longest", keys=keys)
    for key in set(keys):
        rows = np.flatnonzero([one == key for one in keys])
        alone = deduplicate_texts([titles[row] for row in rows], encoder, SAME, "longest")
        assert rows[alone.representative].tolist() == found.representative[rows].tolist()
        assert alone.scores.tolist() == found.scores[rows].tolist()
    apart = deduplicate_texts(["同一句话"] * 2, encoder, SAME, keys=[("a",), ("b",)])
    assert apart.reasons == (UNIQUE, UNIQUE)
    assert deduplicate_texts(["同一句话"] * 2, encoder, SAME, keys=[("a",), ("a",)]).kept.sum() == 1


@pytest.mark.parametrize("blocks", [1, 4, 60])
@pytest.mark.parametrize("keep", ["first", "shortest"])
def test_workers_find_the_clusters_of_this_process(
    encoder: CachedEncoder, titles: list[str], tmp_path: Path, blocks: int, keep: str
) -> None:
    keys = None if blocks == 1 else [(str(row % blocks),) for row in range(len(titles))]
    alone = deduplicate_texts(titles, encoder, SAME, keep, keys=keys)
    given = spread(tmp_path)
    seen: list[int] = []
    alike(alone, deduplicate_texts(titles, encoder, SAME, keep, keys=keys, spread=given, progress=_to(seen)))
    assert seen[-1] == max(seen) > 0
    again = spread(tmp_path)
    alike(alone, deduplicate_texts(titles, encoder, SAME, keep, keys=keys, spread=again))
    assert (again.cost.steps, again.cost.resumed) == (0, given.cost.steps)
    other = spread(tmp_path)
    deduplicate_texts(titles, encoder, manual(0.96), keep, keys=keys, spread=other)
    assert other.cost.resumed == 0
    given.end()
    assert not list(tmp_path.iterdir())


def _to(seen: list[int]):  # type: ignore[no-untyped-def]
    return lambda done, _: seen.append(done)


def same_answers(a: Matches, b: Matches) -> None:
    assert a.counts() == b.counts()
    for one, other in zip(a.found, b.found, strict=True):
        assert one.rows.tolist() == other.rows.tolist()
        assert one.scores.tolist() == other.scores.tolist()
        assert one.decision == other.decision


@pytest.mark.parametrize("k", [1, 3])
def test_answers_come_from_the_querys_own_block(
    encoder: CachedEncoder, titles: list[str], tmp_path: Path, k: int
) -> None:
    faq, queries = titles[:40], [*titles[30:54], "今天天气不错"]
    keys = [(str(row % 3),) for row in range(40)], [(str(row % 4),) for row in range(25)]
    found = match_texts(faq, queries, encoder, SAME, k=k, within=keys)
    for at, one in enumerate(found.found):
        there = [row for row in range(40) if keys[0][row] == keys[1][at]]
        assert set(one.rows.tolist()) <= set(there)
        assert one.decision != ANSWERED or there
    assert {found.found[at].decision for at in range(3, 25, 4)} == {NO_ANSWER}
    for within in (keys, None):
        alone = match_texts(faq, queries, encoder, SAME, k=k, within=within)
        given = spread(tmp_path)
        same_answers(alone, match_texts(faq, queries, encoder, SAME, k=k, within=within, spread=given))
        again = spread(tmp_path)
        same_answers(alone, match_texts(faq, queries, encoder, SAME, k=k, within=within, spread=again))
        assert (again.cost.steps, again.cost.resumed) == (0, given.cost.steps)


def test_two_near_answers_are_ambiguous_where_one_is_asked_for(encoder: CachedEncoder) -> None:
    faq = ["怎么修改绑定的手机号", "怎么修改绑定的手机号吗"]
    asked = match_texts(faq, ["怎么修改绑定的手机号码"], encoder, manual(0.9), k=1, margin=0.2)
    assert [len(one.rows) for one in asked.found] == [1]
    assert asked.counts()[AMBIGUOUS] == 1


@pytest.mark.skipif(not importlib.util.find_spec("faiss"), reason="needs the extra [faiss]")
def test_an_index_keeps_to_blocks(
    encoder: CachedEncoder, titles: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from calibration.corpus import clustering

    keys = [(str(row % 2),) for row in range(len(titles))]
    alone = deduplicate_texts(titles, encoder, SAME, keys=keys)
    monkeypatch.setattr(clustering, "SMALL", 10)
    monkeypatch.setenv(VECTOR_BYTES_VARIABLE, "1000")
    found = deduplicate_texts(titles, encoder, SAME, keys=keys, approximate=True)
    assert found.recall is not None
    assert found.recall.found == 1.0  # so few vectors that all cells are searched
    alike(alone, found)
    faq, queries = titles[:40], titles[30:54]
    sides = [(str(row % 3),) for row in range(40)], [(str(row % 4),) for row in range(24)]
    exact = match_texts(faq, queries, encoder, SAME, k=2, within=sides)
    near = match_texts(faq, queries, encoder, SAME, k=2, within=sides, approximate=True)
    same_answers(exact, near)
    assert near.recall is not None
    assert near.recall.complete.n == 18  # the other queries' block has no answers


def test_columns_of_keys_are_named_and_cleaned() -> None:
    read = read_texts("shop,title,Language\n 甲 ,a,zh\n甲,b,zh\n,c,\n".encode(), "title")
    assert read_keys(read, ()) is None
    assert read_keys(read, ["SHOP", "language"]) == [("甲", "zh"), ("甲", "zh"), ("", "")]
    with pytest.raises(ColumnUnknown, match="no column 'brand'"):
        read_keys(read, ["brand"])
