"""Read FAQ and query files: find their columns, and the right answers where they are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from calibration.corpus.rows import CorpusSource
from calibration.corpus.texts import OnBadRows, TextColumn, named_column, read_texts
from calibration.errors import N_, BadRows
from calibration.errors.rows import PairProblem
from calibration.pairs.headers import normalise
from calibration.tables.cells import as_text
from calibration.tables.table import AS_FOUND, Reading
from calibration.text.cleaning import clean

QUESTIONS: Final = ("question", "问题", "标准问", "标准问题", "faq", "title", "标题", "text", "文本", "query")
QUERIES: Final = ("query", "查询", "用户问", "用户问题", "question", "问题", "text", "文本", "title", "标题")
KEYS: Final = ("key", "faq_id", "answer_id", "id", "编号", "answer", "答案", "回答")
EXPECTED: Final = ("expected", "faq_id", "answer_id", "期望", "正确答案", "标准问编号")
UNKNOWN_KEY: Final = N_("names no answer of the FAQ; leave it blank where the FAQ has none")


@dataclass(frozen=True)
class Faq:
    """Questions, and the name of each one's answer; the question itself where the file names none."""

    read: TextColumn
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """Queries, and the name of each one's right answer, blank for none; None where the file does not say."""

    read: TextColumn
    expected: tuple[str, ...] | None


def read_faq(
    source: CorpusSource,
    column: str | None = None,
    key_column: str | None = None,
    *,
    name: str | None = None,
    on_bad_rows: OnBadRows = "raise",
    reading: Reading = AS_FOUND,
) -> Faq:
    """Read a FAQ; a question whose answer's name is blank is an answer of its own. Raises what `read_texts`
    raises.
    """
    read = read_texts(source, column, name=name, aliases=QUESTIONS, on_bad_rows=on_bad_rows, reading=reading)
    names = _cells(read, key_column, KEYS)
    own = [clean(text) for text in read.texts]
    return Faq(read, tuple(own if names is None else (a or b for a, b in zip(names, own, strict=True))))


def read_queries(
    source: CorpusSource,
    faq: Faq,
    column: str | None = None,
    expected_column: str | None = None,
    *,
    name: str | None = None,
    on_bad_rows: OnBadRows = "raise",
    reading: Reading = AS_FOUND,
) -> Asked:
    """Read queries. An expected answer may be named by its key or by any question that leads to it.

    Raises what `read_texts` raises, BadRows also for an expected answer that the FAQ does not have.
    """
    read = read_texts(source, column, name=name, aliases=QUERIES, on_bad_rows=on_bad_rows, reading=reading)
    named = _cells(read, expected_column, EXPECTED)
    if named is None:
        return Asked(read, None)
    known = {clean(text): key for text, key in zip(faq.read.texts, faq.keys, strict=True)}
    known |= {key: key for key in faq.keys}
    wrong = [at for at, key in enumerate(named) if key and key not in known]
    if not wrong:
        return Asked(read, tuple(known[key] if key else "" for key in named))
    problems = tuple(
        PairProblem(read.file, int(read.lines[at]), _name(read, expected_column), UNKNOWN_KEY, named[at])
        for at in wrong
    )
    good = [at for at in range(len(named)) if at not in set(wrong)]
    frame = read.frame.iloc[good].reset_index(drop=True)
    if on_bad_rows == "raise" or not good:
        raise BadRows(read.file, (*read.problems, *problems), frame, read.total)
    texts = [read.texts[at] for at in good]
    kept = TextColumn(
        read.file, read.column, frame, read.lines[good], texts, (*read.problems, *problems), read.total
    )
    return Asked(kept, tuple(known[named[at]] if named[at] else "" for at in good))


def _name(read: TextColumn, column: str | None, aliases: Sequence[str] = EXPECTED) -> str:
    """The column that is meant, other than that of the texts; raises ColumnUnknown, and gives "" where none is."""
    if column is not None:
        return named_column(read, column)
    names = {normalise(str(name)): str(name) for name in reversed(list(read.frame.columns))}
    found = (names[normalise(alias)] for alias in aliases if normalise(alias) in names)
    return next((name for name in found if name != read.column), "")


def _cells(read: TextColumn, column: str | None, aliases: Sequence[str]) -> list[str] | None:
    """The cells of a column as cleaned texts, blank for missing ones; None where there is no such column."""
    name = _name(read, column, aliases)
    return [clean(text) for text in as_text(read.frame[name])[0].tolist()] if name else None
