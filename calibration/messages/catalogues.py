"""Translate messages with gettext catalogues, read as .po files without a compile step.

The library's own catalogue (errors, rules, tier names) is in `calibration/locales`; an application may
chain its own before it. English is the source language and needs no catalogue.
"""

from __future__ import annotations

import gettext
import io
import os
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Final

from calibration.errors import N_, Explained, SimTierError, Words
from calibration.errors.rows import PairProblem

LOCALES: Final = ("zh_CN", "en")
SOURCE: Final = "en"

GIVEN: Final = frozenset({"value", "column", "file", "key", "domain", "known", "found", "model", "folder"})
"""Values of errors that users gave; a word of theirs, say a column `same`, is no message of ours."""

PROBLEM: Final = N_("{file}, row {row}, column {column}: {rule}")
GOT: Final = N_(" (got {value})")


def negotiate(*wanted: str | None) -> str:
    """The first locale we have among those wanted; any Chinese counts as zh_CN, anything else as English.

    >>> negotiate(None, "zh-TW")
    'zh_CN'
    >>> negotiate("fr-FR")
    'en'
    """
    for tag in wanted:
        if tag:
            return "zh_CN" if tag.lower().startswith("zh") else SOURCE
    return SOURCE


def from_environment(environ: Mapping[str, str] = os.environ) -> str:
    """The locale of a terminal: LC_ALL, LC_MESSAGES, LANG in the order of POSIX."""
    return negotiate(*(environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG")))


@lru_cache(maxsize=16)
def catalogue(package: str, locale: str) -> gettext.NullTranslations:
    """The catalogue of `package` (its `<locale>.po`) for `locale`; an empty one for the source language."""
    if locale == SOURCE:
        return gettext.NullTranslations()
    from babel import Locale  # slow to import, and no English reader needs it
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    source = resources.files(package).joinpath(f"{locale}.po").read_bytes()
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(source), locale=Locale.parse(locale)))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def translate(message: str, locale: str) -> str:
    """`message` of the library's own catalogue in `locale`."""
    return catalogue("calibration.locales", locale).gettext(message) if message else message


def explain(error: SimTierError, locale: str) -> str:
    """What went wrong, in `locale`; the same rule and values as `str(error)`.

    A value that is a message itself (a reason, a rule, a problem with a row) is said in `locale` too.
    """
    said = {name: _say(name, value, locale) for name, value in error.params.items()}
    return translate(error.template, locale).format(**said)


def explain_words(words: Words, locale: str) -> str:
    """A message of the catalogue, or one with values, in `locale`."""
    return words.explain(locale) if isinstance(words, Explained) else translate(words, locale)


def describe(problem: PairProblem, locale: str) -> str:
    """A problem with a row, in `locale`: file, row, column, rule, and what was there."""
    rule = translate(problem.rule, locale).format(**dict(problem.params))
    place = translate(PROBLEM, locale).format(file=problem.file, row=problem.row, column=problem.column, rule=rule)
    return place + (translate(GOT, locale).format(value=repr(problem.value[:40])) if problem.value else "")


def _say(name: str, value: object, locale: str) -> object:
    if isinstance(value, PairProblem):
        return describe(value, locale)
    if isinstance(value, Explained):
        return value.explain(locale)
    if not isinstance(value, str) or (name in GIVEN and " " not in value):
        return value
    return translate(value, locale)
