"""Whether a request asks for more than the limits in `dashboard.settings.Api`."""

from __future__ import annotations

from collections.abc import Sequence

from calibration.errors import N_, TooLarge
from dashboard.settings import Api


class Limits(Api):
    """How much one request may ask for: see `dashboard.settings.Api`."""

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
