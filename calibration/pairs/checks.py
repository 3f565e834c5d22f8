"""The rules of each column, vectorised: a raw column to a canonical one, and the rows that break a rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibration import columns
from calibration.errors import ScoresOutside
from calibration.messages.note import note
from calibration.pairs import rules
from calibration.pairs.findings import Columns, Finding, Mask, Part
from calibration.pairs.headers import is_degree
from calibration.pairs.label_kind import Scale
from calibration.pairs.labels import ParsedLabels, parse_labels
from calibration.pairs.rules import PairsNote
from calibration.tables.cells import (
    MAY_BE_NO_SENTENCE,
    TEXT_DTYPE,
    as_loose_text,
    as_numbers,
    as_text,
    no_sentence,
    scalars,
    unquoted,
)
from calibration.tables.limits import Limits
from calibration.tables.rules import BLANK_TEXT, ERROR_CELL, HALF_CHARACTER, MISSING_WORD, NOT_TEXT, TEXT_TOO_LONG
from calibration.text.cleaning import clean

_LONGEST_WORD: Final = 16
_SCORE_SLACK: Final = 1e-4
"""By which a cosine may be beyond 1 in single precision."""
_PURPOSES: Final[Mapping[str, str]] = {
    "": columns.PURPOSE_CALIBRATE,
    **dict.fromkeys((columns.PURPOSE_CALIBRATE, "校准"), columns.PURPOSE_CALIBRATE),
    **dict.fromkeys((columns.PURPOSE_REVIEW, "复核", "评审"), columns.PURPOSE_REVIEW),
}


def texts(given: Columns, limits: Limits) -> Part:
    """Both texts as the user gave them; cleaning them may not leave them blank, and words for nothing are none."""
    made: dict[str, pd.Series] = {}
    findings: list[Finding] = []
    limit = (("limit", str(limits.text_characters)),)
    for column in (columns.TEXT_A, columns.TEXT_B):
        raw, name = given.raw[column], given.names[column]
        text, foreign, halves = as_text(raw)
        text = _without_formulas(text, given)
        lengths = np.asarray(text.str.len(), dtype=np.int64)
        blank = _blank(text) & ~foreign & ~halves
        findings += [
            Finding(foreign, name, NOT_TEXT, raw),
            Finding(halves, name, HALF_CHARACTER, raw),
            Finding(blank, name, BLANK_TEXT),
            *_no_sentences(text, lengths, name),
            Finding(lengths > limits.text_characters, name, TEXT_TOO_LONG, text, limit, lengths),
        ]
        made[column] = text
    return Part(made, findings)


def _without_formulas(text: pd.Series, given: Columns) -> pd.Series:
    """Texts without what keeps Excel from changing them: ="..." around a text, and ' before all of a column.

    Only in a file that marks its labels so too: elsewhere these characters belong to the texts.
    """
    if columns.LABEL not in given or pd.api.types.is_numeric_dtype(given.raw[columns.LABEL].dtype):
        return text
    cells = given.raw[columns.LABEL].tolist()
    labels = [str(cell) for cell in cells if cell != ""]
    if not labels or not all(label.startswith(("'", '="')) for label in labels):
        return text
    marked = text.str.startswith('="').to_numpy(dtype=bool)
    if marked.any():
        text = text.where(~marked, text[marked].map(unquoted).reindex(text.index))
    filled = text[text != ""]
    if len(filled) > 1 and filled.str.startswith("'").all() and not filled.str.endswith("'").any():
        text = text.str.slice(1)
    return text


def _no_sentences(text: pd.Series, lengths: npt.NDArray[np.int64], name: str) -> list[Finding]:
    """Which texts are errors of a spreadsheet, or words for a missing value; few come into question."""
    short = (lengths <= _LONGEST_WORD) & text.str.contains(MAY_BE_NO_SENTENCE).to_numpy(dtype=bool)
    found = np.full(len(text), "", dtype=object)
    found[short] = [no_sentence(word) for word in text[short].tolist()]
    return [Finding(found == rule, name, rule, text) for rule in (ERROR_CELL, MISSING_WORD)]


def _blank(text: pd.Series) -> Mask:
    """Which texts nothing is left of when they are cleaned; only those without a visible character are tried."""
    blank = text.str.fullmatch(r"[\s\p{Z}\p{C}]*").to_numpy(dtype=bool, copy=True)
    for place in np.flatnonzero(blank):
        blank[place] = not clean(text.iloc[place])
    return blank


def labels(given: Columns, scale: Scale | None, inference: bool, good: Mask) -> Part:
    """Labels and their kinds: the given scale, else the kind that a row names, else what the column shows.

    good: the rows whose texts can be used; only they count when the kind is inferred. Raises LabelScaleUnclear.
    """
    cells, header = given.raw[columns.LABEL], given.names[columns.LABEL]
    named, findings = _named_kinds(given, scale)
    values, kinds = np.full(len(cells), np.nan), named.to_numpy(dtype=object).copy()
    notes: list[PairsNote] = []
    for row_kind in pd.unique(named):
        chosen = (named == row_kind).to_numpy(dtype=bool)
        of_row = scale or (Scale(row_kind) if row_kind else None)
        how = {"degree": is_degree(header), "inference": inference, "counting": good[chosen]}
        parsed = parse_labels(cells[chosen].reset_index(drop=True), header, of_row, **how)
        values[chosen], kinds[chosen] = parsed.values, parsed.kind
        findings += _label_findings(parsed, chosen, scalars(cells), header)
        notes += parsed.notes
    if len(cells) and np.isnan(values).all():
        notes += _labels_elsewhere(given)
    made = {
        columns.LABEL: pd.Series(values, index=cells.index),
        columns.KIND: pd.Series(kinds, index=cells.index, dtype=TEXT_DTYPE),
    }
    return Part(made, findings, notes)


def _labels_elsewhere(given: Columns) -> list[PairsNote]:
    """That a column of texts holds labels alone, where the column of labels holds none."""
    for column in (name for name in (columns.TEXT_A, columns.TEXT_B) if name in given):
        cells = given.raw[column].reset_index(drop=True)
        if np.isfinite(parse_labels(cells, given.names[column]).values).all():
            names = {"column": given.names[column], "label": given.names[columns.LABEL]}
            return [note(rules.NOTE_LABELS_ELSEWHERE, **names)]
    return []


def _named_kinds(given: Columns, scale: Scale | None) -> tuple[pd.Series, list[Finding]]:
    """The kind that each row names, "" where it names none or where the caller chose one for all."""
    if scale is not None or columns.KIND not in given:
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

    limit, kind = ("limit", f"{parsed.limit:g}"), ("kind", parsed.kind)
    binary = parsed.kind == columns.BINARY
    outside, fraction = (rules.LABEL_BINARY,) * 2 if binary else (rules.LABEL_RANGE, rules.LABEL_WHOLE)
    return [
        Finding(spread(parsed.missing), header, rules.LABEL_MISSING),
        Finding(spread(parsed.unknown), header, rules.LABEL_UNKNOWN, cells),
        Finding(spread(parsed.outside), header, outside, cells, (limit, kind)),
        Finding(spread(parsed.fraction), header, fraction, cells, (kind,)),
        Finding(spread(parsed.disagree), header, rules.LABEL_DISAGREES, cells),
    ]


def domains(given: Columns, domain: str | None) -> Part:
    """The domain of each row: the given one, else the file's, else the default."""
    chosen = clean(domain) if domain else ""
    index = given.raw[columns.LABEL].index
    if chosen or columns.DOMAIN not in given:
        made = pd.Series(chosen or columns.DEFAULT_DOMAIN, index=index, dtype=TEXT_DTYPE)
        notes = []
        if columns.DOMAIN in given:
            notes.append(note(rules.NOTE_DOMAIN_OVERRIDDEN, column=given.names[columns.DOMAIN], domain=chosen))
        return Part({columns.DOMAIN: made}, (), notes)
    text, notes = _loose(given, columns.DOMAIN)
    made = _each(text, lambda value: clean(value) or columns.DEFAULT_DOMAIN)
    return Part({columns.DOMAIN: made}, (), notes)


