"""`watch POLICY REVIEWED`: does the promise of the policy in use still hold?"""

from __future__ import annotations

import argparse
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from calibration.atomic_file import save_text
from calibration.cli.json_option import add_json
from calibration.cli.labelled_files import labelled_pairs
from calibration.cli.model_options import add_model, scored_for
from calibration.cli.reading_options import add_pairs, add_scored, named_like
from calibration.cli.terminal import say, translated
from calibration.columns import DEFAULT_CONFIDENCE
from calibration.errors import N_, BadArgument, ServiceUnreachable
from calibration.evaluation.watched_policy import GAUGES, WatchedTier, watch_policy
from calibration.pairs import find_duplicates
from calibration.policies.policy import Policy

EXAMPLES: Final = (
    "watch policy.json reviewed.csv",
    "watch policy.json reviewed.csv --metrics simtier.prom --webhook http://alerts.example/hook",
)
BROKEN: Final = 3
LOG: Final = logging.getLogger("simtier.watch")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `watch`."""
    add_json(parser)
    add_model(parser)
    parser.add_argument("policy", metavar="POLICY", help="the policy in use")
    add_pairs(parser)
    add_scored(parser)
    sure = "at most 1 - C of policies that keep their promises ever raise an alarm (default %(default)s)"
    parser.add_argument("--confidence", type=float, default=DEFAULT_CONFIDENCE, metavar="C", help=sure)
    metrics = "write the state here for Prometheus' textfile collector"
    parser.add_argument("--metrics", metavar="FILE", help=metrics)
    parser.add_argument("--webhook", metavar="URL", help="post the alarm here as JSON, where there is one")
    parser.set_defaults(run=watch)


def watch(options: argparse.Namespace) -> WatchResult:
    """Judge, write metrics, and raise the alarm."""
    policy = Policy.load(options.policy)
    pairs = named_like(labelled_pairs(options, scored=options.scored), policy)
    if conflicting := find_duplicates(pairs).conflicting:
        raise BadArgument("PAIRS", N_("labelled once each, not with two labels"), conflicting)
    rows = pairs if options.scored else scored_for(policy, pairs, options)
    found = watch_policy(policy, rows, options.confidence)
    if options.metrics:
        save_text(options.metrics, metrics_text(found))
    broken = [tier for tier in found if tier.rate.broken]
    for tier in broken:
        LOG.warning("promise_broken domain=%s tier=%s at=%s", tier.domain, tier.tier, tier.rate.alarm_at)
    if broken and options.webhook:
        _post(
            options.webhook,
            {"event": "promise_broken", "policy": policy.id, "tiers": [t.to_json() for t in broken]},
        )
    return WatchResult(policy.id, tuple(found), Path(options.metrics).name if options.metrics else None)


def metrics_text(found: list[WatchedTier]) -> str:
    """The state in Prometheus' text format."""
    lines = []
    for name, (meaning, value) in GAUGES.items():
        lines += [f"# HELP {name} {meaning}", f"# TYPE {name} gauge"]
        for tier in found:
            domain = tier.domain.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
            lines.append(f'{name}{{domain="{domain}",tier="{tier.tier}"}} {value(tier):g}')
    return "\n".join(lines) + "\n"


def _post(url: str, body: dict[str, Any]) -> None:
    """Post an alarm; raises BadArgument or ServiceUnreachable."""
    import httpx  # only where an alarm goes somewhere

    if not url.startswith(("http://", "https://")):
        raise BadArgument("--webhook", N_("an address that begins with http:// or https://"), url)
    try:
        httpx.post(url, json=body, timeout=10.0).raise_for_status()
    except httpx.HTTPError as error:
        raise ServiceUnreachable(url, str(error) or type(error).__name__) from error


@dataclass(frozen=True)
class WatchResult:
    """`watch`; exit code 3 where a promise is broken."""

    policy: str
    found: tuple[WatchedTier, ...]
    metrics: str | None

    @property
    def exit_code(self) -> int:
        """0 where every promise holds so far."""
        return BROKEN if any(tier.rate.broken for tier in self.found) else 0

    def to_json(self) -> dict[str, Any]:
        """Every promise and what is known of it."""
        tiers = [tier.to_json() for tier in self.found]
        return {"policy": self.policy, "broken": bool(self.exit_code), "promises": tiers, "metrics": self.metrics}

    def to_text(self) -> str:
        """A sentence a promise."""
        lines = [translated(tier.sentence) for tier in self.found]
        below = sum(tier.below for tier in self.found)
        return "\n".join([*lines, *([say(N_("{n} pairs below a threshold left out"), n=below)] if below else [])])
