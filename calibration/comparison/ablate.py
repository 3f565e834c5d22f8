"""Compare variants of preprocessing, or models, on the same pairs.

Each variant scores the same pairs. Scores of two variants are on different scales, so only what does not depend on
the scale is compared: the AUC of `same`, and the recall and precision of `same` at the certified threshold that
each variant gets, out of fold, on its own scores.
"""

from __future__ import annotations

from collections.abc import Mapping
from threading import Event
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from calibration.columns import DEFAULT_CONFIDENCE, DOMAIN, PURPOSE, PURPOSE_REVIEW, SAME, SCORE
from calibration.comparison.ablation_metrics import Asked, Measured, measure, results
from calibration.comparison.ablation_result import SELECTED, Ablation
from calibration.comparison.paired_decisions import check_same_pairs
from calibration.errors import N_, BadArgument, Cancelled
from calibration.fitting.fit import FitSettings
from calibration.messages.note import note
from calibration.pairs import deduplicate, positives
from calibration.policies.tiers import GuardedThresholds, lowered
from calibration.stats.intervals import check_confidence
from calibration.stats.threshold_counts import Flags
from calibration.text.cleaning import STEPS, CleaningOptions
from calibration.text.guards import GUARDS

if TYPE_CHECKING:
    from calibration.encoding import Encoder, Progress
    from calibration.scoring.score_pairs import ScoringOptions

DEFAULT: Final = "default"
GUARD: Final = "guard_{name}"


def scoring_variants() -> dict[str, ScoringOptions]:
    """What `ablate` tries: the default, each fixed step left out, none at all, and each option by itself."""
    from calibration.scoring.score_pairs import ScoringOptions

    left_out = {f"without_{step}": ScoringOptions(CleaningOptions(without=(step,))) for step in STEPS}
    return {
        DEFAULT: ScoringOptions(),
        "no_cleaning": ScoringOptions(CleaningOptions(without=tuple(STEPS))),
        **left_out,
        "map_punctuation": ScoringOptions(CleaningOptions(map_punctuation=True)),
        "segments_max": ScoringOptions(segments="max"),
        "segments_mean": ScoringOptions(segments="mean"),
    }


def guard_variants(scored: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The pairs with the lowest score for those that a guard holds back, one frame a guard."""
    return {GUARD.format(name=name): lowered(scored, GuardedThresholds({}, (name,))) for name in GUARDS}


def ablate(
    pairs: pd.DataFrame,
    encoder: Encoder,
    variants: Mapping[str, ScoringOptions] | None = None,
    settings: FitSettings | None = None,
    *,
    baseline: str = DEFAULT,
    confidence: float = DEFAULT_CONFIDENCE,
    resamples: int = 1000,
    seed: int = 0,
    progress: Progress | None = None,
    cancel: Event | None = None,
) -> Ablation:
    """Score labelled pairs (deduplicated) under each variant and compare; see `ablate_scored`.

    Without `variants`, those of `scoring_variants` and each guard (`guard_variants`).
    """
    from calibration.scoring.score_pairs import score_pairs

    kept, _ = deduplicate(pairs)
    chosen = scoring_variants() if variants is None else variants
    frames = {
        name: score_pairs(kept, encoder, options, progress=progress, cancel=cancel)
        for name, options in chosen.items()
    }
    if variants is None:
        frames |= guard_variants(frames[baseline])
    return ablate_scored(
        frames, settings, baseline=baseline, confidence=confidence, resamples=resamples, seed=seed, cancel=cancel
    )


def ablate_scored(
    frames: Mapping[str, pd.DataFrame],
    settings: FitSettings | None = None,
    *,
    baseline: str = DEFAULT,
    confidence: float = DEFAULT_CONFIDENCE,
    resamples: int = 1000,
    seed: int = 0,
    cancel: Event | None = None,
) -> Ablation:
    """Compare scored frames of the same pairs, one a variant (or a model), with `baseline`, by domain.

    Differences come with intervals of a paired bootstrap of text groups (normal, on its standard error). They hold
    together at `confidence` over all comparisons (Bonferroni), and verdicts are corrected by Holm, since looking at
    many variants finds a best one by chance. For recall and precision each resample certifies its own threshold.
    Raises BadArgument, ColumnsMissing, EmptyInput, and Cancelled, looking at `cancel` before each domain.
    """
    check_confidence(confidence)
    if baseline not in frames:
        raise BadArgument("baseline", " | ".join(frames), baseline)
    if resamples < 2:
        raise BadArgument("resamples", N_("at least 2"), resamples)
    for frame in frames.values():
        check_same_pairs(frames[baseline], frame)
    asked = Asked(settings or FitSettings(), confidence, resamples, seed)
    usable, base = _usable(frames), frames[baseline]
    places = {str(name): at for name, at in base.groupby(DOMAIN, sort=True).indices.items()}
    measured: dict[str, dict[str, Measured]] = {}
    for name, at in places.items():
        if cancel is not None and cancel.is_set():
            raise Cancelled(len(measured), len(places))
        rows = np.asarray(at, dtype=np.int64)[usable[at]]
        measured[name] = measure(
            {key: frame.take(rows) for key, frame in frames.items()}, baseline, asked, len(places)
        )
    domains, tests = results(measured, confidence)
    dropped = {name: int((~usable[at]).sum()) for name, at in places.items()}
    return Ablation(baseline, domains, dropped, confidence, tests, (note(SELECTED),))


def _usable(frames: Mapping[str, pd.DataFrame]) -> Flags:
    """(n,) rows with a score in every frame that are not for review and whose label can tell `same`."""
    base = next(iter(frames.values()))
    usable = np.isfinite(positives(base, SAME))
    if PURPOSE in base.columns:
        usable &= (base[PURPOSE] != PURPOSE_REVIEW).to_numpy(dtype=bool)
    for frame in frames.values():
        usable &= np.isfinite(frame[SCORE].to_numpy(dtype=np.float64))
    return np.asarray(usable, dtype=bool)
