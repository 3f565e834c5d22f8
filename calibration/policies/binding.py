"""What a policy's scores were made with, and whether other scores may be judged by it."""

from __future__ import annotations

from dataclasses import dataclass

from calibration.errors import CleanerMismatch, ComputeMismatch, ModelMismatch, PolicyUnbound


@dataclass(frozen=True)
class Binding:
    """What scores were made with: model name, fingerprint, `CleaningOptions.key()`, segments mode."""

    model: str | None = None
    fingerprint: str | None = None
    cleaner: str | None = None
    segments: str | None = None

    def check(self, fingerprint: str, cleaner: str) -> None:
        """Raise PolicyUnbound, ModelMismatch or CleanerMismatch unless scores made so are of the same kind."""
        if self.fingerprint is None:
            raise PolicyUnbound()
        if self.fingerprint != fingerprint:
            alike = model_part(self.fingerprint) == model_part(fingerprint)
            raise (ComputeMismatch if alike else ModelMismatch)(self.fingerprint, fingerprint)
        if self.cleaner is not None and self.cleaner != cleaner:
            raise CleanerMismatch(self.cleaner, cleaner)


def model_part(fingerprint: str) -> str:
    """What of a fingerprint tells the model, whatever the precision that it runs at.

    >>> model_part("0123-int8-1"), model_part("0123")
    ('0123', '0123')
    """
    return fingerprint.partition("-")[0]
