"""The packages that a threshold can be exported to: what each compares with, and how to give it the number.

Every number is rounded so that nothing below the threshold is accepted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from calibration.errors import N_
from calibration.messages.note import Note, note
from calibration.stats.threshold_counts import STEP

PLAIN: Final = "plain"
LOADS: Final = "sentence-transformers"
"""The package that loads the model itself; the others ask SimTier's server for vectors."""
SERVER: Final = "http://localhost:7860/v1"
CLEANED: Final = note(N_("texts are compared unchanged; SimTier cleans them first, see calibration.text.cleaning"))
COSINE: Final = note(N_("cosine similarity, accepted at or above"))
COSINE_DISTANCE: Final = note(N_("cosine distance, 1 - similarity, accepted at or below"))


@dataclass(frozen=True)
class Target:
    """How one package states a threshold."""

    distance: Note
    values: Callable[[float], dict[str, Any]]
    snippet: Callable[[str, str, dict[str, Any]], str]
    notes: tuple[Note, ...] = ()


def distance_at_most(threshold: float) -> float:
    """The largest cosine distance of a pair that is accepted: 1 - threshold, rounded down to a step.

    >>> distance_at_most(0.92), distance_at_most(0.9215764)
    (0.08, 0.078423)
    """
    return math.floor(round((1.0 - threshold) * STEP, 3)) / STEP


def _redisvl(model: str, domain: str, values: dict[str, Any]) -> str:
    return f"""\
from redisvl.extensions.cache.llm import SemanticCache
from redisvl.utils.vectorize import OpenAITextVectorizer

vectors = OpenAITextVectorizer(model={model!r}, api_config={{"base_url": "{SERVER}", "api_key": "..."}})
cache = SemanticCache(name={domain!r}, vectorizer=vectors, distance_threshold={values["distance_threshold"]!r})
"""


def _redisvl_router(model: str, domain: str, values: dict[str, Any]) -> str:
    return f"""\
from redisvl.extensions.router import Route, SemanticRouter
from redisvl.utils.vectorize import OpenAITextVectorizer

vectors = OpenAITextVectorizer(model={model!r}, api_config={{"base_url": "{SERVER}", "api_key": "..."}})
route = Route(name={domain!r}, references=["..."], distance_threshold={values["distance_threshold"]!r})
router = SemanticRouter(name={domain!r}, vectorizer=vectors, routes=[route])
"""


def _gptcache(model: str, domain: str, values: dict[str, Any]) -> str:
    return f"""\
# {domain}
import numpy as np
from gptcache import Config, cache
from gptcache.similarity_evaluation.distance import SearchDistanceEvaluation
from openai import OpenAI

client = OpenAI(base_url="{SERVER}", api_key="...")


def vector(text, **_):
    return np.array(client.embeddings.create(input=text, model={model!r}).data[0].embedding, dtype="float32")


# Add a data manager whose vector store gives squared Euclidean distances, as FAISS does.
cache.init(
    embedding_func=vector,
    similarity_evaluation=SearchDistanceEvaluation(max_distance=4.0),
    config=Config(similarity_threshold={values["similarity_threshold"]!r}),
)
"""


def _semantic_router(model: str, domain: str, values: dict[str, Any]) -> str:
    return f"""\
from semantic_router import IndexedRouter, Route
from semantic_router.encoders import OpenAIEncoder

encoder = OpenAIEncoder(name={model!r}, openai_base_url="{SERVER}", openai_api_key="...")
route = Route(name={domain!r}, utterances=["..."], confidence_threshold={values["confidence_threshold"]!r})
router = IndexedRouter(encoder, [route], top_k=1, aggregation="max")
"""


def _litellm(model: str, domain: str, values: dict[str, Any]) -> str:
    return f"""\
# {domain}
model_list:
  - model_name: simtier
    litellm_params: {{model: openai/{model}, api_base: {SERVER}, api_key: "..."}}
litellm_settings:
  cache: true
  cache_params:
    type: redis-semantic
    similarity_threshold: {values["similarity_threshold"]!r}
    redis_semantic_cache_embedding_model: simtier
"""


def _sentence_transformers(model: str, domain: str, values: dict[str, Any]) -> str:
    return f"""\
from sentence_transformers import SentenceTransformer

model = SentenceTransformer({model!r})


def same(text_a, text_b):  # {domain}
    a, b = model.encode([text_a, text_b], normalize_embeddings=True)
    return float(a @ b) >= {values["threshold"]!r}
"""


def _milvus(model: str, domain: str, values: dict[str, Any]) -> str:
    return f"""\
# {domain}, vectors of {model}, say by `simtier embed`
found = client.search(
    collection_name="simtier",
    data=[vector],
    search_params={{"metric_type": "COSINE", "params": {{"radius": {values["radius"]!r}}}}},
)
"""


def _plain(model: str, domain: str, values: dict[str, Any]) -> str:
    return f"{domain}: cosine >= {values['cosine_at_least']!r} ({model})\n"


TARGETS: Final[Mapping[str, Target]] = {
    "redisvl": Target(
        COSINE_DISTANCE, lambda at: {"distance_threshold": distance_at_most(at)}, _redisvl, (CLEANED,)
    ),
    "redisvl-router": Target(
        COSINE_DISTANCE,
        lambda at: {"distance_threshold": distance_at_most(at)},
        _redisvl_router,
        (CLEANED,),
    ),
    "gptcache": Target(
        note(N_("4 - squared Euclidean distance of normalised vectors, as a share of 4, accepted at or above")),
        lambda at: {"similarity_threshold": round((1.0 + at) / 2.0, 12)},
        _gptcache,
        (CLEANED,),
    ),
    "semantic-router": Target(
        COSINE,
        lambda at: {"confidence_threshold": at},
        _semantic_router,
        (
            CLEANED,
            note(N_("use only the best utterance (top_k 1, max): means of several are not cosines of pairs")),
        ),
    ),
    "litellm": Target(COSINE, lambda at: {"similarity_threshold": at}, _litellm, (CLEANED,)),
    "sentence-transformers": Target(COSINE, lambda at: {"threshold": at}, _sentence_transformers, (CLEANED,)),
    "milvus": Target(
        note(N_("cosine similarity, accepted above the radius, the next number below the threshold")),
        lambda at: {"metric_type": "COSINE", "radius": math.nextafter(at, -1.0)},
        _milvus,
        (CLEANED,),
    ),
    PLAIN: Target(COSINE, lambda at: {"cosine_at_least": at}, _plain),
}
"""The packages that a threshold can be exported to."""
