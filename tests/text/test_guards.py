"""Guards: which pairs they hold back, and what they refuse."""

from __future__ import annotations

import pytest

from calibration.errors import BadArgument
from calibration.text.guards import GUARDS, check_guards, held_pairs, is_held

PAIRS = [
    ("numbers", "信用卡分3期手续费多少", "信用卡分12期手续费多少"),
    ("negation", "这件支持退货吗", "这件不支持退货吗"),
    ("dates", "3月5日发货吗", "3月6日发货吗"),
    ("entities", "iPhone 15 怎么换电池", "iphone14换电池多少钱"),
]


@pytest.mark.parametrize(("guard", "a", "b"), PAIRS)
def test_each_guard_holds_its_own_pairs_either_way_round(guard: str, a: str, b: str) -> None:
    assert is_held([guard], a, b)
    assert is_held([guard], b, a)
    assert not is_held([other for other in GUARDS if other != guard], a, b)
    assert not is_held([], a, b)
    assert held_pairs([guard], [a, a], [b, a]).tolist() == [True, False]


def test_a_guard_that_does_not_exist_is_named() -> None:
    with pytest.raises(BadArgument, match="numbers"):
        check_guards(["length_ratio"])
