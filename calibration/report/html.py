"""The report as one HTML file that opens offline, prints to PDF and runs no script.

Texts of users are hostile: Jinja escapes every value, and the page's own policy (CSP) forbids scripts and fetching.
"""

from __future__ import annotations

from calibration.atomic_file import save_text
from calibration.report import overview, sections
from calibration.report.content import ReportInput
from calibration.report.limits import limits
from calibration.report.look import environment, look
from calibration.report.tables import MOST_BAD_CASES, bad_case_table, data_table
from calibration.report.translator import Voice, shown
from calibration.stats.formatting import asked_percent


def html_report(report: ReportInput) -> str:
    """The whole file, in the report's language."""
    voice, cases = Voice(report.locale), report.bad_cases
    glance = overview.Glance(
        report.policy,
        overview.decided(report.policy, report.scored, report.confidence),
        draw=report.draw,
        confidence=report.confidence,
    )
    return (
        environment()
        .get_template("report.html")
        .render(
            voice=voice,
            language=report.locale.replace("_", "-"),
            name=shown(report.policy.name),
            made_at=report.made_at,
            confidence=asked_percent(report.confidence),
            **overview.parts(glance, voice),
            **look(),
            asked=sections.asked(report, voice),
            data=sections.data(report, voice),
            data_table=data_table(report, voice),
            domains=sections.domain_parts(report, voice),
            cases=None if cases is None or cases.empty else bad_case_table(cases, report.policy, voice),
            case_count=0 if cases is None else len(cases),
            most_cases=MOST_BAD_CASES,
            limits=[voice.note(line) for line in limits(report)],
            provenance=sections.provenance(report, voice),
        )
    )


def save_report(report: ReportInput, path: str) -> None:
    """Write the file, all of it or nothing; raises FileUnreadable."""
    save_text(path, html_report(report))
