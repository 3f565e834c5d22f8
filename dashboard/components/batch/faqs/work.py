"""Jobs over collections: certify a cut-off, cluster unanswered questions, compare two versions."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from calibration.corpus.dedup import deduplicate_texts
from calibration.corpus.faq_cutoff import CertifiedFaq, certify_faq
from calibration.corpus.match import MARGIN, match_texts
from calibration.corpus.matches import ANSWERED, Matches
from calibration.corpus.threshold import Threshold
from calibration.decide import scoring_options
from calibration.encoding.protocol import Encoder
from calibration.scoring.score_pairs import ScoringOptions
from calibration.stats.intervals import Proportion, proportion
from calibration.store.faqs.records import FaqCollection, FaqCutoff, FaqQuestion
from calibration.store.faqs.unanswered import UnansweredQuestion
from calibration.text.cleaning import clean
from dashboard import resources
from dashboard.api.faq_bodies import UnansweredCluster, clusters_of
from dashboard.api.faq_matching import faq_threshold
from dashboard.jobs.queue import Progress

MOST_CLUSTERED = 2_000
"""Unanswered questions that are clustered, those asked most often; as many as by the API."""


@dataclass(frozen=True)
class Judged:
    """Certified cut-off and margin of a collection, and what of it is kept."""

    found: CertifiedFaq
    cutoff: FaqCutoff


@dataclass(frozen=True)
class Coverage:
    """Of labelled queries: those that got an answer, and those whose answer was right."""

    version: int
    answered: Proportion
    right: Proportion


@dataclass(frozen=True)
class Effect:
    """Two versions of a collection on the same n queries. gained, lost: right answers that only one gives."""

    n: int
    before: Coverage
    after: Coverage
    gained: int
    lost: int


def judged_by(collection: FaqCollection, encoder: Encoder) -> Threshold:
    """The threshold that answers of a collection are judged by, as the API does."""
    stored = resources.store().policies.current()
    options = scoring_options(stored.policy) if stored else ScoringOptions()
    return faq_threshold(collection, stored, options, encoder)[0]


def certify(collection: FaqCollection, queries: Sequence[str], expected: Sequence[str], precision: float) -> str:
    """Queue the certification; returns the job's id. expected: keys or questions, empty for none."""
    encoder, threshold = resources.encoder(), judged_by(collection, resources.encoder())
    questions = usable(resources.store().faqs.questions(collection.name), threshold)

    def work(progress: Progress, cancel: threading.Event) -> Judged:
        found = _matched(questions, queries, encoder, threshold, 0.0, progress, cancel)
        certified = certify_faq(found, _keys(expected, questions), queries, precision)
        place = (encoder.fingerprint, threshold.options.key(), collection.version)
        return Judged(certified, FaqCutoff.of(certified, precision, 0.9, *place))

    key = f"faq {collection.id} {collection.version} {precision} {hash(tuple(queries))}"
    return resources.jobs().submit(key, work)


def cluster_key(collection: FaqCollection, missed: Sequence[UnansweredQuestion]) -> str:
    """Tells apart what there is to cluster: the questions as often as they were asked, and by which threshold."""
    ids = hash(tuple((one.id, one.times) for one in missed))
    return f"unanswered {collection.id} {judged_by(collection, resources.encoder()).value} {ids}"


def cluster(collection: FaqCollection) -> str:
    """Queue the clustering of what a collection could not answer; returns the job's id."""
    encoder, threshold = resources.encoder(), judged_by(collection, resources.encoder())
    asked = resources.store().unanswered.list(collection.name, MOST_CLUSTERED)
    missed = [one for one in asked if clean(one.query, threshold.options.cleaning)]

    def work(progress: Progress, cancel: threading.Event) -> list[UnansweredCluster]:
        texts = [one.query for one in missed]
        found = deduplicate_texts(texts, encoder, threshold, progress=progress, cancel=cancel)
        return clusters_of(missed, np.asarray(found.representative))

    return resources.jobs().submit(cluster_key(collection, asked), work)


def compare(collection: FaqCollection, earlier: int, queries: Sequence[str], expected: Sequence[str] | None) -> str:
    """Queue the comparison of an earlier version with the one now; returns the job's id."""
    encoder, threshold = resources.encoder(), judged_by(collection, resources.encoder())
    store = resources.store().faqs
    old = usable(store.questions(collection.name, earlier), threshold)
    new = usable(store.questions(collection.name), threshold)
    margin = collection.cutoff.margin if collection.cutoff else MARGIN

    def work(progress: Progress, cancel: threading.Event) -> Effect:
        wanted = None if expected is None else _keys(expected, [*old, *new])
        sides = [
            _answers(_matched(side, queries, encoder, threshold, margin, progress, cancel), wanted)
            for side in (old, new)
        ]
        n = len(queries)
        told = [
            Coverage(
                version,
                proportion(int(given.sum()), n, 0.9),
                proportion(int((given & right).sum()), int(given.sum()), 0.9),
            )
            for version, (given, right) in zip((earlier, collection.version), sides, strict=True)
        ]
        good = [given & right for given, right in sides]
        return Effect(n, told[0], told[1], int((good[1] & ~good[0]).sum()), int((good[0] & ~good[1]).sum()))

    key = f"effect {collection.id} {earlier} {collection.version} {threshold.value} {hash(tuple(queries))}"
    return resources.jobs().submit(key, work)


def usable(questions: Sequence[FaqQuestion], threshold: Threshold) -> list[FaqQuestion]:
    """Questions that have words once cleaned."""
    return [one for one in questions if clean(one.question, threshold.options.cleaning)]


def _matched(
    questions: Sequence[FaqQuestion],
    queries: Sequence[str],
    encoder: Encoder,
    threshold: Threshold,
    margin: float,
    progress: Progress,
    cancel: threading.Event,
) -> Matches:
    return match_texts(
        [one.question for one in questions],
        queries,
        encoder,
        threshold,
        keys=[one.key for one in questions],
        k=2,
        margin=margin,
        progress=progress,
        cancel=cancel,
    )


def _keys(expected: Sequence[str], questions: Sequence[FaqQuestion]) -> list[str]:
    """The key that each expected answer means: itself, or that of the question it is."""
    known = {one.question: one.key for one in questions} | {one.key: one.key for one in questions}
    return [known.get(name, name) for name in expected]


def _answers(found: Matches, expected: Sequence[str] | None) -> tuple[np.ndarray, np.ndarray]:
    """(n,) whether a query got an answer, and whether its best one is right; all right where nobody says."""
    given = np.array([one.decision == ANSWERED for one in found.found])
    if expected is None:
        return given, np.ones(len(given), bool)
    best = [found.keys[int(one.rows[0])] for one in found.found]
    right = [bool(want) and key == want for key, want in zip(best, expected, strict=True)]
    return given, np.array(right)
