"""The sample datasets are what their cards say."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from calibration.columns import TIERS
from calibration.pairs import find_duplicates, load_pairs

HERE = Path(__file__).parent.parent / "datasets"
NAMES = sorted(path.parent.name for path in HERE.glob("*/pairs.csv"))


def table(card: str, header: str) -> dict[str, int]:
    """The rows of the Markdown table whose header is `| header | pairs |`."""
    found = re.search(rf"\| {header} \| pairs \|\n\|[-| ]+\|\n((?:\|.*\|\n?)+)", card)
    assert found, header
    cells = [line.strip("|").split("|") for line in found[1].strip().splitlines()]
    return {name.strip(): int(count) for name, count in cells}


def raw(name: str) -> pd.DataFrame:
    return pd.read_csv(HERE / name / "pairs.csv", dtype=str, keep_default_na=False)


def test_three_domains_are_shipped() -> None:
    assert {"bank", "ecommerce", "legal"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_pairs_load_without_a_problem_and_without_duplicates(name: str) -> None:
    pairs = load_pairs(HERE / name / "pairs.csv")
    found = find_duplicates(pairs)
    assert len(pairs) >= 150
    assert set(pairs["domain"]) == {name}
    assert (found.exact, found.swapped, found.conflicting) == (0, 0, 0)


@pytest.mark.parametrize("name", NAMES)
def test_card_counts_are_the_files(name: str) -> None:
    card, pairs = (HERE / name / "CARD.md").read_text(encoding="utf-8"), raw(name)
    labels = table(card, "label")
    assert labels.pop("total") == len(pairs)
    assert labels == dict(Counter(pairs["label"]))
    assert set(labels) == set(TIERS)
    assert table(card, "phenomenon") == {k: v for k, v in Counter(pairs["note"]).items() if k}


@pytest.mark.parametrize("name", NAMES)
def test_hard_negatives_are_there_and_the_limits_are_said(name: str) -> None:
    pairs = raw(name)
    hard = pairs[(pairs["label"] != "same") & (pairs["note"] != "")]
    assert len(hard) >= 50
    assert {"negation", "amount", "name", "role", "near_synonym"} <= set(hard["note"])
    assert "not sampled" in (HERE / name / "CARD.md").read_text(encoding="utf-8")
    assert (HERE / name / "pairs.csv").read_bytes()[:3] != b"\xef\xbb\xbf"


def test_readme_counts() -> None:
    text = (HERE / "README.md").read_text(encoding="utf-8")
    for name in NAMES:
        assert re.search(rf"\| \[{name}\]\({name}/CARD.md\) \|[^|]*\| {len(raw(name))} \|", text)


def test_the_titles_are_what_their_card_says() -> None:
    card = (HERE / "titles" / "CARD.md").read_text(encoding="utf-8")
    titles = pd.read_csv(HERE / "titles" / "titles.csv", dtype=str, keep_default_na=False)
    named = int((titles["group"] != "").sum())
    counts = dict(re.findall(r"^\| (named|blank|total) \| (\d+) \|$", card, re.MULTILINE))
    assert {k: int(v) for k, v in counts.items()} == {
        "named": named,
        "blank": len(titles) - named,
        "total": len(titles),
    }
    assert (titles[titles["group"] != ""].groupby("group").size() >= 2).all()


def test_every_expected_answer_is_in_the_faq() -> None:
    faq = pd.read_csv(HERE / "faq" / "faq.csv", dtype=str, keep_default_na=False)
    queries = pd.read_csv(HERE / "faq" / "queries.csv", dtype=str, keep_default_na=False)
    assert (len(faq), faq["answer_id"].nunique(), len(queries)) == (24, 21, 60)
    assert int((queries["expected"] == "").sum()) == 12
    assert set(queries["expected"]) - {""} == set(faq["answer_id"])
