"""How near vectors and decisions are to the reference's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score

from benchmarks.encoder.backends import Encode
from calibration.columns import LABEL, TEXT_A, TEXT_B
from calibration.encoding.batching import Vectors
from calibration.stats.intervals import Proportion, proportion


@dataclass(frozen=True)
class Quality:
    """Against the reference: cosines of n texts' vectors, what AUC and Spearman change, and decisions that flip.

    A decision is `score >= t` at the threshold that judges most of the pairs rightly by the reference's scores.
    """

    mean: float
    least: float
    auc: float
    spearman: float
    flips: Proportion


def judge(pairs: pd.DataFrame, reference: Encode, others: dict[str, Encode]) -> dict[str, Quality]:
    """All on the same labelled pairs."""
    texts = list(dict.fromkeys([*pairs[TEXT_A], *pairs[TEXT_B]]))
    place, a = {text: at for at, text in enumerate(texts)}, reference(texts)
    return {name: _judge(pairs, place, a, other(texts)) for name, other in others.items()}


def _judge(pairs: pd.DataFrame, place: dict[str, int], a: Vectors, b: Vectors) -> Quality:
    cosines = (a.astype(np.float64) * b).sum(axis=1)
    first, second = (_scores(pairs, vectors, place) for vectors in (a, b))
    positive = pairs[LABEL].to_numpy() > 0
    threshold = _best(first, positive)
    flips = int(((first >= threshold) != (second >= threshold)).sum())
    return Quality(
        float(cosines.mean()),
        float(cosines.min()),
        float(roc_auc_score(positive, second) - roc_auc_score(positive, first)),
        float(spearmanr(second, pairs[LABEL])[0] - spearmanr(first, pairs[LABEL])[0]),
        proportion(flips, len(pairs)),
    )


def _scores(pairs: pd.DataFrame, vectors: Vectors, place: dict[str, int]) -> np.ndarray:
    rows = [np.array([place[text] for text in pairs[column]]) for column in (TEXT_A, TEXT_B)]
    return (vectors[rows[0]].astype(np.float64) * vectors[rows[1]]).sum(axis=1)


def _best(scores: np.ndarray, positive: np.ndarray) -> float:
    """Between two observed scores, so that rounding alone flips nothing."""
    order = np.argsort(-scores)
    right = np.cumsum(np.where(positive[order], 1, -1))
    at = int(right[:-1].argmax())
    return float((scores[order][at] + scores[order][at + 1]) / 2)
