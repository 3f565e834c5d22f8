"""`ablate PAIRS`: which cleaning steps, punctuation mapping and segmentation help on these pairs."""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass
from typing import Any

from calibration.ablation import ablate as ablate_pairs
from calibration.ablation_result import Ablation, Difference, VariantResult
from calibration.cli.inputs import chosen_encoder, labelled_pairs, progress_bar
from calibration.cli.numbers import estimate_json
from calibration.fit import FitSettings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `ablate`, beside the options that all commands share."""
    option = parser.add_argument
    option("--precision", type=float, default=0.9, help="target precision of the recall (default %(default)s)")
    option("--confidence", type=float, default=0.9, help="of certificates and findings (default %(default)s)")
    parser.set_defaults(run=ablate)


def ablate(options: argparse.Namespace) -> AblateResult:
    """Score the pairs under each variant and compare with the default."""
    settings = FitSettings(options.precision, options.confidence)
    pairs = labelled_pairs(options)
    encoder = chosen_encoder(options)
    with progress_bar("scoring") as progress:
        found = ablate_pairs(pairs, encoder, settings=settings, confidence=options.confidence, progress=progress)
    return AblateResult(found, encoder.name, encoder.fingerprint)


@dataclass(frozen=True)
class AblateResult:
    """`ablate`."""

    found: Ablation
    model: str
    fingerprint: str

    def to_json(self) -> dict[str, Any]:
        """Per domain and variant: metrics, differences to the baseline, and a verdict."""
        return {
            "model": {"name": self.model, "fingerprint": self.fingerprint},
            "baseline": self.found.baseline,
            "confidence": self.found.confidence,
            "tests": self.found.tests,
            "dropped": dict(self.found.dropped),
            "domains": {
                domain: {
                    variant: {"sentence": str(self.found.sentence(domain, variant)), **_variant_json(result)}
                    for variant, result in part.items()
                }
                for domain, part in self.found.domains.items()
            },
            "notes": [str(remark) for remark in self.found.notes],
        }

    def to_text(self) -> str:
        """One line a variant, by domain."""
        lines = []
        for domain, part in self.found.domains.items():
            base = part[self.found.baseline]
            lines.append(f"{domain}: {base.n} pairs in {base.groups} groups of shared texts")
            lines += [f"  {_variant_text(result)}" for result in part.values()]
        shown = f"intervals hold together over all {self.found.tests} tests"
        return "\n".join([*lines, shown, *map(str, self.found.notes)])


def _variant_json(found: VariantResult) -> dict[str, Any]:
    return {
        "verdict": found.verdict,
        "n": found.n,
        "groups": found.groups,
        "changed": found.changed,
        "metrics": {name: estimate_json(metric) for name, metric in found.metrics.items()},
        "differences": {name: _difference_json(gap) for name, gap in found.differences.items()},
    }


def _difference_json(found: Difference) -> dict[str, Any]:
    p_values = {"p_value": found.p_value, "p_adjusted": found.p_adjusted}
    known = {name: None if math.isnan(value) else value for name, value in p_values.items()}
    return {**estimate_json(found.estimate), **known}


def _variant_text(found: VariantResult) -> str:
    line = f"{found.variant:<18}{found.changed:>6} scores changed"
    for name in ("auc", "recall"):
        gap = found.differences[name].estimate
        line += f"  {name} {found.metrics[name].value:.3f} ({gap.value:+.3f} [{gap.low:+.3f}, {gap.high:+.3f}])"
    return f"{line}  {found.verdict}"
