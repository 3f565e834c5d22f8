"""Texts to encode: short questions, a few long texts among them; and labelled pairs to judge quality by."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
LONG_SHARE = 0.02
LONG_CHARACTERS = (300, 480)


def short_texts(count: int, seed: int = 0) -> list[str]:
    """Distinct texts of the sample datasets, numbered where there are not enough."""
    found: dict[str, None] = {}
    for path in sorted((ROOT / "datasets").glob("*/pairs.csv")):
        with path.open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                found |= {row[name]: None for name in ("text_a", "text_b") if len(row[name]) <= 40}
    texts = list(found)
    np.random.default_rng(seed).shuffle(texts)
    return [texts[at] if at < len(texts) else f"{texts[at % len(texts)]}{at}" for at in range(count)]


def mixed_texts(count: int, seed: int = 0) -> list[str]:
    """The same with 2% long ones, made of several put together."""
    rng, texts = np.random.default_rng(seed), short_texts(count, seed)
    for at in rng.choice(count, max(1, round(count * LONG_SHARE)), replace=False):
        texts[at] = "".join(rng.choice(texts, 60))[: rng.integers(*LONG_CHARACTERS)]
    return texts


def labelled(data: Path | None, limit: int) -> tuple[str, pd.DataFrame]:
    """Random pairs of LCQMC where they are at hand, else those of the sample datasets."""
    import pandas as pd

    from calibration.pairs import load_pairs

    path = data / "lcqmc_dev.txt" if data else None
    if path is not None and path.exists():
        pairs = load_pairs(str(path), domain="d")
        return "LCQMC", pairs.sample(min(limit, len(pairs)), random_state=0).reset_index(drop=True)
    paths = sorted((ROOT / "datasets").glob("*/pairs.csv"))
    frames = [load_pairs(str(path), domain="d") for path in paths]
    together = pd.concat(frames, ignore_index=True)
    return "datasets/", together.sample(min(limit, len(together)), random_state=0).reset_index(drop=True)
