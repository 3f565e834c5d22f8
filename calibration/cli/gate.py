"""`gate CANDIDATE`: may a policy be published? The rule of the Policies page as an exit code, for builds."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from calibration.cli import gate_rows
from calibration.cli.json_option import add_json
from calibration.cli.labelled_files import labelled_pairs
from calibration.cli.model_options import add_model
from calibration.cli.outputs import check_place
from calibration.cli.reading_options import SEVERAL, add_reading, add_scored, named_like
from calibration.cli.terminal import say, translated
from calibration.columns import DEFAULT_CONFIDENCE, SCORE
from calibration.errors import N_, BadArgument
from calibration.evaluation.gate_checks import FAILED, PASSED, SKIPPED, GateReport
from calibration.evaluation.requirements import STRESS, Measured, Requirement, measure
from calibration.evaluation.stress import measure_stress
from calibration.messages.catalogues import from_environment
from calibration.policies.gate import SCORE_CANDIDATE, check
from calibration.policies.policy import Policy

REFUSED: Final = 3
MARKS: Final = {PASSED: N_("passed"), FAILED: N_("refused"), SKIPPED: N_("not checked")}
EXAMPLES: Final = (
    "gate candidate.json --against current.json --cases bad_cases.csv --junit gate.xml --markdown gate.md",
    "gate candidate.json --pairs held_out.csv --at-least precision=0.9 recall=0.4",
    "gate candidate.json --pairs held_out.csv --stress stress.csv --at-least precision=0.9 stress=0.9 --proven",
    "gate candidate.json --against current.json --pairs scored.csv --scored --scored-against by_current.csv",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `gate`."""
    add_json(parser)
    option = parser.add_argument
    option("candidate", metavar="CANDIDATE", help="the policy to be published")
    option(
        "--against", metavar="CURRENT", help="the policy in use: its certificates, domains and cases must be kept"
    )
    option("--pairs", metavar="PAIRS", nargs="+", default=[], help=SEVERAL)
    add_reading(parser)
    add_scored(parser, "the files have a score column, made by CANDIDATE's model: do not encode")
    other = "with --scored: the same texts as scored by CURRENT's model, where that is another"
    option("--scored-against", metavar="FILE", nargs="+", default=[], help=other)
    option("--cases", metavar="CASES", help="file of confirmed bad cases, as the Review page exports them")
    option("--stress", metavar="FILE", help="pairs with one thing swapped, as `stress -o` writes them")
    least = "least share: precision, recall, related.recall (of --pairs); stress, number.stress (of --stress)"
    option("--at-least", metavar="METRIC=SHARE", nargs="+", default=[], help=least)
    option("--proven", action="store_true", help="--at-least holds for the lower end of the interval")
    option("--confidence", type=float, default=DEFAULT_CONFIDENCE, help="of the intervals (default %(default)s)")
    option("--junit", metavar="FILE", help="write the checks as JUnit XML")
    option("--markdown", metavar="FILE", help="write the checks as Markdown")
    add_model(parser)
    option("--model-against", metavar="MODEL", help="the model of CURRENT, where it is another")
    parser.set_defaults(run=gate)


def gate(options: argparse.Namespace) -> GateReportResult:
    """Score what is to be judged for both policies, hold them against each other, write the files."""
    requirements = [Requirement.parse(text) for text in options.at_least]
    _check(options, requirements)
    candidate = Policy.load(options.candidate)
    current = Policy.load(options.against) if options.against else None
    cases = gate_rows.cases(options, candidate) if options.cases else None
    pairs = named_like(labelled_pairs(options, scored=options.scored), candidate) if options.pairs else None
    swapped = gate_rows.stress(options, candidate) if options.stress else None
    frames = [frame for frame in (cases, pairs, swapped) if frame is not None]
    for frame in frames:
        gate_rows.check_domains(frame, candidate, current)
    gate_rows.score(frames, candidate, current, options)
    result = check(current, candidate, cases, pairs)
    judged = _measured(requirements, pairs, swapped, candidate, options)
    report = GateReport(candidate, current, result, judged, cases is not None)
    _write(report, options)
    return GateReportResult(report)


def _check(options: argparse.Namespace, requirements: list[Requirement]) -> None:
    """Raise BadArgument before anything is read or encoded."""
    asked = {one.metric == STRESS for one in requirements}
    if False in asked and not options.pairs:
        raise BadArgument(
            "--at-least", N_("given with --pairs, on which it is measured"), " ".join(options.at_least)
        )
    if True in asked and not options.stress:
        raise BadArgument("--at-least", N_("stress is measured on --stress FILE"), " ".join(options.at_least))
    if options.scored and not (options.pairs or options.cases or options.stress):
        raise BadArgument("--scored", N_("given with --pairs or --cases"), options.scored)
    if options.scored_against and not (options.scored and options.against):
        raise BadArgument("--scored-against", N_("given with --scored and --against"), options.scored_against[0])
    if options.model_against and not options.against:
        raise BadArgument("--model-against", N_("given with --against only"), options.model_against)
    if not 0.0 < options.confidence < 1.0:
        raise BadArgument("--confidence", N_("above 0 and below 1"), options.confidence)
    for flag, path in (("--junit", options.junit), ("--markdown", options.markdown)):
        check_place(flag, path)


def _measured(
    requirements: list[Requirement],
    pairs: pd.DataFrame | None,
    swapped: pd.DataFrame | None,
    candidate: Policy,
    options: argparse.Namespace,
) -> tuple[Measured, ...]:
    """Compare what is required of the candidate with what was measured."""
    found: list[Measured] = []
    if pairs is not None:
        shares = [one for one in requirements if one.metric != STRESS]
        rows = pairs.assign(**{SCORE: pairs[SCORE_CANDIDATE]})
        found += measure(shares, rows, candidate, options.confidence, proven=options.proven)
    if swapped is not None:
        rows = swapped.assign(**{SCORE: swapped[SCORE_CANDIDATE]})
        found += measure_stress(requirements, rows, candidate, options.confidence, proven=options.proven)
    return tuple(found)


def _write(report: GateReport, options: argparse.Namespace) -> None:
    from calibration.atomic_file import save_text
    from calibration.report.gate_files import junit, markdown

    locale = from_environment()
    for path, make in ((options.junit, junit), (options.markdown, markdown)):
        if path:
            save_text(path, make(report, locale))


@dataclass(frozen=True)
class GateReportResult:
    """`gate`."""

    report: GateReport

    @property
    def exit_code(self) -> int:
        """0 passes, 3 refuses."""
        return 0 if self.report.passed else REFUSED

    def to_json(self) -> dict[str, Any]:
        """See `GateReport.to_json`."""
        return self.report.to_json()

    def to_text(self) -> str:
        """A line a check with what was found, and the verdict."""
        lines = []
        for one in self.report.checks():
            lines.append(f"{translated(one.title)}: {say(MARKS[one.status])}")
            lines += [f"  {translated(line)}" for line in one.says]
        verdict = N_("the gate passes {policy}") if self.report.passed else N_("the gate refuses {policy}")
        return "\n".join([*lines, say(verdict, policy=self.report.candidate.name)])
