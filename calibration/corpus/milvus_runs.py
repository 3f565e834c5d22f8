"""Several runs in one Milvus collection: rows of one name are replaced or removed without the others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from calibration.corpus.facts import NO_FACTS, VectorFacts
from calibration.corpus.milvus import METRIC, STRONG, asked, connect, facts_told, fitting, rows_of, steps
from calibration.corpus.parts import ROW, TEXT, VECTOR, VectorChunk
from calibration.corpus.vector_address import Address
from calibration.errors import N_, BadArgument, VectorsMismatch, VectorsUnusable

if TYPE_CHECKING:
    from pymilvus import MilvusClient

KEY: Final = "key"
RUN: Final = "run"
_KEY_BYTES: Final = 128


class RunTarget:
    """Rows of a run: those that it had before are removed first. Raises VectorsMismatch where another model or
    cleaning made the collection, and BadArgument where it was not made for runs.
    """

    def __init__(self, where: Address, facts: VectorFacts) -> None:
        self._where, self._client = where, connect(where)
        if asked(where, lambda: self._client.has_collection(where.collection)):
            _check(where, self._client, facts)
            _remove(where, self._client)
        else:
            asked(where, lambda: self._create(json.dumps(facts.to_json(), ensure_ascii=False), facts.dim))

    def add(self, chunk: VectorChunk) -> None:
        """Take the next chunk."""
        run = self._where.run
        for rows in steps(chunk):
            named = [{**row, KEY: f"{run}:{row[ROW]}", RUN: run, TEXT: fitting(row[TEXT])} for row in rows]
            asked(self._where, lambda named=named: self._client.upsert(self._where.collection, named))  # type: ignore[misc]

    def finish(self, facts: VectorFacts) -> None:  # noqa: ARG002 (the collection's description says them)
        """Make sure that all of it is kept."""
        asked(self._where, lambda: self._client.flush(self._where.collection))
        self._client.close()

    def _create(self, facts: str, dim: int) -> None:
        from pymilvus import DataType

        made = self._client.create_schema(auto_id=False, enable_dynamic_field=False, description=facts)
        made.add_field(KEY, DataType.VARCHAR, is_primary=True, max_length=_KEY_BYTES)
        made.add_field(RUN, DataType.VARCHAR, max_length=_KEY_BYTES)
        made.add_field(ROW, DataType.INT64)
        made.add_field(TEXT, DataType.VARCHAR, max_length=65_535)
        made.add_field(VECTOR, DataType.FLOAT_VECTOR, dim=dim)
        index = self._client.prepare_index_params()
        index.add_index(VECTOR, index_type="FLAT", metric_type=METRIC)
        self._client.create_collection(
            self._where.collection, schema=made, index_params=index, consistency_level=STRONG
        )


def delete_run(where: Address) -> int:
    """Remove the rows of `where.run`; how many there were. Raises BadArgument and VectorsUnusable."""
    client = connect(where)
    if not asked(where, lambda: client.has_collection(where.collection)):
        raise BadArgument("collection", N_("one that is there"), where.collection)
    _check(where, client, None)
    found = _remove(where, client)
    client.close()
    return found


def _remove(where: Address, client: MilvusClient) -> int:
    which = f'{RUN} == "{where.run}"'
    found = rows_of(where, client, which)
    if found:
        asked(where, lambda: client.delete(where.collection, filter=which))
    return found


def _check(where: Address, client: MilvusClient, facts: VectorFacts | None) -> None:
    """That the collection holds runs, and of the same model and cleaning."""
    told: Any = asked(where, lambda: client.describe_collection(where.collection))
    if RUN not in {field["name"] for field in told["fields"]}:
        raise BadArgument("collection", N_("one that was made with --run"), where.collection)
    if facts is None:
        return
    try:
        there = VectorFacts.from_json(json.loads(facts_told(told)), where.at)
    except ValueError as error:
        raise VectorsUnusable(where.at, NO_FACTS) from error
    if (there.fingerprint, there.cleaner, there.dim) != (facts.fingerprint, facts.cleaner, facts.dim):
        theirs, ours = (f"{one.model} ({one.fingerprint}, {one.cleaner})" for one in (there, facts))
        raise VectorsMismatch(where.at, theirs, ours)
