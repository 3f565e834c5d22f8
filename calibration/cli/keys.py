"""`keys add NAME`, `keys list`, `keys revoke NAME`: who may use the HTTP API."""

from __future__ import annotations

import argparse
import getpass
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from calibration.cli.json_option import add_json
from calibration.cli.store_options import add_store, store_of
from calibration.cli.terminal import say
from calibration.errors import N_
from calibration.store import ApiKey, open_store
from calibration.store.api_keys import READ, WRITE

EXAMPLES: Final = ("keys add search-service --read-only", "keys list", "keys revoke search-service")
ACCESS: Final = {READ: N_("read"), WRITE: N_("write")}
"""What a key may do."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `keys`."""
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="DEED")
    adding = deeds.add_parser("add", help="create a key, and show it only now")
    adding.add_argument("name", metavar="NAME", help="whom it is for; unique among keys")
    adding.add_argument("--read-only", action="store_true", help="it may judge, but not report bad cases")
    adding.set_defaults(run=add)
    listing = deeds.add_parser("list", help="all keys, without their secrets")
    listing.set_defaults(run=list_all)
    revoking = deeds.add_parser("revoke", help="revoke a key permanently")
    revoking.add_argument("name", metavar="NAME")
    revoking.set_defaults(run=revoke)
    for deed in (adding, listing, revoking):
        add_json(deed)
        add_store(deed)


def add(options: argparse.Namespace) -> KeysResult:
    """Make a key."""
    with open_store(store_of(options)) as store:
        access = READ if options.read_only else WRITE
        key, secret = store.api_keys.add(options.name, access=access, actor=_operator())
    return KeysResult((key,), secret)


def list_all(options: argparse.Namespace) -> KeysResult:
    """Read all keys."""
    with open_store(store_of(options)) as store:
        return KeysResult(store.api_keys.list())


def revoke(options: argparse.Namespace) -> KeysResult:
    """Revoke a key."""
    with open_store(store_of(options)) as store:
        return KeysResult((store.api_keys.revoke(options.name, actor=_operator()),))


def _operator() -> str:
    """Who runs the command; a user without a name in the system has none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


@dataclass(frozen=True)
class KeysResult:
    """Keys; `secret` of the one that was made."""

    keys: Sequence[ApiKey]
    secret: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Names, access and moments; the secret where one was made."""
        shown = [
            {
                "name": key.name,
                "access": key.access,
                "created_at": key.created_at.isoformat(),
                "used_at": key.used_at.isoformat() if key.used_at else None,
                "revoked_at": key.revoked_at.isoformat() if key.revoked_at else None,
            }
            for key in self.keys
        ]
        return {"keys": shown, **({"secret": self.secret} if self.secret else {})}

    def to_text(self) -> str:
        """A line a key; the secret by itself on the last."""
        lines = [_line(key) for key in self.keys] or [say(N_("no keys"))]
        return "\n".join([*lines, *([self.secret] if self.secret else [])])


def _line(key: ApiKey) -> str:
    return say(
        N_("{name}: {access}, made {day}, {state}"),
        name=key.name,
        access=say(ACCESS[key.access]),
        day=_day(key.created_at),
        state=_state(key),
    )


def _state(key: ApiKey) -> str:
    if key.revoked_at:
        return say(N_("revoked {day}"), day=_day(key.revoked_at))
    return say(N_("used {day}"), day=_day(key.used_at)) if key.used_at else say(N_("never used"))


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"
