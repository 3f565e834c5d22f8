"""Judged pairs against human labels: is the judge any good, does it pay, and what do both certify together?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd

from calibration.certificates.certificate import Certificate
from calibration.certificates.judged import certify_judged
from calibration.columns import DEFAULT_CONFIDENCE, DOMAIN, SAME, SCORE, TEXT_A, TEXT_B
from calibration.errors import N_
from calibration.judging.kept_audit import Counts
from calibration.messages.note import Note, note
from calibration.pairs.positive import positives
from calibration.stats.prediction_powered import JudgeQuality, judge_quality
from calibration.text.cleaning import clean

JUDGED: Final = "judge"
FIRST_AUDIT: Final = 100

QUALITY: Final = N_(
    "{domain}: on {n} human labels the judge finds {tpr} of the same and {tnr} of the different pairs (kappa "
    "{kappa}); an audited label counts as much as {saving} labels"
)
PAYS_NOT: Final = N_("{domain}: this judge saves hardly any labels here; label without it, or use a better one")
FEW: Final = N_(
    "{domain}: {n} human labels are too few to see whether the judge saves labels; label {more} more at random"
)
ALIKE: Final = N_("{domain}: the judge gives every pair the same answer, so it cannot save labels")
UNANSWERED: Final = N_("{domain}: {n} of {total} pairs have no usable answer and are left out")


@dataclass(frozen=True)
class Audit:
    """One domain. judged: pairs with an answer; unanswered: without. certificate: where scores were there. counts:
    of the human labels.
    """

    domain: str
    judged: int
    unanswered: int
    accepted: int
    quality: JudgeQuality
    certificate: Certificate | None
    counts: Counts = field(default_factory=Counts)

    @property
    def notes(self) -> tuple[Note, ...]:
        """For people."""
        found, quality = [], self.quality
        if self.unanswered:
            total = self.judged + self.unanswered
            found.append(note(UNANSWERED, domain=self.domain, n=self.unanswered, total=total))
        if self.judged and self.accepted in (0, self.judged):
            return (*found, note(ALIKE, domain=self.domain))
        if quality.n < FIRST_AUDIT:
            found.append(note(FEW, domain=self.domain, n=quality.n, more=FIRST_AUDIT - quality.n))
        if quality.n:
            shown = {name: f"{getattr(quality, name):.2f}" for name in ("tpr", "tnr", "kappa", "saving")}
            found.append(note(QUALITY, domain=self.domain, n=quality.n, **shown))
        if quality.n >= FIRST_AUDIT and not quality.pays:
            found.append(note(PAYS_NOT, domain=self.domain))
        return tuple(found)


def audits(
    judged: pd.DataFrame, labelled: pd.DataFrame | None, precision: float, confidence: float = DEFAULT_CONFIDENCE
) -> Mapping[str, Audit]:
    """By domain. judged: pairs with `judge` (1, 0, NaN), and `score` where a certificate is wanted. labelled: human
    labels of some of them, drawn at random, in the order of the draw.
    """
    human = _human(labelled)
    return {
        str(domain): _audit(str(domain), rows.reset_index(drop=True), human, precision, confidence)
        for domain, rows in judged.groupby(DOMAIN, sort=True)
    }


def _audit(
    domain: str,
    rows: pd.DataFrame,
    human: Mapping[tuple[str, str, str], float],
    precision: float,
    confidence: float,
) -> Audit:
    usable = rows[np.isfinite(rows[JUDGED].to_numpy(dtype=np.float64))].reset_index(drop=True)
    places = {_key(domain, a, b): at for at, (a, b) in enumerate(zip(usable[TEXT_A], usable[TEXT_B], strict=True))}
    audited = [(places[key], label) for key, label in human.items() if key in places]
    at = np.array([place for place, _ in audited], dtype=np.int64)
    labels = np.array([label for _, label in audited], dtype=np.float64)
    said = usable[JUDGED].to_numpy(dtype=np.float64)
    certificate = None
    if SCORE in usable.columns and at.size:
        scores = usable[SCORE].to_numpy(dtype=np.float64)
        certificate = certify_judged(scores, said, at, labels, precision, confidence)
    quality = judge_quality(labels, said[at])
    return Audit(
        domain,
        len(usable),
        len(rows) - len(usable),
        int(said.sum()),
        quality,
        certificate,
        Counts.of(labels, said[at]),
    )


def _human(labelled: pd.DataFrame | None) -> dict[tuple[str, str, str], float]:
    if labelled is None:
        return {}
    labels = positives(labelled, SAME)
    names = zip(labelled[DOMAIN], labelled[TEXT_A], labelled[TEXT_B], strict=True)
    return {
        _key(str(domain), a, b): float(label)
        for (domain, a, b), label in zip(names, labels, strict=True)
        if np.isfinite(label)
    }


def _key(domain: str, a: object, b: object) -> tuple[str, str, str]:
    first, second = sorted((clean(str(a)), clean(str(b))))
    return domain, first, second
