"""Results of commands, each as one JSON object and as text for a person."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import pandas as pd

from calibration.chance import LIVE_PREVALENCE, Chance
from calibration.cli.lines import (
    certificate_line,
    metrics_text,
    named,
    nominal_lines,
    noted,
    padded,
    say,
    share_text,
    written,
)
from calibration.cli.numbers import estimate_json, estimate_text
from calibration.columns import LOWEST_SCORE, SCORE, UNRELATED
from calibration.decide import Decision
from calibration.drawn import ADJUSTED, DRAWN, LABELS_ONLY, LIVE, UNVERIFIED, data_draw, draw_notes
from calibration.errors import N_
from calibration.evaluate import DomainEvaluation, TierMetrics
from calibration.figures import EXACT, threshold
from calibration.intervals import Proportion
from calibration.notes import Note
from calibration.pipeline import CalibrationRun
from calibration.policy import CERTIFIED, MANUAL, NONE, SUGGESTED, Policy
from calibration.prevalence import AdjustedPrecision

POLICY_WRITTEN: Final = N_("policy written to {file}")
PROVENANCES: Final = {
    CERTIFIED: N_("certified"),
    SUGGESTED: N_("suggested"),
    MANUAL: N_("manual"),
    NONE: N_("none"),
}
CLAIMS: Final = {
    LIVE: N_("live"),
    ADJUSTED: N_("adjusted"),
    LABELS_ONLY: N_("labels_only"),
    UNVERIFIED: N_("unverified"),
}


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
        lowest, highest = f"{data['score_min']:.4f}", f"{data['score_max']:.4f}"
        lines = [
            say(
                N_("{n} pairs scored by {model} ({fingerprint}), scores {lowest} to {highest}"),
                n=data["n"],
                model=self.model,
                fingerprint=self.fingerprint,
                lowest=lowest,
                highest=highest,
            ),
            say(N_("{n} pairs have a text longer than the model reads"), n=data["truncated"]),
        ]
        return "\n".join([*lines, written(self.output)])


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
            lines = [say(N_("{domain}: {n} labels"), domain=domain, n=fit.n)]
            for tier, certificate in fit.certificates.items():
                metrics = self.run.evaluation[domain].tier(tier)
                lines.append("  " + certificate_line(tier, certificate))
                lines += nominal_lines(self.run.nominal.get(domain, {}).get(tier))
                if certificate.certified and metrics:
                    lines.append("    " + say(N_("out of fold: {metrics}"), metrics=metrics_text(metrics)))
            lines += ["  " + noted(remark) for remark in (*fit.notes, *self.draw_notes)]
            blocks.append("\n".join(lines))
        files = [say(POLICY_WRITTEN, file=self.output)]
        files += [say(N_("report written to {file}"), file=self.report)] if self.report else []
        return "\n".join([*blocks, *files])


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
            lines.append(say(N_("{domain}: {n} labelled pairs"), domain=domain, n=evaluation.n))
            for metrics in evaluation.tiers:
                baseline = self.published[domain].tier(metrics.tier)
                beside = metrics_text(baseline) if baseline else "-"
                lines.append(f"  {padded(named(metrics.tier), 10)}{metrics_text(metrics)}")
                lines.append("    " + say(N_("published {metrics}"), metrics=beside))
            lines += _live_text(self.live[domain]) if domain in self.live else []
        if self.reviewed:
            lines.append(say(N_("{n} pairs picked for review are left out"), n=self.reviewed))
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
    line = say(
        N_(
            "live, {live} the same: precision of same {precision}; accepts {right} of those that are the same, "
            "{wrong} of the others"
        ),
        live=f"{found.live:g}",
        precision=estimate_text(found.adjusted),
        right=share_text(found.tpr),
        wrong=share_text(found.fpr),
    )
    return ["  " + line, *("    " + noted(remark) for remark in found.notes)]


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
        texts = (found.text.cut_source, found.text.cut_target)
        notes = [say(N_("cut: {text} was not read"), text=repr(text)) for text in texts if text]
        notes += [say(N_("the two texts are identical once cleaned"))] if found.text.identical else []
        notes += [_chance_text(found.probability)] if found.probability else []
        rests = say(
            N_("score {score}, {reached}, {provenance}; published thresholds say {tier}"),
            score=f"{found.score:.6f}",
            reached=_reached(found.threshold),
            provenance=say(PROVENANCES[found.provenance]),
            tier=named(found.published_tier),
        )
        return "\n".join([named(found.tier), rests, *notes])


def _reached(value: float | None) -> str:
    """Which threshold a score came up to."""
    if value is None:
        return say(N_("below every threshold"))
    if value <= LOWEST_SCORE:
        return say(N_("nothing lower is certified to be unrelated, so a person checks"))
    return say(N_("threshold {threshold}"), threshold=threshold(value, digits=EXACT))


def _chance_text(found: Chance) -> str:
    interval = f"[{found.lower:.3f}, {found.upper:.3f}] (n={found.n})"
    fields = {"value": f"{found.value:.3f}", "interval": interval, "claims": say(CLAIMS[found.claims])}
    line = say(N_("P(same) about {value} {interval}, holds for: {claims}"), **fields)
    if not found.live:
        return line
    return line + say(N_(", carried over to {live} of live pairs being the same"), live=f"{found.live:g}")


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
