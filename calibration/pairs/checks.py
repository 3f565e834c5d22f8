"""The rules of each column: raw column -> canonical column and what breaks a rule, vectorised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from calibration import columns
from calibration.clean import clean
from calibration.columns import LABEL_MAX
from calibration.pairs import rules
from calibration.pairs.cells import as_numbers, as_text, scalars
from calibration.pairs.findings import Columns, Finding, Mask, Part
from calibration.pairs.headers import is_degree
from calibration.pairs.labels import ParsedLabels, parse_labels
from calibration.pairs.rules import PairsNote, note
from calibration.pairs.source import Limits
from calibration.pairs.table import TEXT_DTYPE

_PURPOSES: Final[Mapping[str, str]] = {
    "": columns.PURPOSE_CALIBRATE,
    **dict.fromkeys((columns.PURPOSE_CALIBRATE, "校准"), columns.PURPOSE_CALIBRATE),
    **dict.fromkeys((columns.PURPOSE_REVIEW, "复核", "评审"), columns.PURPOSE_REVIEW),
}


def texts(given: Columns, limits: Limits) -> Part:
    """Both texts as the user gave them; cleaning them may not leave them blank."""
    made: dict[str, pd.Series] = {}
    findings: list[Finding] = []
    limit = (("limit", str(limits.text_characters)),)
    for column in (columns.TEXT_A, columns.TEXT_B):
        raw, name = given.raw[column], given.names[column]
        text, foreign, halves = as_text(raw)
        lengths = np.asarray(text.str.len(), dtype=np.int64)
        blank = _blank(text) & ~foreign & ~halves
        findings += [
            Finding(foreign, name, rules.NOT_TEXT, raw),
            Finding(halves, name, rules.HALF_CHARACTER, raw),
            Finding(blank, name, rules.BLANK_TEXT),
            Finding(lengths > limits.text_characters, name, rules.TEXT_TOO_LONG, text, limit, lengths),
        ]
        made[column] = text
    return Part(made, findings)


def _blank(text: pd.Series) -> Mask:
    """Which texts nothing is left of when they are cleaned; only those without a visible character are tried."""
    blank = text.str.fullmatch(r"[\s\p{Z}\p{C}]*").to_numpy(dtype=bool, copy=True)
    for place in np.flatnonzero(blank):
        blank[place] = not clean(text.iloc[place])
    return blank


def labels(given: Columns, kind: str | None) -> Part:
    """Labels and their kinds: the given kind, else the one that a row names, else what the column shows."""
    cells, header = scalars(given.raw[columns.LABEL]), given.names[columns.LABEL]
    named, findings = _named_kinds(given, kind)
    values, kinds = np.full(len(cells), np.nan), named.to_numpy(dtype=object).copy()
    notes: list[PairsNote] = []
    for row_kind in pd.unique(named):
        chosen = (named == row_kind).to_numpy(dtype=bool)
        parsed = parse_labels(cells[chosen], header, kind or row_kind or None, degree=is_degree(header))
        values[chosen], kinds[chosen] = parsed.values, parsed.kind
        findings += _label_findings(parsed, chosen, cells, header)
        notes += parsed.notes
    made = {
        columns.LABEL: pd.Series(values, index=cells.index),
        columns.KIND: pd.Series(kinds, index=cells.index, dtype=TEXT_DTYPE),
    }
    return Part(made, findings, notes)


def _named_kinds(given: Columns, kind: str | None) -> tuple[pd.Series, list[Finding]]:
    """The kind that each row names, "" where it names none or where the caller chose one for all."""
    if kind is not None or columns.KIND not in given:
        return pd.Series("", index=given.raw[columns.LABEL].index, dtype=TEXT_DTYPE), []
    named = as_text(given.raw[columns.KIND])[0].str.strip().str.lower()
    unknown = ~named.isin(["", *columns.LABEL_KINDS]).to_numpy(dtype=bool)
    return named.mask(unknown, ""), [Finding(unknown, given.names[columns.KIND], rules.KIND_UNKNOWN, named)]


def _label_findings(parsed: ParsedLabels, chosen: Mask, cells: pd.Series, header: str) -> list[Finding]:
    """What is wrong with the labels of the chosen rows, spread over all n rows."""

    def spread(mask: Mask) -> Mask:
        bad = np.zeros(len(chosen), dtype=bool)
        bad[chosen] = mask
        return bad

    limit, kind = ("limit", f"{LABEL_MAX[parsed.kind]:g}"), ("kind", parsed.kind)
    return [
        Finding(spread(parsed.missing), header, rules.LABEL_MISSING),
        Finding(spread(parsed.unknown), header, rules.LABEL_UNKNOWN, cells),
        Finding(spread(parsed.outside), header, rules.LABEL_RANGE, cells, (limit, kind)),
        Finding(spread(parsed.fraction), header, rules.LABEL_WHOLE, cells, (kind,)),
    ]


def domains(given: Columns, domain: str | None) -> Part:
    """The domain of each row: the given one, else the file's, else the default."""
    chosen = clean(domain) if domain else ""
    index = given.raw[columns.TEXT_A].index
    if chosen or columns.DOMAIN not in given:
        made = pd.Series(chosen or columns.DEFAULT_DOMAIN, index=index, dtype=TEXT_DTYPE)
        notes = []
        if columns.DOMAIN in given:
            notes.append(note(rules.NOTE_DOMAIN_OVERRIDDEN, column=given.names[columns.DOMAIN], domain=chosen))
        return Part({columns.DOMAIN: made}, (), notes)
    raw = given.raw[columns.DOMAIN]
    text, foreign, halves = as_text(raw)
    cleaned = text.map({value: clean(value) or columns.DEFAULT_DOMAIN for value in text.unique()})
    finding = Finding(foreign | halves, given.names[columns.DOMAIN], rules.NOT_TEXT, raw)
    return Part({columns.DOMAIN: cleaned.astype(TEXT_DTYPE)}, (finding,))


def purposes(given: Columns) -> Part:
    """What each row may be used for; blank cells may be used to calibrate."""
    if columns.PURPOSE not in given:
        return Part({})
    raw = given.raw[columns.PURPOSE]
    made = as_text(raw)[0].str.strip().str.lower().map(_PURPOSES)
    finding = Finding(made.isna().to_numpy(dtype=bool), given.names[columns.PURPOSE], rules.PURPOSE_UNKNOWN, raw)
    return Part({columns.PURPOSE: made.astype(TEXT_DTYPE)}, (finding,))


def scores(given: Columns) -> Part:
    """Scores as numbers; missing and infinite ones are NaN, which whoever certifies drops and counts."""
    if columns.SCORE not in given:
        return Part({})
    raw = given.raw[columns.SCORE]
    values, bad = as_numbers(raw)
    made = pd.Series(np.where(np.isfinite(values), values, np.nan), index=raw.index)
    return Part({columns.SCORE: made}, (Finding(bad, given.names[columns.SCORE], rules.SCORE_NUMBER, raw),))


def free(given: Columns) -> Part:
    """The columns that are kept as they are."""
    made: dict[str, pd.Series] = {}
    findings: list[Finding] = []
    for column in (columns.ID, columns.SPLIT, columns.NOTE):
        if column in given:
            made[column], foreign, halves = as_text(given.raw[column])
            findings.append(Finding(foreign | halves, given.names[column], rules.NOT_TEXT, given.raw[column]))
    return Part(made, findings)
