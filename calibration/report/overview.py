"""The first page of a report, for those who decide: every domain in a row, and what all of it amounts to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import pandas as pd
from markupsafe import Markup

from calibration.certificates.certificate import Certificate
from calibration.certificates.sampling_design import HOLDS, DataDraw, data_draw
from calibration.columns import DEFAULT_CONFIDENCE, DOMAIN, LOWEST_SCORE, SAME
from calibration.errors import N_
from calibration.evaluation.decisions import Decisions, decide_pairs
from calibration.evaluation.recommendation import recommend
from calibration.fitting.sentences import bound
from calibration.policies.policy import Policy
from calibration.report.look import environment, look
from calibration.report.tables import Table
from calibration.report.translator import Voice, shown
from calibration.stats.formatting import DASH, asked_percent, limit, percent, percents, rate_percent, threshold

SAFE: Final = N_("{count} of {total} domains merge with a guarantee.")
PROMISED: Final = N_(
    "Guaranteed: at least {precision} of the pairs that are merged mean the same (confidence {confidence})."
)
RATED: Final = N_("Guaranteed: at most {rate} of the pairs that differ are merged (confidence {confidence}).")
SHARES: Final = N_("merge {merged}%, check {person}%, apart {apart}%")
NOTHING: Final = N_("nothing promised")
ABOVE: Final = N_("{recall} of those at {floor} or above")
BASE: Final = N_(
    "Shares, precision and recall are those of the labelled pairs; in brackets the {confidence} interval. Merged "
    "pairs reach the threshold, pairs kept apart stay below the lowest one, a person checks what is between."
)


@dataclass(frozen=True)
class Glance:
    """A policy at a glance. found: by domain what its thresholds decide. extra: more columns, by domain.

    facts: sentences to begin with, such as what is saved. draw: how the labels were drawn. confidence: of the
    intervals.
    """

    policy: Policy
    found: Mapping[str, Decisions]
    extra: Sequence[tuple[str, Mapping[str, str]]] = ()
    facts: Sequence[str] = ()
    draw: DataDraw = field(default_factory=lambda: data_draw(None))
    confidence: float = DEFAULT_CONFIDENCE
    locale: str = "en"
    made_at: datetime = field(default_factory=lambda: datetime.now(UTC))


def decided(policy: Policy, scored: pd.DataFrame, confidence: float = DEFAULT_CONFIDENCE) -> dict[str, Decisions]:
    """What the policy's thresholds decide on labelled pairs with scores, by domain."""
    rows = {str(name): part for name, part in scored.groupby(DOMAIN)}
    return {
        name: decide_pairs(rows[name], entry.thresholds, confidence)
        for name, entry in policy.domains.items()
        if name in rows
    }


def lines(glance: Glance, voice: Voice) -> list[Markup]:
    """What it amounts to, in sentences."""
    policy = glance.policy
    entries = [entry.certificates.get(SAME) for entry in policy.domains.values()]
    safe = [one for one in entries if one is not None and one.certified]
    told = [voice.say(SAFE, count=len(safe), total=len(entries))]
    sure = _sure(policy)
    for one in safe[:1]:
        if one.fpr is not None:
            told.append(voice.say(RATED, rate=rate_percent(one.fpr), confidence=sure))
        else:
            told.append(voice.say(PROMISED, precision=asked_percent(one.precision), confidence=sure))
    return [*told, *(Markup("{}").format(fact) for fact in glance.facts)]


def _sure(policy: Policy) -> str:
    """The confidence that the fit was asked; settings may come from anybody's file."""
    asked = policy.settings.get("confidence")
    return percent(asked if isinstance(asked, float) else 0.9, 0)


def table(glance: Glance, voice: Voice) -> Table:
    """One row a domain, those that promise nothing first."""
    names = [N_("Domain"), N_("Labels"), N_("Promised"), N_("From"), N_("Measured"), N_("Recall")]
    more = (shown(name) for name, _ in glance.extra)
    head = [*map(voice.say, (*names, N_("What becomes of its pairs"))), *more, voice.say(N_("Recommendation"))]
    entries = sorted(glance.policy.domains, key=lambda name: (_promises(glance, name), name))
    return Table(
        tuple(voice.say(name) for name in head), tuple(tuple(_row(glance, name, voice)) for name in entries)
    )


def _promises(glance: Glance, name: str) -> bool:
    certificate = glance.policy.domain(name).certificates.get(SAME)
    return certificate is not None and certificate.certified


def _row(glance: Glance, name: str, voice: Voice) -> Iterable[object]:
    entry, found = glance.policy.domain(name), glance.found.get(name)
    certificate, same = entry.certificates.get(SAME), entry.thresholds.get(SAME)
    yield Markup("<strong>{}</strong>").format(shown(name))
    yield f"{entry.n:,}"
    yield _promised(certificate) or voice.say(NOTHING)
    yield bound(SAME, same)
    yield percents(found.precision) if found is not None else DASH
    yield _recall(found, voice)
    yield DASH if found is None else _shares(found, voice)
    for _, values in glance.extra:
        yield values.get(name, DASH)
    yield DASH if found is None else voice.note(recommend(certificate, entry.thresholds, found))


def _promised(certificate: Certificate | None) -> str:
    if certificate is None or not certificate.certified:
        return ""
    if certificate.fpr is not None:
        return limit("≤", rate_percent(certificate.fpr))
    return limit("≥", asked_percent(certificate.precision))


def _recall(found: Decisions | None, voice: Voice) -> object:
    if found is None or not found.merged:
        return DASH
    if found.floor > LOWEST_SCORE:
        return voice.say(ABOVE, recall=percents(found.recall), floor=threshold(found.floor))
    return percents(found.recall)


def _shares(found: Decisions, voice: Voice) -> Markup:
    merged, person, apart = found.shares
    return voice.say(SHARES, merged=merged, person=person, apart=apart)


def html_overview(glance: Glance) -> str:
    """The page as a file of its own that opens offline and prints on one sheet."""
    voice = Voice(glance.locale)
    return (
        environment()
        .get_template("overview_page.html")
        .render(
            voice=voice,
            language=glance.locale.replace("_", "-"),
            name=shown(glance.policy.name),
            made_at=glance.made_at,
            **parts(glance, voice),
            **look(),
        )
    )


def parts(glance: Glance, voice: Voice) -> dict[str, object]:
    """What the template of the page takes."""
    return {
        "glance_lines": lines(glance, voice),
        "glance_table": table(glance, voice),
        "glance_base": voice.say(BASE, confidence=asked_percent(glance.confidence)),
        "holds": voice.say(HOLDS[glance.draw.claims]),
    }
