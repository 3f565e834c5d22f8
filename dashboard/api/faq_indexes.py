"""FAQ collections of the store, encoded and held in memory, those asked last."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from starlette.concurrency import run_in_threadpool

from calibration.corpus.faq_index import FaqIndex, build_index
from calibration.encoding.protocol import Encoder
from calibration.errors import N_, ModelError
from calibration.scoring.score_pairs import ScoringOptions
from calibration.scoring.similarity import pieces_of
from calibration.store import Store
from calibration.store.faqs.records import FaqCollection, FaqQuestion
from calibration.text.cleaning import clean
from dashboard.api.queue import EncoderQueue
from dashboard.api.work import Work
from dashboard.recently_used import RecentlyUsed

MOST_HELD: Final = 8
"""Collections whose vectors are held in memory."""
BUILD_SECONDS: Final = 10.0
"""How long a request waits for a collection that is being encoded."""


class CollectionNotReady(ModelError):
    """The questions of a collection are being encoded."""

    template = N_("the questions of {name} are being encoded; try again in a moment")

    def __init__(self, name: str) -> None:
        super().__init__(name=name)


@dataclass(frozen=True)
class HeldFaq:
    """The questions that have words once cleaned, and their vectors."""

    questions: tuple[FaqQuestion, ...]
    index: FaqIndex


class FaqIndexes:
    """Encoded collections; each is encoded once however many requests wait for it."""

    def __init__(self, encoder: Callable[[], Encoder], store: Callable[[], Store], queue: EncoderQueue) -> None:
        self._encoder, self._store, self._queue = encoder, store, queue
        self._held: RecentlyUsed[HeldFaq] = RecentlyUsed(MOST_HELD)
        self._building: dict[tuple[object, ...], asyncio.Task[HeldFaq]] = {}

    async def get(self, collection: FaqCollection, options: ScoringOptions) -> HeldFaq:
        """The collection with its vectors. Raises CollectionNotReady where they are not there in time."""
        key = (collection.id, collection.version, self._encoder().fingerprint, options.key())
        held = self._held.get(key)
        if held is None:
            task = self._building.get(key)
            if task is None:
                task = self._building[key] = asyncio.create_task(self._build(collection, options))
                task.add_done_callback(lambda _: self._building.pop(key, None))
            if not (await asyncio.wait({task}, timeout=BUILD_SECONDS))[0]:
                raise CollectionNotReady(collection.name)
            held = task.result()
            self._held.put(key, held)
        return held

    async def _build(self, collection: FaqCollection, options: ScoringOptions) -> HeldFaq:
        """Encode all questions, as a long request of the queue."""
        found = await run_in_threadpool(self._store().faqs.questions, collection.name, collection.version)
        questions = tuple(one for one in found if clean(one.question, options.cleaning))
        texts = [clean(one.question, options.cleaning) for one in questions]
        pieces = await run_in_threadpool(pieces_of, texts, self._encoder(), options)

        def answer(encoder: Encoder) -> FaqIndex:
            return build_index(texts, [one.key for one in questions], encoder, options)

        return HeldFaq(questions, await self._queue.run(Work(pieces, answer)))
