"""Who may log in to the pages, from the environment: by OpenID Connect, or by a proxy that has done it already."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from dashboard.options import BadOption

METADATA: Final = "SIMTIER_OIDC_METADATA_URL"
CLIENT_ID: Final = "SIMTIER_OIDC_CLIENT_ID"
CLIENT_SECRET: Final = "SIMTIER_OIDC_CLIENT_SECRET"  # noqa: S105 (the variable's name)
SECRET_FILE: Final = "SIMTIER_OIDC_CLIENT_SECRET_FILE"  # noqa: S105
PUBLIC_URL: Final = "SIMTIER_PUBLIC_URL"
UNVERIFIED: Final = "SIMTIER_OIDC_UNVERIFIED_EMAIL"
HEADER: Final = "SIMTIER_LOGIN_HEADER"

VIEWER, REVIEWER, ADMIN = "viewer", "reviewer", "admin"
LISTS: Final[Mapping[str, str]] = {
    ADMIN: "SIMTIER_ADMINS",
    REVIEWER: "SIMTIER_REVIEWERS",
    VIEWER: "SIMTIER_VIEWERS",
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
    """The options in SIMTIER_OIDC_*, SIMTIER_LOGIN_HEADER and the lists; raises BadOption where one is missing."""
    oidc, header = _oidc(environ), (environ.get(HEADER) or "").strip()
    if oidc and header:
        raise BadOption(f"{HEADER}: cannot be had together with {METADATA}; people log in in one way")
    lists = {role: _addresses(name, environ.get(name) or "") for role, name in LISTS.items()}
    if (oidc or header) and not lists[ADMIN]:
        raise BadOption(f"{LISTS[ADMIN]}: must name at least one e-mail address or @domain, or nobody may publish")
    return LoginOptions(oidc, header, lists)


def _oidc(environ: Mapping[str, str]) -> Oidc | None:
    given = {name: (environ.get(name) or "").strip() for name in (METADATA, CLIENT_ID, CLIENT_SECRET, PUBLIC_URL)}
    if not given[METADATA]:
        return None
    if path := environ.get(SECRET_FILE):
        try:
            given[CLIENT_SECRET] = Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise BadOption(f"{SECRET_FILE}: {path} cannot be read ({error.strerror})") from error
    for name, value in given.items():
        if not value:
            raise BadOption(f"{name}: is needed for logging in, with {METADATA}")
    if not given[PUBLIC_URL].startswith(("http://", "https://")):
        raise BadOption(f"{PUBLIC_URL}: must be where browsers find the pages, like https://simtier.example.com")
    unverified = environ.get(UNVERIFIED) == "1"
    return Oidc(given[METADATA], given[CLIENT_ID], given[CLIENT_SECRET], given[PUBLIC_URL].rstrip("/"), unverified)


def _addresses(name: str, text: str) -> frozenset[str]:
    found = frozenset(part.strip().lower() for part in text.split(",") if part.strip())
    for address in found:
        if "@" not in address or address.endswith("@"):
            raise BadOption(f"{name}: must be e-mail addresses or @domains, with commas between, got {address!r}")
    return found
