"""The job that matches queries to a FAQ, and one question tried at once."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace

from calibration.corpus.faq import Asked, Faq, read_faq, read_queries
from calibration.corpus.match import match_texts
from calibration.corpus.match_evaluation import DEPTH, MatchEvaluation, evaluate_matches
from calibration.corpus.matches import Matches
from calibration.corpus.threshold import Threshold
from dashboard import resources
from dashboard.components.batch.corpus.files import CorpusFile
from dashboard.jobs.queue import Progress


@dataclass(frozen=True)
class Columns:
    """Which columns are what; None: there is none."""

    question: str
    key: str | None
    query: str = ""
    expected: str | None = None


@dataclass(frozen=True)
class Settings:
    """How many answers are shown, and from which distance on two of them are near."""

    k: int
    margin: float


@dataclass(frozen=True)
class Matched:
    """What the job returns; judged is None where the file names no right answers."""

    faq: Faq
    asked: Asked
    matches: Matches
    judged: MatchEvaluation | None


def key(faq: CorpusFile, queries: CorpusFile, columns: Columns, threshold: Threshold, asked: Settings) -> str:
    """The job's key: whatever its result depends on."""
    how = f"{threshold.value} {threshold.options.key()} {threshold.domain} {asked}"
    return f"match {faq.digest} {queries.digest} {columns} {how}"


def start(faq: CorpusFile, queries: CorpusFile, columns: Columns, threshold: Threshold, asked: Settings) -> str:
    """Queue the matching of all queries; returns the job's id."""
    encoder = resources.encoder()

    def work(progress: Progress, cancel: threading.Event) -> Matched:
        known = read(faq, columns)
        read_in = read_queries(
            queries.content, known, columns.query, columns.expected, name=queries.name, on_bad_rows="drop"
        )
        wanted = read_in if columns.expected else Asked(read_in.read, None)
        depth = max(asked.k, DEPTH) if wanted.expected is not None else asked.k
        matches = match_texts(
            known.read.texts,
            wanted.read.texts,
            encoder,
            threshold,
            keys=known.keys,
            k=depth,
            margin=asked.margin,
            progress=progress,
            cancel=cancel,
        )
        judged = (
            evaluate_matches(matches, wanted.expected, wanted.read.texts) if wanted.expected is not None else None
        )
        best = tuple(one.best(asked.k) for one in matches.found)
        return Matched(known, wanted, replace(matches, found=best, k=asked.k), judged)

    return resources.jobs().submit(key(faq, queries, columns, threshold, asked), work)


def read(faq: CorpusFile, columns: Columns) -> Faq:
    """The FAQ's good rows."""
    found = read_faq(faq.content, columns.question, columns.key, name=faq.name, on_bad_rows="drop")
    if columns.key is not None:
        return found
    return Faq(found.read, tuple(found.read.texts))
