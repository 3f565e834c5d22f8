"""A choice that the URL holds by its value, so that a link works in every language and whatever the counts are.

Streamlit's own `bind="query-params"` puts the words of an option into the URL; with another language, or a count in
the words, they name no option any more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from dashboard import state
from dashboard.i18n import naming


def choose(
    label: str, key: str, options: Sequence[str], name: Callable[[str], str], width: int = 160, free: bool = False
) -> str:
    """Ask for one of `options`, the first to begin with; its value is in the URL under `key`.

    free: a value of the URL that is no option (any more) is offered too, say a domain that has no cases left.
    """
    asked, seen, last = st.query_params.get(key, ""), _seen(key), str(state.get(_kept(key)) or options[0])
    value = state.get(key)
    if asked and asked != seen and (free or asked in options):  # a link, not what this page has put there
        value = asked
    elif value is None or (value not in options and not free):
        value = last if last in options or free else options[0]
    shown = [*options, *([value] if value not in options else [])]
    if state.get(key) != value:
        state.put(key, value)
    chosen = st.selectbox(label, shown, key=key, format_func=naming(shown, name), width=width)
    found = str(chosen) if chosen in shown else str(value)
    state.put(_kept(key), found)
    put(key, "" if found == options[0] else found)
    return found


def put(key: str, value: str) -> None:
    """Let the URL say `value`; without one it says nothing."""
    if value:
        st.query_params[key] = value
    elif key in st.query_params:
        del st.query_params[key]
    state.put(f"{key}_in_url", value)


def _seen(key: str) -> str:
    return str(state.get(f"{key}_in_url") or "")


def _kept(key: str) -> str:
    return f"{key}_chosen"
