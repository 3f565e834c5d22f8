"""Parquet, a batch of rows at a time. Rows are numbered from 1."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

import pyarrow as pa
import pyarrow.parquet as pq

from calibration.columns import PairProblem
from calibration.corpus.row import Row
from calibration.errors import FileUnreadable
from calibration.pairs import rules
from calibration.pairs.columnar import MAGIC

_BATCH: Final = 4096


def is_parquet(head: bytes) -> bool:
    """Whether a file that starts so is Parquet."""
    return head.startswith(MAGIC)


def parquet_columns(file: str, opened: Callable[[], BinaryIO]) -> tuple[str, ...]:
    """The names of the columns. Raises FileUnreadable."""
    try:
        with opened() as stream:
            return tuple(pq.ParquetFile(stream).schema_arrow.names)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise FileUnreadable(file, rules.PARQUET_DAMAGED) from error


def parquet_rows(file: str, opened: Callable[[], BinaryIO]) -> Iterator[Row | PairProblem]:
    """Every row. Raises FileUnreadable where the file is damaged."""
    line = 0
    with opened() as stream:
        try:
            for batch in pq.ParquetFile(stream).iter_batches(_BATCH):
                for cells in batch.to_pylist():
                    line += 1
                    yield Row(line, cells)
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            raise FileUnreadable(file, rules.PARQUET_DAMAGED) from error
