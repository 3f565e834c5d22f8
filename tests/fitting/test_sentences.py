"""Sentences of the library: in both languages, with their values, formatted by the page that shows them."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from babel.messages.pofile import read_po

from calibration.evaluation.tier_metrics import evaluate_thresholds
from calibration.fitting import names
from calibration.fitting import sentences as words
from calibration.fitting.fit import FitSettings, fit_domain

LIBRARY = Path(words.__file__).parents[1]


def rows(n: int = 400, kind: str = "binary", top: float = 1.0) -> pd.DataFrame:
    scores = np.linspace(0, 1, n)
    labels = np.where(scores >= 0.5, top, 0.0)
    frame = {"text_a": [f"a{i}" for i in range(n)], "text_b": [f"b{i}" for i in range(n)], "score": scores}
    return pd.DataFrame({**frame, "label": labels, "kind": kind, "domain": "bank"})


def told(data: pd.DataFrame, locale: str = "en", **asked: float) -> list[str]:
    settings = FitSettings(**asked)
    fit = fit_domain(data, settings)
    judged = evaluate_thresholds(data, fit.thresholds, domain="bank")
    return [line.explain(locale) for line in words.promises(fit.certificates, judged, settings.confidence)]


def test_what_is_certified_is_said_with_its_numbers() -> None:
    same, below = told(rows())
    assert same.startswith("bank: can merge from 0.")
    assert "at least 90% of these pairs mean the same (confidence 90%, 400 labels)" in same
    assert "pairs below 0." in below


def test_too_few_labels_and_no_threshold_are_said_so() -> None:
    few = told(rows(20), precision=0.99)[0]
    assert "20 labels are too few to guarantee that 99% of the merged pairs mean the same" in few
    worst_on_top = rows().assign(label=lambda frame: (frame["score"] < 0.5).astype(float))
    assert "90% of the merged pairs mean the same is out of reach" in told(worst_on_top)[0]


def test_not_provable_yet_is_never_called_out_of_reach() -> None:
    # The top 55 are all right, which is too few to prove 95% beside everything below them.
    data = rows().assign(label=lambda frame: ((frame["score"] >= 0.865) | (np.arange(400) % 2 == 0)).astype(float))
    for locale, verdict in (("en", "not provable yet"), ("zh_CN", "还证明不了")):
        said = told(data, locale, precision=0.95)[0]
        assert verdict in said
        assert "out of reach" not in said


def test_a_guarantee_that_takes_everything_or_nearly_nothing_is_called_so() -> None:
    assert "No threshold is needed" in " ".join(told(rows().assign(label=1.0)))
    few = rows().assign(label=lambda frame: ((frame["score"] >= 0.9) | (np.arange(400) % 2 == 0)).astype(float))
    said = " ".join(told(few, precision=0.7, claim="tier"))
    assert "of little use" not in said
    rare = rows(4000).assign(label=lambda data: ((data["score"] >= 0.98) | (np.arange(4000) % 2 == 0)) * 1.0)
    assert "of little use: it finds only" in " ".join(told(rare, precision=0.9))


def test_recall_above_a_floor_is_not_called_recall_of_all_pairs() -> None:
    drawn = rows().query("score >= 0.3").assign(note="drawn at random: floor=0.300000 seed=0 n=280 of=600")
    said = " ".join(told(drawn))
    assert "drawn at 0.300000 or above" in said
    assert "cannot be read from these labels" in said
    assert "cannot be read" not in " ".join(told(rows()))


def test_chinese_says_the_same_numbers() -> None:
    english, chinese = told(rows()), told(rows(), "zh_CN")
    assert chinese[0].startswith("bank：")
    for one, other in zip(english, chinese, strict=True):
        assert one.split("0.")[1][:3] == other.split("0.")[1][:3]


def test_values_are_dressed_by_who_shows_them() -> None:
    data = rows()
    fit = fit_domain(data, FitSettings())
    judged = evaluate_thresholds(data, fit.thresholds, domain="<b>")
    line = words.promises(fit.certificates, judged, 0.9)[0]
    shown = line.explain("en", lambda name, value: f"[{name}]" if name in ("domain", "tier") else value)
    assert shown.startswith("[domain]: [tier] from 0.")
    assert "mean the same (confidence" in shown


def test_the_evidence_of_the_mirrored_promise_speaks_of_pairs_that_are_the_same() -> None:
    fit = fit_domain(
        rows().assign(label=lambda frame: (frame["score"] >= 0.4).astype(float)), FitSettings(fpr=0.05)
    )
    assert fit.certificates["same"].certified
    assert fit.certificates["unrelated"].certified
    same, below = (words.evidence(tier, fit.certificates[tier]) for tier in ("same", "unrelated"))
    assert "of 160 negatives get in, false positive rate" in same.explain("en")
    assert "of 240 positives are ignored, false negative rate" in below.explain("en")
    assert "漏合并率" in below.explain("zh_CN")
    assert "误合并率" in same.explain("zh_CN")


def test_labels_that_certify_nothing_are_counted_alike_from_both_sides() -> None:
    worst_on_top = rows().assign(label=lambda frame: (frame["score"] < 0.4).astype(float))
    found = fit_domain(worst_on_top, FitSettings()).certificates
    said = [words.evidence(tier, found[tier]).explain("en") for tier in ("same", "unrelated")]
    assert said == ["160 of 400 labels are positive"] * 2


@pytest.mark.parametrize(
    ("label", "kind", "name"),
    [
        (0, "binary", "意思不同"),
        (np.float64(1), "binary", "意思相同"),
        (2, "tier", "中等相关"),
        (4, "graded", "4 分（满分 5）"),
    ],
)
def test_labels_have_names(label: float, kind: str, name: str) -> None:
    assert names.label_name(label, kind, "zh_CN") == name


def messages() -> set[str]:
    """What the library marks for its catalogue."""
    found = set()
    for path in LIBRARY.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "N_":
                found |= {argument.value for argument in node.args if isinstance(argument, ast.Constant)}
    for page in LIBRARY.rglob("templates/*.html"):
        found |= set(re.findall(r'\bt\("([^"]+)"', page.read_text(encoding="utf-8")))
    return found


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_message_of_the_library_has_its_chinese_with_the_same_fields() -> None:
    with (LIBRARY / "locales" / "zh_CN.po").open("rb") as file:
        known = {str(message.id): str(message.string) for message in read_po(file, locale="zh_CN") if message.id}
    said = messages()
    assert len(said) > 100
    assert sorted(said - {key for key, text in known.items() if text}) == []
    assert {key for key in said if fields(key) != fields(known[key])} == set()
