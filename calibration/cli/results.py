"""Results of commands, each as one JSON object and as text for a person."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import pandas as pd

from calibration.certificate import CERTIFIED, INSUFFICIENT, Certificate
from calibration.chance import LIVE_PREVALENCE, Chance
from calibration.cli.numbers import estimate_json, estimate_text
from calibration.columns import LOWEST_SCORE, SCORE, UNRELATED
from calibration.decide import Decision
from calibration.drawn import DRAWN, data_draw, draw_notes
from calibration.evaluate import DomainEvaluation, TierMetrics
from calibration.fit_notes import NOTED
from calibration.i18n import from_environment
from calibration.intervals import Estimate, Proportion
from calibration.notes import Note
from calibration.pipeline import CalibrationRun
from calibration.policy import Policy
from calibration.prevalence import AdjustedPrecision


class Result(Protocol):
    """What a command gives back."""

    def to_json(self) -> dict[str, Any]:
        """One JSON object."""

    def to_text(self) -> str:
        """For a person at a terminal."""


@dataclass(frozen=True)
class ScoreResult:
    """`score`."""

    scored: pd.DataFrame
    model: str
    fingerprint: str
    output: str

    def to_json(self) -> dict[str, Any]:
        """Counts, range and the model's fingerprint, which `fit --scored --fingerprint` takes."""
        values = self.scored[SCORE]
        return {
            "output": self.output,
            "n": len(values),
            "model": self.model,
            "fingerprint": self.fingerprint,
            "score_min": float(values.min()),
            "score_max": float(values.max()),
            "truncated": int(self.scored["truncated"].sum()) if "truncated" in self.scored else 0,
        }

    def to_text(self) -> str:
        """Three lines."""
        data = self.to_json()
        return (
            f"{data['n']} pairs scored by {data['model']} ({data['fingerprint']}), "
            f"scores {data['score_min']:.4f} to {data['score_max']:.4f}\n"
            f"{data['truncated']} pairs have a text longer than the model reads\nwritten to {data['output']}"
        )


@dataclass(frozen=True)
class FitResult:
    """`fit`."""

    run: CalibrationRun
    output: str
    report: str | None = None

    @property
    def draw_notes(self) -> tuple[Note, ...]:
        """What weakens the claims by how the labels were drawn, where that was said."""
        way = self.run.policy.settings.get(DRAWN)
        asked = LIVE_PREVALENCE in self.run.policy.settings  # what a balanced draw's note asks for
        return draw_notes(data_draw(way)) if way and not asked else ()

    def to_json(self) -> dict[str, Any]:
        """The policy, and per domain what it was judged to do out of fold and the published thresholds do."""
        return {
            "output": self.output,
            "report": self.report,
            "policy": self.run.policy.to_json(),
            "notes": {domain: [note.to_json() for note in fit.notes] for domain, fit in self.run.fits.items()},
            "evaluation": evaluations_json(self.run.evaluation),
            "published": evaluations_json(self.run.published),
            "nominal": {
                domain: {tier: estimate_json(found) for tier, found in tiers.items()}
                for domain, tiers in self.run.nominal.items()
            },
            "duplicates": {
                "exact": self.run.duplicates.exact,
                "swapped": self.run.duplicates.swapped,
                "conflicting": self.run.duplicates.conflicting,
            },
        }

    def to_text(self) -> str:
        """One block a domain."""
        blocks = []
        for domain, fit in self.run.fits.items():
            lines = [f"{domain}: {fit.n} labels"]
            for tier, certificate in fit.certificates.items():
                metrics = self.run.evaluation[domain].tier(tier)
                lines.append("  " + certificate_line(tier, certificate))
                lines += _nominal_text(self.run.nominal.get(domain, {}).get(tier))
                if certificate.certified and metrics:
                    lines.append(f"    out of fold: {_metrics_text(metrics)}")
            lines += [f"  note: {note.explain(from_environment())}" for note in fit.notes]
            lines += [f"  note: {note.explain(from_environment())}" for note in self.draw_notes]
            blocks.append("\n".join(lines))
        written = [f"policy written to {self.output}"]
        written += [f"report written to {self.report}"] if self.report else []
        return "\n".join([*blocks, *written])


