"""The parts of the report: the question, the data, the findings by domain, and how to repeat it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import Final

import numpy as np
from markupsafe import Markup

from calibration.columns import DOMAIN, GRADED, KIND, LABEL, LABEL_MAX, SAME, SCORE, TEXT_A
from calibration.errors import N_
from calibration.fitting.names import CLAIM_NAMES, METHOD_NAMES, label_name, line_names
from calibration.fitting.sentences import promises
from calibration.messages.note import note
from calibration.report.charts import HistogramTexts, label_colors, name_bins, score_histogram
from calibration.report.content import ReportInput
from calibration.report.histogram import bin_edges, histogram
from calibration.report.picture import svg
from calibration.report.tables import Table, compared_table, example_table, tier_table
from calibration.report.translator import Voice, shown
from calibration.stats.formatting import asked_percent, percent, percents, rate_percent

Fact = tuple[Markup, object]

BEFORE_AFTER: Final = N_(
    "In {domain}, the published thresholds judge {before_n} of {n} pairs as {tier}, {before} of them "
    "correctly; the calibrated ones, on unseen texts, judge {after_n} of {after_of} as {tier}, {after} of "
    "them correctly."
)
MERGED_BEFORE_AFTER: Final = N_(
    "In {domain}, the published thresholds would merge {before_n} of {n} pairs, and {before} of these mean the "
    "same; the calibrated ones merge {after_n} of {after_of}, and {after} of these mean the same, tried on texts "
    "not seen."
)
LONG_TEXTS: Final = {
    "none": N_("what is too long is cut off"),
    "max": N_("compared by sentence: the best match counts"),
    "mean": N_("compared by sentence: the average counts"),
}
"""What `segments` of a policy means, for who reads the report."""
VERSIONED: Final = ("simtier", "numpy", "pandas", "scipy", "scikit-learn")
"""Distributions whose versions the numbers depend on."""


@dataclass(frozen=True)
class DomainPart:
    """Everything of one domain; `pictures` are SVG, one a kind of label."""

    name: str
    sentences: tuple[Markup, ...]
    change: Markup | None
    tiers: Table
    compared: Table
    pictures: tuple[Markup, ...]
    examples: Table | None


def domain_parts(report: ReportInput, voice: Voice) -> list[DomainPart]:
    """The domains of the policy, in its order."""
    return [_domain_part(report, name, voice) for name in report.policy.domains]


def _domain_part(report: ReportInput, name: str, voice: Voice) -> DomainPart:
    certificates = report.policy.domain(name).certificates
    told = promises(certificates, report.found[name], report.confidence)
    return DomainPart(
        shown(name),
        tuple(voice.note(line) for line in told),
        _change(report, name, voice),
        tier_table(report, name, voice),
        compared_table(report, name, voice),
        tuple(_pictures(report, name, voice)),
        example_table(report, name, voice) if TEXT_A in report.scored.columns else None,
    )


def _change(report: ReportInput, name: str, voice: Voice) -> Markup | None:
    """Before and after in a sentence, where both can be judged."""
    before, after = report.published[name].tier(SAME), report.evaluation[name].tier(SAME)
    if before is None or after is None or not before.precision.n or not after.precision.n:
        return None
    return voice.note(
        note(
            MERGED_BEFORE_AFTER if report.evaluation[name].binary else BEFORE_AFTER,
            domain=name,
            tier=SAME,
            before_n=f"{before.precision.n:,}",
            n=f"{report.published[name].n:,}",
            before=percents(before.precision),
            after_n=f"{after.precision.n:,}",
            after_of=f"{report.evaluation[name].n:,}",
            after=percents(after.precision),
        )
    )


def _pictures(report: ReportInput, name: str, voice: Voice) -> Iterator[Markup]:
    """Where the scores of each label are, thresholds drawn in."""
    rows = report.scored[(report.scored[DOMAIN] == name) & np.isfinite(report.scored[SCORE])]
    for kind, pairs in rows.groupby(KIND, sort=True):
        values = np.floor(pairs[LABEL]) if kind == GRADED else pairs[LABEL]
        labels = sorted(values.unique(), reverse=True)
        names = [label_name(label, str(kind), voice.locale) for label in labels]
        edges = bin_edges(pairs[SCORE].to_numpy(dtype=np.float64))
        counted = histogram(pairs.assign(**{LABEL: values}), edges)
        spec = score_histogram(
            names,
            label_colors(labels, LABEL_MAX[str(kind)]),
            (float(edges[0]), float(edges[-1])),
            report.policy.domain(name).thresholds,
            line_names(report.policy.domain(name).binary, voice.locale),
            HistogramTexts(voice.say(N_("Score (cosine)")), voice.say(N_("Pairs")), voice.say(N_("Label"))),
        )
        drawn = svg(spec, name_bins(counted, dict(zip(labels, names, strict=True))))
        yield Markup(drawn)  # noqa: S704 (drawn from our own words and numbers)


def asked(report: ReportInput, voice: Voice) -> list[Fact]:
    """What the calibration was asked for."""
    settings, draw = report.policy.settings, report.draw
    facts: list[Fact] = []
    if settings.get("fpr") is not None:
        facts.append((voice.say(N_("False positive rate to promise")), rate_percent(float(settings["fpr"]))))
    elif "precision" in settings:
        facts.append((voice.say(N_("Precision to promise")), percent(float(settings["precision"]), 0)))
    facts.append((voice.say(N_("Confidence")), asked_percent(report.confidence)))
    for title, names, value in (
        (N_("The confidence is for"), CLAIM_NAMES, settings.get("claim")),
        (N_("Method"), METHOD_NAMES, settings.get("method")),
    ):
        if value is not None:
            facts.append((voice.say(title), voice.say(names.get(value, "{value}"), value=shown(value))))
    facts.append((voice.say(N_("Domains")), voice.listed(shown(name) for name in report.policy.domains)))
    facts.append((voice.say(N_("How the pairs were drawn")), voice.say(draw.title)))
    return facts


def data(report: ReportInput, voice: Voice) -> list[Markup]:
    """Where the pairs came from, and what of them was left out."""
    told = []
    if report.origins:
        named = (f"{shown(origin.name)} ({origin.rows:,})" for origin in report.origins)
        told.append(voice.say(N_("Pairs came from: {origins}."), origins=voice.listed(named)))
    left = report.duplicates
    if left is not None and left.total:
        told.append(
            voice.say(
                N_(
                    "Left out before scoring: {exact} repeated pairs, {swapped} repeated with swapped texts, "
                    "{conflicting} whose labels contradict each other."
                ),
                exact=f"{left.exact:,}",
                swapped=f"{left.swapped:,}",
                conflicting=f"{left.conflicting:,}",
            )
        )
    if TEXT_A not in report.scored.columns:
        told.append(voice.say(N_("The texts of these pairs are not held, so no pairs are shown as examples.")))
    told.append(voice.say(report.draw.explanation))
    return told


def long_texts(segments: str | None, voice: Voice) -> Markup | str:
    """How long texts were compared, in words; as it is where another version wrote it."""
    return voice.say(LONG_TEXTS[segments]) if segments in LONG_TEXTS else shown(segments or "")


def provenance(report: ReportInput, voice: Voice) -> list[Fact]:
    """What one needs to redo it, or to hold the report against a policy file."""
    policy = report.policy
    unknown = voice.say(N_("not recorded"))
    facts: list[tuple[str, object]] = [
        (N_("Policy"), f"{shown(policy.name)} v{policy.version} · {shown(policy.id)}"),
        (N_("Fitted at"), shown(policy.created_at) or unknown),
        (N_("Model"), shown(policy.model) if policy.model else unknown),
        (N_("Fingerprint of the model"), shown(policy.fingerprint) if policy.fingerprint else unknown),
        (N_("Version of the cleaning"), shown(policy.cleaner) if policy.cleaner else unknown),
        (N_("Texts longer than the model reads"), long_texts(policy.segments, voice) or unknown),
        (N_("Software"), " · ".join(f"{name} {version(name)}" for name in VERSIONED)),
        (N_("Report made at"), report.made_at.isoformat(timespec="seconds")),
    ]
    return [(voice.say(title), value) for title, value in facts]
