"""Draw the labelled pairs of datasets/service from its intents.

A customer's message meets one question of the FAQ: its own, the wrong one that a keyword search finds first,
another one of the same topic, or one of another topic. Run this again after editing `intents.csv`; the same intents
always give the same pairs.
"""

from __future__ import annotations

import argparse
import csv
import random
from itertools import pairwise
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parent.parent / "datasets" / "service"
PAIRS: Final = 1_200
SEED: Final = 0
OWN: Final = 0.42
KEYWORD: Final = 0.12
SAME_TOPIC: Final = 0.16
COLUMNS: Final = ("id", "text_a", "text_b", "label", "domain", "note")

Text = dict[str, str]


def read_intents(path: Path) -> list[Text]:
    """The rows of intents.csv: intent, topic, families, role and text."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sample_pairs(texts: list[Text], pairs: int = PAIRS, seed: int = SEED) -> list[tuple[str, ...]]:
    """`pairs` messages in random order, each with one question and the label that their intents give.

    Different intents of one family ("cancel an order" of a shop, of a taxi) are never drawn together: without its
    context such a message may mean either, so its label would be a guess.
    """
    generator = random.Random(seed)  # noqa: S311 - a reproducible draw, no secret
    messages = [text for text in texts if text["role"] == "message"]
    questions = [text for text in texts if text["role"] == "question"]
    rows = []
    for number, message in enumerate(generator.sample(messages, pairs), start=1):
        question, note = _question(message, questions, generator)
        label = str(int(message["intent"] == question["intent"]))
        rows.append((f"sv-{number:04}", message["text"], question["text"], label, "service", note))
    return rows


def _question(message: Text, questions: list[Text], generator: random.Random) -> tuple[Text, str]:
    draw = generator.random()
    others = [q for q in questions if q["intent"] != message["intent"] and not _families(q) & _families(message)]
    far = [question for question in others if question["topic"] != message["topic"]]
    if not message["intent"]:
        return generator.choice(far), "no_answer"
    if draw < OWN:
        return next(question for question in questions if question["intent"] == message["intent"]), ""
    if draw < OWN + KEYWORD:
        best = max(others, key=lambda question: shared_bigrams(message["text"], question["text"]))
        found = shared_bigrams(message["text"], best["text"]) > 0
        return (best, "keyword") if found else (generator.choice(far), "")
    if draw < OWN + KEYWORD + SAME_TOPIC:
        near = [question for question in others if question["topic"] == message["topic"]]
        return generator.choice(near), "same_topic"
    return generator.choice(far), ""


def shared_bigrams(text: str, other: str) -> float:
    """The Dice coefficient of the pairs of neighbouring characters, as a plain keyword search ranks."""
    a, b = _bigrams(text), _bigrams(other)
    return 2 * len(a & b) / (len(a) + len(b)) if a or b else 0.0


def _bigrams(text: str) -> set[str]:
    letters = [character for character in text.lower() if character.isalnum()]
    return {first + second for first, second in pairwise(letters)}


def _families(text: Text) -> set[str]:
    return set(filter(None, text["families"].split("; ")))


def main() -> None:
    """Write the pairs; with another seed, a fresh draw to test a policy on."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--output", type=Path, default=FOLDER / "pairs.csv")
    parser.add_argument("--seed", type=int, default=SEED)
    args = parser.parse_args()
    rows = sample_pairs(read_intents(FOLDER / "intents.csv"), seed=args.seed)
    with args.output.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *rows])


if __name__ == "__main__":
    main()
