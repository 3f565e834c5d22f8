"""Test whether live scores have moved away from the scores that a policy was calibrated on.

Per domain: the population stability index over deciles of the calibration scores, with an alarm at the level where
chance alone reaches it one time in twenty (the folklore 0.1 alarms 80% of the time at n = m = 100); and, as a
second opinion that needs no bins, the two-sample Kolmogorov-Smirnov test. Both are corrected over domains.

Labels are not needed, and that is the limit: see UNPROVEN.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd
from scipy.stats import chi2, ks_2samp

from calibration.certificates.score_floor import recorded_floor
from calibration.columns import DOMAIN, LOWEST_SCORE, PURPOSE, PURPOSE_REVIEW, SCORE
from calibration.errors import N_, BadArgument, ColumnsMissing, EmptyInput
from calibration.messages.note import Note, note
from calibration.stats.formatting import EXACT, threshold
from calibration.stats.multiple_testing import HOLM, adjust, levels
from calibration.stats.population_stability import LEVEL, alarm_threshold, bin_counts, decile_edges, psi
from calibration.stats.threshold_counts import Floats, quantise

LEAST: Final = 50
"""Fewer scores than this on a side, five a bin, say too little for an alarm."""

DRIFTED: Final = "drifted"
CHECK: Final = "check"
QUIET: Final = "no_drift_seen"
TOO_FEW: Final = "too_few"
NEW: Final = "not_calibrated"
MISSING: Final = "no_live_scores"

SENTENCES: Final[Mapping[str, str]] = {
    DRIFTED: N_("In {domain}, live scores have drifted from those it was calibrated on: label fresh pairs."),
    CHECK: N_(
        "In {domain}, the distribution of live scores differs a little from those it was calibrated on: check it."
    ),
    QUIET: N_("In {domain}, live scores look like those it was calibrated on."),
    TOO_FEW: N_(
        "In {domain}, {n} calibration and {m} live scores are too few to compare; {least} of each are needed."
    ),
    NEW: N_("{domain} has live scores, but none that it was calibrated on."),
    MISSING: N_("{domain} was calibrated, but has no live scores."),
}
FLOORED: Final = N_(
    "In {domain}, labels were drawn at {floor} or above, so only scores from there up are compared."
)
UNPROVEN: Final = N_(
    "Unchanged scores do not prove unchanged precision: what counts as the same may change while scores do "
    "not. Only fresh labels can show it."
)


@dataclass(frozen=True)
class DomainDrift:
    """One domain: n calibration scores against m live ones; `dropped` are not finite, picked for review, or
    are below `floor`, where calibration pairs were drawn at random above one; it is -1 where they were not.

    status: `drifted`: PSI is above its alarm. `check`: only the Kolmogorov-Smirnov test sees a difference.
    `no_drift_seen`, `too_few` (no test), `not_calibrated` and `no_live_scores` (one side only).
    psi: >= 0, 0 for equal shares, the smaller the better. alarm_at: the PSI above which there is an alarm,
    corrected over domains. psi_p, ks_p: p-values, uncorrected; with `_adjusted`: corrected. ks: the largest
    distance of the two cumulative distributions, in [0, 1]. Numbers without a test are NaN.
    edges: the (b - 1) inner edges of the bins, rising; a score equal to an edge is below it.
    calibration_counts, live_counts: (b,) scores a bin, low to high. medians: of calibration and live scores.
    """

    domain: str
    status: str
    n: int
    m: int
    dropped: int
    psi: float
    alarm_at: float
    psi_p: float
    psi_p_adjusted: float
    ks: float
    ks_p: float
    ks_p_adjusted: float
    edges: tuple[float, ...]
    calibration_counts: tuple[int, ...]
    live_counts: tuple[int, ...]
    medians: tuple[float, float]
    floor: float = LOWEST_SCORE

    @property
    def sentence(self) -> Note:
        """The finding in plain language."""
        return note(SENTENCES[self.status], domain=self.domain, n=self.n, m=self.m, least=LEAST)


@dataclass(frozen=True)
class Drift:
    """Drift of every domain, at family-wise `level` for PSI and for Kolmogorov-Smirnov each."""

    domains: Mapping[str, DomainDrift]
    level: float
    correction: str
    notes: tuple[Note, ...]

    @property
    def drifted(self) -> tuple[str, ...]:
        """The domains with an alarm."""
        return tuple(name for name, found in self.domains.items() if found.status == DRIFTED)


def score_drift(
    calibration: pd.DataFrame, live: pd.DataFrame, *, level: float = LEVEL, correction: str = HOLM
) -> Drift:
    """Compare live scores with calibration scores, by domain: frames with `score`, `domain`, perhaps `purpose`.

    level: how often any domain may alarm by PSI where nothing drifts, in (0, 1). correction: `holm` or
    `bonferroni`, over domains. Rows for review are left out; where calibration pairs were drawn above a recorded
    floor (see `calibration.certificates.score_floor`), the scores of both sides below it too. Takes scores as
    independent: many live pairs of one text alarm too often. Raises ColumnsMissing, EmptyInput, BadArgument.
    """
    if not 0.0 < level < 1.0:
        raise BadArgument("level", N_("above 0 and below 1"), level)
    sides = [
        _by_domain(frame, name) for frame, name in ((calibration, "calibration scores"), (live, "live scores"))
    ]
    floors = {str(name): recorded_floor(rows) for name, rows in calibration.groupby(DOMAIN)}
    found = [
        _domain(name, floors.get(name, LOWEST_SCORE), *(side.get(name, _NOTHING) for side in sides))
        for name in sorted({*sides[0], *sides[1]})
    ]
    psi_p, ks_p = [entry.psi_p for entry in found], [entry.ks_p for entry in found]
    corrected = zip(
        found, adjust(psi_p, correction), adjust(ks_p, correction), levels(psi_p, level, correction), strict=True
    )
    done = {
        entry.domain: _corrected(entry, float(p), float(k), float(held), level) for entry, p, k, held in corrected
    }
    floored = [entry for entry in done.values() if entry.floor > LOWEST_SCORE]
    said = [note(FLOORED, domain=entry.domain, floor=threshold(entry.floor, digits=EXACT)) for entry in floored]
    return Drift(done, level, correction, (*said, note(UNPROVEN)))


_Side = tuple[Floats, int]
_NOTHING: Final[_Side] = (np.empty(0), 0)


def _by_domain(frame: pd.DataFrame, name: str) -> dict[str, _Side]:
    """Usable scores of each domain, and how many rows were left out."""
    if missing := [column for column in (SCORE, DOMAIN) if column not in frame.columns]:
        raise ColumnsMissing(name, missing, [str(column) for column in frame.columns])
    if frame.empty:
        raise EmptyInput(name)
    review = frame[PURPOSE] == PURPOSE_REVIEW if PURPOSE in frame.columns else pd.Series(False, index=frame.index)
    usable = np.isfinite(frame[SCORE].to_numpy(dtype=np.float64)) & ~review.to_numpy(dtype=bool)
    scores = frame[SCORE].to_numpy(dtype=np.float64)
    places = frame.groupby(DOMAIN).indices
    return {str(key): (scores[at][usable[at]], int((~usable[at]).sum())) for key, at in places.items()}


def _above(side: _Side, floor: float) -> _Side:
    """A side without what is below the floor."""
    scores, dropped = side
    kept = scores[quantise(scores) >= floor] if floor > LOWEST_SCORE else scores
    return kept, dropped + len(scores) - len(kept)


def _domain(name: str, floor: float, calibration: _Side, live: _Side) -> DomainDrift:
    """Numbers of one domain; status and corrections follow."""
    (old, old_dropped), (new, new_dropped) = _above(calibration, floor), _above(live, floor)
    n, m = len(old), len(new)
    edges = decile_edges(old) if n else np.empty(0)
    before, after = bin_counts(old, edges), bin_counts(new, edges)
    value = psi(before, after) if n and m else np.nan
    tested = min(n, m) >= LEAST
    ks = ks_2samp(old, new) if tested else None
    return DomainDrift(
        domain=name,
        status=QUIET if tested else TOO_FEW if n and m else NEW if m else MISSING,
        n=n,
        m=m,
        dropped=old_dropped + new_dropped,
        psi=value,
        alarm_at=np.nan,
        psi_p=float(chi2.sf(value / (1 / n + 1 / m), len(before) - 1)) if tested else np.nan,
        psi_p_adjusted=np.nan,
        ks=float(ks.statistic) if ks else np.nan,
        ks_p=float(ks.pvalue) if ks else np.nan,
        ks_p_adjusted=np.nan,
        edges=tuple(edges.tolist()),
        calibration_counts=tuple(before.tolist()),
        live_counts=tuple(after.tolist()),
        medians=(float(np.median(old)) if n else np.nan, float(np.median(new)) if m else np.nan),
        floor=floor,
    )


def _corrected(found: DomainDrift, psi_p: float, ks_p: float, held: float, level: float) -> DomainDrift:
    if not np.isfinite(found.psi_p):
        return found
    status = DRIFTED if psi_p <= level else CHECK if ks_p <= level else QUIET
    threshold = alarm_threshold(found.n, found.m, len(found.calibration_counts), held)
    return replace(found, status=status, alarm_at=threshold, psi_p_adjusted=psi_p, ks_p_adjusted=ks_p)
