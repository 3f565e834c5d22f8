"""What every page has around it: heading, language switch, state of model and policy."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

import streamlit as st

from calibration.errors import SimTierError
from calibration.messages.catalogues import LOCALES, SOURCE, negotiate
from calibration.report.palette import DARK_ACCENT, DARK_PAPER
from dashboard import resources, state
from dashboard.components.frame import navigation
from dashboard.i18n import NAMES, escaped, explained, t
from dashboard.model import BROKEN, LOADING

MARK: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    '<rect x="3" y="5" width="26" height="4.5" rx="2.2" fill="#2468B4"/>'
    '<rect x="3" y="11.8" width="20" height="4.5" rx="2.2" fill="#4FB3BF"/>'
    '<rect x="3" y="18.6" width="13" height="4.5" rx="2.2" fill="#E5A835"/>'
    '<rect x="3" y="25.4" width="6" height="4.5" rx="2.2" fill="#A8566B"/></svg>'
)
"""Four tiers as four bars; the page's icon."""
NAME_COLOR: Final = "#2A7A93"
LOGO: Final = MARK.replace('viewBox="0 0 32 32"', 'viewBox="0 0 144 32"').replace(
    "</svg>",
    '<text x="40" y="25" font-family="Source Sans, Segoe UI, Helvetica, Arial, sans-serif" font-size="23" '
    f'font-weight="650" fill="{NAME_COLOR}">SimTier</text></svg>',
)


STYLE: Final = """
[class*="st-key-figure_"] { flex-wrap: nowrap !important; }
[data-testid="stCaptionContainer"] { color: inherit !important; opacity: .75; }
[data-testid="stExpander"] summary, [data-testid="stExpander"] summary * { opacity: 1 !important; }
[data-testid="stCode"] :is(pre, pre *) { white-space: pre-wrap !important; overflow-wrap: anywhere !important; }
.st-key-workspace { margin-bottom: -.75rem; }
@media (min-width: 900px) { [data-testid="stMainBlockContainer"] { padding-inline: 3rem; } }
@media (max-width: 640px) { .st-key-overview-head { display: none; } }
[data-testid="stTable"] :is(th, th *) { word-break: keep-all !important; overflow-wrap: normal !important; }
"""
ON_ACCENT: Final = f"""
:is([data-testid="stBaseButton-primary"]:not(:disabled), [data-tag]) :is(p, span, svg) {{
  color: {DARK_PAPER} !important;
}}
"""
"""In the dark look the accent is light, to be read as text; what is on it is dark."""


def logo() -> None:
    """The product's name above the pages, readable on both looks."""
    st.logo(LOGO.replace(NAME_COLOR, DARK_ACCENT) if state.dark() else LOGO, icon_image=MARK, size="large")


def style() -> None:
    """What the theme cannot say: contrast of small texts (WCAG AA), charts' files, code that wraps (a block that
    scrolls cannot be reached by keyboard), whole words in tables' heads.
    """
    english_only = '[data-testid="InputInstructions"] { display: none; }' if state.locale() != SOURCE else ""
    st.html(f"<style>{STYLE}{english_only}{ON_ACCENT if state.dark() else ''}</style>")


def speak() -> None:
    """Tell screen readers and translators of the browser which language the page is in; at the end of the sidebar,
    where an element without a picture takes no room.
    """
    tag = state.locale().replace("_", "-")
    with st.sidebar:
        st.html(f"<script>document.documentElement.lang = '{tag}'</script>", unsafe_allow_javascript=True)


def heading(title: str, purpose: str) -> None:
    """A page's name and, in one line, what it is for."""
    st.title(title, anchor=False)
    st.caption(purpose)


def language_switch() -> None:
    """The two languages in their own names; in the URL as `lang=en`, so that a link keeps its language.

    Not bound to the URL by Streamlit, which would put the option's name there and know no other.
    """
    if state.get(state.LANGUAGE) is None:
        state.put(state.LANGUAGE, _asked(st.query_params.get(state.LANGUAGE)))
    chosen = st.sidebar.segmented_control(
        "语言 / Language",
        LOCALES,
        required=True,
        format_func=lambda locale: NAMES[locale],
        key=state.LANGUAGE,
        label_visibility="collapsed",
        persist_state="session",
    )
    if chosen == state.browser_locale():
        st.query_params.pop(state.LANGUAGE, None)
    else:
        st.query_params[state.LANGUAGE] = str(chosen)


def _asked(given: str | None) -> str:
    """The language that a link asks for, also by its own name; without a link's word the browser's."""
    by_name = {name: locale for locale, name in NAMES.items()}
    return by_name.get(given, negotiate(given)) if given else state.browser_locale()


@st.fragment(run_every=1)
def await_model(second: str = "") -> None:
    """Look every second whether the model is there, or the `second` one, then run the page again."""
    if (resources.second_model(second) if second else resources.model()).coming is None:
        st.rerun()


def model_note() -> None:
    """In the sidebar: which model scores, and whether it is ready."""
    model = resources.model()
    with st.sidebar:
        if model.status == LOADING:
            st.caption(t(":material/hourglass_top: The model is loading…"))
            await_model()
        elif model.status == BROKEN:
            reason = explained(model.error) if isinstance(model.error, SimTierError) else None
            st.caption(t(":material/error: The model cannot be used"), help=reason)
        else:
            encoder = model.get()
            st.caption(
                t(":material/check_circle: Model: {name}", name=escaped(encoder.name)),
                help=t(
                    "Fingerprint {fingerprint}, {dim} dimensions", fingerprint=encoder.fingerprint, dim=encoder.dim
                ),
            )
            if model.coming is not None:
                st.caption(t(":material/hourglass_top: {name} is loading…", name=escaped(model.coming)))
                await_model()


def model_ready() -> bool:
    """Whether scores can be had now; where not, the page says so in their place."""
    model = resources.model()
    if model.status == LOADING:
        st.info(
            t("The model is loading. This takes a few seconds after a start, longer the first time."),
            icon=":material/hourglass_top:",
        )
        return False
    model.get()
    return True


def explanations() -> None:
    """In the sidebar: where things are explained, in one line."""
    links = (("settings/help", t("Documentation")), ("docs", t("API")), ("settings/glossary", t("Glossary")))
    language = {state.LANGUAGE: state.locale()} if state.locale() != state.browser_locale() else {}
    shown = []
    for place, name in links:
        page, _, tab = place.partition("/")
        query = urlencode({**language, navigation.TAB: tab}) if tab else ""
        shown.append(f"[{name}](/{page}{'?' if query else ''}{query})")
    st.sidebar.markdown(" · ".join(shown))
