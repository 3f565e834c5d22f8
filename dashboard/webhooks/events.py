"""What webhooks tell. An event names domains, policies and numbers, never a text of a user."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from calibration.errors import N_
from dashboard.i18n import render

DRIFT: Final = "drift"
WATCH_BROKEN: Final = "watch_broken"
GATE_REFUSED: Final = "gate_refused"
CONFLICT: Final = "conflict"
MESSAGES: Final[Mapping[str, str]] = {
    DRIFT: N_("Live scores of domain {domain} have moved away from those that the policy was calibrated on."),
    WATCH_BROKEN: N_(
        "The promise of policy {policy} is broken in domain {domain}: check the policy before you keep using it."
    ),
    GATE_REFUSED: N_(
        "The gate refused policy {policy}: {lost} confirmed bad cases would get worse, {broken} certificates "
        "would be lost."
    ),
    CONFLICT: N_("Bad case {case} in domain {domain} was reported again with another expectation."),
}
"""Each kind of event, in a sentence; its fields are the event's facts."""


@dataclass(frozen=True)
class Event:
    """Something that happened. facts: what the sentence of its kind needs, and more. key: equal keys, one story:
    it is reported once until it is over.
    """

    kind: str
    facts: Mapping[str, str | int | float]
    key: str = ""
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def message(self, locale: str) -> str:
        """The sentence, in `locale`."""
        return render(MESSAGES[self.kind], locale, **self.facts)
