"""What each command does: arguments in, one result out; writing to the terminal is `main`'s."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pandas as pd

from calibration.clean import CleaningOptions
from calibration.cli.results import DecideResult, EvaluateResult, FitResult, Result, ScoreResult
from calibration.columns import DEFAULT_DOMAIN, DOMAIN, SCORE
from calibration.errors import N_, BadArgument, ColumnsMissing
from calibration.evaluate import evaluate_thresholds
from calibration.fit import PUBLISHED, FitSettings
from calibration.pairs import load_pairs, write_pairs
from calibration.pipeline import Binding, calibrate, calibrate_scored
from calibration.policy import Policy

if TYPE_CHECKING:
    from calibration.encoding import Encoder, Progress
    from calibration.score import ScoringOptions


def score(options: argparse.Namespace) -> Result:
    """`score PAIRS -o OUT`: the pairs with their similarity."""
    from calibration.score import score_pairs

    pairs, encoder = _pairs(options), _encoder(options)
    with _progress("scoring") as progress:
        scored = score_pairs(pairs, encoder, _scoring(options), progress=progress)
    _write(scored, options.output)
    return ScoreResult(scored, encoder.name, encoder.fingerprint, options.output)


def fit(options: argparse.Namespace) -> Result:
    """`fit PAIRS -o policy.json`: a policy, and how good it is out of fold."""
    settings = FitSettings(options.precision, options.confidence, options.method, options.claim)
    pairs = _pairs(options, scored=options.scored)
    if options.scored:
        run = calibrate_scored(pairs, settings, Binding(fingerprint=options.fingerprint), name=options.name)
    elif options.fingerprint:
        raise BadArgument("--fingerprint", N_("given with --scored only"), options.fingerprint)
    else:
        with _progress("scoring") as progress:
            run = calibrate(
                pairs, _encoder(options), settings, _scoring(options), name=options.name, progress=progress
            )
    run.policy.save(options.output)
    return FitResult(run, options.output)


def evaluate(options: argparse.Namespace) -> Result:
    """`evaluate POLICY PAIRS`: every tier's precision and recall beside the published thresholds'."""
    policy = Policy.load(options.policy)
    if not 0.0 < options.confidence < 1.0:
        raise BadArgument("confidence", N_("above 0 and below 1"), options.confidence)
    pairs = _named_like(_pairs(options, scored=options.scored), policy)
    domains = sorted(set(pairs[DOMAIN]))
    thresholds = {domain: policy.domain(domain).thresholds for domain in domains}
    scored = pairs if options.scored else _score_for(policy, pairs, options)
    rows = dict(iter(scored.groupby(DOMAIN, sort=True)))
    ours = {d: evaluate_thresholds(rows[d], thresholds[d], options.confidence, d) for d in domains}
    theirs = {d: evaluate_thresholds(rows[d], PUBLISHED, options.confidence, d) for d in domains}
    return EvaluateResult(policy, ours, theirs)


def decide(options: argparse.Namespace) -> Result:
    """`decide POLICY TEXT_A TEXT_B`: one tier."""
    policy = Policy.load(options.policy)
    policy.domain(options.domain)
    if policy.fingerprint is None:
        policy.check_model("", "")
    from calibration.decide import decide as decide_texts

    _text(options.text_a, "TEXT_A")
    _text(options.text_b, "TEXT_B")
    return DecideResult(decide_texts(policy, options.text_a, options.text_b, _encoder(options), options.domain))


def _text(value: str, name: str) -> None:
    from calibration.clean import clean

    if not clean(value):
        raise BadArgument(name, N_("a text with something visible in it"), value)


def _pairs(options: argparse.Namespace, scored: bool = False) -> pd.DataFrame:
    frames = [_one_file(argument, options) for argument in options.pairs]
    pairs = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0]
    if scored and SCORE not in pairs.columns:
        raise ColumnsMissing(options.pairs[0], [SCORE], list(pairs.columns))
    return pairs


def _one_file(argument: str, options: argparse.Namespace) -> pd.DataFrame:
    domain, path = options.domain, argument
    if "=" in argument and not Path(argument).exists():
        name, path = argument.split("=", 1)
        domain = domain or name
    bad_rows: Literal["raise", "drop"] = "drop" if options.skip_bad_rows else "raise"
    return load_pairs(path, domain, kind=options.labels, on_bad_rows=bad_rows)


def _named_like(pairs: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Pairs that name no domain belong to the only domain of a policy that has one."""
    if set(pairs[DOMAIN]) == {DEFAULT_DOMAIN} and len(policy.domains) == 1:
        return pairs.assign(**{DOMAIN: next(iter(policy.domains))})
    return pairs


def _score_for(policy: Policy, pairs: pd.DataFrame, options: argparse.Namespace) -> pd.DataFrame:
    if policy.fingerprint is None:
        policy.check_model("", "")
    from calibration.decide import scoring_options
    from calibration.score import score_pairs

    scoring, encoder = scoring_options(policy), _encoder(options)
    policy.check_model(encoder.fingerprint, scoring.cleaning.key())
    with _progress("scoring") as progress:
        return score_pairs(pairs, encoder, scoring, progress=progress)


def _scoring(options: argparse.Namespace) -> ScoringOptions:
    from calibration.score import ScoringOptions

    return ScoringOptions(CleaningOptions(map_punctuation=options.map_punctuation), options.segments)


def _encoder(options: argparse.Namespace) -> Encoder:
    from calibration.encoding import load_encoder

    if options.data_dir:
        os.environ["SIMTIER_DATA_DIR"] = options.data_dir
    return load_encoder(options.model, options.device)


def _write(frame: pd.DataFrame, output: str) -> None:
    formats = {".csv": "csv", ".tsv": "tsv", ".jsonl": "jsonl", ".xlsx": "xlsx", ".parquet": "parquet"}
    suffix = Path(output).suffix.lower()
    if suffix not in formats:
        raise BadArgument("-o", f"a file ending in {' '.join(formats)}", output)
    write_pairs(frame, output, formats[suffix])


@contextmanager
def _progress(what: str) -> Iterator[Progress | None]:
    """A progress bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    from tqdm import tqdm

    with tqdm(desc=what, unit=" texts", file=sys.stderr) as bar:

        def report(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield report
