"""How pairs were drawn is asked before a calibration, and decides what its sentences claim."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from dashboard import resources

Open = Callable[..., Any]


@pytest.fixture
def ready(open_page: Open) -> Any:
    """The calibration page on pairs that even a plain model separates, so that something is certified."""
    pairs = pd.DataFrame(
        [
            (f"{topic}第{n}条", f"{topic}第{n}条" if same else f"今天天气{n}很好，适合出门散步", int(same))
            for n in range(40)
            for topic, same in (("怎么办理退货", True), ("运费谁来承担", False))
        ],
        columns=["text_a", "text_b", "label"],
    )
    page = open_page("data/datasets").upload("shop.csv", pairs.to_csv(index=False).encode())
    page.at.text_input(key=page.key("domain_", "text_input")).set_value("shop")
    return page.run().press(page.key("save_")).go("calibrate/fit")


@pytest.mark.parametrize(
    ("draw", "claim", "warning"),
    [
        (None, "only if these labels were drawn at random", "It is not known how"),
        ("random_live", "so this holds for live pairs", ""),
        ("balanced", "For live pairs this is an illustration", "Balanced labels do not show"),
        ("mined", "Illustration only:", "Picked labels promise nothing"),
    ],
)
def test_the_draw_decides_what_is_claimed_and_stays_with_the_policy(
    ready: Any, draw: str | None, claim: str, warning: str
) -> None:
    if draw is not None:
        ready.at.selectbox(key="drawn").set_value(draw)
    page = ready.run().press("calibrate_go").finish()
    said = page.words()
    assert claim in said
    shown = [info.value for info in page.at.info if "labels" in info.value]
    assert shown == [] if not warning else shown[0].startswith(warning)
    page.press("policy_save")
    assert resources.store().policies.list()[0].policy.settings["drawn"] == (draw or "unknown")


def test_a_later_change_does_not_rewrite_what_was_found(ready: Any) -> None:
    page = ready.press("calibrate_go").finish()
    page.at.selectbox(key="drawn").set_value("random_live")
    assert "only if these labels were drawn at random" in page.run().words()


def test_looking_at_the_same_labels_again_is_said_and_stays_with_the_policy(ready: Any) -> None:
    again = "fitted on these labels 2 times"
    first = ready.press("calibrate_go").finish()
    assert again not in first.words()
    first.at.slider(key="precision").set_value(80)
    second = first.run().press("calibrate_go").finish()
    assert again in second.words()
    assert "Label fresh pairs" in second.words()
    second.press("policy_save")
    assert resources.store().policies.list()[0].policy.settings["fits"] == 2
    second.at.slider(key="precision").set_value(90)
    back = second.run().press("calibrate_go").finish()  # an outcome from before the second look
    assert again in back.words()
    assert again in back.go("policies/versions").words()


@pytest.mark.parametrize(
    ("draw", "share", "shown", "remark"),
    [
        ("random_live", None, True, ""),
        ("unknown", None, True, "hold for live pairs **only if** the labels"),
        ("balanced", None, False, "is not shown: the labels of this policy"),
        ("balanced", 20.0, True, "to live pairs of which 20% mean the same"),
    ],
)
def test_the_compare_page_says_how_likely_a_pair_is_the_same(
    ready: Any, draw: str, share: float | None, shown: bool, remark: str
) -> None:
    ready.at.selectbox(key="drawn").set_value(draw)
    page = ready.run()
    if share is not None:
        page.at.number_input(key="known_share").set_value(share)
    page = page.run().press("calibrate_go").finish().press("policy_publish").go("compare")
    said = page.press("example_1").words()
    lines = re.findall(r"\d+ of 100 such pairs mean the same \(\d+–\d+\)", said)
    assert len(lines) == (4 if shown else 0)
    assert remark in said
    assert ("is not shown: the labels" in said or "These shares" in said) == bool(remark)
