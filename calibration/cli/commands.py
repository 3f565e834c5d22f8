"""What each command does: arguments in, one result out; writing to the terminal is `main`'s."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Final

import pandas as pd

from calibration.chance import LIVE_PREVALENCE
from calibration.cli.inputs import (
    SCORING,
    chosen_encoder,
    labelled_files,
    labelled_pairs,
    progress_bar,
    scoring_options,
    together,
)
from calibration.cli.outputs import check_report, write_output
from calibration.cli.results import DecideResult, EvaluateResult, FitResult, Result, ScoreResult
from calibration.columns import DEFAULT_DOMAIN, DOMAIN, SAME
from calibration.drawn import BALANCED, DRAWN, MINED, RANDOM_LIVE
from calibration.errors import N_, BadArgument, EmptyInput
from calibration.evaluate import DomainEvaluation, Thresholds, evaluate_thresholds
from calibration.fit import PUBLISHED, FitSettings, drawn
from calibration.groups import text_codes
from calibration.i18n import from_environment, negotiate
from calibration.pipeline import Binding, CalibrationRun, calibrate, calibrate_scored, judged_as_found
from calibration.policy import Policy
from calibration.prevalence import AdjustedPrecision, adjust_precision

DRAWS: Final = {"random": RANDOM_LIVE, "balanced": BALANCED, "mined": MINED}
"""How `--drawn` says that pairs were drawn."""


def score(options: argparse.Namespace) -> Result:
    """`score PAIRS -o OUT`: the pairs with their similarity."""
    from calibration.score import score_pairs

    pairs, encoder = labelled_pairs(options), chosen_encoder(options)
    with progress_bar(SCORING) as progress:
        scored = score_pairs(pairs, encoder, scoring_options(options), progress=progress)
    write_output(scored, options.output)
    return ScoreResult(scored, encoder.name, encoder.fingerprint, options.output)


def fit(options: argparse.Namespace) -> Result:
    """`fit PAIRS -o policy.json`: a policy, and how good it is out of fold."""
    if options.report:
        check_report(options.report)
    _check_live(options.live)
    if options.live is not None and options.drawn != "balanced":
        raise BadArgument("--live", N_("given with --drawn balanced only"), options.live)
    precision, by_tier = options.precision
    clustered = not options.independent
    settings = FitSettings(
        precision, options.confidence, options.method, options.claim, options.fpr, by_tier, clustered
    )
    files = labelled_files(options, scored=options.scored)
    pairs = together(files)
    if options.scored:
        run = calibrate_scored(pairs, settings, Binding(fingerprint=options.fingerprint), name=options.name)
    elif options.fingerprint:
        raise BadArgument("--fingerprint", N_("given with --scored only"), options.fingerprint)
    else:
        with progress_bar(SCORING) as progress:
            run = calibrate(
                pairs,
                chosen_encoder(options),
                settings,
                scoring_options(options),
                name=options.name,
                progress=progress,
            )
    run = _said(run, options)
    run.policy.save(options.output)
    if options.report:
        _report(run, tuple((name, len(frame)) for name, frame in files), options)
    return FitResult(run, options.output, options.report)


def _said(run: CalibrationRun, options: argparse.Namespace) -> CalibrationRun:
    """The run with what was said of how its labels were drawn, which decides what it may claim."""
    if options.drawn is None:
        return run
    said = {DRAWN: DRAWS[options.drawn]} | ({} if options.live is None else {LIVE_PREVALENCE: options.live})
    settings = {**run.policy.settings, **said}
    return replace(run, policy=replace(run.policy, settings=settings))


def _report(run: CalibrationRun, files: tuple[tuple[str, int], ...], options: argparse.Namespace) -> None:
    """The run for people, as HTML."""
    from calibration.report.content import Origin, report_input  # charts only where there is a report
    from calibration.report.html import save_report

    locale = negotiate(options.lang) if options.lang else from_environment()
    origins = tuple(Origin(name, rows) for name, rows in files)
    save_report(report_input(run, judged_as_found(run), origins=origins, locale=locale), options.report)


def evaluate(options: argparse.Namespace) -> Result:
    """`evaluate POLICY PAIRS`: every tier's precision and recall beside the published thresholds'."""
    policy = Policy.load(options.policy)
    if not 0.0 < options.confidence < 1.0:
        raise BadArgument("confidence", N_("above 0 and below 1"), options.confidence)
    if options.drawn and options.live is None:
        raise BadArgument("--drawn", N_("given with --live only"), options.drawn)
    _check_live(options.live)
    pairs = named_like(labelled_pairs(options, scored=options.scored), policy)
    kept = drawn(pairs)
    if kept.empty:
        raise EmptyInput(N_("the pairs, less those picked for review"))
    reviewed, pairs = len(pairs) - len(kept), kept
    domains = sorted(set(pairs[DOMAIN]))
    thresholds = {domain: policy.domain(domain).thresholds for domain in domains}
    scored = pairs if options.scored else scored_for(policy, pairs, options)
    rows = dict(iter(scored.groupby(DOMAIN, sort=True)))

    def judged(domain: str, given: Thresholds) -> DomainEvaluation:
        found = rows[domain]
        return evaluate_thresholds(found, given, options.confidence, domain, texts=text_codes(found))

    ours = {domain: judged(domain, thresholds[domain]) for domain in domains}
    published = {domain: judged(domain, PUBLISHED) for domain in domains}
    live = {} if options.live is None else {d: _live(rows[d], thresholds[d], options) for d in domains}
    return EvaluateResult(policy, ours, published, reviewed, {d: found for d, found in live.items() if found})


def _live(rows: pd.DataFrame, given: Thresholds, options: argparse.Namespace) -> AdjustedPrecision | None:
    """The precision of `same` at the live share of positives; None where the policy has no such tier."""
    threshold = given.get(SAME)
    if threshold is None:
        return None
    way = DRAWS[options.drawn] if options.drawn else None
    return adjust_precision(rows, threshold, options.live, SAME, options.confidence, way)


def _check_live(share: float | None) -> None:
    if share is not None and not 0.0 < share < 1.0:
        raise BadArgument("--live", N_("above 0 and below 1"), share)


def decide(options: argparse.Namespace) -> Result:
    """`decide POLICY TEXT_A TEXT_B`: one tier."""
    policy = Policy.load(options.policy)
    policy.domain(options.domain)
    if policy.fingerprint is None:
        policy.check_model("", "")
    from calibration.decide import decide as decide_texts

    _text(options.text_a, "TEXT_A")
    _text(options.text_b, "TEXT_B")
    return DecideResult(
        decide_texts(policy, options.text_a, options.text_b, chosen_encoder(options), options.domain)
    )


def _text(value: str, name: str) -> None:
    from calibration.clean import clean

    if not clean(value):
        raise BadArgument(name, N_("a text with something visible in it"), value)


def named_like(pairs: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Pairs that name no domain belong to the only domain of a policy that has one."""
    if set(pairs[DOMAIN]) == {DEFAULT_DOMAIN} and len(policy.domains) == 1:
        return pairs.assign(**{DOMAIN: next(iter(policy.domains))})
    return pairs


def scored_for(policy: Policy, pairs: pd.DataFrame, options: argparse.Namespace) -> pd.DataFrame:
    """The pairs as the policy's own model and cleaning score them; raises PolicyUnbound and ModelMismatch."""
    if policy.fingerprint is None:
        policy.check_model("", "")
    from calibration.decide import scoring_options as scoring_of
    from calibration.score import score_pairs

    scoring, encoder = scoring_of(policy), chosen_encoder(options)
    policy.check_model(encoder.fingerprint, scoring.cleaning.key())
    with progress_bar(SCORING) as progress:
        return score_pairs(pairs, encoder, scoring, progress=progress)
