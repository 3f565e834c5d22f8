"""What the caller hands over -> a name and a way to open it, within the limits."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from calibration.errors import N_, EmptyInput, FileUnreadable, TooLarge
from calibration.tables import rules
from calibration.tables.limits import UNBOUNDED, Limits

TableSource = str | os.PathLike[str] | BinaryIO | bytes
UNNAMED: Final = N_("the data")
_HEAD: Final = 262_144


@dataclass(frozen=True)
class Source:
    """A file: what messages call it, its size in bytes, and how to open it, as often as it is needed."""

    name: str
    size: int
    opened: Callable[[], BinaryIO] = field(repr=False)

    @property
    def suffix(self) -> str:
        """The name's extension in lower case without its dot, or nothing."""
        return Path(self.name).suffix.lower().lstrip(".")

    def head(self, size: int = _HEAD) -> bytes:
        """The start of the file."""
        with self.opened() as stream:
            return stream.read(size)


def open_source(source: TableSource, name: str | None, limits: Limits, *, whole_path: bool = False) -> Source:
    """A path, an open binary file (from its start where it can seek), or the content.

    whole_path: messages name the whole path rather than the file's name. A path is not read here, unless it is no
    regular file, such as a pipe. Raises FileUnreadable, EmptyInput where there are nothing but blanks, TooLarge.
    """
    if isinstance(source, (bytes, bytearray, memoryview)):
        opened = _held(bytes(source), name or UNNAMED, limits)
    elif isinstance(source, (str, os.PathLike)):
        opened = _of_path(Path(source), name or (str(source) if whole_path else Path(source).name), limits)
    else:
        # An upload is read again on every rerun of a page, so where it was left does not count.
        if source.seekable():
            source.seek(0)
        opened = _capped(source, name or Path(str(getattr(source, "name", UNNAMED))).name, limits)
    if _is_blank(opened):
        raise EmptyInput(opened.name)
    return opened


def _of_path(path: Path, name: str, limits: Limits) -> Source:
    try:
        with path.open("rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                return _capped(file, name, limits)
    except FileNotFoundError as error:
        raise FileUnreadable(str(path), rules.NOT_FOUND) from error
    except IsADirectoryError as error:
        raise FileUnreadable(str(path), rules.NOT_A_FILE) from error
    except PermissionError as error:
        raise FileUnreadable(str(path), rules.NOT_PERMITTED) from error
    except (OSError, ValueError) as error:  # the latter: a NUL in the name
        raise FileUnreadable(str(path), getattr(error, "strerror", None) or str(error)) from error
    if found.st_size > limits.file_bytes:
        raise TooLarge(name, found.st_size, limits.file_bytes, "bytes")
    return Source(name, found.st_size, lambda: path.open("rb"))


def _held(data: bytes, name: str, limits: Limits) -> Source:
    if len(data) > limits.file_bytes:
        raise TooLarge(name, len(data), limits.file_bytes, "bytes")
    return Source(name, len(data), lambda: io.BytesIO(data))


def _capped(file: BinaryIO, name: str, limits: Limits) -> Source:
    if limits.file_bytes >= UNBOUNDED:
        return _held(file.read(), name, limits)
    data = file.read(limits.file_bytes + 1)
    if len(data) > limits.file_bytes:
        size = file.seek(0, io.SEEK_END) if file.seekable() else len(data)
        raise TooLarge(name, size, limits.file_bytes, "bytes")
    return _held(data, name, limits)


def _is_blank(source: Source) -> bool:
    with source.opened() as stream:
        while step := stream.read(_HEAD):
            if not step.isspace():
                return False
    return True
