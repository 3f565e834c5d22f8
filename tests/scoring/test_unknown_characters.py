"""Characters that the model does not know: said on every score, and never a reason to merge."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from calibration.corpus import deduplicate_texts, manual, match_texts
from calibration.corpus.matches import ANSWERED, NO_ANSWER
from calibration.decide import decide, tier_of
from calibration.encoding import CachedEncoder
from calibration.policies.policy import DomainPolicy, Policy
from calibration.scoring.score_grid import score_grid, text_facts
from calibration.scoring.score_pairs import score_pairs, score_texts

RARE, OTHER = "李䶮的账户", "李㛃的账户"


def a_policy(encoder: CachedEncoder, **thresholds: float | None) -> Policy:
    return Policy({"bank": DomainPolicy(thresholds)}, fingerprint=encoder.fingerprint, cleaner="1")


def test_the_characters_are_named(encoder: CachedEncoder) -> None:
    texts = ["花呗怎么还款", RARE, OTHER, "给𬱖转账", "🫠", "a 🪿 b 🫠"]
    assert encoder.unknown(texts) == ["", "䶮", "㛃", "𬱖", "🫠", "🪿🫠"]


def test_every_score_says_so(encoder: CachedEncoder) -> None:
    pairs = pd.DataFrame({"text_a": [RARE, RARE, "今天"], "text_b": [OTHER, RARE, "天气"]})
    assert score_pairs(pairs, encoder)["unknown_characters"].tolist() == [True, True, False]
    (found,) = score_texts(RARE, [OTHER], encoder)
    assert (found.unknown_source, found.unknown_target, found.unseen) == ("䶮", "㛃", True)
    grid = score_grid([RARE, "李明的账户"], [OTHER, RARE, "李明的账户"], encoder)
    assert grid.scores[0, 0] > 0.9999, "the model cannot tell them apart"
    assert grid.unseen.tolist() == [[True, False, False], [False, False, False]]
    assert [fact.unknown for fact in text_facts([RARE, "今天"], encoder)] == ["䶮", ""]


@pytest.mark.parametrize(
    ("thresholds", "tier"),
    [
        ({"same": 0.9, "related": 0.8, "weak": 0.7}, "related"),
        ({"same": 0.9, "related": 0.9, "weak": None}, "related"),
        ({"same": 0.9, "related": None, "weak": 0.7}, "weak"),
        ({"same": 0.9, "related": None, "weak": None}, "unrelated"),
    ],
)
def test_unknown_characters_alone_are_never_the_same(
    encoder: CachedEncoder, thresholds: dict[str, float | None], tier: str
) -> None:
    policy = a_policy(encoder, **thresholds)
    found = decide(policy, RARE, OTHER, encoder, "bank")
    assert found.tier == tier
    assert found.probability is None
    assert found.to_json()["unknown_characters"] == {"text_a": "䶮", "text_b": "㛃"}
    assert decide(policy, RARE, RARE, encoder, "bank").tier == "same", "equal texts stay equal"
    assert tier_of(policy, 0.5, "bank", held=True) == policy.tier(0.5, "bank")


def test_such_texts_are_not_merged_nor_answered(encoder: CachedEncoder) -> None:
    clusters = deduplicate_texts([RARE, OTHER, RARE], encoder, manual(0.9))
    assert clusters.representative.tolist() == [0, 1, 0]
    matches = match_texts([OTHER], [RARE], encoder, manual(0.9))
    assert (matches.found[0].decision, matches.tiers(matches.found[0])) == (NO_ANSWER, ["below"])
    matches = match_texts([OTHER, RARE], [RARE], encoder, manual(0.9))
    assert (matches.found[0].decision, matches.found[0].rows.tolist()) == (ANSWERED, [1, 0])


def test_commands_say_so(cli: Any, encoder: CachedEncoder, tmp_path: Any) -> None:
    a_policy(encoder, same=0.9, related=0.8, weak=0.7).save(tmp_path / "p.json")
    told = cli.here("decide", tmp_path / "p.json", RARE, OTHER, "--domain", "bank").stdout
    assert told.startswith("related")
    assert "䶮" in told
    (tmp_path / "pairs.csv").write_text(f"text_a,text_b,label\n{RARE},{OTHER},0\n今天,天气,0\n", encoding="utf-8")
    told = cli.here("score", tmp_path / "pairs.csv", "-o", tmp_path / "out.csv").stdout
    assert "1 pairs have characters that the model does not know" in told
