"""`export POLICY --to PACKAGE`: a threshold in the terms of another package."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import Any, Final

from calibration.cli.json_option import add_json
from calibration.cli.outputs import check_place
from calibration.cli.terminal import named, noted, say, translated, written
from calibration.columns import THRESHOLD_TIERS
from calibration.errors import N_
from calibration.policies.export import Exported
from calibration.policies.export import export as exported
from calibration.policies.export_targets import TARGETS
from calibration.policies.policy import Policy

EXAMPLES: Final = (
    "export policy.json --to redisvl",
    "export policy.json --to semantic-router --domain shop -o route.py",
    "export policy.json --to plain --tier related --json",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `export`."""
    add_json(parser)
    option = parser.add_argument
    option("policy", metavar="POLICY")
    option("--to", required=True, choices=tuple(TARGETS), help="the package")
    option("--domain", help="needed where the policy has more than one")
    option("--tier", choices=THRESHOLD_TIERS, default="same", help="the policy's tier (default same)")
    option("-o", "--output", metavar="FILE", help="write the snippet there")
    parser.set_defaults(run=export)


def export(options: argparse.Namespace) -> ExportResult:
    """Read the policy, convert the threshold, write the snippet where that was asked for."""
    check_place("-o", options.output)
    found = exported(Policy.load(options.policy), options.to, options.domain, options.tier)
    if options.output:
        from calibration.atomic_file import save_text

        save_text(options.output, found.snippet)
    return ExportResult(found, options.output)


@dataclass(frozen=True)
class ExportResult:
    """`export`."""

    found: Exported
    output: str | None

    def to_json(self) -> dict[str, Any]:
        """See `Exported.to_json`."""
        return {"output": self.output, **self.found.to_json()}

    def to_text(self) -> str:
        """What the number means and what it holds for, then the snippet."""
        one = self.found
        says = say(
            N_("{domain}, {tier}: {distance}"),
            domain=one.domain,
            tier=named(one.shown),
            distance=translated(one.distance),
        )
        held = say(
            N_("model {model}, fingerprint {fingerprint}"),
            model=one.holds_for["model"] or "-",
            fingerprint=one.holds_for["fingerprint"],
        )
        lines = [says, held, *(noted(remark) for remark in one.notes)]
        return "\n".join([*lines, written(self.output)] if self.output else [*lines, "", one.snippet.rstrip("\n")])