@dataclass(frozen=True)
class EvaluateResult:
    """`evaluate`."""

    policy: Policy
    ours: Mapping[str, DomainEvaluation]
    published: Mapping[str, DomainEvaluation]
    reviewed: int = 0
    live: Mapping[str, AdjustedPrecision] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Per domain, the policy's metrics beside the published thresholds'."""
        domains = evaluations_json(self.ours)
        for domain, entry in domains.items():
            for tier, metrics in entry["tiers"].items():
                if tier != UNRELATED:
                    metrics["provenance"] = self.policy.provenance(domain, tier)
        return {
            "policy": {"id": self.policy.id, "name": self.policy.name, "version": self.policy.version},
            "domains": domains,
            "published": evaluations_json(self.published),
            "reviewed": self.reviewed,
            "live": {domain: _live_json(found) for domain, found in self.live.items()},
        }

    def to_text(self) -> str:
        """One block a domain."""
        lines = []
        for domain, evaluation in self.ours.items():
            lines.append(f"{domain}: {evaluation.n} labelled pairs")
            for metrics in evaluation.tiers:
                baseline = self.published[domain].tier(metrics.tier)
                lines.append(f"  {metrics.tier:<10}{_metrics_text(metrics)}")
                lines.append(f"    published {_metrics_text(baseline) if baseline else '-'}")
            lines += _live_text(self.live[domain]) if domain in self.live else []
        lines += [f"{self.reviewed} pairs picked for review are left out"] if self.reviewed else []
        return "\n".join(lines)


def _live_json(found: AdjustedPrecision) -> dict[str, Any]:
    return {
        "live_prevalence": found.live,
        "threshold": found.threshold,
        "precision": estimate_json(found.adjusted),
        "tpr": proportion_json(found.tpr),
        "fpr": proportion_json(found.fpr),
        "prevalence": proportion_json(found.prevalence),
        "notes": [remark.to_json() for remark in found.notes],
    }


def _live_text(found: AdjustedPrecision) -> list[str]:
    rates = f"accepts {share_text(found.tpr)} of those that are the same, {share_text(found.fpr)} of the others"
    said = f"  live, {found.live:g} the same: precision of same {estimate_text(found.adjusted)}; {rates}"
    return [said, *(f"    note: {remark.explain(from_environment())}" for remark in found.notes)]


@dataclass(frozen=True)
class DecideResult:
    """`decide`."""

    decision: Decision

    def to_json(self) -> dict[str, Any]:
        """See `Decision.to_json`."""
        return self.decision.to_json()

    def to_text(self) -> str:
        """The tier first, then what it rests on."""
        found = self.decision
        reached = "below every threshold" if found.threshold is None else f"threshold {found.threshold:.6f}"
        if found.threshold is not None and found.threshold <= LOWEST_SCORE:
            reached = "nothing lower is certified to be unrelated, so a person checks"
        notes = [f"cut: {text!r} was not read" for text in (found.text.cut_source, found.text.cut_target) if text]
        rests = f"score {found.score:.6f}, {reached}, {found.provenance}"
        notes += ["the two texts are identical once cleaned"] if found.text.identical else []
        notes += [_chance_text(found.probability)] if found.probability else []
        return "\n".join([found.tier, f"{rests}; published thresholds say {found.published_tier}", *notes])


def _chance_text(found: Chance) -> str:
    interval = f"[{found.lower:.3f}, {found.upper:.3f}] (n={found.n})"
    carried = f", carried over to {found.live:g} of live pairs being the same" if found.live else ""
    return f"P(same) about {found.value:.3f} {interval}, holds for: {found.claims}{carried}"


def evaluations_json(evaluations: Mapping[str, DomainEvaluation]) -> dict[str, Any]:
    """Metrics by domain and tier as JSON data."""
    return {
        domain: {
            "n": found.n,
            "out_of_fold": found.out_of_fold,
            "tiers": {metrics.tier: _metrics_json(metrics) for metrics in found.tiers},
        }
        for domain, found in evaluations.items()
    }


def _metrics_json(metrics: TierMetrics) -> dict[str, Any]:
    return {
        "threshold": metrics.threshold,
        "precision": proportion_json(metrics.precision),
        "recall": proportion_json(metrics.recall),
        "in_band_precision": proportion_json(metrics.in_band),
    }


def proportion_json(share: Proportion) -> dict[str, Any]:
    """A proportion with its n and interval; value null where n is 0. The interval counts n / deff labels."""
    value = None if math.isnan(share.value) else share.value
    return {
        "value": value,
        "low": share.low,
        "high": share.high,
        "n": share.n,
        "hits": share.hits,
        "confidence": share.confidence,
        "deff": share.deff,
    }


def certificate_line(tier: str, found: Certificate) -> str:
    """One line that says what a certificate promises, or why there is none."""
    rate = "false negative rate" if tier == UNRELATED else "false positive rate"
    target = f"precision {found.precision:g}" if found.fpr is None else f"{rate} {found.fpr:g}"
    asked = f"{target} at confidence {found.confidence:g}"
    if found.status == CERTIFIED:
        side = "below" if tier == UNRELATED else "at or above"
        there = f"{found.n_above} labels there, {found.false_positives} wrong"
        if found.fpr is not None:
            there = f"{found.false_positives} of {found.negatives} {_counted(tier)} there"
        return f"{tier}: {side} {found.threshold:.6f}, {asked} ({there}{_worth(found)})"
    if found.status == INSUFFICIENT:
        there = f"{found.n}" if found.fpr is None else f"{found.negatives} {_counted(tier)}"
        return f"{tier}: {asked} needs at least {found.labels_needed} labels, there are {there}{_worth(found)}"
    return f"{tier}: {asked} is not certifiable with these {found.n} labels and this model"


def _nominal_text(found: Estimate | None) -> list[str]:
    """Where the target is met on the labels: a threshold that promises nothing."""
    if found is None or not math.isfinite(found.value):
        return []
    return [f"    nominal, promises nothing: {found.value:.6f} [{found.low:.6f}, {found.high:.6f}] (n={found.n})"]


def _counted(tier: str) -> str:
    return "pairs that are the same" if tier == UNRELATED else f"pairs that are not {tier}"


def _worth(found: Certificate) -> str:
    return f", worth {found.effective:.0f} independent ones" if found.deff >= NOTED else ""


def _metrics_text(metrics: TierMetrics) -> str:
    shares = (metrics.precision, metrics.recall, metrics.in_band)
    return "precision {}, recall {}, in band {}".format(*map(share_text, shares))


def share_text(share: Proportion) -> str:
    """A proportion with its interval and n in one line."""
    if not share.n:
        return "- (n=0)"
    worth = f", worth {share.n / share.deff:.0f} independent" if share.deff >= NOTED else ""
    return f"{share.value:.3f} [{share.low:.3f}, {share.high:.3f}] (n={share.n}{worth})"
