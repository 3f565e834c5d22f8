"""The labelled, scored rows of one domain as arrays, made once for its fit, evaluation and probabilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from calibration.certificates.score_floor import row_floors
from calibration.columns import (
    DOMAIN,
    KIND,
    LABEL,
    LOWEST_SCORE,
    PURPOSE,
    PURPOSE_REVIEW,
    SAME,
    SCORE,
    THRESHOLD_TIERS,
    UNRELATED,
)
from calibration.errors import N_, BadArgument
from calibration.messages.note import note
from calibration.pairs.positive import positives
from calibration.pairs.scored import check_scored
from calibration.policies.tiers import GuardedThresholds, held_rows
from calibration.stats.group_folds import Splits, label_kinds, split_groups
from calibration.stats.text_groups import groups_of, has_texts, text_codes
from calibration.stats.threshold_counts import Curve, Flags, Floats, Ints, curve, quantise

Objects = NDArray[np.object_]
Cell = TypeVar("Cell", np.float64, np.bool_, np.object_)


@dataclass(frozen=True, eq=False)
class DomainSample:
    """n rows of one domain.

    scores: (n,). labels: by tier, (n,) 1 or 0, NaN where the label cannot tell; for `unrelated` 1 where a pair is
    not the same. grades, kinds: (n,) labels as they were given. texts: (n, 2) codes of the texts, None where the
    rows have none. floors: (n,) the score above which each row was drawn. review: (n,) rows picked for review,
    which say nothing about how often a tier occurs. guards: what keeps pairs from being `same`; held: (n,) the
    pairs that they hold back, None without guards. curves: those made so far, by tier.
    """

    domain: str
    scores: Floats
    labels: Mapping[str, Floats]
    grades: Floats
    kinds: Objects
    texts: Ints | None
    floors: Floats
    review: Flags
    guards: tuple[str, ...] = ()
    held: Flags | None = None
    curves: dict[str, Curve] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: pd.DataFrame | DomainSample, guards: Sequence[str] = ()) -> DomainSample:
        """The sample of scored, labelled rows of one domain; a sample is returned as it is.

        Raises GuardsNeedTexts where there are guards and no texts.
        """
        if isinstance(rows, DomainSample):
            return rows
        labels = {tier: _constant(positives(rows, tier)) for tier in THRESHOLD_TIERS}
        picked = rows[PURPOSE] == PURPOSE_REVIEW if PURPOSE in rows.columns else np.zeros(len(rows), dtype=bool)
        return cls(
            str(rows[DOMAIN].iloc[0]) if len(rows) and DOMAIN in rows.columns else "",
            rows[SCORE].to_numpy(dtype=np.float64),
            {**labels, UNRELATED: _constant(1.0 - labels[SAME])},
            rows[LABEL].to_numpy(dtype=np.float64),
            _constant(rows[KIND].to_numpy(dtype=object)),
            text_codes(rows) if has_texts(rows) else None,
            _constant(row_floors(rows)),
            _constant(np.asarray(picked, dtype=np.bool_)),
            tuple(guards),
            held_rows(rows, GuardedThresholds({}, guards)),
        )

    @property
    def n(self) -> int:
        """Rows."""
        return self.scores.size

    @property
    def floor(self) -> float:
        """The highest floor that a row records; -1 where none does."""
        return float(self.floors.max(initial=LOWEST_SCORE))

    @property
    def random(self) -> DomainSample:
        """The rows that were not picked for review."""
        return self if self._drawn is None else self._drawn

    @property
    def certifying(self) -> DomainSample:
        """The random rows at or above their highest floor: uniform draws above every threshold from there on."""
        return self.random if self._above_floor is None else self._above_floor

    # None where these are all rows: a sample that held itself would stay in memory, fold after fold.
    @cached_property
    def _drawn(self) -> DomainSample | None:
        return self.take(~self.review) if self.review.any() else None

    @cached_property
    def _above_floor(self) -> DomainSample | None:
        below = quantise(self.random.scores) < self.random.floor
        return self.random.take(~below) if below.any() else None

    @cached_property
    def groups(self) -> Ints:
        """(n,) rows connected through shared texts; each row on its own where there are no texts."""
        return np.arange(self.n) if self.texts is None else groups_of(self.texts)

    @cached_property
    def splits(self) -> Splits:
        """Five folds that keep shared texts together."""
        return self._split(0)

    def splits_by(self, seed: int) -> Splits:
        """The folds of a seed; those of 0 are made once."""
        return self._split(seed) if seed else self.splits

    def _split(self, seed: int) -> Splits:
        return split_groups(self.groups, label_kinds(self.kinds, self.grades), seed=seed)

    def signed(self, tier: str) -> Floats:
        """(n,) scores of which the highest are of the tier: negated for `unrelated`."""
        return -quantise(self.scores) if tier == UNRELATED else self.scores

    def curve(self, tier: str) -> Curve:
        """The counts at every threshold of `signed` scores, made once."""
        if tier not in self.curves:
            self.curves[tier] = curve(self.signed(tier), self.labels[tier])
        return self.curves[tier]

    def known(self, tier: str) -> Flags:
        """(n,) rows with a score whose label can tell."""
        return np.isfinite(self.scores) & np.isfinite(self.labels[tier])

    def judged(self, tier: str) -> DomainSample:
        """The rows with a score whose label can tell."""
        known = self.known(tier)
        return self if known.all() else self.take(known)

    def eligible(self, tier: str) -> DomainSample:
        """The rows that a tier's threshold decides on: for `same` those that no guard holds back."""
        return self.take(~self.held) if tier == SAME and self.held is not None else self

    def take(self, rows: Flags | NDArray[np.intp]) -> DomainSample:
        """The sample of some rows, given by flags or places."""
        return DomainSample(
            self.domain,
            self.scores[rows],
            {tier: _taken(values, rows) for tier, values in self.labels.items()},
            self.grades[rows],
            _taken(self.kinds, rows),
            None if self.texts is None else self.texts[rows],
            _taken(self.floors, rows),
            _taken(self.review, rows),
            self.guards,
            None if self.held is None else self.held[rows],
        )


