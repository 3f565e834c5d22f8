"""Parquet, or a frame of pandas, as a table. Rows are numbered from 1.

A small Parquet file may unpack into a huge one: texts stay dictionaries until their unpacked size is known, batch
by batch, and a batch is as small as its size asks for.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from calibration.errors import FileUnreadable, TooLarge
from calibration.tables import rules
from calibration.tables.limits import UNBOUNDED, Limits
from calibration.tables.source import Source
from calibration.tables.table import Item, Kind, Row, Table

FORMAT: Final = "parquet"
MAGIC: Final = b"PAR1"
FRAME: Final = "frame"
_BATCH: Final = 8192
_THRIFT: Final = 64 * 1024 * 1024
"""Bytes of text, and values of a list, in the file's own description at most."""
ERRORS: Final = (pa.ArrowException, OSError, UnicodeDecodeError, MemoryError, OverflowError)


def parquet_table(source: Source, limits: Limits) -> Table:
    """The table of a Parquet file. Raises FileUnreadable and TooLarge."""
    try:
        with opened(source) as file:
            check_size(source.name, file.metadata, limits)
            columns = tuple(file.schema_arrow.names)
            kinds = tuple(kind_of(field.type) for field in file.schema_arrow)
    except ERRORS as error:  # UnicodeDecodeError: a column's name is no text
        raise FileUnreadable(source.name, rules.PARQUET_DAMAGED) from error
    return Table(source.name, FORMAT, "", columns, lambda: _rows(source, limits), kinds=kinds)


def kind_of(kind: pa.DataType) -> Kind:
    """What a column of this type holds."""
    value = kind.value_type if pa.types.is_dictionary(kind) else kind
    lists = pa.types.is_list(value) or pa.types.is_large_list(value)
    tests = (pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean, pa.types.is_decimal)
    if _is_text(value):
        return Kind("text", str(kind))
    if lists and (_is_text(value.value_type) or pa.types.is_struct(value.value_type)):
        return Kind("texts", str(kind))
    if any(test(value) for test in tests):
        return Kind("number", str(kind))
    return Kind("object" if pa.types.is_struct(value) else "other", str(kind))


def _is_text(kind: pa.DataType) -> bool:
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_null, pa.types.is_string_view)
    return any(test(kind) for test in tests)


@contextmanager
def opened(source: Source) -> Iterator[pq.ParquetFile]:
    """The file with every column of text as a dictionary, so that what repeats is held once."""
    limits = {"thrift_string_size_limit": _THRIFT, "thrift_container_size_limit": _THRIFT // 16}
    with source.opened() as stream:
        with pq.ParquetFile(stream, **limits) as file:
            names = _texts(file.schema_arrow)
        stream.seek(0)
        with pq.ParquetFile(stream, read_dictionary=names, pre_buffer=False, **limits) as file:
            yield file


def _texts(schema: pa.Schema) -> list[str]:
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
    return [field.name for field in schema if any(test(field.type) for test in tests)]


def check_size(file: str, metadata: pq.FileMetaData, limits: Limits) -> None:
    """Raise TooLarge where a file says that it unpacks to more than the limits allow."""
    limits.check_columns(file, metadata.num_columns)
    limits.check_rows(file, metadata.num_rows)
    for group in range(metadata.num_row_groups):
        found = metadata.row_group(group)
        most = max((found.column(at).total_uncompressed_size for at in range(found.num_columns)), default=0)
        if most > limits.held_bytes:
            raise TooLarge(file, most, limits.held_bytes, "unpacked bytes")
    if limits.file_bytes < UNBOUNDED:
        groups = range(metadata.num_row_groups)
        unpacked = sum(metadata.row_group(group).total_byte_size for group in groups)
        if unpacked > limits.file_bytes:
            raise TooLarge(file, unpacked, limits.file_bytes, "bytes")


def _rows(source: Source, limits: Limits) -> Iterator[Item]:
    line = 0
    try:
        with opened(source) as file:
            for batch in file.iter_batches(_BATCH, use_threads=False):
                for piece in pieces(source.name, batch, limits):
                    for cells in zip(*map(_cells, piece.columns), strict=True):
                        line += 1
                        yield Row(line, cells)
    except ERRORS as error:
        raise FileUnreadable(source.name, rules.PARQUET_DAMAGED) from error


def pieces(file: str, batch: pa.RecordBatch, limits: Limits) -> Iterator[pa.RecordBatch]:
    """A batch in pieces that are small enough to be held once unpacked. Raises TooLarge."""
    sizes = np.zeros(batch.num_rows, dtype=np.int64)
    for column in batch.columns:
        sizes += _sizes(column)
    if batch.num_rows and sizes.max() > limits.held_bytes:
        raise TooLarge(file, int(sizes.max()), limits.held_bytes, "unpacked bytes")
    start = 0
    while start < batch.num_rows:
        fitting = int(np.searchsorted(np.cumsum(sizes[start:]), limits.held_bytes // 8))
        end = min(batch.num_rows, start + max(1, fitting))
        yield batch.slice(start, end - start)
        start = end


def _sizes(column: pa.Array) -> np.ndarray:
    """Bytes of each cell once unpacked; those of nested cells are not known and count as what they take now."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        lengths = pc.binary_length(column.dictionary) if _is_binary(kind.value_type) else None
        if lengths is None:
            return np.full(len(column), 8, dtype=np.int64)
        taken = lengths.take(column.indices)
        return np.asarray(pc.fill_null(taken, 0).to_numpy(zero_copy_only=False), dtype=np.int64)
    return np.full(len(column), column.nbytes // max(1, len(column)) + 8, dtype=np.int64)


def _is_binary(kind: pa.DataType) -> bool:
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
    return any(test(kind) for test in tests)


def _cells(column: pa.Array) -> list[Any]:
    if pa.types.is_dictionary(column.type):
        values = column.dictionary.to_pylist()
        return [None if at is None else values[at] for at in column.indices.to_pylist()]
    cells: list[Any] = column.to_pylist()
    return cells


def frame_table(frame: pd.DataFrame, name: str) -> Table:
    """A frame of the caller's as a table, itself left alone."""
    columns = [frame.iloc[:, place] for place in range(frame.shape[1])]
    names = tuple("" if header is None else str(header) for header in frame.columns)

    def again() -> Iterator[Item]:
        cells = [_plain(column) for column in columns]
        for line, row in enumerate(zip(*cells, strict=True) if cells else (), start=1):
            yield Row(line, row)

    return Table(name, FRAME, "", names, again)


def _plain(column: pd.Series) -> list[object]:
    """The cells as plain values: missing ones as None."""
    objects = column.astype(object)
    plain: list[object] = objects.where(column.notna(), None).tolist()
    return plain
