"""Pieces found by hash: those that a dictionary of all of them finds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.encoding.engines import pieces as subject
from calibration.encoding.engines.pieces import SEPARATOR, Pieces

ALPHABET = "ab花𠮷🙂▁\n\r"


def kept(folder: Path, vocabulary: list[str]) -> Pieces:
    """Pieces as a graph's folder has them."""
    (folder / "pieces.txt").write_text(SEPARATOR.join(vocabulary), encoding="utf-8", newline="")
    return Pieces(folder / "pieces.txt")


@settings(max_examples=150, deadline=None)
@given(
    vocabulary=st.lists(st.text(ALPHABET, min_size=1, max_size=7), min_size=1, max_size=60, unique=True),
    words=st.lists(st.text(ALPHABET, max_size=30), max_size=6),
    step=st.sampled_from([1, 3, 4096]),
)
def test_they_are_those_of_a_dictionary(
    vocabulary: list[str], words: list[str], step: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subject, "_STEP", step)
        pieces = kept(tmp_path_factory.mktemp("kept"), vocabulary)
        found = pieces.within(words)
    number = {piece: at for at, piece in enumerate(vocabulary)}
    expected = {w[a:b] for w in words for a in range(len(w)) for b in range(a + 1, len(w) + 1)} & number.keys()
    assert found == {piece: number[piece] for piece in expected}


def test_a_hash_that_agrees_by_chance_is_no_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = kept(tmp_path, ["ab", "c"])
    monkeypatch.setattr(Pieces, "_hashed", lambda self, _, starts: np.full((len(starts), 2), self._hashes[0]))
    assert pieces.within(["abcd"]).keys() <= {"ab", "c"}


def test_a_piece_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="twice"):
        kept(tmp_path, ["a", "b", "a"])
