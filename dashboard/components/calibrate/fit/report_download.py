"""The report of a calibration, made when it is asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from functools import partial

import pandas as pd
import streamlit as st

from calibration.report.content import report_input
from calibration.report.html import html_report
from calibration.store import OPEN_STATUSES, BadCaseFilter
from dashboard import resources, state
from dashboard.components.calibrate.fit.run import Outcome
from dashboard.i18n import t, zone


def offer(outcome: Outcome) -> None:
    """A button that makes the report in the page's language and hands it over."""
    name = str(state.get(state.POLICY_NAME) or "").strip() or t("policy")
    st.download_button(
        t("Download report"),
        partial(make, outcome, name, state.locale(), zone()),
        "calibration-report.html",
        "text/html",
        key="report_download",
        icon=":material/description:",
        on_click="ignore",
        help=t("One HTML file for decision makers, which opens offline and prints to PDF."),
    )


def make(outcome: Outcome, name: str, locale: str, where: tzinfo = UTC) -> bytes:
    """The report as a file; runs outside the page, so the reader's language and time zone are given."""
    run = replace(outcome.run, policy=replace(outcome.run.policy, name=name))
    content = report_input(
        run,
        outcome.found,
        origins=outcome.origins,
        bad_cases=_bad_cases(tuple(run.fits)),
        sample=outcome.samples,
        locale=locale,
        made_at=datetime.now(where),
    )
    return html_report(content).encode("utf-8")


def _bad_cases(domains: tuple[str, ...]) -> pd.DataFrame:
    """Open bad cases of these domains, newest first."""
    parts = resources.store().bad_cases.parts(BadCaseFilter(status=OPEN_STATUSES))
    return pd.DataFrame([vars(case) for part in parts for case in part if case.domain in domains])
