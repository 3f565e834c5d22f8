"""The certifiers of a labelling session: one for each tier that its labels can tell, as `fit` certifies them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from calibration.certificates.sequential import SequentialCertifier
from calibration.columns import BINARY, DOMAIN, LOWEST_SCORE, SAME, SCORE, THRESHOLD_TIERS, UNRELATED
from calibration.fitting.fit import FitSettings, share_of
from calibration.pairs import positives
from calibration.stats.text_groups import text_codes
from calibration.stats.threshold_counts import quantise
from calibration.store.sessions.records import LabellingSession


def session_tiers(kind: str) -> tuple[str, ...]:
    """The tiers whose certificates share the error of a domain, for labels of a kind."""
    return (SAME, UNRELATED) if kind == BINARY else THRESHOLD_TIERS


def certifiers(
    session: LabellingSession, rows: pd.DataFrame, domain: str, target: float
) -> Mapping[str, SequentialCertifier]:
    """By tier, the certifier of a domain after its finished batches, in the order of the draw.

    All hold together at the default confidence. `unrelated` is mirrored: its scores are negated. It is left out
    where labels are drawn above a floor, since they say nothing about what is below.
    """
    floor = session.sampling[domain].floor
    tiers = session_tiers(session.kind)
    sure = share_of(FitSettings(target), len(tiers))
    told = [tier for tier in tiers if tier != UNRELATED or floor <= LOWEST_SCORE]
    return {tier: _certifier(session, rows, domain, tier, (target, sure)) for tier in told}


def _certifier(
    session: LabellingSession, rows: pd.DataFrame, domain: str, tier: str, asked: tuple[float, float]
) -> SequentialCertifier:
    draw, mirrored = session.sampling[domain], tier == UNRELATED
    floor = draw.floor if draw.floor > LOWEST_SCORE else None
    pool = np.asarray(draw.scores, dtype=np.float64)
    found = SequentialCertifier(-quantise(pool) if mirrored else pool, *asked, labels=max(draw.n, 1), floor=floor)
    mine = rows[rows[DOMAIN] == domain].reset_index(drop=True)
    codes = text_codes(mine) if len(mine) else None
    scores = mine[SCORE].to_numpy(dtype=np.float64)
    labels = 1.0 - positives(mine, SAME) if mirrored else positives(mine, tier)
    batches = mine["position"].to_numpy() // session.batch_size
    for number in sorted(set(batches.tolist())):
        part = batches == number
        texts = codes[part] if codes is not None else None
        found.update(-quantise(scores[part]) if mirrored else scores[part], labels[part], floor=floor, texts=texts)
    return found
