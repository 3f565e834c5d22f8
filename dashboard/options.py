"""Options of the server: flags first, then environment variables, then defaults."""

from __future__ import annotations

import argparse
import ipaddress
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from calibration.errors import N_
from calibration.messages.note import note
from calibration.settings import BUNDLED, COMPUTES, FULL, refuse_former_names
from calibration.settings.declared import Library
from dashboard.bad_option import BadOption
from dashboard.login_options import from_environment as login_from
from dashboard.settings import Server

DEFAULT_HOST: Final = "127.0.0.1"
DEFAULT_PORT: Final = 7860
DEFAULT_MODEL: Final = BUNDLED

HOST, PORT, INSECURE = map(Server.variable, ("host", "port", "insecure"))
MODEL, COMPUTE, DATA_DIR, DATABASE_URL = map(Library.variable, ("model", "compute", "data_dir", "database_url"))

OPEN: Final = N_(
    "--host {host}: anyone who can reach this address could read and change your data, because {lacking}; "
    "beyond this machine the pages need a login (SIMTIER_OIDC_METADATA_URL, or SIMTIER_LOGIN_HEADER behind a "
    "proxy) and the API a key (simtier keys add NAME), or add --insecure to listen anyway"
)
NO_LOGIN: Final = N_("the pages need no login")
NO_KEY: Final = N_("the API needs no key")


@dataclass(frozen=True)
class Options:
    """What `python -m dashboard` was asked to do; empty strings stand for the platform's own default."""

    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    model: str = DEFAULT_MODEL
    data_dir: str = ""
    database_url: str = ""
    insecure: bool = False
    compute: str = FULL

    @property
    def url(self) -> str:
        """Where a browser on this machine finds the dashboard."""
        shown = "localhost" if self.host in ("127.0.0.1", "0.0.0.0", "::1", "::") else self.host  # noqa: S104
        return f"http://{shown}:{self.port}"

    def environment(self) -> dict[str, str]:
        """The variables by which the rest of the process, and its children, learn these options."""
        values = {
            MODEL: self.model,
            COMPUTE: self.compute,
            DATA_DIR: self.data_dir,
            DATABASE_URL: self.database_url,
            INSECURE: "1" if self.insecure else "",
        }
        return {name: value for name, value in values.items() if value}


def from_environment(environ: Mapping[str, str] = os.environ) -> Options:
    """Options from SIMTIER_* variables; raises BadArgument where a value makes no sense."""
    refuse_former_names((), environ)
    server, shared = Server.read(environ), Library.read(environ)
    return Options(
        server.host,
        server.port,
        shared.model,
        shared.data_dir,
        shared.database_url,
        server.insecure,
        shared.compute,
    )


def parse(arguments: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ) -> Options:
    """Options from flags over the environment; exits with 2 and one line where a flag makes no sense."""
    refuse_former_names(sys.argv[1:] if arguments is None else arguments, environ)
    parser = argparse.ArgumentParser(
        prog="python -m dashboard", description="Serve the SimTier dashboard and its HTTP API from one process."
    )
    add_arguments(parser, environ)
    return chosen(parser.parse_args(arguments), environ)


def add_arguments(parser: argparse.ArgumentParser, environ: Mapping[str, str] = os.environ) -> None:
    """What `python -m dashboard` and `simtier serve` take; the environment gives the defaults."""
    given = from_environment(environ)
    parser.add_argument("--host", default=given.host, help=f"address to listen on (${HOST}; %(default)s)")
    parser.add_argument("--port", type=_port, default=given.port, help=f"port to listen on (${PORT}; %(default)s)")
    parser.add_argument(
        "--model", default=given.model, help=f"named model, folder or hub id (${MODEL}; %(default)s)"
    )
    parser.add_argument(
        "--compute",
        choices=COMPUTES,
        default=given.compute,
        help=f"arithmetic of the model: full, or fast (${COMPUTE}; %(default)s)",
    )
    parser.add_argument(
        "--data-dir",
        default=given.data_dir,
        help=f"folder for the database, vectors and unpacked models (${DATA_DIR}; the platform's own by default)",
    )
    parser.add_argument(
        "--insecure",
        action="store_true",
        default=given.insecure,
        help="listen beyond this machine without login or key, and need no API key where people "
        f"log in (${INSECURE}=1)",
    )


def chosen(read: argparse.Namespace, environ: Mapping[str, str] = os.environ) -> Options:
    """The options that were typed, with what only the environment says; raises BadOption."""
    stored = environ.get(DATABASE_URL) or ""
    options = Options(read.host, read.port, read.model, read.data_dir, stored, read.insecure, read.compute)
    return checked(options, environ)


def checked(options: Options, environ: Mapping[str, str] = os.environ) -> Options:
    """The same options, or BadOption where they would open the pages to a network by accident."""
    if not login_from(environ).needed and not options.insecure and not is_loopback(options.host):
        raise BadOption(note(OPEN, host=options.host, lacking=NO_LOGIN))
    return options


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches `host`.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _port(text: str) -> int:
    """A port number, for argparse."""
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"must be a port from 1 to 65535, got {text!r}")
    return int(text)
