"""`drift CALIBRATION_SCORED LIVE_SCORED`: have live scores moved away from the calibration scores?"""

from __future__ import annotations

import argparse
import math
from dataclasses import asdict, dataclass
from typing import Any, Final

import pandas as pd

from calibration.cli.json_option import add_json
from calibration.cli.reading_options import add_reading_options, add_skip, check_scored, unlabelled_pairs
from calibration.cli.terminal import say, translated
from calibration.comparison.drift import DomainDrift, Drift, score_drift
from calibration.errors import N_
from calibration.stats.multiple_testing import CORRECTIONS, HOLM
from calibration.stats.population_stability import LEVEL

EXAMPLES: Final = ("drift calibration_scored.csv live_scored.csv",)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `drift`."""
    add_json(parser)
    option = parser.add_argument
    option("calibration", metavar="CALIBRATION_SCORED", help="the pairs calibrated on, with a score column")
    option("live", metavar="LIVE_SCORED", help="live pairs with a score column; labels are not needed")
    option("--domain", help="domain of every pair, whatever the files say")
    option("--level", type=float, default=LEVEL, help="accepted rate of false alarms (default %(default)s)")
    option("--correction", choices=CORRECTIONS, default=HOLM, help="over domains (default %(default)s)")
    add_reading_options(parser)
    add_skip(parser)
    parser.set_defaults(run=drift)


def drift(options: argparse.Namespace) -> DriftResult:
    """Compare two scored files by domain."""
    before, after = (_scores(path, options) for path in (options.calibration, options.live))
    return DriftResult(score_drift(before, after, level=options.level, correction=options.correction))


def _scores(path: str, options: argparse.Namespace) -> pd.DataFrame:
    frame = unlabelled_pairs(path, options)
    check_scored(path, frame)
    return frame


@dataclass(frozen=True)
class DriftResult:
    """`drift`."""

    found: Drift

    def to_json(self) -> dict[str, Any]:
        """Per domain the statistics, alarm level and status; null where there was no test."""
        return {
            "level": self.found.level,
            "correction": self.found.correction,
            "drifted": list(self.found.drifted),
            "domains": {name: _domain_json(domain) for name, domain in self.found.domains.items()},
            "notes": [str(remark) for remark in self.found.notes],
        }

    def to_text(self) -> str:
        """One sentence a domain, then its numbers."""
        lines = []
        for domain in self.found.domains.values():
            lines.append(translated(domain.sentence))
            if math.isfinite(domain.psi_p):
                lines.append("  " + _numbers(domain))
        return "\n".join([*lines, *map(translated, self.found.notes)])


def _domain_json(found: DomainDrift) -> dict[str, Any]:
    raw = {"sentence": str(found.sentence), **asdict(found)}
    raw["medians"] = [_finite(value) for value in found.medians]
    return {key: _finite(value) for key, value in raw.items()}


def _numbers(found: DomainDrift) -> str:
    """Both tests, and where the middle of the scores went."""
    message = N_(
        "PSI {psi}, alarm above {alarm} (n={n}, m={m}); Kolmogorov-Smirnov {ks}, p = {p}; "
        "median {before} -> {after}"
    )
    return say(
        message,
        psi=f"{found.psi:.4f}",
        alarm=f"{found.alarm_at:.4f}",
        n=found.n,
        m=found.m,
        ks=f"{found.ks:.3f}",
        p=f"{found.ks_p_adjusted:.2g}",
        before=f"{found.medians[0]:.4f}",
        after=f"{found.medians[1]:.4f}",
    )


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
