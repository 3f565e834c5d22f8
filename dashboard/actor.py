"""Who is at the page: the name that histories carry."""

from __future__ import annotations

import hashlib
import uuid
from typing import Final
from urllib.parse import quote, unquote

import streamlit as st

from calibration.errors import N_, SimTierError
from dashboard import roles, state
from dashboard.i18n import t
from dashboard.login_options import from_environment

LONGEST: Final = 80
BESIDE: Final = "\x1f"
"""Between a name and a browser; no name holds it."""
COOKIE: Final = "simtier_name"
YEAR_SECONDS: Final = 31_536_000


class NameNeeded(SimTierError):
    """What others rely on is not changed by nobody."""

    template = N_("enter your name in the sidebar first: others must be able to see who did this")


def name_field() -> None:
    """In the sidebar: a name to sign changes with; the browser remembers it."""
    if state.get(state.ACTOR) is None:
        state.put(state.ACTOR, unquote(st.context.cookies.get(COOKIE, ""))[:LONGEST])
    st.sidebar.text_input(
        t("Your name"),
        key=state.ACTOR,
        max_chars=LONGEST,
        placeholder=t("Your name, shown on your changes"),
        label_visibility="collapsed",
        persist_state="session",
        on_change=state.put,
        args=(state.ACTOR_CHANGED, True),
    )
    if state.get(state.ACTOR_CHANGED):
        state.drop(state.ACTOR_CHANGED)
        _remember(str(state.get(state.ACTOR) or ""))


def _remember(name: str) -> None:
    """Have the browser keep the name; percent-encoded, so that no name can say more than a name."""
    cookie = f"{COOKIE}={quote(name.strip(), safe='')}; path=/; max-age={YEAR_SECONDS}; SameSite=Lax"
    st.html(f"<script>document.cookie = {cookie!r}</script>", unsafe_allow_javascript=True)


def actor() -> str:
    """Whom changes of this session are signed with: who is logged in, else the name given, perhaps empty."""
    options = from_environment()
    if options.needed:
        return roles.email(options)
    return str(state.get(state.ACTOR) or "").strip()


def visitor() -> str:
    """Whose work something is: the name, and the browser where nobody gave one."""
    return f"{actor()}{BESIDE}{_browser()}"


def is_mine(owner: str) -> bool:
    """Whether what carries this `visitor` is of who is at the page: by the name, else by the browser."""
    name, _, browser = owner.partition(BESIDE)
    return name == actor() if name and actor() else browser == _browser()


def may_stop(owner: str) -> bool:
    """Whether who is at the page may stop such work: their own; who administers a server with a login, any."""
    return is_mine(owner) or (from_environment().needed and roles.allowed(roles.DELETE))


def name_of(owner: str) -> str:
    """The name of a `visitor`, empty where none was given."""
    return owner.partition(BESIDE)[0]


def _browser() -> str:
    """Tells browsers apart: by a hash of a cookie that Streamlit sets, else by session."""
    cookie: object = st.context.cookies.get("_streamlit_xsrf", "")
    if not isinstance(cookie, str) or not cookie:  # as in a page's test
        cookie = state.keep(state.VISITOR, uuid.uuid4().hex)
    return hashlib.sha256(str(cookie).encode()).hexdigest()[:16]


def named_actor() -> str:
    """As `actor`, for what must carry a name; raises NameNeeded."""
    name = actor()
    if not name:
        raise NameNeeded
    return name
