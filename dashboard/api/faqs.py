"""`/v1/faqs`: FAQ collections kept in the store: upload, versions, certified cut-offs, unanswered questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

import numpy as np
from fastapi import APIRouter, Query, Request, Response

from calibration.corpus.dedup import deduplicate_texts
from calibration.encoding.protocol import Encoder
from calibration.errors import N_, NotFound
from calibration.store import Store
from calibration.store.faqs.records import FaqCollection, FaqCutoff, FaqQuestion, FaqVersion
from dashboard.api.error_docs import ASKING, ENCODING, documented
from dashboard.api.errors import BadField
from dashboard.api.faq_bodies import (
    MOST_ID,
    Certified,
    Collection,
    Collections,
    EntryRequest,
    FaqUpload,
    LabelledQueries,
    RestoreRequest,
    Unanswered,
    UnansweredCluster,
    Version,
    Versions,
    claim_of,
    clusters_of,
    entries_of,
    questions_of,
    shown,
)
from dashboard.api.faq_matching import asked_faq, keeps_unanswered
from dashboard.api.keys import CALLER
from dashboard.api.service import Shared
from dashboard.api.similarity import checked
from dashboard.api.work import Work

router = APIRouter(prefix="/v1/faqs", tags=["faqs"])

UNKNOWN_KEY: Final = N_("names no entry of the collection; leave it empty where the FAQ has no answer")
MOST_CLUSTERED: Final = 2_000
"""Unanswered questions that are clustered, those asked most often."""


@router.get("", responses=documented(401, 403, 503))
async def collections(shared: Shared) -> Collections:
    """All collections."""
    found = await shared.aside(shared.store().faqs.list)
    return Collections(faqs=[shown(one) for one in found])


@router.put(
    "/{name}",
    responses={201: {"model": Collection, "description": "It has new contents."}, **documented(*ASKING)},
)
async def upload(request: Request, name: str, body: FaqUpload, shared: Shared, reply: Response) -> Collection:
    """Make a collection, or replace its contents by a new version; the same contents make none."""
    questions = questions_of(body.entries)
    before = await shared.aside(_version_of, shared.store(), name)
    saved = await shared.aside(_save, shared.store(), name, questions, body.domain, _caller(request))
    reply.status_code = 201 if saved.version != before else 200
    return shown(saved, created=saved.version != before)


@router.get("/{name}", responses=documented(401, 403, 404, 503))
async def collection(name: str, shared: Shared) -> Collection:
    """One collection."""
    return shown(await shared.aside(shared.store().faqs.get, name))


@router.get("/{name}/entries", responses=documented(401, 403, 404, 503))
async def entries(
    name: str, shared: Shared, version: Annotated[int | None, Query(ge=1, le=MOST_ID)] = None
) -> FaqUpload:
    """The entries of a version, of the current one unless given, in the form of an upload."""
    there = await shared.aside(shared.store().faqs.get, name)
    found = await shared.aside(shared.store().faqs.questions, name, version)
    return FaqUpload(entries=entries_of(found), domain=there.domain)


@router.get("/{name}/versions", responses=documented(401, 403, 404, 503))
async def versions(name: str, shared: Shared) -> Versions:
    """What the collection held before; twenty versions are kept."""
    found: Sequence[FaqVersion] = await shared.aside(shared.store().faqs.versions, name)
    fields = Version.model_fields
    return Versions(versions=[Version(**{field: getattr(one, field) for field in fields}) for one in found])


@router.post("/{name}/restore", responses=documented(*ASKING, 404))
async def restore(request: Request, name: str, body: RestoreRequest, shared: Shared) -> Collection:
    """Bring an earlier version's contents back, as the next version."""
    store = shared.store()
    return shown(await shared.aside(_restore, store, name, body.version, _caller(request)), created=True)


@router.delete("/{name}", status_code=204, responses=documented(401, 403, 404, 503))
async def delete(request: Request, name: str, shared: Shared) -> None:
    """Put a collection away."""
    await shared.aside(_delete, shared.store(), name, _caller(request))


