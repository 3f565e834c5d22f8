"""Parquet, or a frame of pandas -> raw table; columns of the wrong type are named. Rows are numbered from 1."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from calibration import columns
from calibration.errors import ColumnTypeWrong, FileUnreadable, TooLarge
from calibration.pairs import rules
from calibration.pairs.headers import resolve
from calibration.pairs.source import Limits, Source
from calibration.pairs.table import RawTable

FORMAT: Final = "parquet"
MAGIC: Final = b"PAR1"


def read_parquet(source: Source, limits: Limits) -> RawTable:
    """Read the columns that can be ours. Raises FileUnreadable, ColumnTypeWrong and TooLarge."""
    try:
        file = pq.ParquetFile(io.BytesIO(source.data))
        names = file.schema_arrow.names
        places = resolve(names).places
        _check_types(source.name, file.schema_arrow, places)
        _check_size(source.name, file, limits)
        table = file.read(columns=[names[place] for place in places.values()])
        table.validate(full=True)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:  # the last: a column's name is no text
        raise FileUnreadable(source.name, rules.PARQUET_DAMAGED) from error
    frame = pd.DataFrame({place: _series(table.column(names[place])) for place in places.values()})
    return RawTable(tuple(names), frame, _positions(file.metadata.num_rows), FORMAT)


def read_frame(frame: pd.DataFrame) -> RawTable:
    """A frame of the caller's as a raw table, itself left alone."""
    series = {place: frame.iloc[:, place].reset_index(drop=True) for place in range(frame.shape[1])}
    plain = {
        place: column.astype(object) if isinstance(column.dtype, pd.CategoricalDtype) else column
        for place, column in series.items()
    }
    return RawTable(tuple(map(str, frame.columns)), pd.DataFrame(plain), _positions(len(frame)), "frame")


def _positions(rows: int) -> npt.NDArray[np.int64]:
    return np.arange(1, rows + 1, dtype=np.int64)


def _check_types(file: str, schema: pa.Schema, places: Mapping[str, int]) -> None:
    """Texts must be text; everything else text or single numbers."""
    for column, place in places.items():
        actual = schema.field(place).type
        value = actual.value_type if pa.types.is_dictionary(actual) else actual
        fits = _is_text(value) or (column not in (columns.TEXT_A, columns.TEXT_B) and _is_number(value))
        if not fits:
            raise ColumnTypeWrong(file, schema.names[place], str(actual), column)


def _is_text(kind: pa.DataType) -> bool:
    return any(test(kind) for test in (pa.types.is_string, pa.types.is_large_string, pa.types.is_null))


def _is_number(kind: pa.DataType) -> bool:
    tests = (pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean, pa.types.is_decimal)
    return any(test(kind) for test in tests)


def _check_size(file: str, parquet: pq.ParquetFile, limits: Limits) -> None:
    groups = range(parquet.metadata.num_row_groups)
    unpacked = sum(parquet.metadata.row_group(group).total_byte_size for group in groups)
    if unpacked > limits.file_bytes:
        raise TooLarge(file, unpacked, limits.file_bytes, "bytes")


def _series(column: pa.ChunkedArray) -> pd.Series:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    series: pd.Series = column.to_pandas()
    return series
