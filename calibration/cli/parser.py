"""What may be typed: one sub-command a job, shared options defined once."""

from __future__ import annotations

import argparse
import os
from typing import Any, NoReturn

from calibration.certify import AUTO, METHODS
from calibration.cli import (
    ablate,
    backups,
    budget,
    cache,
    commands,
    compare,
    dedup,
    drift,
    embed,
    keys,
    match,
    models,
    plan,
    recheck,
    suggest,
)
from calibration.cli.help import Help
from calibration.cli.inputs import add_engine
from calibration.cli.lines import say
from calibration.cli.numbers import targets
from calibration.cli.usage import said
from calibration.columns import LABEL_KINDS
from calibration.errors import N_
from calibration.fit import CLAIM_DOMAIN, CLAIMS
from calibration.settings import PRECISIONS

LANGUAGES = ("zh", "en")
EXACTLY = "full, or fast: 8-bit weights (default: SIMTIER_PRECISION, else full)"
SEGMENTS = ("none", "max", "mean")


class _OneLineParser(argparse.ArgumentParser):
    """Says what is wrong in one line, without the usage text before it; helps in the reader's language."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**{"formatter_class": Help, **given})

    def error(self, message: str) -> NoReturn:
        line = say(N_("{command}: {wrong} (see {command} --help)"), command=self.prog, wrong=said(message))
        self.exit(2, f"{line}\n")


def build_parser() -> argparse.ArgumentParser:
    """The whole command line; every command sets `run`."""
    parser = _OneLineParser(prog="python -m calibration", description="Calibrate similarity thresholds per domain.")
    jobs = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    common, pairs, model = _common(), _pairs_options(), _model_options("--precision")
    aiming = _model_options()  # of commands whose --precision is a target

    score = jobs.add_parser(
        "score", help="add a similarity score to labelled pairs", parents=[common, pairs, model]
    )
    score.add_argument("-o", "--output", required=True, help="where to write: .csv .tsv .jsonl .xlsx .parquet")
    add_engine(score)
    score.set_defaults(run=commands.score)

    fit = jobs.add_parser("fit", help="fit a policy: thresholds per domain", parents=[common, pairs, aiming])
    fit.add_argument("-o", "--output", required=True, metavar="POLICY", help="where to write the policy (JSON)")
    target, either = fit.add_mutually_exclusive_group(), "target precision, 0 to 1 (default %(default)s)"
    by_tier = f"{either}; by tier: same=0.95,related=0.8"
    target.add_argument("--precision", type=targets, default="0.9", metavar="P", help=by_tier)
    rate = "target false positive rate instead: of pairs not of a tier, the share that reaches it"
    target.add_argument("--fpr", type=float, metavar="RATE", help=rate)
    fit.add_argument("--confidence", type=float, default=0.9, help="confidence, 0 to 1 (default %(default)s)")
    fit.add_argument("--method", choices=METHODS, default=AUTO, help="how to certify (default %(default)s)")
    claim = "what holds at once with that confidence (default %(default)s)"
    fit.add_argument("--claim", choices=CLAIMS, default=CLAIM_DOMAIN, help=claim)
    alone = "count labels in full where their pairs share texts"
    fit.add_argument("--independent", action="store_true", help=alone)
    how = "how the pairs were drawn: at random from live ones, balanced by label, or searched for"
    fit.add_argument("--drawn", choices=tuple(commands.DRAWS), help=how)
    known = "with --drawn balanced: share of live pairs that are the same, 0 to 1, for decide to say P(same)"
    fit.add_argument("--live", type=float, metavar="SHARE", help=known)
    fit.add_argument("--name", default="policy", help="name of the policy")
    fit.add_argument("--scored", action="store_true", help="the file has a score column: do not encode")
    fit.add_argument("--fingerprint", help="with --scored: the model that made the scores")
    fit.add_argument("--report", metavar="OUT.html", help="write a report for people: one HTML file")
    fit.add_argument("--lang", choices=LANGUAGES, help="language of the report (default: as LC_ALL or LANG says)")
    fit.set_defaults(run=commands.fit)

    least = "the thresholds that cost least: a suggestion, not certified"
    suggest.add_arguments(jobs.add_parser("suggest", help=least, parents=[common, pairs, model]))

    draw = "draw pairs to label at random from an unlabelled file"
    plan.add_plan_arguments(jobs.add_parser("plan", help=draw, parents=[common, model]))
    look = "pick pairs to look at: likely label errors, and near thresholds"
    plan.add_review_arguments(jobs.add_parser("review", help=look, parents=[common, pairs, model]))
    labels = jobs.add_parser("budget", help="how many labels a target takes", parents=[common, aiming])
    _add_pairs_options(labels, "*")
    budget.add_arguments(labels)

    evaluate = jobs.add_parser("evaluate", help="judge a policy on labelled pairs", parents=[common, model])
    evaluate.add_argument("policy", metavar="POLICY")
    _add_pairs_options(evaluate)
    evaluate.add_argument("--confidence", type=float, default=0.9, help="of the intervals (default %(default)s)")
    rare = "share of live pairs that are the same, 0 to 1: what the precision of same would be there"
    evaluate.add_argument("--live", type=float, metavar="SHARE", help=rare)
    evaluate.add_argument("--drawn", choices=tuple(commands.DRAWS), help="with --live: " + how)
    evaluate.add_argument("--scored", action="store_true", help="the file has a score column: do not encode")
    evaluate.set_defaults(run=commands.evaluate)

    both = jobs.add_parser("compare", help="two policies on the same labelled pairs", parents=[common, model])
    both.add_argument("policy_a", metavar="POLICY_A")
    both.add_argument("policy_b", metavar="POLICY_B")
    _add_pairs_options(both)
    compare.add_arguments(both)

    again = jobs.add_parser(
        "recheck", help="may a policy serve its model at another precision?", parents=[common, model]
    )
    again.add_argument("policy", metavar="POLICY")
    _add_pairs_options(again)
    recheck.add_arguments(again)

    steps = "which cleaning steps and scoring options help on these pairs"
    ablate.add_arguments(jobs.add_parser("ablate", help=steps, parents=[common, pairs, aiming]))
    drift.add_arguments(jobs.add_parser("drift", help="have live scores moved away?", parents=[common]))

    alike = "which rows of a file mean the same, and which to keep"
    dedup.add_arguments(jobs.add_parser("dedup", help=alike, parents=[common, model]))
    answers = "the entries of a FAQ that answer queries"
    match.add_arguments(jobs.add_parser("match", help=answers, parents=[common, aiming]))
    vectors = "vectors of a file of any size: .npy, Parquet, FAISS, Milvus"
    embed.add_arguments(jobs.add_parser("embed", help=vectors, parents=[common, model]))
    embed.add_search_arguments(jobs.add_parser("search", help="search in such vectors", parents=[common, model]))

    backups.add_backup_arguments(jobs.add_parser("backup", help="save the whole store", parents=[common]))
    backups.add_restore_arguments(jobs.add_parser("restore", help="bring a backup back", parents=[common]))

    keys.add_arguments(jobs.add_parser("keys", help="who may use the HTTP API"), common)

    cache.add_arguments(jobs.add_parser("cache", help="the vectors on disk: count, clear, verify"), common)

    models.add_arguments(jobs.add_parser("models", help="which models there are; one's card and speed"), common)

    decide = jobs.add_parser("decide", help="the tier of two texts", parents=[common, model])
    decide.add_argument("policy", metavar="POLICY")
    decide.add_argument("text_a", metavar="TEXT_A")
    decide.add_argument("text_b", metavar="TEXT_B")
    decide.add_argument("--domain", help="needed where the policy has more than one")
    decide.set_defaults(run=commands.decide)
    return parser


def _common() -> _OneLineParser:
    options = _OneLineParser(add_help=False)
    options.add_argument("--json", action="store_true", help="one JSON object on stdout")
    return options


def _pairs_options() -> _OneLineParser:
    options = _OneLineParser(add_help=False)
    _add_pairs_options(options)
    return options


def _add_pairs_options(options: argparse.ArgumentParser, count: str = "+") -> None:
    several = "file of labelled pairs; several may be given, DOMAIN=FILE names a file's domain"
    options.add_argument("pairs", metavar="PAIRS", nargs=count, help=several)
    options.add_argument("--domain", help="domain of every pair, whatever the file says")
    options.add_argument("--labels", choices=LABEL_KINDS, help="kind of the labels (default: from the values)")
    options.add_argument("--skip-bad-rows", action="store_true", help="go on without rows that break a rule")


def _model_options(*short: str) -> _OneLineParser:
    options = _OneLineParser(add_help=False)
    default = os.environ.get("SIMTIER_MODEL", "bundled")
    options.add_argument(
        "--model", default=default, help="name, folder, hub id, or a server: http://host/v1#name (%(default)s)"
    )
    options.add_argument("--device", default="auto", help="auto, cpu, cuda, mps (default %(default)s)")
    options.add_argument("--model-precision", *short, choices=PRECISIONS, help=EXACTLY)
    options.add_argument("--data-dir", help="cache and unpacked models (default: SIMTIER_DATA_DIR, else yours)")
    options.add_argument("--segments", choices=SEGMENTS, default="none", help="compare long texts by segments")
    options.add_argument("--map-punctuation", action="store_true", help="Chinese punctuation to ASCII first")
    return options
