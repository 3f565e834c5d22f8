"""A Milvus server as the index that says which texts may be near.

It holds the vectors of one job in a collection of its own, by their position, for as long as the job takes. As with
FAISS, scores are made from the vectors here, and what the index overlooks is measured.
"""

from __future__ import annotations

import contextlib
import json
import math
import threading
import uuid
from types import TracebackType
from typing import Any, Final

import numpy as np

from calibration.corpus.blocks import Ids
from calibration.corpus.milvus import METRIC, STRONG, asked, connect
from calibration.corpus.near_index import Candidates, cells_for
from calibration.corpus.parts import VECTOR
from calibration.corpus.vector_address import MILVUS, Address, address
from calibration.encoding.batching import Vectors
from calibration.errors import N_, BadArgument, Cancelled

POSITION: Final = "position"
K_MOST: Final = 16_384
"""Neighbours that Milvus gives at most."""
PROBES: Final = 64
"""Cells of the index that a search looks into."""
_BYTES: Final = 16 * 2**20
"""Of vectors, or of answers, in a call: gRPC takes 64 MB."""
_ANSWER: Final = 48


class MilvusIndexes:
    """Makes indexes in collections of a server, and drops them at the end. at: its URI. Raises BadArgument,
    ExtraMissing, and VectorsUnusable where nobody answers.
    """

    def __init__(self, at: str, told: dict[str, str]) -> None:
        self._where = address(at)
        if self._where.kind != MILVUS or not self._where.remote:
            raise BadArgument("--index", N_("the address of a Milvus server, say http://127.0.0.1:19530"), at)
        self._told = json.dumps(told, ensure_ascii=False)
        connect(self._where).close()
        self._made: list[MilvusIndex] = []

    def __call__(self, vectors: Vectors, rows: Ids, cancel: threading.Event | None = None) -> MilvusIndex:
        """An index of the vectors numbered `rows`."""
        self._drop()
        self._made.append(MilvusIndex(self._where, self._told, vectors, rows, cancel))
        return self._made[-1]

    def __enter__(self) -> MilvusIndexes:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.ExitStack() as last:
            if error is not None:  # what went wrong first is what is said
                last.enter_context(contextlib.suppress(Exception))
            self._drop()

    def _drop(self) -> None:
        while self._made:
            self._made.pop().drop()


class MilvusIndex:
    """The vectors numbered `rows`, by their position among them. Raises Cancelled and VectorsUnusable."""

    def __init__(
        self, where: Address, told: str, vectors: Vectors, rows: Ids, cancel: threading.Event | None = None
    ) -> None:
        self._where, self._size, self._client = where, len(rows), connect(where)
        self._name = f"simtier_job_{uuid.uuid4().hex}"
        cells = cells_for(len(rows))
        self._search = {"metric_type": METRIC, "params": {"nprobe": min(PROBES, cells)}}
        self._call(lambda: self._create(told, vectors.shape[1]))
        step = max(1, _BYTES // (4 * vectors.shape[1]))
        for at in range(0, len(rows), step):
            if cancel is not None and cancel.is_set():
                self.drop()
                raise Cancelled(at, len(rows))
            some = np.asarray(vectors[rows[at : at + step]])
            data = [{POSITION: at + place, VECTOR: vector} for place, vector in enumerate(some)]
            self._call(lambda data=data: self._client.insert(self._name, data))
        self._call(lambda: self._client.flush(self._name))
        self._call(lambda: self._index(cells))

    def __len__(self) -> int:
        return self._size

    def search(self, queries: Vectors, k: int, floor: float = -math.inf) -> Candidates:
        """As `NearIndex.search`."""
        limit = min(k, self._size, K_MOST)
        step = max(1, min(_BYTES // (4 * queries.shape[1]), _BYTES // (_ANSWER * limit)))
        numbers, places = [np.empty(0, np.intp)], [np.empty(0, np.intp)]
        for at in range(0, len(queries), step):
            for number, found in enumerate(self._found(queries[at : at + step], limit), start=at):
                hits = [hit for hit in found if hit["distance"] >= floor]
                places.append(np.array([hit["id"] for hit in hits], np.intp))
                numbers.append(np.full(len(hits), number))
        return np.concatenate(numbers), np.concatenate(places)

    def drop(self) -> None:
        """Remove the collection."""
        self._call(lambda: self._client.drop_collection(self._name))
        self._client.close()

    def _create(self, told: str, dim: int) -> None:
        from pymilvus import DataType

        made = self._client.create_schema(auto_id=False, enable_dynamic_field=False, description=told)
        made.add_field(POSITION, DataType.INT64, is_primary=True)
        made.add_field(VECTOR, DataType.FLOAT_VECTOR, dim=dim)
        self._client.create_collection(self._name, schema=made, consistency_level=STRONG)

    def _index(self, cells: int) -> None:
        """Only once all vectors are there, so that its cells are fitted to them."""
        index = self._client.prepare_index_params()
        index.add_index(VECTOR, index_type="IVF_SQ8", metric_type=METRIC, params={"nlist": cells})
        self._client.create_index(self._name, index)
        self._client.load_collection(self._name)

    def _found(self, queries: Vectors, limit: int) -> Any:
        return self._call(
            lambda: self._client.search(
                self._name,
                data=queries.tolist(),
                anns_field=VECTOR,
                limit=limit,
                search_params=self._search,
                consistency_level=STRONG,
            )
        )

    def _call(self, ask: Any) -> Any:
        return asked(self._where, ask)
