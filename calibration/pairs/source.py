"""What the caller hands over -> a name and bytes, within the limits."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from calibration.errors import N_, EmptyInput, FileUnreadable, TooLarge
from calibration.pairs import rules

UNNAMED: Final = N_("the data")


@dataclass(frozen=True)
class Limits:
    """How much is read: bytes of a file (unpacked too), characters of a text."""

    file_bytes: int = 512 * 1024 * 1024
    text_characters: int = 20_000


DEFAULT_LIMITS: Final = Limits()


@dataclass(frozen=True)
class Source:
    """A file's name, as messages call it, and its content."""

    name: str
    data: bytes

    @property
    def suffix(self) -> str:
        """The name's extension in lower case without its dot, or nothing."""
        return Path(self.name).suffix.lower().lstrip(".")


def open_source(source: str | os.PathLike[str] | BinaryIO | bytes, name: str | None, limits: Limits) -> Source:
    """Read `source` whole: a path, an open binary file (from its start where it can seek), or the content.

    Raises FileUnreadable, EmptyInput (no bytes) and TooLarge.
    """
    if isinstance(source, (bytes, bytearray, memoryview)):
        opened = _capped(io.BytesIO(source), name or UNNAMED, limits)
    elif isinstance(source, (str, os.PathLike)):
        opened = _from_path(Path(source), name, limits)
    else:
        # An upload is read again on every rerun of a page, so where it was left does not count.
        if source.seekable():
            source.seek(0)
        opened = _capped(source, name or Path(str(getattr(source, "name", UNNAMED))).name, limits)
    if not opened.data or opened.data.isspace():
        raise EmptyInput(opened.name)
    return opened


def _from_path(path: Path, name: str | None, limits: Limits) -> Source:
    try:
        with path.open("rb") as file:
            return _capped(file, name or path.name, limits)
    except FileNotFoundError as error:
        raise FileUnreadable(str(path), rules.NOT_FOUND) from error
    except IsADirectoryError as error:
        raise FileUnreadable(str(path), rules.NOT_A_FILE) from error
    except PermissionError as error:
        raise FileUnreadable(str(path), rules.NOT_PERMITTED) from error
    except OSError as error:
        raise FileUnreadable(str(path), error.strerror or str(error)) from error


def _capped(file: BinaryIO, name: str, limits: Limits) -> Source:
    data = file.read(limits.file_bytes + 1)
    if len(data) > limits.file_bytes:
        size = file.seek(0, io.SEEK_END) if file.seekable() else len(data)
        raise TooLarge(name, size, limits.file_bytes, "bytes")
    return Source(name, data)
