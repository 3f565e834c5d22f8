"""A policy with guards where it is applied: decide, grids, deduplication, matching and FAQs."""

from __future__ import annotations

import math

import numpy as np
import pytest

from calibration.corpus import deduplicate_texts, match_texts
from calibration.corpus.faq_index import build_index
from calibration.corpus.matches import ANSWERED, NO_ANSWER
from calibration.corpus.parted import taken
from calibration.corpus.threshold import from_policy, manual
from calibration.decide import decide, decide_grid, scoring_options, tier_of
from calibration.encoding import CachedEncoder
from calibration.errors import BadArgument, GuardsNeedTexts
from calibration.policies.policy import DomainPolicy, Policy
from calibration.scoring.similarity import ScoringOptions, encode_texts
from calibration.text import guards
from calibration.text.guards import GUARD_RULES

THREE, TWELVE, LIKE_THREE = "信用卡分3期手续费多少", "信用卡分12期手续费多少", "信用卡分3期手续费是多少"


@pytest.fixture
def policy(encoder: CachedEncoder) -> Policy:
    domains = {
        "bank": DomainPolicy({"same": 0.9, "related": 0.8, "weak": None}, guards=("numbers",)),
        "open": DomainPolicy({"same": 0.9, "related": 0.8, "weak": None}),
    }
    return Policy(domains, fingerprint=encoder.fingerprint, cleaner="1", guard_rules=GUARD_RULES)


def test_texts_that_a_guard_keeps_apart_get_the_next_tier_and_no_probability(
    policy: Policy, encoder: CachedEncoder
) -> None:
    held = decide(policy, THREE, TWELVE, encoder, "bank")
    assert held.score > 0.9
    assert (held.tier, held.held, held.probability) == ("related", ("numbers",), None)
    assert held.to_json()["held"] == ["numbers"]
    free = decide(policy, THREE, TWELVE, encoder, "open")
    assert (free.tier, free.held) == ("same", ())
    assert "held" not in free.to_json()
    grid = decide_grid(policy, [THREE], [TWELVE, LIKE_THREE, "今天天气"], encoder, "bank")
    assert grid.tiers[0][:2] == ("related", "same")
    assert decide_grid(policy, [THREE], [TWELVE], encoder, "open").tiers == (("same",),)


def test_deduplication_merges_none_of_them(policy: Policy, encoder: CachedEncoder) -> None:
    texts = [THREE, TWELVE, LIKE_THREE]
    apart = deduplicate_texts(texts, encoder, from_policy(policy, encoder, "bank"))
    assert apart.representative.tolist() == [0, 1, 0]
    merged = deduplicate_texts(texts, encoder, from_policy(policy, encoder, "open"))
    assert merged.representative.tolist() == [0, 0, 0]


def test_matching_and_collections_do_not_answer_with_them(policy: Policy, encoder: CachedEncoder) -> None:
    guarded, plain = from_policy(policy, encoder, "bank"), from_policy(policy, encoder, "open")
    held = match_texts([TWELVE], [THREE], encoder, guarded)
    assert (held.found[0].decision, held.tiers(held.found[0])) == (NO_ANSWER, ["related"])
    assert match_texts([TWELVE], [THREE], encoder, plain).found[0].decision == ANSWERED
    index = build_index([THREE, LIKE_THREE], ["a", "a"], encoder, scoring_options(policy))
    assert index.match([TWELVE], encoder, guarded).found[0].decision == NO_ANSWER
    assert index.match([TWELVE], encoder, plain).found[0].decision == ANSWERED


def test_texts_are_kept_and_sent_to_workers_only_where_guards_read_them(encoder: CachedEncoder) -> None:
    texts, both = [THREE, TWELVE], np.array([0, 1])
    assert encode_texts(texts, encoder, ScoringOptions()).words is None
    guarded = encode_texts(texts, encoder, ScoringOptions(guards=("numbers",)))
    assert taken(guarded, both[::-1]).words == (TWELVE, THREE)
    plain = taken(encode_texts(texts, encoder, ScoringOptions()), both)
    with pytest.raises(GuardsNeedTexts):
        plain.held(both[:1], both[1:], ("numbers",))


def test_one_decision_asks_each_guard_once(
    policy: Policy, encoder: CachedEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []

    def counting(names: list[str], *texts: str) -> bool:
        asked.append(tuple(names))
        return guards.is_held(names, *texts)

    monkeypatch.setattr("calibration.decide.is_held", counting)
    assert decide(policy, THREE, TWELVE, encoder, "bank").tier == "related"
    assert asked == [("numbers",)]


def test_a_score_of_nan_has_no_tier_anywhere(policy: Policy, encoder: CachedEncoder) -> None:
    with pytest.raises(BadArgument, match="score"):
        tier_of(policy, math.nan, "bank")
    for threshold in (from_policy(policy, encoder, "open"), manual(0.9)):
        with pytest.raises(BadArgument, match="score"):
            threshold.tier_of(math.nan)