@router.post("/{name}/calibrate", responses=documented(*ENCODING, 404))
async def calibrate(request: Request, name: str, body: LabelledQueries, shared: Shared) -> Certified:
    """Certify the score from which answers may be given, and the margin below which two answers are ambiguous."""
    shared.limits.check_texts("queries", body.queries)
    shared.limits.check_texts("expected", body.expected)
    if len(body.expected) != len(body.queries):
        raise BadField("expected", N_("must be as many as the queries"))
    faq = await asked_faq(name, shared)
    expected = _keys(body.expected, faq.questions)
    queries = checked("queries", body.queries, faq.index.options)
    texts = [query.text for query in queries]

    from calibration.corpus.faq_cutoff import CertifiedFaq, certify_faq  # with scipy.stats: 50 MB

    def answer(encoder: Encoder) -> CertifiedFaq:
        found = faq.index.match(texts, encoder, faq.threshold, 2, 0.0)
        return certify_faq(found, expected, texts, body.precision, body.margin_precision, body.confidence)

    found = await shared.run(request, Work(await shared.pieces(queries, faq.index.options), answer))
    place = (faq.index.fingerprint, faq.index.options.key(), faq.collection.version)
    cutoff = FaqCutoff.of(found, body.precision, body.confidence, *place)
    saved = await shared.aside(_set_cutoff, shared.store(), name, cutoff, _caller(request))
    return Certified(
        collection=shown(saved),
        cutoff=claim_of(found.cutoff),
        margin=None if found.margin is None else claim_of(found.margin),
    )


@router.get("/{name}/unanswered", responses=documented(*ENCODING, 404))
async def unanswered(request: Request, name: str, shared: Shared) -> Unanswered:
    """Questions without an answer, those of one meaning together, what was asked most often first.

    Kept only where SIMTIER_KEEP_UNANSWERED=1, because they are users' texts.
    """
    missed = await shared.aside(shared.store().unanswered.list, name, MOST_CLUSTERED)
    faq = await asked_faq(name, shared)
    if not missed:
        return Unanswered(kept=keeps_unanswered(), clusters=[])
    queries = checked("unanswered", [one.query for one in missed], faq.index.options)
    texts = [query.text for query in queries]

    def answer(encoder: Encoder) -> list[UnansweredCluster]:
        found = deduplicate_texts(texts, encoder, faq.threshold)
        return clusters_of(missed, np.asarray(found.representative))

    work = Work(await shared.pieces(queries, faq.index.options), answer)
    return Unanswered(kept=keeps_unanswered(), clusters=await shared.run(request, work))


@router.post("/{name}/entries", status_code=201, responses=documented(*ASKING, 404))
async def add_entry(request: Request, name: str, body: EntryRequest, shared: Shared) -> Collection:
    """Add an entry, or more phrasings to the entry of that key, and forget the questions that it answers."""
    store, actor = shared.store(), _caller(request)
    new = questions_of([body.entry])
    return shown(await shared.aside(_add_entry, store, name, new, body.unanswered, actor), created=True)


def _keys(expected: Sequence[str], questions: Sequence[FaqQuestion]) -> list[str]:
    known = {one.question: one.key for one in questions} | {one.key: one.key for one in questions}
    for at, name in enumerate(expected):
        if name and name not in known:
            raise BadField(f"expected.{at}", UNKNOWN_KEY)
    return [known[name] if name else "" for name in expected]


def _version_of(store: Store, name: str) -> int:
    try:
        return store.faqs.get(name.strip()).version
    except NotFound:
        return 0


def _save(
    store: Store, name: str, questions: Sequence[FaqQuestion], domain: str | None, actor: str
) -> FaqCollection:
    return store.faqs.save(name, questions, domain=domain, source="api", actor=actor)


def _restore(store: Store, name: str, version: int, actor: str) -> FaqCollection:
    return store.faqs.restore(name, version, actor=actor)


def _delete(store: Store, name: str, actor: str) -> None:
    store.faqs.delete(name, actor=actor)


def _set_cutoff(store: Store, name: str, cutoff: FaqCutoff, actor: str) -> FaqCollection:
    return store.faqs.set_cutoff(name, cutoff, actor=actor)


def _add_entry(
    store: Store, name: str, new: Sequence[FaqQuestion], answered: Sequence[int], actor: str
) -> FaqCollection:
    there = store.faqs.questions(name)
    saved = store.faqs.save(name, [*there, *new], source="entry", actor=actor)
    if answered:
        store.unanswered.delete(answered, actor=actor)
    return saved


def _caller(request: Request) -> str:
    caller = request.scope.get(CALLER)
    return str(caller.name) if caller else ""