def _each(text: pd.Series, change: Callable[[str], str | None]) -> pd.Series:
    """A column of text with every value changed; few are distinct."""
    codes, distinct = pd.factorize(text)
    changed = pd.array([change(value) for value in distinct], dtype=TEXT_DTYPE)
    return pd.Series(changed.take(codes), index=text.index)


def _loose(given: Columns, column: str) -> tuple[pd.Series, list[PairsNote]]:
    """A column that may hold anything, as text; what is none is written as one, which is noted."""
    text, foreign, halves = as_loose_text(given.raw[column])
    written = bool((foreign | halves).any())
    return text, [note(rules.NOTE_WRITTEN, column=given.names[column])] if written else []


def purposes(given: Columns) -> Part:
    """What each row may be used for; blank cells may be used to calibrate."""
    if columns.PURPOSE not in given:
        return Part({})
    raw = given.raw[columns.PURPOSE]
    made = _each(as_text(raw)[0], lambda value: _PURPOSES.get(value.strip().lower()))
    finding = Finding(made.isna().to_numpy(dtype=bool), given.names[columns.PURPOSE], rules.PURPOSE_UNKNOWN, raw)
    return Part({columns.PURPOSE: made}, (finding,))


def scores(file: str, given: Columns) -> Part:
    """Scores as numbers in [-1, 1]; missing and infinite ones are NaN, which certificates drop and count.

    Raises ScoresOutside where they are on another scale.
    """
    if columns.SCORE not in given:
        return Part({})
    raw = given.raw[columns.SCORE]
    values, bad = as_numbers(raw)
    values = np.where(np.isfinite(values), values, np.nan)
    outside = np.abs(values) > 1.0 + _SCORE_SLACK
    if outside.any() and outside.sum() * 2 > np.isfinite(values).sum():
        raise ScoresOutside(file, given.names[columns.SCORE], float(np.nanmin(values)), float(np.nanmax(values)))
    name = given.names[columns.SCORE]
    beyond = [note(rules.NOTE_SCORES_BEYOND, count=int(outside.sum()))] if outside.any() else []
    made = pd.Series(values, index=raw.index)
    return Part({columns.SCORE: made}, (Finding(bad, name, rules.SCORE_NUMBER, raw),), beyond)


def free(given: Columns) -> Part:
    """The columns that are kept as they are, whatever they hold."""
    made: dict[str, pd.Series] = {}
    notes: list[PairsNote] = []
    for column in (columns.ID, columns.SPLIT, columns.NOTE):
        if column in given:
            made[column], more = _loose(given, column)
            notes += more
    return Part(made, (), notes)
