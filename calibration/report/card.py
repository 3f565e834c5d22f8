"""A policy's card: Markdown with YAML front matter, for a model registry, a wiki or a pull request."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from calibration.certificates.sampling import Sampling, draw_notes
from calibration.columns import LOWEST_SCORE, SHOWN_NAMES, THRESHOLD_TIERS, UNRELATED, shown_rows
from calibration.errors import N_
from calibration.fitting.sentences import evidence
from calibration.messages.catalogues import translate
from calibration.policies.policy import CERTIFIED, DomainPolicy, Policy
from calibration.stats.formatting import DASH, EXACT, limit, percent, threshold

PROVENANCES: Final = {
    "certified": N_("certified"),
    "suggested": N_("suggested by costs, not certified"),
    "manual": N_("manual, not certified"),
    "none": N_("no threshold"),
}
HELD: Final = N_("Guards: pairs whose texts differ in {guards} never merge, whatever their score.")
LIMITS: Final = (
    N_(
        "Thresholds hold for this model with its prompt, pooling and normalisation, and for texts cleaned the "
        "same way."
    ),
    N_("Certificates hold for pairs drawn like the labels. When live pairs change, label new ones and fit again."),
    N_("A certificate covers all pairs at or above a threshold together, not one pair or a narrow band."),
    N_("A domain that is not listed has no thresholds. Domains were not pooled."),
)


def card(policy: Policy, locale: str) -> str:
    """The card: what the policy is bound to, what its labels were, its certificates, and what it does not say."""
    return "\n".join([*_front(policy), *_body(policy, locale)]) + "\n"


def _front(policy: Policy) -> Iterator[str]:
    """Front matter; JSON values are YAML, whatever users named things."""
    certified = {
        name: [tier for tier in THRESHOLD_TIERS if policy.provenance(name, tier) == CERTIFIED]
        for name in policy.domains
    }
    facts: Mapping[str, Any] = {
        "kind": "simtier-policy",
        "name": policy.name,
        "version": policy.version,
        "id": policy.id,
        "created_at": policy.created_at,
        "model": policy.model,
        "fingerprint": policy.fingerprint,
        "cleaner": policy.cleaner,
        "segments": policy.segments,
        "sampling": Sampling.of(policy.settings).draw.name,
        "labels": {name: entry.n for name, entry in policy.domains.items()},
        "certified": certified,
    }
    yield "---"
    yield from (f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in facts.items())
    yield "---"


def _body(policy: Policy, locale: str) -> Iterator[str]:
    def words(message: str, **fields: object) -> str:
        return translate(message, locale).format(**fields)

    yield f"\n# {_cell(policy.name)} v{policy.version}\n"
    yield f"## {words(N_('Model'))}\n"
    rows = {
        N_("model"): policy.model,
        N_("fingerprint"): policy.fingerprint,
        N_("cleaning"): policy.cleaner,
        N_("long texts"): policy.segments,
    }
    yield from _table(["", ""], [[words(name), _cell(value or DASH)] for name, value in rows.items()])
    sampling = Sampling.of(policy.settings)
    draw = sampling.draw
    yield f"\n## {words(N_('Labels and sampling'))}\n"
    yield f"{words(draw.title)}: {words(draw.explanation)}"
    if sampling.live is not None:
        given = N_("Share of live pairs that are the same, as given: {share}.")
        yield words(given, share=percent(sampling.live)) + "\n"
    yield from (f"- {note.explain(locale)}" for note in draw_notes(sampling))
    for name, entry in policy.domains.items():
        yield f"\n## {words(N_('Domain'))}: {_cell(name)}\n"
        yield words(N_("{n} labels ({kinds})"), n=entry.n, kinds=", ".join(map(words, entry.kinds)) or DASH) + "\n"
        if entry.guards:
            yield words(HELD, guards=", ".join(entry.guards)) + "\n"
        heads = [
            words(head) for head in (N_("tier"), N_("threshold"), N_("provenance"), N_("target"), N_("evidence"))
        ]
        yield from _table(heads, [_row(policy, name, entry, tier, locale) for tier in shown_rows(entry.binary)])
    yield f"\n## {words(N_('Limits'))}\n"
    yield from (f"- {words(limit)}" for limit in LIMITS)


def _row(policy: Policy, name: str, entry: DomainPolicy, tier: str, locale: str) -> list[str]:
    certificate = entry.certificates.get(tier)
    asked = DASH
    if certificate is not None:
        rate = certificate.fpr is not None
        message = (
            N_("false positive rate {target}, confidence {sure}")
            if rate
            else N_("precision {target}, confidence {sure}")
        )
        target = certificate.fpr if certificate.fpr is not None else certificate.precision
        asked = translate(message, locale).format(target=f"{target:g}", sure=f"{certificate.confidence:.4g}")
    if tier == UNRELATED:
        value = certificate.threshold if certificate is not None else None
        provenance = "certified" if certificate is not None and certificate.certified else "none"
    else:
        value, provenance = entry.thresholds.get(tier), policy.provenance(name, tier)
    shown = (
        translate(SHOWN_NAMES[entry.shown(tier)], locale),
        _bound(tier, value),
        translate(PROVENANCES[provenance], locale),
        asked,
        evidence(tier, certificate).explain(locale),
    )
    return [_cell(cell) for cell in shown]


def _bound(tier: str, value: float | None) -> str:
    """A threshold as exactly as it was fitted, with its direction."""
    if value is None or not math.isfinite(value) or value <= LOWEST_SCORE:
        return DASH
    below = tier == UNRELATED
    return limit("<" if below else "≥", threshold(value, below=below, digits=EXACT))


def _table(heads: list[str], rows: list[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def _cell(text: object) -> str:
    """Text for a cell or a heading: the user's names must neither end it nor be markup."""
    return re.sub(r"([\\|`*_<>\[\]#])", r"\\\1", " ".join(str(text).split()))
