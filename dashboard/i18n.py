"""Every word on a page, in the language of its session.

Sources say `t("English text with {fields}", fields=...)`; Babel collects those calls, and
`locales/zh_CN.po` translates them. What that catalogue lacks is looked up in the library's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, tzinfo
from typing import Any, Final

from babel.dates import format_date, format_time, get_timezone

from calibration.columns import SHOWN_NAMES
from calibration.errors import SimTierError
from calibration.messages.catalogues import SOURCE, catalogue, explain, translate
from calibration.messages.note import Note
from dashboard import state

PACKAGE: Final = "dashboard.locales"
INDENT: Final = re.compile(r"^(?: {4,}| {0,3}\t[ \t]*)", re.MULTILINE)
"""Blanks that begin a line and would make a code block of it, in which backslashes are shown."""
NAMES: Final = {"zh_CN": "中文", "en": "English"}
"""Each language in its own name, for the switch."""


def render(message: str, locale: str, /, **fields: object) -> str:
    """`message` in `locale`, its fields filled in; an unknown message stays English."""
    text = catalogue(PACKAGE, locale).gettext(message) if locale != SOURCE else message
    if text == message:
        text = translate(message, locale)
    return text.format(**fields) if fields else text


def t(message: str, /, **fields: object) -> str:
    """`message` in the session's language."""
    return render(message, state.locale(), **fields)


def tn(singular: str, plural: str, count: int, /, **fields: object) -> str:
    """The form of a message that fits `count`, which is also its field {count}, with thousands separated."""
    locale = state.locale()
    text = catalogue(PACKAGE, locale).ngettext(singular, plural, count)
    return text.format(count=f"{count:,}", **fields)


def joined(*sentences: str) -> str:
    """Sentences in a row, with a blank between them where the session's language has one."""
    return ("" if state.locale().startswith("zh") else " ").join(sentences)


def tier_name(tier: str) -> str:
    """The name of a tier, or of what people read in its place, in the session's language."""
    return t(SHOWN_NAMES[tier])


def moment(at: datetime) -> str:
    """A moment as the session's reader writes it, in the time zone of their browser."""
    local = at.astimezone(zone())
    return f"{format_date(local, locale=state.locale())} {format_time(local, 'short', locale=state.locale())}"


def day(at: date | str) -> str:
    """A day as the session's reader writes it; ISO 8601 may be given."""
    given = date.fromisoformat(at[:10]) if isinstance(at, str) else at
    return format_date(given, locale=state.locale())


def zone() -> tzinfo:
    """The browser's time zone; UTC where the browser names none that we know."""
    try:
        return get_timezone(state.time_zone()) if state.time_zone() else UTC
    except LookupError:
        return UTC


def naming(options: Iterable[str], name: Callable[[str], str]) -> Callable[[Any], str]:
    """A widget's `format_func`: every option's words, found now, while the session's language is at hand."""
    names = {option: name(option) for option in options}
    return lambda option: names.get(option, str(option))


def explained(error: SimTierError) -> str:
    """What went wrong, in the session's language."""
    return explained_in(error, state.locale())


def explained_in(error: SimTierError, locale: str) -> str:
    """What went wrong, in `locale`; the dashboard's own errors are in its own catalogue."""
    own = catalogue(PACKAGE, locale).gettext(error.template)
    if own == error.template:
        return explain(error, locale)
    return own.format(**{name: _localised(value, locale) for name, value in error.params.items()})


def _localised(value: object, locale: str) -> object:
    """A value of an error, in `locale` where it is a message."""
    if isinstance(value, Note):
        return render(value.message, locale, **dict(value.params))
    return render(value, locale) if isinstance(value, str) else value


def escaped(text: str) -> str:
    """User's text made safe for Markdown: no formatting, links, icons, entities, code or mathematics come of it."""
    shown = INDENT.sub(lambda blanks: "\N{NO-BREAK SPACE}" * len(blanks[0]), text)
    return "".join(
        f"\\{character}" if character in "\\`*_{}[]()<>#+-.!|$:~&=" else character for character in shown
    )
