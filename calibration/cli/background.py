"""`background TEXTS... -o policy.json --fpr R`: a start without labels."""

from __future__ import annotations

import argparse
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import pandas as pd

from calibration.cli.json_option import add_json
from calibration.cli.model_options import add_model, chosen_encoder, scored, scoring_options
from calibration.cli.outputs import check_output, write_output
from calibration.cli.reading_options import add_skip
from calibration.cli.terminal import POLICY_WRITTEN, noted, say, translated, written
from calibration.cli.text_files import add_texts, texts_by_domain
from calibration.columns import DEFAULT_CONFIDENCE, RELATED, SAME, SCORE, WEAK
from calibration.errors import N_, BadArgument
from calibration.fitting.background import Background, background, distinct_texts, pairs_wanted, random_pairs
from calibration.pairs import load_pairs
from calibration.pairs.positive import positives
from calibration.policies.policy import DomainPolicy, Policy

EXAMPLES: Final = (
    "background titles.csv --column title -o policy.json --fpr 0.0001",
    "background bank=bank.txt shop=shop.txt -o policy.json --to-check to_check.csv",
)
CHECK: Final = 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `background`."""
    add_json(parser)
    add_model(parser)
    option = parser.add_argument
    add_texts(parser)
    option("-o", "--output", required=True, metavar="POLICY", help="where to write the policy (JSON)")
    option(
        "--fpr", type=float, default=1e-4, help="share of random pairs that may be accepted (default %(default)s)"
    )
    option("--confidence", type=float, default=DEFAULT_CONFIDENCE, help="confidence, 0 to 1 (default %(default)s)")
    option("--pairs", type=int, metavar="N", help="random pairs to score (default: 20 / fpr, at most 2,000,000)")
    option("--to-check", metavar="OUT", help="write 50 of the random pairs here, for a person to label")
    option("--checked", metavar="PAIRS", help="such pairs, labelled: bounds how many random pairs are the same")
    option("--seed", type=int, default=0, help="another seed draws other pairs (default %(default)s)")
    option("--name", default="background", help="name of the policy")
    add_skip(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> BackgroundResult:
    """Draw, score, bound, and write."""
    if not 0.0 < options.fpr < 1.0:
        raise BadArgument("--fpr", N_("above 0 and below 1"), options.fpr)
    if options.pairs is not None and options.pairs < 1:
        raise BadArgument("--pairs", N_("a whole number from 1"), options.pairs)
    if options.to_check:
        check_output(options.to_check)
    checked, same = _checked(options.checked)
    domains = {domain: distinct_texts(texts) for domain, texts in texts_by_domain(options).items()}
    n = options.pairs or pairs_wanted(options.fpr)
    drawn = {domain: random_pairs(texts, n, domain, options.seed) for domain, texts in domains.items()}
    encoder, scoring = chosen_encoder(options), scoring_options(options)
    scores = scored(pd.concat(drawn.values(), ignore_index=True), encoder, scoring)
    found = tuple(
        background(
            domain,
            len(texts),
            scores.loc[scores["domain"] == domain, SCORE].to_numpy(dtype="float64"),
            options.fpr,
            options.confidence,
            checked,
            same,
        )
        for domain, texts in domains.items()
    )
    policy = Policy(
        domains={one.domain: _domain(one) for one in found},
        id=secrets.token_hex(8),
        name=options.name,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        model=encoder.name,
        fingerprint=encoder.fingerprint,
        cleaner=scoring.cleaning.key(),
        segments=scoring.segments,
        settings={
            "method": "background",
            "fpr": options.fpr,
            "confidence": options.confidence,
            "claim": "tier",
            "checked": checked,
            "same": same,
        },
    )
    policy.save(options.output)
    if options.to_check:
        rows = [frame.head(-(-CHECK // len(drawn))) for frame in drawn.values()]
        write_output(pd.concat(rows, ignore_index=True), options.to_check)
    return BackgroundResult(found, policy, options.output, options.to_check)


def _checked(path: str | None) -> tuple[int, int]:
    if path is None:
        return 0, 0
    labels = positives(load_pairs(path), SAME)
    return int(labels.size), int((labels == 1.0).sum())


def _domain(found: Background) -> DomainPolicy:
    threshold = found.certificate.threshold if found.certificate.certified else None
    return DomainPolicy({SAME: threshold, RELATED: None, WEAK: None}, {SAME: found.certificate})


@dataclass(frozen=True)
class BackgroundResult:
    """`background`."""

    found: tuple[Background, ...]
    policy: Policy
    output: str
    to_check: str | None

    def to_json(self) -> dict[str, Any]:
        """The policy, and by domain where random pairs score."""
        shares = (0.5, 0.9, 0.99, 0.999, 1.0)
        domains = {
            one.domain: {
                "texts": one.texts,
                "pairs": int(one.scores.size),
                "quantiles": {str(share): float(pd.Series(one.scores).quantile(share)) for share in shares},
                "notes": [str(remark) for remark in one.notes],
            }
            for one in self.found
        }
        return {
            "output": self.output,
            "policy": self.policy.to_json(),
            "domains": domains,
            "to_check": self.to_check,
        }

    def to_text(self) -> str:
        """What is promised, and what is not."""
        lines = [translated(remark) for one in self.found for remark in one.notes[:2]]
        lines.append(noted(self.found[0].notes[-1]))
        lines.append(say(POLICY_WRITTEN, file=self.output))
        return "\n".join([*lines, *([written(self.to_check)] if self.to_check else [])])
