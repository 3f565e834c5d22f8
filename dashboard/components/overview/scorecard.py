"""The Overview as one page to print or send: every domain, what is promised, and what it saves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

import streamlit as st

from calibration.certificates.sampling import Sampling
from calibration.certificates.sampling_design import of_sample
from calibration.report.overview import Glance, html_overview
from calibration.store import StoredPolicy
from dashboard import resources, state
from dashboard.components.overview import savings
from dashboard.components.overview.standing import Standing
from dashboard.components.shared import samples
from dashboard.components.shared.saved_policies import plain_title
from dashboard.i18n import t, zone


def offer(rows: Sequence[Standing], current: StoredPolicy, said: savings.Assumptions | None) -> None:
    """A button that hands the page over, in the language of the session."""
    glance = glance_of(rows, current, said)
    st.download_button(
        t("Scorecard"),
        partial(_file, glance),
        "scorecard.html",
        "text/html",
        key="scorecard",
        icon=":material/description:",
        on_click="ignore",
        help=t("One page that opens offline and prints to PDF: for those who decide."),
    )


def glance_of(rows: Sequence[Standing], current: StoredPolicy, said: savings.Assumptions | None) -> Glance:
    """What the page shows: the policy in use, and what the Overview knows about its domains."""
    cases = {row.domain: f"{row.open_cases:,}" for row in rows}
    drift = {row.domain: t("drifted") if row.drifted else t("no drift") for row in rows if row.drifted is not None}
    extra = [(t("Open cases"), cases), *([(t("Drift"), drift)] if drift else [])]
    facts = [t("In use: {name}", name=plain_title(current))]
    month = savings.total(rows, said) if said is not None else None
    if said is not None and month is not None:
        facts.append(
            t("Saves {hours} hours of checking and {money} a month, with wrong merges counted at the most that is "
              "promised.", hours=f"{month.hours:,.0f}", money=savings.price(month.money, said))
        )  # fmt: skip
        extra.append((t("Saved a month"), {row.domain: _saved(row, said) for row in rows}))
    used = {source.dataset_id for source in current.sources}
    written = samples.among([one for one in resources.store().datasets.list() if one.id in used])
    return Glance(
        current.policy,
        {row.domain: row.found for row in rows if row.found is not None and row.found.n},
        extra,
        facts,
        of_sample(Sampling.of(current.policy.settings).draw, written),
        locale=state.locale(),
        made_at=datetime.now(zone()),
    )


def _saved(row: Standing, said: savings.Assumptions) -> str:
    month = savings.saving(row, said, said.volumes.get(row.domain, 0))
    return "–" if month is None else savings.price(month.money, said)


def _file(glance: Glance) -> bytes:
    return html_overview(glance).encode("utf-8")
