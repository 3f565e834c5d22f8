"""Tiles by several threads: in order, none lost, errors raised, each product by one thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import torch

from calibration.corpus.tiles import of_tiles


@pytest.fixture(autouse=True)
def two_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def test_tiles_come_in_order_whatever_ends_first() -> None:
    second = threading.Event()

    def work(tile: slice) -> tuple[slice, str]:
        if tile.start == 0:
            assert second.wait(60), "the next tile waits for this one"
        else:
            second.set()
        return tile, threading.current_thread().name

    found = of_tiles(work, 10, 4)
    assert [tile for tile, _ in found] == [slice(0, 4), slice(4, 8), slice(8, 10)]
    assert {name for _, name in found}.isdisjoint({threading.current_thread().name})


def test_each_tile_is_made_by_one_thread_and_no_other_loses_its_own() -> None:
    assert of_tiles(lambda _: torch.get_num_threads(), 8, 2) == [1, 1, 1, 1]
    assert torch.get_num_threads() == 2


def test_a_single_tile_has_all_threads() -> None:
    assert of_tiles(lambda _: torch.get_num_threads(), 2, 2) == [2]
    assert of_tiles(lambda tile: tile, 0, 2) == []


def test_more_cores_than_tiles_get_smaller_ones() -> None:
    torch.set_num_threads(8)
    found = of_tiles(lambda tile: tile.stop - tile.start, 8192, 2048)
    assert found == [1024] * 8
    assert of_tiles(lambda tile: tile.stop - tile.start, 1000, 2048) == [256, 256, 256, 232]


def test_an_error_is_raised() -> None:
    def work(tile: slice) -> int:
        raise ValueError(tile.start)

    with pytest.raises(ValueError, match="0"):
        of_tiles(work, 4, 2)
