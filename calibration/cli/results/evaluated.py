"""Result of `evaluate`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from calibration.cli.lines import metrics_text, named, noted, padded, say, share_text
from calibration.cli.numbers import estimate_json, estimate_text
from calibration.cli.results.metrics import evaluations_json, proportion_json
from calibration.columns import UNRELATED
from calibration.errors import N_
from calibration.evaluate import DomainEvaluation
from calibration.policy import Policy
from calibration.prevalence import AdjustedPrecision


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
