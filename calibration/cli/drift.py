"""`drift CALIBRATION_SCORED LIVE_SCORED`: have live scores moved away from the calibration scores?"""

from __future__ import annotations

import argparse
import math
from dataclasses import asdict, dataclass
from typing import Any, Literal

import pandas as pd

from calibration.cli.lines import say, told
from calibration.columns import SCORE
from calibration.drift import DomainDrift, Drift, score_drift
from calibration.errors import N_, ColumnsMissing
from calibration.multiple import CORRECTIONS, HOLM
from calibration.pairs import load_unlabelled
from calibration.psi import LEVEL


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `drift`."""
    option = parser.add_argument
    option("calibration", metavar="CALIBRATION_SCORED", help="the pairs calibrated on, with a score column")
    option("live", metavar="LIVE_SCORED", help="live pairs with a score column; labels are not needed")
    option("--domain", help="domain of every pair, whatever the files say")
    option("--level", type=float, default=LEVEL, help="how often chance may alarm (default %(default)s)")
    option("--correction", choices=CORRECTIONS, default=HOLM, help="over domains (default %(default)s)")
    option("--skip-bad-rows", action="store_true", help="go on without rows that break a rule")
    parser.set_defaults(run=drift)


def drift(options: argparse.Namespace) -> DriftResult:
    """Compare two scored files by domain."""
    before, after = (_scores(path, options) for path in (options.calibration, options.live))
    return DriftResult(score_drift(before, after, level=options.level, correction=options.correction))


def _scores(path: str, options: argparse.Namespace) -> pd.DataFrame:
    bad_rows: Literal["raise", "drop"] = "drop" if options.skip_bad_rows else "raise"
    frame = load_unlabelled(path, options.domain, on_bad_rows=bad_rows)
    if SCORE not in frame.columns:
        raise ColumnsMissing(path, [SCORE], list(frame.columns))
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
            lines.append(told(domain.sentence))
            if math.isfinite(domain.psi_p):
                lines.append("  " + _numbers(domain))
        return "\n".join([*lines, *map(told, self.found.notes)])


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
