"""Model: what is in use, how large and fast it is, what its cache holds, and how to use another."""

from __future__ import annotations

import streamlit as st

from calibration.encoding import CachedEncoder
from dashboard import resources
from dashboard.components.frame.guard import guarded
from dashboard.components.frame.shell import model_ready
from dashboard.components.settings import facts, speed, switch


def show() -> None:
    """The section, top to bottom."""
    with guarded():  # a broken model must not keep anybody from choosing another
        if model_ready():
            encoder = resources.encoder()
            if isinstance(encoder, CachedEncoder):
                facts.show(encoder)
                speed.ask(encoder)
    st.divider()
    switch.ask()
