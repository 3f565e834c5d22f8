"""What each person may do, in one place: the store that pages get lets nothing through that their role forbids.

A viewer looks. A reviewer also works on bad cases, labels, data and drafts of policies. An admin also publishes,
deletes and brings back. Without a login everybody at the pages is an admin: that is one person on one machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from calibration.errors import N_, SimTierError
from calibration.store import Store
from dashboard.login_options import ADMIN, REVIEWER, VIEWER, LoginOptions, from_environment

READ, WORK, PUBLISH, DELETE, KEYS = "read", "work", "publish", "delete", "keys"
GRANTS: Final[Mapping[str, frozenset[str]]] = {
    VIEWER: frozenset({READ}),
    REVIEWER: frozenset({READ, WORK}),
    ADMIN: frozenset({READ, WORK, PUBLISH, DELETE, KEYS}),
}
NAMES: Final = {VIEWER: N_("may look"), REVIEWER: N_("may review"), ADMIN: N_("administrator")}

_READS: Final = {
    "audit": "count list",
    "bad_cases": "counts domains frame get history known parts search unjudged values",
    "case_filters": "list",
    "case_patterns": "by by_week",
    "cluster_reviews": "get",
    "faqs": "get list questions versions",
    "datasets": "bad_cases_of can_undo changes find_rows frame free_name get history list page trace",
    "fits": "add count",  # every look at a fit counts, also a reader's
    "labellings": "compare labellers next pair",
    "live_pairs": "frame reviewed waiting",
    "policies": "current get list opponent publications",
    "reviews": "opinions waiting wrong_labels",
    "score_samples": "frame",
    "sessions": "frame get list progress twice",
    "unanswered": "list",
    "": "ping",
}
_WORKS: Final = {
    "audit": "add",
    "bad_cases": "add add_many judge note_use set_status set_status_of_all undo update_expected update_note",
    "case_filters": "save delete",
    "cluster_reviews": "bring_back decide delete undo",
    "datasets": "add append derive edit redo rename set_drawn undo",
    "faqs": "restore save set_cutoff",
    "labellings": "label back reopen settle",
    "live_pairs": "answer take",
    "policies": "save update_note",
    "reviews": "answer release take",
    "sessions": "add answer delete note_added restore settle take",
    "unanswered": "add delete",
}
_PUBLISHES: Final = {"policies": "publish reinstate rollback"}
_DELETES: Final = {"datasets": "delete restore", "faqs": "delete", "": "backup restore close"}
_KEYS: Final = {"api_keys": "add list revoke used", "score_samples": "add", "live_pairs": "add"}


def _table() -> dict[tuple[str, str], str]:
    kinds = ((READ, _READS), (WORK, _WORKS), (PUBLISH, _PUBLISHES), (DELETE, _DELETES), (KEYS, _KEYS))
    return {
        (area, method): action
        for action, areas in kinds
        for area, names in areas.items()
        for method in names.split()
    }


ACTIONS: Final[Mapping[tuple[str, str], str]] = _table()
"""What a method of the store does, by repository and name; one that is not here is an admin's."""


class NotPermitted(SimTierError):
    """The person's role does not allow it."""

    template = N_("your role ({role}) does not allow this; an administrator can change it")

    def __init__(self, role: str | None) -> None:
        super().__init__(role=NAMES.get(role or "", N_("no access")))


def email(options: LoginOptions) -> str:
    """The address of who is at the page, empty where nobody is logged in or nobody vouches for the address."""
    if options.header:
        return str(st.context.headers.get(options.header) or "").strip()
    if options.oidc is None or not st.user.is_logged_in:
        return ""
    if not options.oidc.unverified and st.user.get("email_verified") is not True:
        return ""
    return str(st.user.get("email") or "").strip()


def role() -> str | None:
    """The role of who is at the page; None: may not enter. The process itself (API, jobs) is an admin."""
    options = from_environment()
    if not options.needed or get_script_run_ctx(suppress_warning=True) is None:
        return ADMIN
    return options.role_of(email(options))


def allowed(action: str) -> bool:
    """Whether who is at the page may do it: what pages ask before they offer something."""
    return action in GRANTS.get(role() or "", frozenset())


def guarded_store(store: Store) -> Store:
    """The store as who is at the page may use it; raises NotPermitted on whatever they may not."""
    found = role()
    return store if found == ADMIN else cast(Store, GuardedStore(store, found))


class GuardedStore:
    """A store that refuses what a role does not allow."""

    def __init__(self, inner: Any, role: str | None, area: str = "") -> None:
        self._inner, self._role, self._area = inner, role, area

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if callable(found):
            action = ACTIONS.get((self._area, name), KEYS)
            if action not in GRANTS.get(self._role or "", frozenset()):
                return self._refuse
            return found
        return GuardedStore(found, self._role, name)

    def _refuse(self, *_: object, **__: object) -> None:
        raise NotPermitted(self._role)
