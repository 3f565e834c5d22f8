"""Files written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from calibration.atomic_file import save_text, write_whole
from calibration.errors import FileUnreadable


def test_the_new_bytes_take_the_place_of_the_old_and_all_may_read_them(tmp_path: Path) -> None:
    path = tmp_path / "policy.json"
    write_whole(path, b"old")
    write_whole(path, "新".encode())
    assert path.read_text(encoding="utf-8") == "新"
    assert path.stat().st_mode & 0o777 == 0o644
    assert [file.name for file in tmp_path.iterdir()] == ["policy.json"]


def test_what_cannot_be_written_leaves_nothing_and_says_where(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.mkdir()  # a file cannot take the place of a folder
    with pytest.raises(FileUnreadable, match="taken"):
        save_text(taken, "text")
    assert list(tmp_path.iterdir()) == [taken]
    with pytest.raises(FileUnreadable, match="nowhere"):
        save_text(tmp_path / "nowhere" / "report.html", "text")
