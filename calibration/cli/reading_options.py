"""Options for reading files of pairs."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, Literal

import pandas as pd

from calibration.cli.terminal import say
from calibration.columns import DEFAULT_DOMAIN, DOMAIN, LABEL_KINDS, SCORE
from calibration.errors import N_, ColumnsMissing
from calibration.errors.rows import PairProblem
from calibration.messages.catalogues import describe, from_environment
from calibration.messages.note import Note
from calibration.pairs import (
    LABEL_SCALES,
    PairReading,
    PairsReport,
    explain_note,
    read_unlabelled,
    usable,
)
from calibration.pairs.rules import LABEL_BINARY, LABEL_RANGE, LABEL_UNKNOWN, LABEL_WHOLE
from calibration.tables.table import Reading

if TYPE_CHECKING:
    from calibration.policies.policy import Policy

DOMAIN_OF_ALL: Final = "domain of every pair, whatever the file says"
SCORED: Final = "the file has a score column: do not encode"
SCORED_PARTS: Final = "the file has a score column: do not encode; a folder of Parquet files is one file"
LEFT_OUT: Final = N_("{n} of {total} rows left out; first: {first}")
LEFT_OUT_LABEL: Final = N_("left out, label {value}: {count}")
_VALUES: Final = 5


SEVERAL: Final = "file of labelled pairs; several may be given, DOMAIN=FILE names a file's domain"


def add_pairs(parser: argparse.ArgumentParser, count: str = "+") -> None:
    """Files of labelled pairs, and how they are read."""
    parser.add_argument("pairs", metavar="PAIRS", nargs=count, help=SEVERAL)
    add_reading(parser)


def add_reading(parser: argparse.ArgumentParser) -> None:
    """How files of labelled pairs are read."""
    parser.add_argument("--domain", help=DOMAIN_OF_ALL)
    parser.add_argument("--labels", choices=LABEL_KINDS, help="kind of the labels (default: from the values)")
    add_reading_options(parser)
    add_skip(parser)


def add_reading_options(parser: argparse.ArgumentParser) -> None:
    """Which column of a file of pairs is which, and how the file is read."""
    option = parser.add_argument_group("columns and files").add_argument
    option("--text-a", metavar="COLUMN", help="the first text's column, by name or number (default: by its name)")
    option("--text-b", metavar="COLUMN", help="the second text's column")
    option("--label", metavar="COLUMN", help="column of the label")
    option("--domain-column", metavar="COLUMN", help="column of the domain")
    scale = "kind of labels: 0/1, tiers 0 to 3, or degrees up to 1, 5 or 100 (default: by their values)"
    option("--label-scale", choices=LABEL_SCALES, help=scale)
    add_table_options(option)


def add_table_options(option: Callable[..., object]) -> None:
    """How any table is read."""
    option("--sheet", metavar="NAME", help="the sheet of a workbook, by name or number")
    option(
        "--encoding",
        metavar="NAME",
        help="encoding of a text file, for example gb18030 or big5 (default: recognised)",
    )
    option("--no-header", action="store_true", help="the first row holds data")


def reading_of(options: argparse.Namespace) -> PairReading:
    """How files of pairs are to be read."""
    return PairReading(
        options.text_a,
        options.text_b,
        options.label,
        options.domain_column,
        options.sheet,
        options.encoding,
        options.no_header,
        options.label_scale,
    )


def table_reading_of(options: argparse.Namespace) -> Reading:
    """How any table is to be read."""
    return Reading(options.sheet, options.encoding, options.no_header)


def add_skip(parser: argparse.ArgumentParser) -> None:
    """`--skip-bad-rows`."""
    parser.add_argument("--skip-bad-rows", action="store_true", help="continue without rows that break a rule")


def add_scored(parser: argparse.ArgumentParser, meaning: str = SCORED) -> None:
    """`--scored`."""
    parser.add_argument("--scored", action="store_true", help=meaning)


def on_bad_rows(options: argparse.Namespace) -> Literal["raise", "drop"]:
    """What `--skip-bad-rows` means."""
    return "drop" if options.skip_bad_rows else "raise"


def check_scored(name: str, frame: pd.DataFrame) -> None:
    """Raise ColumnsMissing unless the pairs of a file have scores."""
    if SCORE not in frame.columns:
        raise ColumnsMissing(name, [SCORE], list(frame.columns))


def named_like(pairs: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Pairs that name no domain belong to the only domain of a policy that has one."""
    if set(pairs[DOMAIN].unique()) == {DEFAULT_DOMAIN} and len(policy.domains) == 1:
        return pairs.assign(**{DOMAIN: next(iter(policy.domains))})
    return pairs


def unlabelled_pairs(path: str, options: argparse.Namespace) -> pd.DataFrame:
    """The pairs of a file without labels, or whose labels do not count."""
    return used(read_unlabelled(path, options.domain, reading=reading_of(options)), options)


def used(report: PairsReport, options: argparse.Namespace) -> pd.DataFrame:
    """The good rows of a file; what the reader decided, and how many rows are left out, is said in the end."""
    frame = usable(report, on_bad_rows(options))
    report_reading(report.file, report.notes, report.problems, report.total, options)
    return frame


def report_reading(
    file: str,
    notes: Sequence[Note],
    problems: Sequence[PairProblem],
    total: int,
    options: argparse.Namespace,
) -> None:
    """Keep what was decided about a file and which of its rows are left out, for stderr and for `--json`.

    It is said once the command has done its work: a command that fails says nothing but why.
    """
    locale = from_environment()
    bad = len({(problem.file, problem.row) for problem in problems})
    lines = [explain_note(item, locale) for item in notes]
    if problems:
        lines.append(say(LEFT_OUT, n=bad, total=total, first=describe(problems[0], locale)))
        lines += [say(LEFT_OUT_LABEL, value=value, count=count) for value, count in _values(problems)]
    said = [f"{file}: {' '.join(line.split())}" for line in lines]
    kept = {"file": file, "rows": total, "left_out": bad, "notes": [item.to_json() for item in notes]}
    options.files_read = [*getattr(options, "files_read", ()), kept]
    options.files_said = [*getattr(options, "files_said", ()), *said]


def _values(problems: Sequence[PairProblem]) -> list[tuple[str, int]]:
    """The labels that could not be read, the most frequent first."""
    unread = (LABEL_UNKNOWN, LABEL_BINARY, LABEL_RANGE, LABEL_WHOLE)
    return Counter(problem.value for problem in problems if problem.rule in unread).most_common(_VALUES)
