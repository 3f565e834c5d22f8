"""Options of the server: flags first, then environment variables, then defaults."""

from __future__ import annotations

import argparse
import ipaddress
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from calibration.settings import FULL, PRECISIONS

DEFAULT_HOST: Final = "127.0.0.1"
DEFAULT_PORT: Final = 7860
DEFAULT_MODEL: Final = "bundled"

HOST: Final = "SIMTIER_HOST"
PORT: Final = "SIMTIER_PORT"
MODEL: Final = "SIMTIER_MODEL"
PRECISION: Final = "SIMTIER_PRECISION"
DATA_DIR: Final = "SIMTIER_DATA_DIR"
DATABASE_URL: Final = "SIMTIER_DATABASE_URL"
INSECURE: Final = "SIMTIER_INSECURE"


OPEN: Final = (
    "--host {host}: anybody who reaches this address could read and change your data, because {lacking}; beyond "
    "this machine the pages need a login (SIMTIER_OIDC_METADATA_URL, or SIMTIER_LOGIN_HEADER behind a proxy) and "
    "the API a key (python -m calibration keys add NAME), or add --insecure to listen anyway"
)


class BadOption(Exception):
    """An option is wrong; its text is the one line that the operator reads."""


@dataclass(frozen=True)
class Options:
    """What `python -m dashboard` was asked to do; empty strings stand for the platform's own default."""

    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    model: str = DEFAULT_MODEL
    data_dir: str = ""
    database_url: str = ""
    insecure: bool = False
    precision: str = FULL

    @property
    def url(self) -> str:
        """Where a browser on this machine finds the dashboard."""
        shown = "localhost" if self.host in ("127.0.0.1", "0.0.0.0", "::1", "::") else self.host  # noqa: S104
        return f"http://{shown}:{self.port}"

    def environment(self) -> dict[str, str]:
        """The variables by which the rest of the process, and its children, learn these options."""
        values = {
            MODEL: self.model,
            PRECISION: self.precision,
            DATA_DIR: self.data_dir,
            DATABASE_URL: self.database_url,
        }
        return {name: value for name, value in values.items() if value}


def from_environment(environ: Mapping[str, str] = os.environ) -> Options:
    """Options from SIMTIER_* variables; raises BadOption where a value makes no sense."""
    text = environ.get(PORT) or str(DEFAULT_PORT)
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise BadOption(f"{PORT}: must be a port from 1 to 65535, got {text!r}")
    return Options(
        host=environ.get(HOST) or DEFAULT_HOST,
        port=int(text),
        model=environ.get(MODEL) or DEFAULT_MODEL,
        data_dir=environ.get(DATA_DIR) or "",
        database_url=environ.get(DATABASE_URL) or "",
        insecure=(environ.get(INSECURE) or "").lower() in ("1", "true", "yes"),
        precision=_precision(environ),
    )


def _precision(environ: Mapping[str, str]) -> str:
    chosen = environ.get(PRECISION) or FULL
    if chosen not in PRECISIONS:
        raise BadOption(f"{PRECISION}: must be one of {', '.join(PRECISIONS)}, got {chosen!r}")
    return chosen


def parse(arguments: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ) -> Options:
    """Options from flags over the environment; exits with 2 and one line where a flag makes no sense."""
    given = from_environment(environ)
    parser = argparse.ArgumentParser(
        prog="python -m dashboard", description="Serve the SimTier dashboard and its HTTP API from one process."
    )
    parser.add_argument("--host", default=given.host, help=f"address to listen on (${HOST}; %(default)s)")
    parser.add_argument("--port", type=_port, default=given.port, help=f"port to listen on (${PORT}; %(default)s)")
    parser.add_argument(
        "--model", default=given.model, help=f"named model, folder or hub id (${MODEL}; %(default)s)"
    )
    parser.add_argument(
        "--precision",
        choices=PRECISIONS,
        default=given.precision,
        help=f"full, or fast: 8-bit weights, with the extra [fast] (${PRECISION}; %(default)s)",
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
        help=f"listen beyond this machine although nobody has to log in or show a key (${INSECURE}=1)",
    )
    read = parser.parse_args(arguments)
    options = Options(
        read.host, read.port, read.model, read.data_dir, given.database_url, read.insecure, read.precision
    )
    return checked(options, environ)


def checked(options: Options, environ: Mapping[str, str] = os.environ) -> Options:
    """The same options, or BadOption where they would open the pages to a network by accident."""
    from dashboard.login_options import from_environment as login_from  # it builds on this module

    if not login_from(environ).needed and not options.insecure and not is_loopback(options.host):
        raise BadOption(OPEN.format(host=options.host, lacking="the pages ask for no login"))
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
