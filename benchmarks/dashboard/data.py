"""A dataset of any size from the sample texts: real sentences in ordered pairs, labels by shared characters.

A million pairs of a thousand distinct texts are scored with the real model in the time that a thousand texts take,
and are a million rows to everything behind it.
"""

from __future__ import annotations

from itertools import islice, product
from pathlib import Path

import numpy as np
import pandas as pd

from calibration.pairs import load_pairs

DOMAINS = ("bank", "ecommerce", "legal")


def texts(folder: Path) -> list[str]:
    """The distinct texts of the sample datasets."""
    frames = [load_pairs(folder / name / "pairs.csv") for name in DOMAINS]
    return sorted({text for frame in frames for text in (*frame["text_a"], *frame["text_b"])})


def pairs(folder: Path, rows: int, seed: int = 0, domains: tuple[str, ...] = DOMAINS) -> pd.DataFrame:
    """`rows` ordered pairs of sample texts over these domains, four tiers by the share of shared characters."""
    found = texts(folder)
    if rows > len(found) ** 2 - len(found):
        raise SystemExit(f"at most {len(found) ** 2 - len(found):,} pairs can be made of the samples")
    order = np.random.default_rng(seed).permutation(len(found))
    shuffled = [found[place] for place in order]
    made = list(islice(((a, b) for a, b in product(shuffled, shuffled) if a != b), rows))
    letters = {text: frozenset(text) for text in found}
    alike = np.array([len(letters[a] & letters[b]) / len(letters[a] | letters[b]) for a, b in made])
    label = np.searchsorted(np.quantile(alike, [0.7, 0.9, 0.98]), alike, side="right").astype(float)
    frame = pd.DataFrame(made, columns=["text_a", "text_b"])
    domain = np.array(domains)[np.random.default_rng(seed + 1).integers(0, len(domains), rows)]
    return frame.assign(label=label, kind="tier", domain=domain)
