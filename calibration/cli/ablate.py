"""`ablate PAIRS`: which cleaning steps, punctuation mapping, segmentation and guards help on these pairs."""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass
from typing import Any, Final

from calibration.cli.json_option import add_json
from calibration.cli.labelled_files import labelled_pairs
from calibration.cli.lines import SHARED_TEXTS, difference_text
from calibration.cli.model_options import add_model, chosen_encoder
from calibration.cli.numbers import estimate_json
from calibration.cli.progress import SCORING, progress_bar
from calibration.cli.reading_options import add_pairs
from calibration.cli.terminal import say, translated
from calibration.columns import DEFAULT_CONFIDENCE, DEFAULT_PRECISION
from calibration.comparison.ablate import ablate as ablate_pairs
from calibration.comparison.ablation_result import Ablation, Difference, VariantResult
from calibration.errors import N_
from calibration.fitting.fit import FitSettings

EXAMPLES: Final = ("ablate pairs.csv", "ablate pairs.csv --precision 0.95")
METRICS: Final = {"auc": "auc", "recall": N_("recall")}
"""What is shown of each variant."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `ablate`."""
    add_json(parser)
    add_pairs(parser)
    add_model(parser)
    option = parser.add_argument
    option(
        "--precision",
        type=float,
        default=DEFAULT_PRECISION,
        help="target precision of the recall (default %(default)s)",
    )
    option(
        "--confidence",
        type=float,
        default=DEFAULT_CONFIDENCE,
        help="of certificates and findings (default %(default)s)",
    )
    parser.set_defaults(run=ablate)


def ablate(options: argparse.Namespace) -> AblateResult:
    """Score the pairs under each variant and compare with the default."""
    settings = FitSettings(options.precision, options.confidence)
    pairs = labelled_pairs(options)
    encoder = chosen_encoder(options)
    with progress_bar(SCORING) as progress:
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
            lines.append(say(SHARED_TEXTS, domain=domain, n=base.n, groups=base.groups))
            lines += [f"  {_variant_text(result)}" for result in part.values()]
        shown = say(N_("intervals hold together over all {n} tests"), n=self.found.tests)
        return "\n".join([*lines, shown, *map(translated, self.found.notes)])


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
    line = f"{found.variant:<18}" + say(N_("{n} scores changed"), n=f"{found.changed:>6}")
    for name, shown in METRICS.items():
        line += (
            f"  {say(shown)} {found.metrics[name].value:.3f} ({difference_text(found.differences[name].estimate)})"
        )
    return f"{line}  {say(found.verdict)}"
