"""Going to another page from a script or a click."""

from __future__ import annotations

import streamlit as st


def go(view: str, **query: str) -> None:
    """Go to the page in file `view`, with these parameters in its URL.

    Parameters are given even where there are none: without them Streamlit clears the URL, which it refuses where a
    widget is bound to it, as the language is.
    """
    st.switch_page(view, query_params=query)
