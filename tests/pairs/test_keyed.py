"""Scored pairs from Parquet with keys in the place of texts: everything else is as from any other file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from calibration.calibrate import calibrate_scored
from calibration.certificates.score_floor import floor_record, has_floor_record, row_floors
from calibration.errors import BadRows, ColumnsMissing, EmptyInput, FileUnreadable, LabelScaleUnclear, ScoresOutside
from calibration.evaluation.evaluate_policy import evaluate
from calibration.pairs import find_duplicates, read_pairs, usable
from calibration.pairs.keyed import can_be_keyed, read_keyed
from calibration.stats.text_groups import text_groups

ROWS = 600


def scored_pairs(labels: str = "binary") -> pd.DataFrame:
    """Pairs that share texts in several spellings, with repeated, turned and contradicting ones."""
    rng = np.random.default_rng(3)
    score = rng.random(ROWS)
    same = rng.random(ROWS) < 1 / (1 + np.exp(-12 * (score - 0.5)))
    grades = {
        "binary": same.astype(int),
        "words": np.where(same, "相同", "不同"),
        "tier": np.clip(np.round(3 * score + rng.normal(0, 0.4, ROWS)), 0, 3).astype(int),
        "graded": np.clip(np.round(5 * score + rng.normal(0, 0.6, ROWS), 1), 0, 5),
    }
    frame = pd.DataFrame(
        {
            "sentence1": [
                f"How do I pay {i // 3}" if i % 2 else f" how  do I\u200b pay {i // 3} " for i in range(ROWS)
            ],
            "sentence2": [f"怎么还款{i}" for i in range(ROWS)],
            "label": grades[labels],
            "domain": np.where(np.arange(ROWS) % 4, "bank", " shop "),
            "purpose": np.where(np.arange(ROWS) % 50 == 7, "review", "calibrate"),
            "note": [f"row {i}" for i in range(ROWS)],
            "score": np.where(np.arange(ROWS) % 97 == 5, np.nan, score),
        }
    )
    again, turned, other = (frame.iloc[start : start + 12].copy() for start in (20, 60, 100))
    turned[["sentence1", "sentence2"]] = turned[["sentence2", "sentence1"]].to_numpy()
    other["label"] = other["label"].tolist()[::-1]
    return pd.concat([frame, again, turned, other], ignore_index=True)


def in_parts(frame: pd.DataFrame, folder: Path, size: int = 150) -> Path:
    folder.mkdir()
    for number, start in enumerate(range(0, len(frame), size)):
        frame.iloc[start : start + size].to_parquet(folder / f"part-{number:03d}.parquet", index=False)
    return folder


@pytest.mark.parametrize("labels", ["binary", "words", "tier", "graded"])
def test_a_folder_of_parts_gives_the_numbers_of_the_csv_of_the_same_rows(labels: str, tmp_path: Path) -> None:
    pairs = scored_pairs(labels)
    pairs.to_csv(tmp_path / "pairs.csv", index=False)
    plain = usable(read_pairs(tmp_path / "pairs.csv"), "raise")
    read = read_keyed(in_parts(pairs, tmp_path / "parts"))
    keyed = usable(read, "raise")
    assert "text_a" not in keyed.columns
    assert (read.total, read.kind) == (len(pairs), plain.kind.iloc[0])
    assert text_groups(keyed).tolist() == text_groups(plain).tolist()

    found, known = find_duplicates(keyed), find_duplicates(plain)
    assert (found.exact, found.swapped, found.conflicting) == (known.exact, known.swapped, known.conflicting)
    assert min(found.exact, found.swapped, found.conflicting) > 0
    assert found.rows.index.tolist() == known.rows.index.tolist()

    steps: list[tuple[int, int]] = []
    ours = calibrate_scored(keyed, progress=lambda done, total: steps.append((done, total)))
    theirs = calibrate_scored(plain)
    assert steps == sorted(steps)
    assert steps[-1] == (14, 14)
    assert any(one.deff > 1.0 for fit in ours.fits.values() for one in fit.certificates.values())
    for name in ("fits", "evaluation", "published", "nominal", "choices"):
        assert repr(getattr(ours, name)) == repr(getattr(theirs, name)), "repr, as NaN is not equal to itself"
    assert repr({**ours.policy.to_json(), **RANDOM}) == repr({**theirs.policy.to_json(), **RANDOM})
    assert repr(evaluate(ours.policy, keyed)) == repr(evaluate(theirs.policy, plain))


RANDOM = {"id": "", "created_at": ""}


def test_the_scale_of_the_labels_is_that_of_all_parts(tmp_path: Path) -> None:
    pairs = scored_pairs("graded").sort_values("label", ignore_index=True)
    pairs["label"] = pairs["label"].round()
    assert set(pairs["label"][:150]) <= {0.0, 1.0}, "the first part alone would be of labels 0 and 1"
    assert read_keyed(in_parts(pairs, tmp_path / "parts")).kind == "graded"


def test_a_problem_names_the_file_of_the_folder_and_the_row_there(tmp_path: Path) -> None:
    pairs = scored_pairs().astype({"label": str})
    pairs.loc[10, "sentence2"] = " \u200b"
    pairs.loc[160, "label"] = "maybe not"
    pairs.loc[301, "sentence1"] = "#N/A"
    pairs.loc[320, "sentence1"] = None
    read = read_keyed(in_parts(pairs, tmp_path / "parts"))
    assert [(one.file, one.row, one.column) for one in read.problems] == [
        ("part-000.parquet", 11, "sentence2"),
        ("part-001.parquet", 11, "label"),
        ("part-002.parquet", 2, "sentence1"),
        ("part-002.parquet", 21, "sentence1"),
    ]
    pairs.to_parquet(tmp_path / "pairs.parquet", index=False)
    plain = read_pairs(tmp_path / "pairs.parquet")
    assert [one.rule for one in read.problems] == [one.rule for one in plain.problems]
    assert (read.total, read.bad) == (plain.total, plain.bad) == (len(pairs), 4)
    with pytest.raises(BadRows, match=r"4 of 636 rows .*part-000\.parquet, row 11, column sentence2: must not"):
        usable(read, "raise")
    left = usable(read, "drop")
    assert text_groups(left).tolist() == text_groups(usable(plain, "drop")).tolist()
    assert left["score"].equals(usable(plain, "drop")["score"])


def test_only_notes_that_record_a_draw_are_kept(tmp_path: Path) -> None:
    pairs = scored_pairs()
    pairs.loc[::2, "note"] = floor_record(0.25, 7, 300, 9000)
    folder = in_parts(pairs, tmp_path / "parts")
    kept = read_keyed(folder, keep_note=has_floor_record).frame
    assert set(kept["note"]) == {"", floor_record(0.25, 7, 300, 9000)}
    assert row_floors(kept).tolist() == row_floors(pairs).tolist()


def test_what_a_folder_cannot_be(tmp_path: Path) -> None:
    pairs = scored_pairs()
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileUnreadable, match="no Parquet files"):
        read_keyed(tmp_path / "empty")
    with pytest.raises(ColumnsMissing, match="score"):
        read_keyed(in_parts(pairs.drop(columns="score"), tmp_path / "unscored"))
    mixed = in_parts(pairs, tmp_path / "mixed")
    pairs.assign(score=pairs["score"].astype(str)).to_parquet(mixed / "part-009.parquet")
    with pytest.raises(FileUnreadable, match=r"part-009\.parquet: .*differ from those of part-000\.parquet"):
        read_keyed(mixed)
    damaged = in_parts(pairs, tmp_path / "damaged")
    (damaged / "part-001.parquet").write_bytes((damaged / "part-000.parquet").read_bytes()[:-300])
    with pytest.raises(FileUnreadable, match=r"part-001\.parquet: .*damaged"):
        read_keyed(damaged)
    with pytest.raises(ScoresOutside, match="percent"):
        read_keyed(in_parts(pairs.assign(score=100 * pairs["score"]), tmp_path / "percent"))
    with pytest.raises(EmptyInput):
        read_keyed(_of_no_rows(tmp_path, pairs))
    with pytest.raises(LabelScaleUnclear):
        read_keyed(in_parts(pairs.assign(label=np.arange(len(pairs)) % 10), tmp_path / "ten"))


def _of_no_rows(folder: Path, pairs: pd.DataFrame) -> Path:
    path = folder / "none.parquet"
    pairs.iloc[:0].to_parquet(path, index=False)
    return path


def test_files_that_a_folder_may_hold_besides_are_left_alone(tmp_path: Path) -> None:
    folder = in_parts(scored_pairs(), tmp_path / "parts")
    (folder / "_SUCCESS").touch()
    (folder / "_metadata.parquet").write_bytes(b"none")
    (folder / "readme.txt").write_text("how these were made")
    assert read_keyed(folder).total == len(scored_pairs())


def test_which_files_can_be_read_by_keys(tmp_path: Path) -> None:
    pairs = scored_pairs()
    paths = {name: tmp_path / f"{name}.parquet" for name in ("scored", "unscored", "lists")}
    pairs.to_parquet(paths["scored"])
    pairs.drop(columns="score").to_parquet(paths["unscored"])
    pairs.assign(label=[[label] for label in pairs["label"]]).to_parquet(paths["lists"])
    pairs.to_csv(tmp_path / "pairs.csv")
    assert {name: can_be_keyed(path) for name, path in paths.items()} == {
        "scored": True,
        "unscored": False,
        "lists": False,
    }
    assert not can_be_keyed(tmp_path / "pairs.csv")
    assert not can_be_keyed(tmp_path / "missing.parquet")
