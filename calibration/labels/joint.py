"""Whether a precision can be met with a recall or a coverage: possible, not provable yet, or impossible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from calibration.certificates.joint_target import IMPOSSIBLE, NOT_YET, POSSIBLE, JointTarget, joint_target
from calibration.columns import LOWEST_SCORE, THRESHOLD_TIERS
from calibration.errors import N_, BadArgument
from calibration.fitting.fit import FitSettings, share_of
from calibration.fitting.sample import DomainSample
from calibration.labels.advice import Advice
from calibration.messages.note import Note, note, short_percent
from calibration.stats.formatting import EXACT, about, asked_percent, threshold
from calibration.stats.sample_size import POWER

SAY_RECALL: Final[Mapping[str, str]] = {
    POSSIBLE: N_(
        "Possible: every threshold from {low} to {high} keeps precision {precision} and recall {recall} together "
        "(confidence {confidence}, {n} labels)."
    ),
    NOT_YET: N_(
        "Not provable yet: {n} labels do not show that precision {precision} and recall {recall} can be met "
        "together, and do not rule it out."
    ),
    IMPOSSIBLE: N_(
        "Impossible with these scores: at every threshold the labels rule out precision {precision} or recall "
        "{recall} (confidence {confidence}, {n} labels). Choose lower targets, or use a better model."
    ),
}
SAY_COVERAGE: Final[Mapping[str, str]] = {
    POSSIBLE: N_(
        "Possible: every threshold from {low} to {high} keeps precision {precision} and accepts at least "
        "{coverage} of these pairs (confidence {confidence}, {n} labels)."
    ),
    NOT_YET: N_(
        "Not provable yet: {n} labels do not show that the {coverage} of the pairs with the highest scores have "
        "precision {precision}, and do not rule it out."
    ),
    IMPOSSIBLE: N_(
        "Impossible with these scores: at every threshold that accepts {coverage} of the pairs the labels rule out "
        "precision {precision} (confidence {confidence}, {n} labels). Choose lower targets, or use a better model."
    ),
}
SAY_APART: Final = N_("Precision {precision} is certified from {low} up, recall {recall} up to {high}.")
SAY_ABOVE: Final = N_("Precision {precision} is certified from {low} up, which accepts {share} of these pairs.")
SAY_MORE: Final = N_("To certify each of the two alone takes up to about {more} new labels drawn at random.")
SAY_MORE_PRECISION: Final = N_("To certify the precision alone takes about {more} new labels drawn at random.")


@dataclass(frozen=True, kw_only=True)
class JointAdvice(Advice):
    """Whether both targets can be met. lowest, highest: thresholds between which both are certified, if any.

    verdict: one of those of `calibration.certificates.joint_target`. recall, coverage: what was asked, the other is
    None. more: new labels that should certify each target alone; None where both are, or where it cannot be said.
    """

    precision: float
    recall: float | None
    coverage: float | None
    lowest: float | None
    highest: float | None


def advise_joint(
    sample: DomainSample,
    precision: float,
    settings: FitSettings,
    domains: int = 1,
    *,
    recall: float | None = None,
    coverage: float | None = None,
) -> dict[str, JointAdvice]:
    """The verdict for each tier that the labels can tell, at the confidence that the settings claim.

    Exactly one of recall and coverage. Raises BadArgument for labels drawn above a floor: they say nothing of the
    pairs below it.
    """
    used = sample.certifying
    if used.floor > LOWEST_SCORE:
        name = "--recall" if coverage is None else "--coverage"
        raise BadArgument(name, N_("asked of labels drawn from all pairs, above no floor"), used.floor)
    tiers = [tier for tier in THRESHOLD_TIERS if np.isfinite(used.labels[tier]).any()]
    sure, texts = share_of(settings, len(tiers), domains), used.texts if settings.clustered else None
    made = {}
    for tier in tiers:
        found = joint_target(
            used.scores,
            used.labels[tier],
            precision,
            recall=recall,
            coverage=coverage,
            confidence=sure,
            texts=texts,
        )
        more = max(
            (part.live_pairs or 0 for part in (found.precision, found.recall) if part is not None), default=0
        )
        asked = {"precision": precision, "recall": recall, "coverage": coverage}
        above = float(np.mean(used.scores >= found.lowest))
        made[tier] = JointAdvice(
            domain=used.domain,
            tier=tier,
            verdict=found.verdict,
            confidence=sure,
            power=POWER,
            n=found.precision.n,
            more=more if more and found.verdict == NOT_YET else None,
            notes=_notes(found, asked, sure, more, above),
            lowest=found.lowest if found.met else None,
            highest=found.highest if found.met else None,
            precision=precision,
            recall=recall,
            coverage=coverage,
        )
    return made


def _notes(
    found: JointTarget, asked: Mapping[str, float | None], confidence: float, more: int, above: float
) -> tuple[Note, ...]:
    """above: the share of the pairs from the certified threshold up."""
    targets = {name: asked_percent(value) for name, value in asked.items() if value is not None}
    ends = {"low": threshold(found.lowest, digits=EXACT), "high": threshold(found.highest, digits=EXACT)}
    sentences = SAY_COVERAGE if asked["recall"] is None else SAY_RECALL
    facts = {"n": f"{found.precision.n:,}", **targets}
    if found.verdict == POSSIBLE:
        return (note(sentences[POSSIBLE], confidence=short_percent(confidence), **facts, **ends),)
    if found.verdict == IMPOSSIBLE:
        return (note(sentences[IMPOSSIBLE], confidence=short_percent(confidence), **facts),)
    notes = [note(sentences[NOT_YET], **facts)]
    if found.recall is None:
        if found.precision.certified:
            notes.append(
                note(SAY_ABOVE, precision=targets["precision"], low=ends["low"], share=short_percent(above))
            )
    elif found.precision.certified and found.recall.certified:
        notes.append(note(SAY_APART, precision=targets["precision"], recall=targets["recall"], **ends))
    if more:
        notes.append(note(SAY_MORE_PRECISION if found.recall is None else SAY_MORE, more=about(more)))
    return tuple(notes)
