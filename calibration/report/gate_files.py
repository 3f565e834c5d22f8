"""What the gate found, as files that build systems show: JUnit XML and Markdown. Neither holds texts of pairs."""

from __future__ import annotations

import re
from typing import Final
from xml.etree import ElementTree

from calibration.errors import N_
from calibration.evaluation.gate_checks import FAILED, PASSED, SKIPPED, GateCheck, GateReport
from calibration.messages.catalogues import translate
from calibration.policies.policy import Policy

MARKS: Final = {PASSED: "✅", FAILED: "❌", SKIPPED: "➖"}
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(report: GateReport, locale: str) -> str:
    """JUnit XML: a test suite with a case for every check; skipped ones say what was missing."""
    checks = report.checks()
    suite = ElementTree.Element(
        "testsuite",
        name="simtier gate",
        tests=str(len(checks)),
        failures=str(sum(check.status == FAILED for check in checks)),
        errors="0",
        skipped=str(sum(check.status == SKIPPED for check in checks)),
    )
    for check in checks:
        case = ElementTree.SubElement(
            suite, "testcase", classname="simtier.gate", name=_xml(check.title.explain(locale))
        )
        words = [_xml(line.explain(locale)) for line in check.says]
        if check.status == PASSED:
            ElementTree.SubElement(case, "system-out").text = "\n".join(words)
        else:
            kind = "failure" if check.status == FAILED else "skipped"
            ElementTree.SubElement(case, kind, message=words[0]).text = "\n".join(words)
    whole = ElementTree.Element("testsuites")
    whole.append(suite)
    ElementTree.indent(whole)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(whole, encoding="unicode") + "\n"


def markdown(report: GateReport, locale: str) -> str:
    """A summary for the page of a build or a comment: the verdict, then a table of checks."""

    def words(message: str, **fields: object) -> str:
        return translate(message, locale).format(**fields)

    verdict = words(N_("The gate passes")) if report.passed else words(N_("The gate refuses"))
    lines = [f"## {MARKS[PASSED if report.passed else FAILED]} {verdict}: {_named(report.candidate)}", ""]
    if report.current is not None:
        lines += [words(N_("Compared with {policy}, which is in use."), policy=_named(report.current)), ""]
    lines += [f"| | {words(N_('check'))} | {words(N_('found'))} |", "|---|---|---|"]
    lines += [_row(check, locale) for check in report.checks()]
    return "\n".join(lines) + "\n"


def _named(policy: Policy) -> str:
    return f"{_cell(policy.name)} v{policy.version} (`{_cell(policy.id) or '-'}`)"


def _row(check: GateCheck, locale: str) -> str:
    says = "<br>".join(_cell(line.explain(locale)) for line in check.says)
    return f"| {MARKS[check.status]} | {_cell(check.title.explain(locale))} | {says} |"


def _cell(text: str) -> str:
    """Text for a cell: names of domains are the user's, and must neither end the cell nor be markup."""
    return re.sub(r"([\\|`*_<>\[\]])", r"\\\1", " ".join(text.split()))


def _xml(text: str) -> str:
    """Text without the characters that XML cannot hold."""
    return _NOT_XML.sub("\ufffd", text)
