"""A calibration as one HTML file for those who decide: opens offline, prints to PDF, runs no script.

Texts of users are hostile: Jinja escapes every value, and the page's own policy (CSP) forbids scripts and fetching.
"""

from __future__ import annotations

from functools import lru_cache

import jinja2

from calibration.drawn import HOLDS
from calibration.figures import percent
from calibration.report import sections
from calibration.report.content import ReportInput
from calibration.report.limits import limits
from calibration.report.palette import ACCENT, FONT, INK, LINE, PANEL, PAPER, TIER_COLORS
from calibration.report.tables import MOST_BAD_CASES, bad_case_table, data_table
from calibration.report.voice import Voice, shown
from calibration.whole_file import save_text


def html_report(report: ReportInput) -> str:
    """The whole file, in the report's language."""
    voice, cases = Voice(report.locale), report.bad_cases
    return _template().render(
        voice=voice,
        language=report.locale.replace("_", "-"),
        name=shown(report.policy.name),
        made_at=report.made_at,
        confidence=percent(report.confidence, 0),
        holds=voice.say(HOLDS[report.draw.claims]),
        colors={"accent": ACCENT, "paper": PAPER, "panel": PANEL, "ink": INK, "line": LINE},
        tiers=TIER_COLORS,
        font=FONT,
        asked=sections.asked(report, voice),
        data=sections.data(report, voice),
        data_table=data_table(report, voice),
        domains=sections.domain_parts(report, voice),
        cases=None if cases is None or cases.empty else bad_case_table(cases, voice),
        case_count=0 if cases is None else len(cases),
        most_cases=MOST_BAD_CASES,
        limits=[voice.note(line) for line in limits(report)],
        provenance=sections.provenance(report, voice),
    )


@lru_cache(maxsize=1)
def _template() -> jinja2.Template:
    loader = jinja2.PackageLoader("calibration.report")
    environment = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("report.html")


def save_report(report: ReportInput, path: str) -> None:
    """Write the file, all of it or nothing; raises FileUnreadable."""
    save_text(path, html_report(report))
