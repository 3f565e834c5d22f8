"""Vectors in Milvus: a file by Milvus Lite, or a server by its URI; pymilvus is imported on first use."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from calibration.corpus.facts import DAMAGED, FACTS, NO_FACTS, VectorFacts
from calibration.corpus.parts import ROW, TEXT, VECTOR, VectorChunk
from calibration.corpus.vector_address import Address
from calibration.encoding.batching import Vectors
from calibration.errors import N_, BadArgument, ExtraMissing, VectorsUnusable

if TYPE_CHECKING:
    from pymilvus import MilvusClient

T = TypeVar("T")
METRIC: Final = "IP"
STRONG: Final = "Strong"
"""What was inserted is found, however soon one asks."""
_BYTES_A_CALL: Final = 8 * 2**20
_TEXT_BYTES: Final = 65_535

logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # what it logs, it also raises


def connect(where: Address) -> MilvusClient:
    """A client. Raises VectorsUnusable where nobody answers."""
    from pymilvus import MilvusClient

    from calibration.settings.declared import Library

    token = Library.read().milvus_token if where.remote else ""
    try:
        return MilvusClient(uri=where.at, token=token)
    except ImportError as error:
        raise ExtraMissing("Milvus Lite", "milvus") from error
    except Exception as error:  # grpc's, pymilvus's, or what Milvus Lite meets in a damaged file
        raise VectorsUnusable(where.at, _reason(error)) from error


def asked(where: Address, ask: Callable[[], T]) -> T:
    """What the server answers. Raises VectorsUnusable with its reason."""
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
        if asked(where, lambda: self._client.has_collection(where.collection)):
            if not replace:
                rule = N_("one that is not there yet; --overwrite replaces it")
                raise BadArgument("collection", rule, where.collection)
            asked(where, lambda: self._client.drop_collection(where.collection))
        asked(where, lambda: self._create(json.dumps(facts.to_json(), ensure_ascii=False), facts.dim))

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
            self._where.collection,
            schema=made,
            index_params=index,
            properties=properties,
            consistency_level=STRONG,
        )

    def add(self, chunk: VectorChunk) -> None:
        """Take the next chunk, in calls that the server takes."""
        for rows in steps(chunk):
            fit = [{**row, TEXT: fitting(row[TEXT])} for row in rows]
            asked(self._where, lambda fit=fit: self._client.upsert(self._where.collection, fit))  # type: ignore[misc]

    def finish(self, facts: VectorFacts) -> None:  # noqa: ARG002 (they are there: the collection's description)
        """Make sure that all of it is kept."""
        asked(self._where, lambda: self._client.flush(self._where.collection))
        self._client.close()


def steps(chunk: VectorChunk) -> Iterator[list[dict[str, Any]]]:
    """The rows of a chunk, as many at a time as a call takes."""
    step = max(1, _BYTES_A_CALL // (4 * chunk.vectors.shape[1] + 1024))
    for at in range(0, len(chunk.lines), step):
        some = slice(at, at + step)
        yield [
            {ROW: int(line), TEXT: text, VECTOR: vector}
            for line, text, vector in zip(chunk.lines[some], chunk.texts[some], chunk.vectors[some], strict=True)
        ]


def fitting(text: str) -> str:
    """As much of a text as a field takes."""
    return text.encode()[:_TEXT_BYTES].decode("utf-8", "ignore")


def facts_told(told: Mapping[str, Any]) -> str:
    """What a collection says of itself."""
    return str(told.get("properties", {}).get(FACTS) or told.get("description") or "")


def rows_of(where: Address, client: MilvusClient, which: str) -> int:
    """How many rows a filter finds now."""
    asked(where, lambda: client.load_collection(where.collection))
    told: Any = asked(
        where,
        lambda: client.query(where.collection, filter=which, output_fields=["count(*)"], consistency_level=STRONG),
    )
    return int(told[0]["count(*)"])


class MilvusVectors:
    """A collection that was written by `MilvusTarget`."""

    def __init__(self, where: Address) -> None:
        self._where, self._client = where, connect(where)
        if not asked(where, lambda: self._client.has_collection(where.collection)):
            raise BadArgument("collection", N_("one that is there"), where.collection)
        told: Any = asked(where, lambda: self._client.describe_collection(where.collection))
        try:
            self.facts = VectorFacts.from_json(json.loads(facts_told(told)), where.at)
        except ValueError as error:
            raise VectorsUnusable(where.at, NO_FACTS) from error
        if "run" in {field["name"] for field in told["fields"]}:  # its description counts the first run alone
            self.facts = replace(self.facts, rows=rows_of(where, self._client, ""))

    def search(self, queries: Vectors, k: int) -> tuple[NDArray[np.int64], NDArray[np.float64], list[list[str]]]:
        """Rows (q, k), scores (q, k) and texts of the best k."""
        asked(self._where, lambda: self._client.load_collection(self._where.collection))
        found: Any = asked(
            self._where,
            lambda: self._client.search(
                self._where.collection,
                data=queries.tolist(),
                anns_field=VECTOR,
                limit=k,
                output_fields=[ROW, TEXT],  # by its name: a server of version 2.3 calls the key `id`
                search_params={"metric_type": METRIC},
                consistency_level=STRONG,
            ),
        )
        self._client.close()
        if any(len(hits) != k for hits in found):
            raise VectorsUnusable(self._where.at, DAMAGED)
        rows = np.array([[hit["entity"][ROW] for hit in hits] for hits in found], np.int64).reshape(len(queries), k)
        scores = np.array([[hit["distance"] for hit in hits] for hits in found]).reshape(len(queries), k)
        return rows, scores, [[hit["entity"][TEXT] for hit in hits] for hits in found]
