"""`python -m benchmarks.models MODEL...`: models side by side, by what they find at a certified precision.

The pairs of a set are split in two, pairs that share a text staying together. One half certifies a threshold; the
other says which recall and precision it has there. So nothing is chosen and judged on the same pairs, and scales of
models do not matter.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from calibration import certify_precision, load_encoder, load_pairs, score_pairs
from calibration.columns import SAME, SCORE
from calibration.evaluation.ranking import rank_quality
from calibration.pairs.positive import positives
from calibration.stats.intervals import Estimate, Proportion, proportion
from calibration.stats.text_groups import text_groups

ROOT = Path(__file__).resolve().parents[2]
PUBLIC = {
    "LCQMC": "lcqmc_dev.txt",
    "BQ": "bq_dev.csv",
    "AFQMC": "afqmc_dev.jsonl",
    "STS-B": "stsb_dev_gb18030.csv",
}
RESAMPLES = 200
NAMES = {"insufficient_labels": "not provable yet", "not_certifiable": "out of reach"}


@dataclass(frozen=True)
class Row:
    """A model on a set: `n` labels, how well it ranks, what half of them certify and the other half measures."""

    data: str
    model: str
    n: int
    auc: Estimate
    scores: tuple[float, float]
    status: str
    threshold: float | None
    recall: Proportion
    precision: Proportion


def sets(data: Path | None, most: int, seed: int) -> Iterator[tuple[str, pd.DataFrame]]:
    """The shipped sets, then the public files that are there; of a large set, `most` pairs drawn at random."""
    files = [(path.parent.name, path) for path in sorted((ROOT / "datasets").glob("*/pairs.csv"))]
    files += [(name, data / file) for name, file in PUBLIC.items() if data and (data / file).is_file()]
    for name, path in files:
        pairs = load_pairs(path)
        yield name, pairs if len(pairs) <= most else pairs.sample(most, random_state=seed).reset_index(drop=True)


def judge(name: str, model: str, scored: pd.DataFrame, target: float, confidence: float, seed: int) -> Row:
    """Certify on one half of the groups of shared texts, measure on the other."""
    rows = scored.assign(domain=name)
    flags, scores = positives(rows, SAME), rows[SCORE].to_numpy(np.float64)
    known = np.isfinite(flags) & np.isfinite(scores)
    groups = text_groups(rows)
    ids = np.unique(groups)
    first = np.isin(groups, np.random.default_rng(seed).permutation(ids)[: len(ids) // 2])
    fit, held = known & first, known & ~first
    found = certify_precision(scores[fit], flags[fit], target, confidence)
    above = held & (scores >= (np.inf if found.threshold is None else found.threshold))
    right, wanted = int((flags[above] == 1).sum()), int((flags[held] == 1).sum())
    return Row(
        name,
        model,
        int(known.sum()),
        rank_quality(rows, confidence=confidence, resamples=RESAMPLES, seed=seed).auc,
        (float(scores[known].min()), float(scores[known].max())),
        found.status,
        found.threshold,
        proportion(right, wanted, confidence),
        proportion(right, int(above.sum()), confidence),
    )


def table(rows: Sequence[Row], target: float) -> str:
    """Markdown, a line a set and model."""
    head = f"| set | model | n | AUC | scores | threshold at {target:g} | recall there | precision there |"
    lines = [head, "|---|---|---:|---|---|---|---|---|"]
    for row in rows:
        certified = row.status == "certified" and row.threshold is not None
        spread = f"{row.scores[0]:.2f} to {row.scores[1]:.2f}"
        at = f"{row.threshold:.4f}" if certified else NAMES[row.status]
        shares = [_share(row.recall), _share(row.precision)] if certified else ["–", "–"]
        auc = f"{row.auc.value:.3f} ({row.auc.low:.3f}-{row.auc.high:.3f})"
        lines.append(f"| {row.data} | {row.model} | {row.n} | {auc} | {spread} | {at} | {' | '.join(shares)} |")
    return "\n".join(lines)


def _share(share: Proportion) -> str:
    return f"{share.value:.3f} ({share.low:.3f}-{share.high:.3f}, n={share.n})" if share.n else "–"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    option = parser.add_argument
    option("models", metavar="MODEL", nargs="+", help="names, folders or addresses, as for `simtier --model`")
    option("--data", type=Path, help="folder with public files: " + ", ".join(PUBLIC.values()))
    option("--target", type=float, default=0.8, help="precision to certify (default %(default)s)")
    option("--confidence", type=float, default=0.9, help="of certificates and intervals (default %(default)s)")
    option("--pairs", type=int, default=3000, help="of a set at most (default %(default)s)")
    option("--seed", type=int, default=0)
    chosen = parser.parse_args()
    rows = []
    encoders = {name: load_encoder(name) for name in chosen.models}
    for name, pairs in sets(chosen.data, chosen.pairs, chosen.seed):
        for model, encoder in encoders.items():
            print(f"{name}: {model}, {len(pairs)} pairs", file=sys.stderr)
            scored = score_pairs(pairs, encoder)
            rows.append(judge(name, model, scored, chosen.target, chosen.confidence, chosen.seed))
    print(table(rows, chosen.target))


if __name__ == "__main__":
    main()
