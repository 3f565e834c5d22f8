"""`stress TEXTS`: pairs of your texts that differ in one thing, and which models and policies keep them apart."""

from __future__ import annotations

import argparse
import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from calibration.cli.json_option import add_json
from calibration.cli.lines import share_text
from calibration.cli.model_options import add_model, chosen_encoder, scored, scoring_options
from calibration.cli.numbers import proportion_json
from calibration.cli.outputs import ENDINGS, check_output, write_output
from calibration.cli.reading_options import add_skip, named_like
from calibration.cli.terminal import padded, say, written
from calibration.cli.text_files import add_texts, texts_by_domain
from calibration.columns import DEFAULT_CONFIDENCE, DOMAIN, SCORE, TEXT_A, TEXT_B
from calibration.errors import N_, BadArgument, ModelMismatch, StressEmpty
from calibration.evaluation.stress import ALL, SWAP, StressRate, draw_stress, kept_apart, polite, stress_rates
from calibration.policies.policy import Policy
from calibration.text.swaps import KINDS

if TYPE_CHECKING:
    from calibration.encoding import Encoder

EXAMPLES: Final = (
    "stress faq.csv --column question -o stress.csv",
    "stress bank=bank.txt -o stress.csv --policy policy.json",
    "stress faq.txt --models bundled use --kinds number unit date",
)
BY_POLICY: Final = N_("kept apart by {policy}")
BY_ORDER: Final = N_("further apart than the same text asked politely (no policy was given for this model)")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `stress`."""
    add_json(parser)
    add_model(parser)
    option = parser.add_argument
    add_texts(parser)
    option("-o", "--output", metavar="OUT", help=f"where to write the pairs, with ids: {ENDINGS}")
    option("--policy", metavar="POLICY", nargs="+", default=[], help="policies, each for the model that it is of")
    option("--models", metavar="MODEL", nargs="+", default=[], help="several models instead of --model")
    option("--kinds", nargs="+", choices=tuple(KINDS), default=list(KINDS), help="what to swap (default: all)")
    option("--per-kind", type=int, default=200, metavar="N", help="pairs of a kind at most (default %(default)s)")
    option("--confidence", type=float, default=DEFAULT_CONFIDENCE, help="of the intervals (default %(default)s)")
    option("--seed", type=int, default=0, help="another seed draws other pairs (default %(default)s)")
    add_skip(parser)
    parser.set_defaults(run=stress)


def stress(options: argparse.Namespace) -> StressResult:
    """Draw the pairs, score them by every model, judge them."""
    if options.per_kind < 1:
        raise BadArgument("--per-kind", N_("a whole number from 1"), options.per_kind)
    if not 0.0 < options.confidence < 1.0:
        raise BadArgument("--confidence", N_("above 0 and below 1"), options.confidence)
    if options.output:
        check_output(options.output)
    policies = [Policy.load(path) for path in options.policy]
    texts = texts_by_domain(options)
    drawn = [draw_stress(own, name, options.per_kind, options.seed, options.kinds) for name, own in texts.items()]
    pairs = pd.concat(drawn, ignore_index=True)
    if pairs.empty:
        raise StressEmpty(sum(map(len, texts.values())))
    judged = tuple(_judge(name, pairs, policies, options) for name in options.models or [options.model])
    left = [policy for policy in policies if policy.fingerprint not in {one.fingerprint for one in judged}]
    if left:
        raise ModelMismatch(left[0].fingerprint or "-", judged[0].fingerprint)
    if options.output:
        write_output(pairs.assign(**{SCORE: judged[0].scores}), options.output)
    return StressResult(sum(map(len, texts.values())), pairs, judged, options.output)


def _judge(name: str, pairs: pd.DataFrame, policies: list[Policy], options: argparse.Namespace) -> Judged:
    """What a model makes of the pairs: by its policy where one was given, else by the order of scores."""
    from calibration.decide import scoring_options as scoring_of

    own = copy.copy(options)
    own.model = name
    encoder = chosen_encoder(own)
    policy = next((one for one in policies if one.fingerprint == encoder.fingerprint), None)
    if policy is None:
        scores = scored(pairs[[TEXT_A, TEXT_B]], encoder, scoring_options(options))[SCORE].to_numpy()
        passed = list(scores < _same(pairs, encoder, options))
    else:
        named = named_like(pairs, policy)
        for domain in sorted(set(named[DOMAIN])):
            policy.domain(domain)
        scores = scored(named, encoder, scoring_of(policy))[SCORE].to_numpy()
        passed = kept_apart(named, scores, policy)
    rates = stress_rates(list(pairs[SWAP]), passed, options.confidence)
    return Judged(name, encoder.fingerprint, policy, rates, scores, tuple(passed))


def _same(pairs: pd.DataFrame, encoder: Encoder, options: argparse.Namespace) -> Any:
    """The scores of the texts beside themselves asked politely."""
    asked = pairs[[TEXT_A]].assign(**{TEXT_B: pairs[TEXT_A].map(polite)})
    return scored(asked, encoder, scoring_options(options))[SCORE].to_numpy()


@dataclass(frozen=True)
class Judged:
    """A model, by what it was judged, and how it did."""

    model: str
    fingerprint: str
    policy: Policy | None
    rates: tuple[StressRate, ...]
    scores: Any
    passed: tuple[bool, ...]

    def to_json(self) -> dict[str, Any]:
        """Rates by kind, each with its n and interval."""
        rates = {rate.kind or "all": proportion_json(rate.share) for rate in self.rates}
        policy = None if self.policy is None else {"id": self.policy.id, "name": self.policy.name}
        return {"model": self.model, "fingerprint": self.fingerprint, "policy": policy, "pass": rates}


@dataclass(frozen=True)
class StressResult:
    """`stress`."""

    texts: int
    pairs: pd.DataFrame
    judged: tuple[Judged, ...]
    output: str | None

    def to_json(self) -> dict[str, Any]:
        """How many pairs of each kind, and what each model made of them."""
        counts = self.pairs[SWAP].value_counts()
        return {
            "output": self.output,
            "texts": self.texts,
            "pairs": {kind: int(counts.get(kind, 0)) for kind in KINDS},
            "models": [one.to_json() for one in self.judged],
        }

    def to_text(self) -> str:
        """A table for each model."""
        drawn = N_("{pairs} pairs from {texts} texts; in each, one thing was swapped, so that the meaning differs")
        lines = [say(drawn, pairs=len(self.pairs), texts=self.texts)]
        for one in self.judged:
            by = say(BY_ORDER) if one.policy is None else say(BY_POLICY, policy=one.policy.name)
            lines.append(f"{one.model}: {by}")
            for rate in one.rates:
                kind = say(N_("all kinds")) if rate.kind == ALL else say(KINDS[rate.kind])
                lines.append(f"  {padded(kind, 12)}{share_text(rate.share)}")
        return "\n".join([*lines, *([written(self.output)] if self.output else [])])
