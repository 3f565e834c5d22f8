"""How much one request may ask for; every limit is a SIMTIER_API_* variable."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Final

from calibration.errors import N_, TooLarge
from dashboard.options import BadOption

PREFIX: Final = "SIMTIER_API_"


@dataclass(frozen=True)
class Limits:
    """body: bytes. texts: in one request. characters: of one text. scores: sources times targets. waiting:
    requests in the queue. seconds: until an answer. body_seconds: until a body has arrived.
    """

    body: int = 8 * 1024 * 1024
    texts: int = 2048
    characters: int = 20_000
    scores: int = 250_000
    waiting: int = 20
    seconds: int = 60
    body_seconds: int = 20

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Limits:
        """SIMTIER_API_BODY, SIMTIER_API_TEXTS and so on; raises BadOption where one is no whole number above 0."""
        given = {}
        for field in fields(cls):
            name = PREFIX + field.name.upper()
            text = environ.get(name)
            if not text:
                continue
            if not text.isdigit() or int(text) < 1:
                raise BadOption(f"{name}: must be a whole number, at least 1, got {text!r}")
            given[field.name] = int(text)
        return cls(**given)

    def check_texts(self, name: str, texts: Sequence[str]) -> None:
        """Refuse too many or too long texts; raises TooLarge naming the field."""
        self.check_count(name, len(texts))
        for index, text in enumerate(texts):
            self.check_text(f"{name}.{index}", text)

    def check_count(self, name: str, count: int) -> None:
        """Refuse too many texts; raises TooLarge."""
        if count > self.texts:
            raise TooLarge(name, count, self.texts, N_("texts"))

    def check_text(self, name: str, text: str) -> None:
        """Refuse a text that is too long; raises TooLarge naming the field."""
        if len(text) > self.characters:
            raise TooLarge(name, len(text), self.characters, N_("characters"))

    def check_scores(self, name: str, sources: int, targets: int) -> None:
        """Refuse a grid of too many scores; raises TooLarge."""
        if sources * targets > self.scores:
            raise TooLarge(name, sources * targets, self.scores, N_("scores"))
