"""Scoring with the real model: cleaning, cosine, long texts, and one path for calibration and serving."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from calibration.encoding import CachedEncoder
from calibration.errors import BadArgument, BadRows, Cancelled, ColumnsMissing
from calibration.scoring.score_pairs import ScoringOptions, cosine, score_pairs, score_texts
from calibration.text.cleaning import CleaningOptions

A, B, FAR = "花呗额度怎么提升", "我想要提升花呗额度", "今天的天气真不错，适合出去爬山"


def frame(*pairs: tuple[Any, Any]) -> pd.DataFrame:
    return pd.DataFrame(pairs, columns=["text_a", "text_b"])


def scores(encoder: CachedEncoder, *pairs: tuple[str, str], **options: Any) -> list[float]:
    scored = score_pairs(frame(*pairs), encoder, ScoringOptions(**options))
    return [float(score) for score in scored["score"]]


rows = arrays(np.float32, (3, 5), elements=st.floats(-10, 10, width=32)).filter(
    lambda a: bool((np.linalg.norm(a, axis=1) > 1e-2).all())
)


@given(rows, rows)
def test_cosine_is_the_slow_one_symmetric_and_in_range(a: np.ndarray, b: np.ndarray) -> None:
    a, b = (m / np.linalg.norm(m, axis=1, keepdims=True) for m in (a, b))
    fast = cosine(a, b)
    slow = [sum(float(x) * float(y) for x, y in zip(p, q, strict=True)) for p, q in zip(a, b, strict=True)]
    np.testing.assert_allclose(fast, slow, atol=1e-6)
    np.testing.assert_array_equal(fast, cosine(b, a))
    assert fast.dtype == np.float64
    assert (np.abs(fast) <= 1).all()
    np.testing.assert_allclose(cosine(a, a), 1, atol=1e-5)


def test_paraphrases_score_above_strangers(encoder: CachedEncoder) -> None:
    same, close, far = scores(encoder, (A, A), (A, B), (A, FAR))
    assert same == pytest.approx(1, abs=1e-6)
    assert 0.93 < close < 1
    assert 0.7 < far < 0.88


def test_scores_are_exactly_symmetric(encoder: CachedEncoder) -> None:
    assert scores(encoder, (A, B), (FAR, A)) == scores(encoder, (B, A), (A, FAR))


def test_the_frame_is_copied_and_its_other_columns_kept(encoder: CachedEncoder) -> None:
    pairs = frame((A, B), (A, FAR)).assign(label=[1.0, 0.0], extra=["x", "y"])
    pairs.index = pd.Index([7, 3])
    scored = score_pairs(pairs, encoder)
    assert list(scored.columns) == [
        "text_a",
        "text_b",
        "label",
        "extra",
        "score",
        "truncated",
        "unknown_characters",
    ]
    assert scored.index.tolist() == [7, 3]
    assert scored["score"].dtype == np.float64
    assert scored["truncated"].dtype == np.bool_
    assert "score" not in pairs.columns


def test_an_empty_frame_stays_empty(encoder: CachedEncoder) -> None:
    scored = score_pairs(frame(), encoder)
    assert len(scored) == 0
    assert {"score", "truncated"} <= set(scored.columns)


def test_what_nobody_sees_changes_no_score(encoder: CachedEncoder) -> None:
    dirty = "\ufeff花呗额度\u200b\n怎么提升　"
    assert scores(encoder, (dirty, B)) == scores(encoder, (A, B))


def test_options_have_a_key_each() -> None:
    options = [
        ScoringOptions(CleaningOptions(punct), segments)
        for punct in (False, True)
        for segments in ("none", "max", "mean")
    ]
    assert len({option.key() for option in options}) == 6
    assert options[0].key() == CleaningOptions().key()
    with pytest.raises(BadArgument, match="segments"):
        ScoringOptions(segments="median")  # type: ignore[arg-type]


LONG = "".join(f"第{i}章讲的是园林、盆景和花卉的养护方法。" for i in range(60)) + A + "？"


def test_truncation_is_never_silent(encoder: CachedEncoder) -> None:
    scored = score_pairs(frame((A, LONG), (LONG, A), (A, B)), encoder)
    assert scored["truncated"].tolist() == [True, True, False]
    (one,) = score_texts(A, [LONG], encoder)
    assert one.tokens_target > encoder.max_tokens > one.tokens_source
    assert one.cut_target
    assert LONG.endswith(one.cut_target)
    assert one.cut_source == ""


def test_segments_reach_what_truncation_never_sees(encoder: CachedEncoder) -> None:
    (cut,) = scores(encoder, (A, LONG))
    (best,) = scores(encoder, (A, LONG), segments="max")
    (mean,) = scores(encoder, (A, LONG), segments="mean")
    assert best > cut
    assert best >= mean
    scored = score_pairs(frame((A, LONG)), encoder, ScoringOptions(segments="max"))
    assert not scored["truncated"].any(), "every segment is read whole"


@pytest.mark.parametrize("segments", ["max", "mean"])
def test_segment_scores_are_symmetric_and_one_for_equal_texts(encoder: CachedEncoder, segments: str) -> None:
    there, back, equal = scores(encoder, (B, LONG), (LONG, B), (LONG, LONG), segments=segments)
    assert there == back
    assert equal == pytest.approx(1, abs=1e-6)
    assert scores(encoder, (A, B), segments=segments) == scores(encoder, (A, B)), "short texts are one segment"


def test_live_scores_are_the_calibration_scores(encoder: CachedEncoder) -> None:
    targets = [B, FAR, "花呗　额度\n提升", LONG, B]
    for segments in ("none", "max", "mean"):
        live = score_texts(A, targets, encoder, ScoringOptions(segments=segments))
        assert [one.score for one in live] == scores(encoder, *((A, t) for t in targets), segments=segments)
        assert [one.target for one in live] == targets
    assert live[2].cleaned_target.text == "花呗 额度提升"
    assert live[2].cleaned_target.changes
    assert live[0].cleaned_source.changes == ()
    assert live[3].cut_target == "", "segments read all of it"
    assert score_texts(A, [], encoder) == []


def test_columns_must_be_there(encoder: CachedEncoder) -> None:
    with pytest.raises(ColumnsMissing, match="text_b"):
        score_pairs(pd.DataFrame({"text_a": [A], "other": [B]}), encoder)


@pytest.mark.parametrize("bad", [None, float("nan"), 7, "", " \u3000", "\u200b\ufeff"])
def test_texts_that_cannot_be_scored_are_reported_by_row(encoder: CachedEncoder, bad: Any) -> None:
    with pytest.raises(BadRows) as caught:
        score_pairs(frame((A, B), (A, bad), (FAR, B)), encoder)
    (problem,) = caught.value.problems
    assert (problem.row, problem.column) == (2, "text_b")
    assert caught.value.good["text_a"].tolist() == [A, FAR]


def test_progress_and_cancel_reach_the_encoder(encoder: CachedEncoder) -> None:
    seen: list[tuple[int, int]] = []
    score_pairs(frame((A, B), (A, FAR)), encoder, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (3, 3), "each distinct text once"
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        score_pairs(frame((A, "一句从未编码过的话")), encoder, cancel=cancel)
