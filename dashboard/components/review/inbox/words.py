"""A case of the inbox in words, and the keys that decide it."""

from __future__ import annotations

from calibration.columns import NOT_SAME, TIERS, shown_tier
from calibration.store.reviews.reviews import (
    CONFIRM,
    GIVE_UP,
    NOTE,
    REJECT,
    RIGHT_TIER,
    SKIP,
    UNDO,
    ReviewCase,
    model_was_right,
)
from dashboard.components.review.cases.names import CaseWords, expectation_name, source_name, tag_names
from dashboard.components.shared.answer_queue import Board, Item, Key
from dashboard.i18n import t, tier_name

YES = "Y"
TIER_KEYS = tuple(str(place + 1) for place in range(len(TIERS)))


def item(one: ReviewCase, words: CaseWords) -> Item:
    """A case with what it was judged, what was expected, and by whom."""
    case = one.case
    head = [case.domain, source_name(case.source), case.reporter, tag_names(case.tags)]
    judged = tier_name(words(case.tier_given, case.domain, case.thresholds)) if case.tier_given else "–"
    facts = [t("judged {given}", given=judged)]
    if case.score is not None:
        facts.append(t("score {score}", score=f"{case.score:.4f}"))
    if case.margin is not None and case.margin > 0:
        facts.append(t("off by {margin}", margin=f"{case.margin:.4f}"))
    lines = [(" · ".join(facts), "")]
    if case.conflict:
        lines.append((t("Conflict: the reports contradict each other. Press the right tier."), "bad"))
        lines += [
            (_opinion(said.reporter, words(said.expected, case.domain), said.note), "bad") for said in one.opinions
        ]
    else:
        lines.append((_opinion(case.reporter, words(case.expected, case.domain), case.note), "strong"))
    if model_was_right(case.expected, case.tier_given) and not case.conflict:
        lines.append((t("It is now judged as expected; press N to close it."), "warn"))
    return Item(
        case.id,
        case.text_a,
        case.text_b,
        " · ".join(part for part in head if part),
        lines,
        (*((YES,) if case.conflict else ()), *(TIER_KEYS[1:] if words.binary(case.domain) else ())),
        case.note,
    )


def _opinion(reporter: str, expected: str, note: str) -> str:
    """Who expected what, and why."""
    said = t("{who} expected: {expected}", who=reporter or t("somebody"), expected=expectation_name(expected))
    return f"{said} — {note}" if note else said


def board(waiting: int, held: int, binary: bool) -> Board:
    """The keys: yes and no, the right tier, and the rest. binary: no case here has labels that tell four tiers."""
    answers = [*TIERS[:1]] if binary else [*TIERS]
    tiers = [
        Key(key, RIGHT_TIER, tier_name(shown_tier(tier, binary)), tier)
        for key, tier in zip(TIER_KEYS, answers, strict=False)
    ]
    empty = (
        t("Other reviewers have the remaining cases. Check again later.")
        if held
        else t("No new case. What users, files and the API report arrives here.")
    )
    return Board(
        keys=(
            Key(YES, CONFIRM, t("Report is right")),
            Key("N", REJECT, t("Policy was right")),
            *tiers,
            Key("0", RIGHT_TIER, expectation_name(NOT_SAME), NOT_SAME),
            Key("W", GIVE_UP, t("Won't fix"), tone="quiet"),
            Key("S", SKIP, t("Skip"), tone="quiet"),
        ),
        back=Key("U", UNDO, t("Undo")),
        note=Key("E", NOTE, t("Note")),
        counted=(CONFIRM, REJECT, RIGHT_TIER, GIVE_UP),
        done=0,
        total=waiting,
        empty=empty,
        undo=True,
        count=t("{done} of {total} decided"),
    )
