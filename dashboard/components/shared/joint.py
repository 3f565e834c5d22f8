"""Two targets at once: a precision with a recall or a coverage, asked and answered in one place for all pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import streamlit as st

from calibration.certificates.joint_target import IMPOSSIBLE, POSSIBLE
from calibration.columns import is_binary, shown_tier
from calibration.errors import N_, BadArgument
from calibration.fitting.fit import FitSettings
from calibration.fitting.sample import DomainSample
from calibration.labels.joint import JointAdvice, advise_joint
from dashboard import state
from dashboard.components.shared.tiers import badge
from dashboard.i18n import escaped, naming, t

RECALL: Final = "recall"
COVERAGE: Final = "coverage"
BESIDES: Final = {
    RECALL: N_("recall: the share of same-meaning pairs that is merged"),
    COVERAGE: N_("coverage: the share of all pairs that is merged"),
}
LEAST: Final = 50
ICONS: Final = {POSSIBLE: ":green[:material/check_circle:]", IMPOSSIBLE: ":red[:material/block:]"}
OPEN: Final = ":orange[:material/hourglass_empty:]"


@dataclass(frozen=True)
class Besides:
    """What the precision is to be met together with: a least recall or coverage, in (0, 1)."""

    name: str
    least: float

    def advise(
        self, sample: DomainSample, settings: FitSettings, domains: int
    ) -> Mapping[str, JointAdvice] | BadArgument:
        """The verdict for each tier; or why these labels cannot tell, where they were drawn above a floor."""
        recall, coverage = (self.least if self.name == name else None for name in (RECALL, COVERAGE))
        try:
            return advise_joint(sample, settings.precision, settings, domains, recall=recall, coverage=coverage)
        except BadArgument as error:
            return error


def ask(place: str) -> Besides | None:
    """Whether a second target is wanted, and which; None where none is. place: keeps keys of two pages apart."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        options = ["", *BESIDES]
        names = naming(options, lambda name: t(BESIDES[name]) if name else t("no second target"))
        label = t("Together with the precision")
        name = st.selectbox(label, options, key=f"joint_{place}", format_func=names, width=420)
        if not name:
            return None
        least = st.number_input(t("At least (%)"), 1, 99, LEAST, key=f"joint_least_{place}", width=140)
    return Besides(str(name), least / 100)


def lines(found: Mapping[str, JointAdvice] | BadArgument) -> list[str]:
    """A line of Markdown for each tier."""
    if isinstance(found, BadArgument):
        return [
            t(
                "- :material/info: These labels were drawn above a floor, so they say nothing about all pairs: "
                "draw some from all pairs to see whether both targets can be met."
            )
        ]
    binary = is_binary((), found)
    return [
        f"- {ICONS.get(one.verdict, OPEN)} {badge(shown_tier(tier, binary))} {escaped(one.explain(state.locale()))}"
        for tier, one in found.items()
    ]
