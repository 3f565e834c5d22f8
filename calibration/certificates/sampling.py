"""How the labels of a policy were obtained, as its settings keep it, and what that weakens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from calibration.certificates.sampling_design import DATA_DRAWS, UNKNOWN, DataDraw
from calibration.errors import N_
from calibration.messages.note import Note, note

DRAWN: Final = "drawn"
"""Where a policy's settings keep how its labels were drawn."""
FITS: Final = "fits"
"""Where they keep how many different fits those labels had seen; 1 where it is not there."""
LIVE_PREVALENCE: Final = "live_prevalence"
"""Where they keep which share of live pairs is the same, in (0, 1)."""

REUSED: Final = N_(
    "Thresholds were fitted on these labels {fits} times, with other targets or options each time. A "
    "certificate is valid for one fit that was chosen in advance. Choosing among several results means "
    "testing the same labels repeatedly, so the promise fails more often than its confidence says. Label "
    "fresh pairs, drawn at random, and calibrate once on those, with the options chosen here."
)


@dataclass(frozen=True)
class Sampling:
    """How the labels of a policy were obtained.

    drawn: the name of a draw, None where nobody was asked. live: the share of live pairs that is the same, in
    (0, 1), where it is known. fits: how many different fits these labels had seen, the policy's own included.

    >>> Sampling.of({"drawn": "balanced", "fits": "many"})
    Sampling(drawn='balanced', live=None, fits=1)
    >>> Sampling("mined", fits=3).settings()
    {'drawn': 'mined', 'fits': 3}
    """

    drawn: str | None = None
    live: float | None = None
    fits: int = 1

    @classmethod
    def of(cls, settings: Mapping[str, object]) -> Sampling:
        """What the settings of a policy say; they may hold anything."""
        drawn, live, fits = (settings.get(name) for name in (DRAWN, LIVE_PREVALENCE, FITS))
        share = isinstance(live, int | float) and not isinstance(live, bool) and 0.0 < live < 1.0
        return cls(
            drawn if isinstance(drawn, str) and drawn in DATA_DRAWS else None,
            float(live) if share and isinstance(live, int | float) else None,
            fits if isinstance(fits, int) and fits > 1 else 1,
        )

    @property
    def draw(self) -> DataDraw:
        """The draw of that name; `unknown` where nobody was asked."""
        return DATA_DRAWS[self.drawn or UNKNOWN]

    def settings(self) -> dict[str, str | float | int]:
        """What a policy's settings keep of it."""
        known = {} if self.drawn is None else {DRAWN: self.drawn}
        live = {} if self.live is None else {LIVE_PREVALENCE: self.live}
        return {**known, **live, **({FITS: self.fits} if self.fits > 1 else {})}


def draw_notes(sampling: Sampling) -> tuple[Note, ...]:
    """What weakens a claim: how the labels were drawn, and that thresholds were fitted several times on them.

    >>> [str(one)[:37] for one in draw_notes(Sampling("random_live", fits=3))]
    ['Thresholds were fitted on these label']
    """
    warning, fits = sampling.draw.warning, sampling.fits
    return ((note(warning),) if warning else ()) + ((note(REUSED, fits=fits),) if fits > 1 else ())
