"""Deduplication of rows: reasons, rules, the columns that are written, and what reviewers change."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.corpus import Clusters, Review, clusters_frame, deduplicate_texts, manual, read_texts
from calibration.corpus.dedup import IDENTICAL, REPRESENTATIVE, SAME_MEANING, SPLIT, UNIQUE
from calibration.corpus.review import CONFIRMED, OPEN
from calibration.encoding import CachedEncoder
from calibration.errors import BadArgument

TEXTS = ["花呗怎么还款", "今天天气不错", " 花呗怎么还款\n", "花呗如何还款呢", "怎么办理信用卡挂失", "今天天气不错"]


@pytest.fixture(scope="module")
def clusters(encoder: CachedEncoder) -> Clusters:
    return deduplicate_texts(TEXTS, encoder, manual(0.95))


def test_each_row_says_why_it_is_kept_or_goes(clusters: Clusters) -> None:
    assert clusters.representative.tolist() == [0, 1, 0, 0, 4, 1]
    assert clusters.reasons == (REPRESENTATIVE, REPRESENTATIVE, IDENTICAL, SAME_MEANING, UNIQUE, IDENTICAL)
    assert clusters.scores[[0, 1, 2, 4, 5]].tolist() == [1.0] * 5
    assert 0.95 <= clusters.scores[3] < 1.0
    assert clusters.counts() == {
        "rows": 6,
        "kept": 3,
        "clusters": 2,
        IDENTICAL: 2,
        SAME_MEANING: 1,
        "truncated": 0,
    }
    assert clusters.members(0).tolist() == [0, 2, 3]
    assert clusters.groups().tolist() == [0, 1]


def test_the_longest_or_shortest_may_stand_for_the_others(encoder: CachedEncoder) -> None:
    longest = deduplicate_texts(TEXTS, encoder, manual(0.95), "longest")
    assert longest.representative.tolist() == [3, 1, 3, 3, 4, 1]
    assert deduplicate_texts(TEXTS, encoder, manual(0.95), "shortest").representative.tolist()[:4] == [0, 1, 0, 0]
    with pytest.raises(BadArgument, match="keep"):
        deduplicate_texts(TEXTS, encoder, manual(0.95), "best")


def test_the_table_keeps_the_users_columns_and_never_overwrites_one(encoder: CachedEncoder) -> None:
    content = "title,score,label\n花呗怎么还款,7,yes\n花呗怎么还款 ,8,no\n".encode()
    read = read_texts(content, "title", name="t.csv")
    frame = clusters_frame(read.frame, read.lines, read.texts, deduplicate_texts(read.texts, encoder, manual(0.9)))
    assert frame["score"].tolist() == ["7", "8"]
    assert frame["score_2"].tolist() == [1.0, 1.0]
    assert frame["label"].tolist() == ["yes", "no"]
    assert frame["kept"].tolist() == [1, 0]
    assert frame["representative_row"].tolist() == [2, 2]
    assert frame["cluster"].tolist() == [1, 1]


def test_a_reviewer_splits_and_confirms(clusters: Clusters) -> None:
    review = Review(clusters).confirm(1).split([3])
    assert review.clusters.representative.tolist() == [0, 1, 0, 3, 4, 1]
    assert review.clusters.reasons[3] == SPLIT
    assert review.status() == [OPEN, CONFIRMED, OPEN, "", "", CONFIRMED]
    alone = review.split([2])
    assert (alone.clusters.reasons[0], alone.clusters.counts()["clusters"]) == (UNIQUE, 1)
    assert alone.split([5]).confirmed == frozenset()
    assert review.reopen(1).status()[1] == OPEN
    assert clusters.representative.tolist() == [0, 1, 0, 0, 4, 1]
    with pytest.raises(BadArgument, match="rows"):
        review.split([0])


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=10), st.sampled_from([0.8, 0.9, 0.95, 1.0]))
def test_kept_texts_are_apart_and_members_near(encoder: CachedEncoder, texts: list[str], threshold: float) -> None:
    found = deduplicate_texts(texts, encoder, manual(threshold))
    frame = clusters_frame(pd.DataFrame({"t": texts}), pd.RangeIndex(1, len(texts) + 1).to_numpy(), texts, found)
    assert (frame["score"] >= round(threshold, 6)).all()
    kept = [text for text, stays in zip(texts, found.kept, strict=True) if stays]
    assert deduplicate_texts(kept, encoder, manual(threshold)).kept.all()
