"""Compare while typing: a text area gives its text to the server a moment after the last key, not on leaving it."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard import state

PAUSE_MS: Final = 350
"""After so long without a key the text counts as typed."""

SCRIPT: Final = f"""
<script>
(() => {{
  if (window.simtierTyping) return;
  window.simtierTyping = true;
  const fields = '.st-key-{state.LIVE_SOURCE} textarea, .st-key-{state.LIVE_TARGETS} textarea';
  let timer = 0;
  const give = (area) => {{
    clearTimeout(timer);
    timer = setTimeout(() => {{
      if (!area.isConnected || area !== document.activeElement) return;
      const enter = {{key: 'Enter', code: 'Enter', keyCode: 13, ctrlKey: true, bubbles: true, cancelable: true}};
      area.dispatchEvent(new KeyboardEvent('keydown', enter));
    }}, {PAUSE_MS});
  }};
  const typed = (event) => {{
    if (event.target.matches && event.target.matches(fields) && !event.isComposing) give(event.target);
  }};
  document.addEventListener('input', typed, true);
  document.addEventListener('compositionend', typed, true);
}})();
</script>
"""
"""Ctrl+Enter is how Streamlit's text areas give their text; while an input method composes, nothing is given."""


def listen() -> None:
    """Put the listener on the page; it stays, and finds the text areas wherever they are drawn."""
    st.html(SCRIPT, unsafe_allow_javascript=True)
