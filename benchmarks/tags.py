"""`python -m benchmarks.tags`: how well tags recognise what makes the hard sample pairs hard.

Each pair of `bank`, `ecommerce` and `legal` carries a note that names one phenomenon; notes were written with the
pairs, not made from tags. Recall: of the pairs with such a note, those with the tag. Precision: of the pairs with
the tag, those whose note names it; a pair may differ in a second thing that its note does not name, so this is a
lower bound. False alarms: pairs labelled `same` that are tagged, which are wrong for certain.

`--guards [--data DIR]`: what guards do on labelled pairs scored by the bundled model, set by set, instead.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Final

import pandas as pd

from calibration import load_encoder, score_pairs
from calibration.columns import SAME as SAME_TIER
from calibration.evaluation.cross_validation import cross_validate
from calibration.fitting.fit import FitSettings
from calibration.fitting.guards import spend_labels
from calibration.fitting.sample import DomainSample
from calibration.pairs import deduplicate, load_pairs, positives
from calibration.stats.formatting import interval
from calibration.stats.intervals import proportion
from calibration.text.differences import DATES, ENTITIES, NEGATION, NUMBERS, OPPOSITES, pair_tags
from calibration.text.guards import GUARDS, held_pairs

ROOT = Path(__file__).resolve().parents[1]
SETS = ("bank", "ecommerce", "legal")
NOTES = {
    NEGATION: ("negation",),
    OPPOSITES: ("direction",),
    NUMBERS: ("amount", "date"),
    DATES: ("amount", "date"),
    ENTITIES: ("name",),
}
"""The notes of each tag. Three days and three months differ in a number, whatever the note calls it."""
SAME = 3


def tagged() -> pd.DataFrame:
    """All pairs, with a column for each tag."""
    parts = [load_pairs(ROOT / "datasets" / name / "pairs.csv") for name in SETS]
    rows = pd.concat(parts, ignore_index=True)
    found = [pair_tags(a, b) for a, b in zip(rows["text_a"], rows["text_b"], strict=True)]
    return rows.assign(**{tag: [tag in tags for tags in found] for tag in NOTES})


def table(rows: pd.DataFrame) -> str:
    """The result as Markdown."""
    lines = ["| tag | notes | recall | precision at least | pairs labelled same, tagged |", "|---|---|---|---|---|"]
    same = rows["label"] == SAME
    for tag, notes in NOTES.items():
        meant, given = rows["note"].isin(notes), rows[tag]
        hits = int((meant & given).sum())
        cells = (
            proportion(hits, int(meant.sum()), 0.9),
            proportion(hits, int(given.sum()), 0.9),
            proportion(int((given & same).sum()), int(same.sum()), 0.9),
        )
        lines.append(f"| {tag} | {', '.join(notes)} | " + " | ".join(map(interval, cells)) + " |")
    return "\n".join(lines)


GUARDED: Final = {
    **{f"datasets/{name}": 0.8 for name in ("bank", "ecommerce", "legal", "service")},
    "lcqmc_dev.txt": 0.9,
    "bq_dev.csv": 0.8,
    "afqmc_dev.jsonl": 0.6,
    "stsb_dev_gb18030.csv": 0.6,
}
"""Sets that guards are tried on, each with its target; files of `--data` where they are there."""
SCORES: Final = Path(tempfile.gettempdir()) / "simtier-benchmark"


def print_guards(data: Path | None) -> None:
    """What each guard holds back in each set, and what `fit --guards auto` makes of it, as Markdown."""
    head = ["set (target)", "pairs", *(f"{name}: held / same" for name in GUARDS), "chosen", "certified recall"]
    print(f"| {' | '.join(head)} |", "|" + "---|" * len(head), sep="\n")
    for name, target in GUARDED.items():
        path = ROOT / name / "pairs.csv" if "/" in name else (data / name if data else None)
        if path is not None and path.is_file():
            print(_guards_row(name, path, target), flush=True)


def _guards_row(name: str, path: Path, target: float) -> str:
    pairs, _ = deduplicate(load_pairs(path, on_bad_rows="drop", domain=name))
    scored = score_pairs(pairs.assign(domain=name), load_encoder(cache_dir=SCORES))
    same = positives(scored, SAME_TIER)
    held = [held_pairs([guard], scored["text_a"], scored["text_b"]) for guard in GUARDS]
    settings = FitSettings(target)
    choices, left = spend_labels(scored, settings)
    guards = choices[name].guards
    samples = (DomainSample.of(left, names) for names in ((), guards))
    before, after = (cross_validate(sample, settings, name).tier(SAME_TIER) for sample in samples)
    shares = [f"{int(one.sum())} / {int((same[one] == 1.0).sum())}" for one in held]
    recalls = [f"{found.recall.value:.3f}" for found in (before, after) if found is not None]
    cells = [f"{name} ({target:g})", str(len(scored)), *shares, ", ".join(guards) or "none", " to ".join(recalls)]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Print one of the two tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tags", description=__doc__)
    parser.add_argument("--guards", action="store_true", help="what guards do on labelled pairs, instead")
    where = "with --guards: a folder with lcqmc_dev.txt, bq_dev.csv, afqmc_dev.jsonl, stsb_dev_gb18030.csv"
    parser.add_argument("--data", type=Path, help=where)
    asked = parser.parse_args()
    if asked.guards:
        print_guards(asked.data)
    else:
        print(table(tagged()))


if __name__ == "__main__":
    main()