Samples = Mapping[str, DomainSample]
"""By domain."""


def domain_samples(scored: pd.DataFrame | Samples, guards: Mapping[str, Sequence[str]] | None = None) -> Samples:
    """The sample of every domain of scored pairs; raises ColumnsMissing or EmptyInput.

    guards: by domain, what keeps pairs from being `same`. Raises BadArgument for a domain without pairs.
    """
    if not isinstance(scored, pd.DataFrame):
        return scored
    check_scored(scored)
    known, guards = sorted(str(name) for name in scored[DOMAIN].unique()), guards or {}
    if unknown := sorted(set(guards) - set(known)):
        raise BadArgument(
            "guards", note(N_("of a domain of the pairs: {known}"), known=", ".join(known)), unknown[0]
        )
    parts = ((str(name), rows) for name, rows in scored.groupby(DOMAIN, sort=True))
    return {name: DomainSample.of(rows, guards.get(name, ())) for name, rows in parts}


def _constant(values: NDArray[Cell]) -> NDArray[Cell]:
    """An array; where all its values are one and the same, it is held once, whatever the length."""
    if not values.size or not (pd.isna(values).all() if pd.isna(values[0]) else (values == values[0]).all()):
        return values
    return np.broadcast_to(values[:1].copy(), values.shape)


def _taken(values: NDArray[Cell], rows: Flags | NDArray[np.intp]) -> NDArray[Cell]:
    """Some of the values; those of `_constant` stay held once."""
    if values.strides != (0,):
        return values[rows]
    size = int(np.count_nonzero(rows)) if rows.dtype == np.bool_ else rows.size
    return np.broadcast_to(values[:1], (size,))
