"""Who may log in to the pages, from the environment: by OpenID Connect, or by a proxy that has done it already."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from calibration.errors import N_
from calibration.messages.note import note
from dashboard.bad_option import BadOption
from dashboard.settings import Login

METADATA, CLIENT_ID, CLIENT_SECRET, SECRET_FILE, PUBLIC_URL, HEADER = map(
    Login.variable,
    (
        "oidc_metadata_url",
        "oidc_client_id",
        "oidc_client_secret",
        "oidc_client_secret_file",
        "public_url",
        "login_header",
    ),
)
VIEWER, REVIEWER, ADMIN = "viewer", "reviewer", "admin"
LISTS: Final[Mapping[str, str]] = {
    ADMIN: Login.variable("admins"),
    REVIEWER: Login.variable("reviewers"),
    VIEWER: Login.variable("viewers"),
}
"""Each role's list of e-mail addresses and @domains, the mightiest role first."""


@dataclass(frozen=True)
class Oidc:
    """A client of an OpenID Connect provider; `unverified`: it need not vouch for addresses."""

    metadata_url: str
    client_id: str
    client_secret: str
    public_url: str
    unverified: bool = False

    def secrets(self) -> dict[str, Any]:
        """What Streamlit reads as the `auth` section of its secrets.

        The cookie's key comes of the client's secret: it outlives a restart, and a new secret ends all sessions.
        """
        key = hmac.new(self.client_secret.encode(), b"simtier session cookie", hashlib.sha256)
        return {
            "redirect_uri": f"{self.public_url}/oauth2callback",
            "cookie_secret": key.hexdigest(),
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "server_metadata_url": self.metadata_url,
        }


@dataclass(frozen=True)
class LoginOptions:
    """How people log in: by `oidc`, by a proxy that names them in `header`, or, with neither, not at all.

    lists: by role, the addresses and @domains that have it.
    """

    oidc: Oidc | None
    header: str
    lists: Mapping[str, frozenset[str]]

    @property
    def needed(self) -> bool:
        """Whether anybody has to log in."""
        return self.oidc is not None or bool(self.header)

    def role_of(self, address: str) -> str | None:
        """The role of an e-mail address; None: no entry. What names the address itself goes before its domain."""
        address = address.strip().lower()
        name, at, domain = address.rpartition("@")
        if not name or not domain:
            return None
        for wanted in (address, at + domain):
            for role in LISTS:
                if wanted in self.lists[role]:
                    return role
        return None


def from_environment(environ: Mapping[str, str] = os.environ) -> LoginOptions:
    """The options in `dashboard.settings.Login`; raises BadOption where one is missing, else BadArgument."""
    given = Login.read(environ)
    oidc, header = _oidc(given), given.login_header
    if oidc and header:
        raise BadOption(note(BOTH, header=HEADER, metadata=METADATA))
    lists = {ADMIN: given.admins, REVIEWER: given.reviewers, VIEWER: given.viewers}
    if (oidc or header) and not given.admins:
        raise BadOption(note(NO_ADMIN, admins=LISTS[ADMIN]))
    return LoginOptions(oidc, header, {role: frozenset(addresses) for role, addresses in lists.items()})


def _oidc(given: Login) -> Oidc | None:
    if not given.oidc_metadata_url:
        return None
    secret = given.oidc_client_secret
    if path := given.oidc_client_secret_file:
        try:
            secret = Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise BadOption(note(UNREADABLE, name=SECRET_FILE, path=path, reason=error.strerror)) from error
    for name, value in ((CLIENT_ID, given.oidc_client_id), (CLIENT_SECRET, secret), (PUBLIC_URL, given.public_url)):
        if not value:
            raise BadOption(note(LACKING, name=name, metadata=METADATA))
    if not given.public_url.startswith(("http://", "https://")):
        raise BadOption(note(NO_URL, name=PUBLIC_URL))
    url = given.public_url.rstrip("/")
    return Oidc(given.oidc_metadata_url, given.oidc_client_id, secret, url, given.oidc_unverified_email)


BOTH: Final = N_("{header}: cannot be set together with {metadata}; there is one way to log in")
NO_ADMIN: Final = N_("{admins}: must name at least one e-mail address or @domain, otherwise nobody can publish")
UNREADABLE: Final = N_("{name}: {path} cannot be read ({reason})")
LACKING: Final = N_("{name}: is needed for logging in, with {metadata}")
NO_URL: Final = N_("{name}: must be where browsers find the pages, like https://simtier.example.com")
