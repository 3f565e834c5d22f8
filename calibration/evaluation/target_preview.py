"""What several target precisions would give on the same labels: a preview, which certifies nothing and is no fit.

Each target is fitted exactly as a calibration would fit it, so that the numbers are those that the calibration
shows. Choosing a target by what the preview shows is a choice on these labels, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Event
from typing import Final

import pandas as pd

from calibration.certificates.certificate import Certificate
from calibration.columns import DEFAULT_CONFIDENCE, DOMAIN, SAME
from calibration.errors import Cancelled
from calibration.evaluation.decisions import Decisions, decide_pairs
from calibration.evaluation.recommendation import recommend
from calibration.fitting.fit import DomainFit, FitSettings, fit_domains
from calibration.fitting.sample import domain_samples
from calibration.messages.note import Note
from calibration.pairs.purpose import calibration_rows
from calibration.policies.tiers import Thresholds
from calibration.stats.text_groups import text_codes

TARGETS: Final = (0.70, 0.80, 0.90, 0.95)


@dataclass(frozen=True)
class DomainPreview:
    """One domain at one target: the fit, what its thresholds decide, and the one thing to do next."""

    domain: str
    fit: DomainFit
    found: Decisions
    recommendation: Note

    @property
    def certificate(self) -> Certificate | None:
        """That of `same`."""
        return self.fit.certificates.get(SAME)

    @property
    def thresholds(self) -> Thresholds:
        """The domain's thresholds at this target."""
        return self.fit.thresholds


Preview = Mapping[float, Mapping[str, DomainPreview]]
"""By target precision, then by domain."""


def preview_targets(
    scored: pd.DataFrame,
    settings: FitSettings | None = None,
    targets: Sequence[float] = TARGETS,
    *,
    progress: Callable[[int, int], None] | None = None,
    cancel: Event | None = None,
) -> dict[float, dict[str, DomainPreview]]:
    """Fit every domain at each target precision, without storing anything.

    Parameters
    ----------
    scored : DataFrame of n rows
        Deduplicated labelled pairs with their `score`.
    settings : FitSettings, optional
        Confidence, method and claim; its own precision is left aside.
    targets : sequence of floats in (0, 1)
    progress : callable, optional
        Called with the number of targets done and of all.
    cancel : threading.Event, optional
        Set it to stop before the next target.

    Returns
    -------
    dict of float to dict of str to DomainPreview

    Raises
    ------
    Cancelled
        Where `cancel` was set.
    """
    asked = settings or FitSettings()
    rows = {str(name): part for name, part in scored.groupby(DOMAIN, sort=True)}
    samples = domain_samples(scored)  # texts, labels and groups are worked out once for all targets
    fits: dict[float, dict[str, DomainFit]] = {}
    for number, target in enumerate(targets):
        if cancel is not None and cancel.is_set():
            raise Cancelled(number, len(targets))
        fits[target] = fit_domains(samples, replace(asked, precision=target, fpr=None, tier_precision={}))
        if progress is not None:
            progress(number + 1, len(targets))
    by_domain = {name: _domain(rows[name], {t: fits[t][name] for t in targets}, asked.confidence) for name in rows}
    return {target: {name: by_domain[name][target] for name in rows} for target in targets}


def summarize(
    scored: pd.DataFrame, fits: Mapping[str, DomainFit], confidence: float = DEFAULT_CONFIDENCE
) -> dict[str, DomainPreview]:
    """The same of fits that are at hand, a domain each, without other targets."""
    rows = {str(name): part for name, part in scored.groupby(DOMAIN, sort=True)}
    return {name: _domain(rows[name], {0.0: fit}, confidence)[0.0] for name, fit in fits.items()}


def _domain(rows: pd.DataFrame, fits: Mapping[float, DomainFit], confidence: float) -> dict[float, DomainPreview]:
    """One domain at every target; its texts are numbered once."""
    codes = text_codes(calibration_rows(rows))
    found = {t: decide_pairs(rows, fit.thresholds, confidence, texts=codes) for t, fit in fits.items()}
    others = {t: (fit.certificates.get(SAME), found[t]) for t, fit in fits.items()}
    return {
        t: DomainPreview(
            fit.domain, fit, found[t], recommend(fit.certificates.get(SAME), fit.thresholds, found[t], others)
        )
        for t, fit in fits.items()
    }
