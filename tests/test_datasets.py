"""The sample datasets are what their cards say."""

from __future__ import annotations

import importlib
import re
from collections import Counter
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from calibration import fit_policy, load_pairs, score_pairs
from calibration.columns import TIERS
from calibration.encoding import Encoder
from calibration.pairs import find_duplicates
from dashboard.components.compare.form import EXAMPLES
from dashboard.components.shared.glosses import gloss

HERE = Path(__file__).parent.parent / "datasets"
NAMES = sorted(path.parent.name for path in HERE.glob("*/pairs.csv"))
HARD = sorted(set(NAMES) - {"service"})


@pytest.fixture
def tool(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(HERE.parent))
    return importlib.import_module("tools.sample_service_pairs")


def table(card: str, header: str) -> dict[str, int]:
    """The rows of the Markdown table whose header is `| header | pairs |`."""
    found = re.search(rf"\| {header} \| pairs \|\n\|[-| ]+\|\n((?:\|.*\|\n?)+)", card)
    assert found, header
    cells = [line.strip("|").split("|") for line in found[1].strip().splitlines()]
    return {name.strip(): int(count) for name, count in cells}


def raw(name: str) -> pd.DataFrame:
    return pd.read_csv(HERE / name / "pairs.csv", dtype=str, keep_default_na=False)


def test_three_hard_sets_and_one_like_traffic_are_shipped() -> None:
    assert NAMES == ["bank", "ecommerce", "legal", "service"]


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
    assert set(labels) == (set(TIERS) if name in HARD else {"0", "1"})
    assert table(card, "phenomenon") == {k: v for k, v in Counter(pairs["note"]).items() if k}


@pytest.mark.parametrize("name", HARD)
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
        assert re.search(rf"\| \[{name}\]\({name}/CARD.md\) \|[^|]*\| {len(raw(name)):,} \|", text)


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


def test_service_pairs_are_drawn_from_their_intents(tool: ModuleType) -> None:
    texts = tool.read_intents(HERE / "service" / "intents.csv")
    rows = pd.DataFrame(tool.sample_pairs(texts), columns=list(tool.COLUMNS))
    pd.testing.assert_frame_equal(rows, raw("service"))


def test_service_reads_like_traffic() -> None:
    pairs = raw("service")
    intents = pd.read_csv(HERE / "service" / "intents.csv", dtype=str, keep_default_na=False)
    assert len(pairs) >= 1_200
    assert pairs["text_a"].is_unique  # a message is asked once; a question of the FAQ is found again and again
    assert 0.35 <= (pairs["label"] == "1").mean() <= 0.5
    assert ((pairs["label"] == "0") & pairs["note"].isin(["keyword", "same_topic"])).sum() >= 200
    known = intents[intents["intent"] != ""].groupby("intent")
    assert known.ngroups >= 250
    assert (known["role"].agg(lambda roles: list(roles).count("question")) == 1).all()
    assert (known.size() >= 4).all()
    assert intents["text"].is_unique


def test_the_bundled_model_certifies_same_on_service(encoder: Encoder) -> None:
    policy = fit_policy(score_pairs(load_pairs(HERE / "service" / "pairs.csv"), encoder), precision=0.9)
    fitted = policy.domains["service"]
    certificate = fitted.certificates["same"]
    assert certificate.status == "certified"
    positive = int((raw("service")["label"] == "1").sum())
    assert (certificate.n_above - certificate.false_positives) / positive >= 0.5


def test_texts_have_an_english_gloss() -> None:
    glosses = pd.read_csv(HERE / "glosses.csv", dtype=str, keep_default_na=False)
    intents = pd.read_csv(HERE / "service" / "intents.csv", dtype=str, keep_default_na=False)
    assert glosses["text"].is_unique
    assert set(intents["text"]) <= set(glosses["text"])
    for name in NAMES:
        pairs = raw(name)
        assert {*pairs["text_a"], *pairs["text_b"]} <= set(glosses["text"]), name
    for file, columns in (
        ("titles/titles", ["title"]),
        ("faq/faq", ["question", "answer"]),
        ("faq/queries", ["query"]),
    ):
        rows = pd.read_csv(HERE / f"{file}.csv", dtype=str, keep_default_na=False)
        assert {text for column in columns for text in rows[column]} <= set(glosses["text"]), file
    assert glosses["english"].str.fullmatch(r"[ -~]+").all()


def test_every_compare_example_has_an_english_gloss() -> None:
    glosses = set(pd.read_csv(HERE / "glosses.csv", dtype=str, keep_default_na=False)["text"])
    shown = {text for _, _, source, targets in EXAMPLES for text in (source, *targets.split("\n"))}
    assert shown <= glosses


@pytest.mark.parametrize(("locale", "expected"), [("en", "Does the hotel have parking?"), ("zh_CN", None)])
def test_glosses_are_for_english_pages(monkeypatch: pytest.MonkeyPatch, locale: str, expected: str | None) -> None:
    monkeypatch.setattr("dashboard.state.locale", lambda: locale)
    assert gloss("酒店有停车场吗？") == expected
    assert gloss("not a sample") is None
