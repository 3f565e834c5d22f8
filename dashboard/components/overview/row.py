"""One domain on the Overview: a row of its own."""

from __future__ import annotations

from html import escape
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from calibration.columns import LOWEST_SCORE
from calibration.errors import N_
from calibration.stats.formatting import asked_percent
from dashboard.components.frame import navigation
from dashboard.components.overview import near, savings
from dashboard.components.overview.standing import PUBLISHED, STATES, STEPS, WATCHED, Standing
from dashboard.components.shared.tiers import percents, threshold
from dashboard.i18n import escaped, t, tn

COLUMNS: Final = {
    "domain": (N_("Domain"), 1.6),
    "shares": (N_("What becomes of its pairs"), 2.3),
    "precision": (N_("Promised and measured"), 2.1),
    "cases": (N_("Bad cases, drift"), 1.4),
    "saved": (N_("Saved"), 1.6),
    "step": (N_("Next step"), 1.8),
}
"""What a row shows, and how wide; `saved` only once somebody said what checks and mistakes cost."""
COLORS: Final = ("#2468B4", "#E5A835", "#A8566B")
"""Of what is merged, left to a person and kept apart."""


def _columns(said: savings.Assumptions | None) -> dict[str, DeltaGenerator]:
    """The places of a row, by key."""
    shown = {key: width for key, (_, width) in COLUMNS.items() if key != "saved" or said is not None}
    places = st.columns(list(shown.values()), vertical_alignment="center", gap="small")
    return dict(zip(shown, places, strict=True))


def head(said: savings.Assumptions | None) -> None:
    """What the columns are; on a phone, where they are one below the other, it is left out."""
    with st.container(key="overview-head"):  # no row of a domain
        for key, place in _columns(said).items():
            place.caption(t(COLUMNS[key][0]))


def show(row: Standing, said: savings.Assumptions | None) -> None:
    """One domain."""
    with st.container(border=True, key=f"overview_{row.domain}"):
        places = _columns(said)
        places["domain"].markdown(f"**{escaped(row.domain)}**  \n{_state(row)}")
        if row.found and row.found.n:
            places["shares"].html(_shares(row))
        else:
            places["shares"].caption(t("no shares yet"))
        places["precision"].markdown(_precision(row))
        places["cases"].markdown(_cases(row))
        if said is not None:
            places["saved"].markdown(_saved(row, said))
        with places["step"], st.container(gap=None):
            _step(row)


def _state(row: Standing) -> str:
    """Its state and its labels."""
    labels = tn("{count} label", "{count} labels", row.labels)
    return f":gray-badge[{t(STATES[row.state])}] :small[{labels}]"


def _shares(row: Standing) -> str:
    """A bar of three parts, and the three in words."""
    found = row.found.shares if row.found else (0, 0, 0)
    names = (t("merge"), t("to a person"), t("apart"))
    words = escape(
        " · ".join(f"{name}\N{NO-BREAK SPACE}{share}%" for name, share in zip(names, found, strict=True)),
        quote=True,
    )
    bars = "".join(
        f'<div style="width:{share}%;background:{color}"></div>' for share, color in zip(found, COLORS, strict=True)
    )
    return (
        f'<div role="img" aria-label="{words}" style="display:flex;height:9px;border-radius:4px;overflow:hidden">'
        f'{bars}</div><div style="font-size:.82rem;margin-top:.25rem">{words}</div>'
    )


def _precision(row: Standing) -> str:
    """What is promised, what was measured, and what is found."""
    lines, certificate, found = [], row.certificate, row.found
    if certificate is not None and certificate.certified and certificate.fpr is None:
        promised = asked_percent(certificate.precision)
        lines.append(t("at least {precision} promised", precision=promised))
    elif row.state in (PUBLISHED, WATCHED) and found is not None and not found.merged:
        lines.append(t("merges nothing, so nothing is promised"))
    elif row.state in (PUBLISHED, WATCHED):
        lines.append(t(":orange[no promise]"))
    if found is not None and found.precision.n:
        lines.append(t("measured {precision}", precision=percents(found.precision)))
    if found is not None and found.merged and found.recall.n:
        line = t("finds {recall}", recall=percents(found.recall))
        if found.floor > LOWEST_SCORE:
            line = t("finds {recall} from {floor} up", recall=percents(found.recall), floor=threshold(found.floor))
        lines.append(line)
    return "  \n".join(f":small[{line}]" for line in lines) or "–"


def _cases(row: Standing) -> str:
    """Bad cases and drift."""
    drift = {None: t("drift not compared"), False: t("no drift"), True: t(":red[drifted]")}[row.drifted]
    return f":small[{tn('{count} open case', '{count} open cases', row.open_cases)}]  \n:small[{drift}]"


def _saved(row: Standing, said: savings.Assumptions) -> str:
    """What it saves."""
    month = savings.saving(row, said, said.volumes.get(row.domain, 0))
    thousand = savings.saving(row, said, 1000)
    if month is None or thousand is None:
        return t(":small[saves nothing yet]")
    sums = (savings.price(month.money, said), savings.price(thousand.money, said))
    return "  \n".join(
        (
            t(":small[{hours} h and {money} a month]", hours=f"{month.hours:,.0f}", money=escaped(sums[0])),
            t(":small[{hours} h and {money} per 1,000]", hours=f"{thousand.hours:,.1f}", money=escaped(sums[1])),
        )
    )


def _step(row: Standing) -> None:
    """The one next step, and ten examples near the line."""
    step = STEPS[row.step]
    if row.step != "near" and st.button(t(step.name), key=f"step_{row.domain}", type="primary", width="stretch"):
        navigation.go(step.place)
    if (
        row.line is not None
        and row.found is not None
        and st.button(t("Ten near the threshold"), key=f"near_{row.domain}", type="tertiary", width="stretch")
    ):
        near.show(row.domain, row.line)
