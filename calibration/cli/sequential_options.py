"""`fit --sequential LOG`: labels that are looked at as they come in, kept in a log between runs."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Final

import pandas as pd

from calibration.calibrate import CalibrationRun, judged_as_found
from calibration.certificates.sequential import EXPECTED
from calibration.cli.model_options import chosen_encoder, scored, scoring_options
from calibration.cli.reading_options import unlabelled_pairs
from calibration.columns import SCORE, is_binary
from calibration.errors import N_, BadArgument
from calibration.fitting.fit import FitSettings
from calibration.fitting.sequential_log import SequentialLog
from calibration.fitting.sequential_policy import with_sequential
from calibration.messages.note import Note, note
from calibration.stats.formatting import EXACT, threshold

NEXT: Final = N_(
    "{tier}: next certificate at about {threshold}: label {labels} more drawn at random at or above it "
    "({pairs} live pairs to go through), for example {batch} before the next look"
)

NEXT_EVERYWHERE: Final = N_(
    "{tier}: next certificate at about {threshold}: label {labels} more drawn at random from all pairs, for "
    "example {batch} before the next look"
)


def add_sequential(parser: argparse.ArgumentParser) -> None:
    """What says that labelling goes on, and where its log is."""
    log = "evaluate labels as they come in: certify at any moment, and keep them in this log between runs"
    parser.add_argument("--sequential", metavar="LOG", help=log)
    pool = "with --sequential, at the first run: the unlabelled pairs that labels are drawn from"
    parser.add_argument("--pool", metavar="UNLABELLED", help=pool)
    expect = "with --sequential, at the first run: about how many labels will be drawn (default %(default)s)"
    parser.add_argument("--expect", type=int, default=EXPECTED, metavar="N", help=expect)


def sequential_run(run: CalibrationRun, settings: FitSettings, options: argparse.Namespace) -> CalibrationRun:
    """The run with the certificates of the log after its new labels; the log is written back."""
    if run.duplicates.conflicting:
        rule = N_("labelled once each: `evaluate` and the Data page list pairs with two labels")
        raise BadArgument("PAIRS", rule, run.duplicates.conflicting)
    path, fingerprint = Path(options.sequential), run.policy.fingerprint
    if path.exists():
        log = SequentialLog.load(path)
        log.check(settings, fingerprint)
    else:
        log = SequentialLog.begin(settings, fingerprint, options.expect)
    pool = None if options.pool is None else _pool(options)
    log.extend(run.scored, pool, settings)
    log.save(path)
    fits, policy = with_sequential(run.fits, run.policy, log.certificates())
    told = {domain: next_notes(log, domain) for domain in log.domains}
    fits = {domain: replace(fit, notes=fit.notes + told.get(domain, ())) for domain, fit in fits.items()}
    made = replace(run, fits=fits, policy=policy)
    return replace(made, evaluation=judged_as_found(made))


def next_notes(log: SequentialLog, domain: str) -> tuple[Note, ...]:
    """Where to draw next, for each tier that has a next certificate in sight."""
    draws = log.next_draws()[domain]
    return tuple(
        note(
            NEXT_EVERYWHERE if draw.everywhere else NEXT,
            binary=is_binary((), draws),
            tier=tier,
            threshold=threshold(draw.threshold, digits=EXACT),
            labels=draw.labels,
            **({} if draw.everywhere else {"pairs": draw.live_pairs}),
            batch=draw.batch,
        )
        for tier, draw in draws.items()
        if draw is not None
    )


def _pool(options: argparse.Namespace) -> pd.DataFrame:
    pool = unlabelled_pairs(options.pool, options)
    if SCORE in pool.columns:
        return pool
    if options.scored:
        raise BadArgument("--pool", N_("a file with a score column, as --scored says of PAIRS"), options.pool)
    return scored(pool, chosen_encoder(options), scoring_options(options))
