"""The door to the pages: a button where people log in, and in the sidebar who they are."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard import roles
from dashboard.actor import name_field
from dashboard.i18n import escaped, t
from dashboard.login_options import LoginOptions, from_environment

PRODUCT: Final = "SimTier"


def entered() -> bool:
    """Whether who is here may see the pages; where not, the page says what to do instead."""
    options = from_environment()
    if not options.needed or roles.role() is not None:
        return True
    st.title(PRODUCT, anchor=False)
    if options.oidc is not None and not st.user.is_logged_in:
        st.markdown(t("Compare sentences, calibrate thresholds, review bad cases. Log in to continue."))
        st.button(t("Log in"), key="login", type="primary", icon=":material/login:", on_click=st.login)
        return False
    _turned_away(options)
    return False


def _turned_away(options: LoginOptions) -> None:
    """Somebody is here, but is on no list."""
    address = roles.email(options)
    if address:
        words = t("{email} may not use this SimTier; ask its administrator for access.", email=escaped(address))
    else:
        words = t("Your login has no verified e-mail address; ask the administrator.")
    st.warning(words, icon=":material/block:")
    _log_out(options)


def who() -> None:
    """In the sidebar: who is logged in, and the way out; without a login, a name to sign changes with."""
    options = from_environment()
    if not options.needed:
        name_field()
        return
    with st.sidebar:
        role = roles.NAMES[str(roles.role())]
        st.caption(f":material/person: {escaped(roles.email(options))} · {t(role)}")
        _log_out(options)


def _log_out(options: LoginOptions) -> None:
    """The way out; a proxy has its own."""
    if options.oidc is not None:
        st.button(t("Log out"), key="logout", type="tertiary", icon=":material/logout:", on_click=st.logout)
