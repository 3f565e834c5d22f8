"""Vectors in Milvus: a file by Milvus Lite, or a cluster by its URI; pymilvus is imported on first use."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from calibration.corpus.facts import DAMAGED, NO_FACTS, VectorFacts
from calibration.corpus.parts import ROW, TEXT, VECTOR, VectorChunk
from calibration.corpus.targets import FACTS, Address
from calibration.encoding.batching import Vectors
from calibration.errors import N_, BadArgument, ExtraMissing, VectorsUnusable

if TYPE_CHECKING:
    from pymilvus import MilvusClient

T = TypeVar("T")
TOKEN: Final = "SIMTIER_MILVUS_TOKEN"  # noqa: S105 (the name of a variable)
METRIC: Final = "IP"
_BYTES_A_CALL: Final = 8 * 2**20
_TEXT_BYTES: Final = 65_535

logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # what it logs, it also raises


def connect(where: Address) -> MilvusClient:
    """A client. Raises VectorsUnusable where nobody answers."""
    from pymilvus import MilvusClient

    token = os.environ.get(TOKEN, "") if where.remote else ""
    try:
        return MilvusClient(uri=where.at, token=token)
    except ImportError as error:
        raise ExtraMissing("Milvus Lite", "milvus") from error
    except Exception as error:  # grpc's, pymilvus's, or what Milvus Lite meets in a damaged file
        raise VectorsUnusable(where.at, _reason(error)) from error


def _asked(where: Address, ask: Callable[[], T]) -> T:
    from pymilvus import MilvusException

    try:
        return ask()
    except MilvusException as error:
        raise VectorsUnusable(where.at, _reason(error)) from error


def _reason(error: Exception) -> str:
    return str(getattr(error, "message", "") or error or type(error).__name__).partition("\n")[0][:200]


class MilvusTarget:
    """A new collection: row (its key), text, vector."""

    def __init__(self, where: Address, facts: VectorFacts, *, replace: bool) -> None:
        self._where, self._client = where, connect(where)
        if _asked(where, lambda: self._client.has_collection(where.collection)):
            if not replace:
                rule = N_("one that is not there yet; --overwrite replaces it")
                raise BadArgument("collection", rule, where.collection)
            _asked(where, lambda: self._client.drop_collection(where.collection))
        _asked(where, lambda: self._create(json.dumps(facts.to_json(), ensure_ascii=False), facts.dim))

    def _create(self, facts: str, dim: int) -> None:
        """Make the collection. Milvus Lite keeps no description, and a cluster may know its properties: so each
        says the facts where it can.
        """
        from pymilvus import DataType

        told = facts if self._where.remote else ""
        made = self._client.create_schema(auto_id=False, enable_dynamic_field=False, description=told)
        made.add_field(ROW, DataType.INT64, is_primary=True)
        made.add_field(TEXT, DataType.VARCHAR, max_length=_TEXT_BYTES)
        made.add_field(VECTOR, DataType.FLOAT_VECTOR, dim=dim)
        index = self._client.prepare_index_params()
        index.add_index(VECTOR, index_type="FLAT", metric_type=METRIC)
        properties = {} if self._where.remote else {FACTS: facts}
        self._client.create_collection(
            self._where.collection, schema=made, index_params=index, properties=properties
        )

    def add(self, chunk: VectorChunk) -> None:
        """Take the next chunk, in calls that the server takes."""
        step = max(1, _BYTES_A_CALL // (4 * chunk.vectors.shape[1] + 1024))
        for at in range(0, len(chunk.lines), step):
            rows = [
                {ROW: int(line), TEXT: _fitting(text), VECTOR: vector}
                for line, text, vector in zip(
                    chunk.lines[at : at + step],
                    chunk.texts[at : at + step],
                    chunk.vectors[at : at + step],
                    strict=True,
                )
            ]
            _asked(self._where, lambda rows=rows: self._client.upsert(self._where.collection, rows))  # type: ignore[misc]

    def finish(self, facts: VectorFacts) -> None:  # noqa: ARG002 (they are there: the collection's description)
        """Make sure that all of it is kept."""
        _asked(self._where, lambda: self._client.flush(self._where.collection))
        self._client.close()


def _fitting(text: str) -> str:
    """As much of a text as a field takes."""
    return text.encode()[:_TEXT_BYTES].decode("utf-8", "ignore")


def _facts(told: Mapping[str, Any]) -> str:
    return str(told.get("properties", {}).get(FACTS) or told.get("description") or "")


class MilvusVectors:
    """A collection that was written by `MilvusTarget`."""

    def __init__(self, where: Address) -> None:
        self._where, self._client = where, connect(where)
        if not _asked(where, lambda: self._client.has_collection(where.collection)):
            raise BadArgument("collection", N_("one that is there"), where.collection)
        told: Any = _asked(where, lambda: self._client.describe_collection(where.collection))
        try:
            self.facts = VectorFacts.from_json(json.loads(_facts(told)), where.at)
        except ValueError as error:
            raise VectorsUnusable(where.at, NO_FACTS) from error

    def search(self, queries: Vectors, k: int) -> tuple[NDArray[np.int64], NDArray[np.float64], list[list[str]]]:
        """Rows (q, k), scores (q, k) and texts of the best k."""
        _asked(self._where, lambda: self._client.load_collection(self._where.collection))
        found: Any = _asked(
            self._where,
            lambda: self._client.search(
                self._where.collection,
                data=queries.tolist(),
                anns_field=VECTOR,
                limit=k,
                output_fields=[TEXT],
                search_params={"metric_type": METRIC},
            ),
        )
        self._client.close()
        if any(len(hits) != k for hits in found):
            raise VectorsUnusable(self._where.at, DAMAGED)
        rows = np.array([[hit[ROW] for hit in hits] for hits in found], np.int64).reshape(len(queries), k)
        scores = np.array([[hit["distance"] for hit in hits] for hits in found]).reshape(len(queries), k)
        return rows, scores, [[hit["entity"][TEXT] for hit in hits] for hits in found]
