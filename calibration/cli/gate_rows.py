"""What `gate` judges a candidate by: cases, pairs and swapped pairs, each with the scores of both policies."""

from __future__ import annotations

import argparse
import copy
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from calibration.cli.model_options import check_bound, chosen_encoder
from calibration.cli.progress import SCORING, progress_bar
from calibration.cli.reading_options import check_scored, named_like, on_bad_rows, unlabelled_pairs, used
from calibration.columns import BINARY, DEFAULT_DOMAIN, DOMAIN, ID, LABEL, SCORE, TEXT_A, TEXT_B
from calibration.costs.find_mistakes import expectations
from calibration.errors import N_, BadArgument, BadRows, ModelMismatch
from calibration.evaluation.stress import kinds_of
from calibration.messages.note import note
from calibration.pairs import read_pairs
from calibration.pairs.cases import read_bad_cases
from calibration.policies.gate import CASE_ID, EXPECTED, SCORE_CANDIDATE, SCORE_CURRENT
from calibration.policies.policy import Policy

if TYPE_CHECKING:
    from calibration.encoding import Encoder
    from calibration.stats.threshold_counts import Floats


def cases(options: argparse.Namespace, candidate: Policy) -> pd.DataFrame:
    """Confirmed bad cases, each with what it expects; numbered as in the file where it has no numbers of ours."""
    read = read_bad_cases(options.cases, options.domain)
    if read.problems and (on_bad_rows(options) == "raise" or read.frame.empty):
        raise BadRows(read.file, read.problems, read.frame, read.total)
    if options.scored:
        check_scored(options.cases, read.frame)
    frame = named_like(read.frame, candidate)
    kept = frame[ID].astype(str).str.extract(r"(\d{1,15})$")[0] if ID in frame.columns else None
    numbers = (
        pd.Series(read.lines, index=frame.index) if kept is None or kept.isna().any() else kept.astype("int64")
    )
    return frame.assign(**{CASE_ID: numbers, EXPECTED: expectations(frame)}).dropna(subset=[EXPECTED])


def stress(options: argparse.Namespace, candidate: Policy) -> pd.DataFrame:
    """Pairs with one thing swapped, whose ids say what."""
    report = read_pairs(options.stress, options.domain, kind=BINARY)
    frame = named_like(used(report, options), candidate)
    strange = ID not in frame.columns or (kinds_of(frame[ID]) == "").any()
    if strange or frame[LABEL].ne(0).any():
        raise BadArgument("--stress", N_("a file as `stress -o` writes it"), options.stress)
    if options.scored:
        check_scored(options.stress, frame)
    return frame


def check_domains(frame: pd.DataFrame, candidate: Policy, current: Policy | None) -> None:
    """Raise UnknownDomain for a domain that neither policy knows: that is a wrong file, and no verdict."""
    known = set(candidate.domains) | set(current.domains if current else ())
    for domain in sorted(set(map(str, frame[DOMAIN])) - known):
        candidate.domain(domain if domain != DEFAULT_DOMAIN else None)


def score(
    frames: list[pd.DataFrame], candidate: Policy, current: Policy | None, options: argparse.Namespace
) -> None:
    """Put the scores of both policies beside the texts of each frame."""
    if options.scored:
        own, other = candidate.fingerprint, current.fingerprint if current else None
        if own and other and own != other and not options.scored_against:
            raise ModelMismatch(own, other)
        known = _scored_against(options) if options.scored_against else None
        for frame in frames:
            frame[SCORE_CANDIDATE] = frame[SCORE]
            frame[SCORE_CURRENT] = frame[SCORE] if known is None else _joined(frame, known, options)
    elif frames:
        for policy in (candidate, current) if current else (candidate,):
            check_bound(policy)
        encoder = chosen_encoder(options)
        candidate.check_model(encoder.fingerprint, candidate.cleaner or "")
        other_encoder = _other(encoder, current, options) if current else encoder
        for frame in frames:
            frame[SCORE_CANDIDATE] = _encoded(frame, candidate, encoder)
            alike = current is None or _alike(candidate, current)
            same = frame[SCORE_CANDIDATE] if alike else _encoded(frame, current, other_encoder)
            frame[SCORE_CURRENT] = same


def _scored_against(options: argparse.Namespace) -> pd.Series:
    """The scores of the policy in use, by both texts."""
    found = []
    for path in options.scored_against:
        frame = unlabelled_pairs(path, options)
        check_scored(path, frame)
        found.append(frame.set_index([TEXT_A, TEXT_B])[SCORE])
    scores: pd.Series = pd.concat(found)
    first: pd.Series = scores[~scores.index.duplicated()]
    return first


def _joined(frame: pd.DataFrame, known: pd.Series, options: argparse.Namespace) -> Floats:
    """Those scores in the order of the frame; raises BadArgument for a pair that the files lack."""
    scores = known.reindex(pd.MultiIndex.from_frame(frame[[TEXT_A, TEXT_B]])).to_numpy("float64")
    lacking = int(np.isnan(scores).sum())
    if lacking:
        rule = note(N_("files with a score for every pair; {n} of {total} lack one"), n=lacking, total=len(frame))
        raise BadArgument("--scored-against", rule, " ".join(options.scored_against))
    return scores


def _other(encoder: Encoder, current: Policy, options: argparse.Namespace) -> Encoder:
    """The model of the policy in use."""
    if options.model_against:
        chosen = copy.copy(options)
        chosen.model = options.model_against
        encoder = chosen_encoder(chosen)
    current.check_model(encoder.fingerprint, current.cleaner or "")
    return encoder


def _alike(a: Policy, b: Policy) -> bool:
    """Whether both score texts in the same way, in the domains of both."""
    scoring = (a.fingerprint, a.cleaner, a.segments) == (b.fingerprint, b.cleaner, b.segments)
    return scoring and set(a.domains) == set(b.domains)


def _encoded(frame: pd.DataFrame, policy: Policy | None, encoder: Encoder) -> Floats:
    from calibration.evaluation.gate_scores import scores_for

    assert policy is not None  # noqa: S101 (only asked for where there is one)
    with progress_bar(SCORING) as progress:
        return scores_for(frame[[TEXT_A, TEXT_B, DOMAIN]], policy, encoder, progress)
