"""What a policy's fit was asked, in words; settings may come from anybody's file, so nothing of them is trusted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from calibration.certificates.certificate import SEQUENTIAL
from calibration.certificates.sampling import DRAWN, LIVE_PREVALENCE
from calibration.certificates.sampling_design import DATA_DRAWS
from calibration.columns import TIERS
from calibration.errors import N_
from calibration.fitting.names import CLAIM_NAMES, METHOD_NAMES
from dashboard.components.shared.tiers import percent
from dashboard.i18n import escaped, t, tier_name

OTHER: Final = N_("{name}: {value}")
LONGEST: Final = 200
METHODS: Final = METHOD_NAMES | {
    SEQUENTIAL: N_("Sequential: judged after every label"),
    "background": N_("From random pairs of unrelated texts"),
}


def in_words(settings: Mapping[str, Any]) -> list[str]:
    """A line a setting, in Markdown: known ones in words, others as they are; what was not asked is left out."""
    return [_line(name, value) for name, value in settings.items() if value is not None and value != {}]


def _line(name: str, value: Any) -> str:
    if name in _WORDS:
        title, say = _WORDS[name]
        said = say(value)
        if said is not None:
            return t(OTHER, name=t(title), value=said)
    return t(OTHER, name=escaped(name[:LONGEST]), value=escaped(str(value)[:LONGEST]))


def _share(value: Any) -> str | None:
    """A number as a percentage."""
    whole = isinstance(value, int | float) and not isinstance(value, bool)
    return percent(value, 1) if whole else None


def _named(names: Mapping[str, str]) -> Callable[[Any], str | None]:
    """One of these by its name."""
    return lambda value: t(names[value]) if isinstance(value, str) and value in names else None


def _by_tier(value: Any) -> str | None:
    """A precision for each of some tiers."""
    if not isinstance(value, Mapping) or not all(tier in TIERS for tier in value):
        return None
    shares = {tier: _share(one) for tier, one in value.items()}
    return (
        None if None in shares.values() else " · ".join(f"{tier_name(tier)} {one}" for tier, one in shares.items())
    )


def _yes(value: Any) -> str | None:
    return (t("yes") if value else t("no")) if isinstance(value, bool) else None


_WORDS: Final[Mapping[str, tuple[str, Callable[[Any], str | None]]]] = {
    "precision": (N_("Precision to promise"), _share),
    "fpr": (N_("False positive rate to promise"), _share),
    "tier_precision": (N_("Precision to promise, by tier"), _by_tier),
    "confidence": (N_("Confidence"), _share),
    "claim": (N_("The confidence is for"), _named(CLAIM_NAMES)),
    "method": (N_("Method"), _named(METHODS)),
    "clustered": (N_("Labels that share a text count for less"), _yes),
    DRAWN: (N_("How the pairs were drawn"), _named({name: draw.title for name, draw in DATA_DRAWS.items()})),
    LIVE_PREVALENCE: (N_("Share of live pairs that mean the same"), _share),
}
