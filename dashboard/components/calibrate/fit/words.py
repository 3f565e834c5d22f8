"""Sentences that say what a calibration found."""

from __future__ import annotations

from calibration.fitting.remarks import TAKEN_IN_FULL
from calibration.fitting.sentences import promises
from calibration.fitting.top_score_check import NOT_RISING
from calibration.messages.note import TIERS_NAMED, Note
from dashboard import state
from dashboard.components.calibrate.fit.run import Outcome, asked_confidence
from dashboard.components.shared.tiers import badge
from dashboard.i18n import escaped


def sentences(outcome: Outcome, domain: str) -> list[str]:
    """One sentence of Markdown a certificate."""
    certificates, judged = outcome.run.fits[domain].certificates, outcome.found[domain]
    return [sentence(line) for line in promises(certificates, judged, asked_confidence(outcome.run))]


def remarks(outcome: Outcome, domain: str) -> list[tuple[str, bool]]:
    """What else there is to say of a domain, as Markdown, and whether it is a warning."""
    notes = outcome.run.fits[domain].notes
    return [(sentence(note), note.message in (NOT_RISING, TAKEN_IN_FULL)) for note in notes]


def sentence(line: Note) -> str:
    """A sentence of the library as Markdown: tiers as badges, names and thresholds bold."""
    return line.explain(state.locale(), _dressed)


def _dressed(name: str, value: str) -> str:
    """A value of a sentence as Markdown."""
    if name in TIERS_NAMED:
        return badge(value)
    if name == "domain":
        return f"**{escaped(value)}**"
    return f"**{value}**" if name == "threshold" else value
