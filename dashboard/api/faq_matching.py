"""FAQ collections of the store, encoded and ready to be asked; and the questions that they could not answer."""

from __future__ import annotations

import logging
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import Request

from calibration.corpus.faq_index import FaqIndex
from calibration.corpus.match import MARGIN
from calibration.corpus.matches import ANSWERED, Matches
from calibration.corpus.threshold import Threshold, from_policy, manual, without_policy
from calibration.decide import scoring_options
from calibration.encoding.protocol import Encoder
from calibration.errors import BadArgument, PolicyError, SimTierError
from calibration.policies.policy import CERTIFIED
from calibration.scoring.score_pairs import ScoringOptions
from calibration.store.faqs.records import FaqCollection, FaqCutoff, FaqQuestion
from calibration.store.faqs.unanswered import Missed
from calibration.store.policies.records import StoredPolicy
from calibration.text.cleaning import CleanedText
from dashboard.api.service import Service
from dashboard.api.similarity import Notice
from dashboard.api.work import Work
from dashboard.settings import Server

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class AskedFaq:
    """A collection with everything that its answers are judged by."""

    collection: FaqCollection
    questions: tuple[FaqQuestion, ...]
    index: FaqIndex
    threshold: Threshold
    margin: float
    policy: StoredPolicy | None
    notices: tuple[Notice, ...]

    def answer_of(self, key: str) -> str:
        """The answer of an entry: that of the first of its questions that has one."""
        return next((one.answer for one in self.questions if one.key == key and one.answer), "")


async def asked_faq(
    name: str, shared: Service, threshold: float | None = None, margin: float | None = None
) -> AskedFaq:
    """The collection `name`, encoded, with its threshold.

    That is the caller's own, else the collection's certified cut-off, else its domain's in the policy in use, else
    the model's default. Raises NotFound and CollectionNotReady.
    """
    collection = await shared.aside(shared.store().faqs.get, name)
    stored = await shared.policy()
    options = scoring_options(stored.policy) if stored else ScoringOptions()
    held = await shared.faqs.get(collection, options)
    limit, notices = faq_threshold(collection, stored, options, shared.encoder(), threshold)
    own = collection.cutoff if limit.source == CERTIFIED and limit.policy is None else None
    wide = margin if margin is not None else own.margin if own else MARGIN
    judged = stored if limit.policy is not None else None
    return AskedFaq(collection, held.questions, held.index, limit, wide, judged, notices)


def faq_threshold(
    collection: FaqCollection,
    stored: StoredPolicy | None,
    options: ScoringOptions,
    encoder: Encoder,
    own: float | None = None,
) -> tuple[Threshold, tuple[Notice, ...]]:
    """The threshold of a collection, see `asked_faq`, and what its caller should know."""
    if own is not None:
        return manual(own, options), ()
    notices: list[Notice] = []
    if collection.cutoff is not None:
        problem = _unfit(collection.cutoff, options, encoder)
        if not problem:
            if collection.cutoff.version != collection.version:
                text = f"the cut-off was certified on version {collection.cutoff.version} of the collection"
                notices.append(Notice(code="cutoff_older", message=text))
            return Threshold(collection.cutoff.threshold, CERTIFIED, options), tuple(notices)
        notices.append(Notice(code="cutoff_unused", message=problem))
    if stored is not None:
        try:
            return from_policy(stored.policy, encoder, collection.domain or None), tuple(notices)
        except (PolicyError, BadArgument) as error:
            text = f"the policy in use does not judge this collection: {error}"
            notices.append(Notice(code="no_policy", message=text))
    return without_policy(encoder, options), tuple(notices)


def _unfit(cutoff: FaqCutoff, options: ScoringOptions, encoder: Encoder) -> str:
    """Why a certified cut-off may not be used here; empty where it may."""
    if not math.isfinite(cutoff.threshold):
        return "no cut-off could be certified for this collection yet"
    if cutoff.fingerprint != encoder.fingerprint:
        return "the cut-off was certified for another model"
    return "" if cutoff.scoring == options.key() else "the cut-off was certified for texts scored in another way"


async def match_faq(
    request: Request, faq: AskedFaq, queries: Sequence[CleanedText], shared: Service, k: int
) -> Matches:
    """The best entries for each query; keeps those without an answer where the operator wants them."""
    texts = [query.text for query in queries]

    def answer(encoder: Encoder) -> Matches:
        return faq.index.match(texts, encoder, faq.threshold, k, faq.margin)

    found = await shared.run(request, Work(await shared.pieces(queries, faq.index.options), answer))
    for one in found.found:
        if len(one.scores):
            shared.metrics.best_score(one.decision, float(one.scores[0]))
    if keeps_unanswered():
        missed = [
            Missed(faq.collection.name, text, one.decision, float(one.scores[0]) if len(one.scores) else math.nan)
            for text, one in zip(texts, found.found, strict=True)
            if one.decision != ANSWERED
        ]
        if missed:
            shared.later(_keep, shared, missed)
    return found


def _keep(shared: Service, missed: Sequence[Missed]) -> None:
    try:
        shared.store().unanswered.add(missed)
    except SimTierError as error:
        log.warning("unanswered questions could not be kept: %s", type(error).__name__)


def keeps_unanswered(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the operator wants queries without an answer kept: they are users' texts.

    >>> keeps_unanswered({}), keeps_unanswered({"SIMTIER_KEEP_UNANSWERED": "1"})
    (False, True)
    """
    return Server.read(environ).keep_unanswered
