"""Options for how labelled pairs were sampled, and for the live share of positives."""

from __future__ import annotations

import argparse
from typing import Final

from calibration.certificates.sampling_design import BALANCED, MINED, RANDOM_LIVE
from calibration.errors import N_, BadArgument

DRAWS: Final = {"random": RANDOM_LIVE, "balanced": BALANCED, "mined": MINED}
"""How `--drawn` says that pairs were drawn."""
HOW: Final = "how the pairs were drawn: at random from live ones, balanced by label, or searched for"


def add_sampling(parser: argparse.ArgumentParser, live: str, drawn: str = HOW) -> None:
    """`--drawn` and `--live`, with what they mean for this command."""
    parser.add_argument("--drawn", choices=tuple(DRAWS), help=drawn)
    parser.add_argument("--live", type=float, metavar="SHARE", help=live)


def check_live(share: float | None) -> None:
    """Raise BadArgument for a share that no live stream has."""
    if share is not None and not 0.0 < share < 1.0:
        raise BadArgument("--live", N_("above 0 and below 1"), share)
