"""What went wrong, as a status and one JSON object that every client can read.

`{"error": {"type", "code", "message", "field", "param"}}`: `type` and `param` are what OpenAI's clients expect, and
`field` says the same as `param`, where one field is to blame.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from typing import Final

from fastapi.responses import Response

from calibration.errors import (
    N_,
    AlreadyExists,
    BadArgument,
    CleanerMismatch,
    Conflict,
    InputError,
    ModelError,
    ModelMismatch,
    NotFound,
    PolicyError,
    PolicyInvalid,
    PolicyUnbound,
    SimTierError,
    StoreError,
    StoreNewer,
    StoreUnavailable,
    TooLarge,
    UnknownDomain,
    Words,
)
from calibration.messages.catalogues import negotiate
from calibration.messages.note import note
from dashboard.i18n import explained_in

log = logging.getLogger(__name__)

RETRY_SECONDS: Final = 2
INVALID: Final = "invalid_request_error"
SERVER: Final = "server_error"


class Busy(SimTierError):
    """More requests wait than may."""

    template = N_("too many requests are waiting; try again in {seconds} s")

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(seconds=seconds)


class TookTooLong(SimTierError):
    """Nothing of an accepted request was done within the time limit."""

    template = N_("nothing of this request was done for {seconds} s; try again later")

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds=f"{seconds:g}")


class ClientGone(Exception):
    """The client disconnected."""


class KeyRefused(SimTierError):
    """No API key was given, or one that opens nothing."""

    template = N_("{problem}; send a key as 'Authorization: Bearer KEY' or as 'X-API-Key: KEY'")

    def __init__(self, given: bool) -> None:
        super().__init__(problem=N_("this API key is unknown or revoked") if given else N_("an API key is needed"))


class KeyReadOnly(SimTierError):
    """The API key may read, but this request would write."""

    template = N_("the API key {name!r} may only read")

    def __init__(self, name: str) -> None:
        super().__init__(name=name)


class BadField(InputError):
    """A field of a request breaks a rule."""

    template = N_("{name}: {rule}")

    def __init__(self, name: str, rule: Words) -> None:
        super().__init__(name=name, rule=rule)


class BadJson(InputError):
    """The body of a request is no JSON that can be read."""

    template = N_("the body cannot be read: {problem}")

    def __init__(self, problem: Words) -> None:
        super().__init__(problem=problem)


class WrongMediaType(InputError):
    """The body is not said to be JSON, or it is compressed."""

    template = N_("the body is not accepted: {problem}")

    def __init__(self, problem: Words) -> None:
        super().__init__(problem=problem)


class NoRoute(InputError):
    """The path is none of the API's."""

    template = N_("there is no {path} here{hint}; GET /docs lists all paths")

    def __init__(self, path: str, meant: str) -> None:
        super().__init__(path=path[:80], hint=note(N_("; did you mean {path}?"), path=meant) if meant else "")


class StoreSilent(StoreError):
    """The store does not answer; the response does not reveal where it is."""

    template = N_("the store does not answer; see the server's log for the cause")

    def __init__(self) -> None:
        super().__init__()


STATUS: Final[tuple[tuple[type[SimTierError], int], ...]] = (
    (KeyRefused, 401),
    (KeyReadOnly, 403),
    (BadJson, 400),
    (WrongMediaType, 415),
    (NoRoute, 404),
    (Busy, 503),
    (TookTooLong, 504),
    (TooLarge, 413),
    (PolicyInvalid, 500),
    (UnknownDomain, 422),
    (PolicyUnbound, 409),
    (ModelMismatch, 409),
    (CleanerMismatch, 409),
    (PolicyError, 409),
    (InputError, 422),
    (NotFound, 404),
    (AlreadyExists, 409),
    (Conflict, 409),
    (ModelError, 503),
    (StoreError, 503),
)
"""The first class that fits says the status."""


def answer(
    status: int, code: str, message: str, field: str | None = None, headers: dict[str, str] | None = None
) -> Response:
    """An error as a response; ASCII only, as a hostile text that is quoted may be no valid Unicode."""
    kind = INVALID if status < 500 else SERVER
    body = {"error": {"type": kind, "code": code, "message": message, "field": field, "param": field}}
    return Response(json.dumps(body), status, headers, media_type="application/json")


def explained(error: SimTierError, language: str | None = None) -> Response:
    """One of our own errors as a response, in the language that the client asked for."""
    code = code_of(error)
    if isinstance(error, StoreUnavailable | StoreNewer):  # its message names the database
        log.warning("%s: %s", code, error)
        error = StoreSilent()
    status = next((status for kind, status in STATUS if isinstance(error, kind)), 500)
    seconds = error.seconds if isinstance(error, Busy) else RETRY_SECONDS
    headers = {503: {"Retry-After": str(seconds)}, 401: {"WWW-Authenticate": "Bearer"}}.get(status)
    return answer(status, code, explained_in(error, negotiate(language)), _field_of(error), headers)


def _field_of(error: SimTierError) -> str | None:
    if isinstance(error, UnknownDomain):
        return "domain"
    if isinstance(error, BadArgument | BadField):
        return str(error.params["name"])
    if isinstance(error, TooLarge):
        return str(error.params["what"])
    if isinstance(error, BadJson):
        return "body"
    return "Content-Type" if isinstance(error, WrongMediaType) else None


def code_of(error: SimTierError) -> str:
    """The class's name as a code.

    >>> code_of(Busy(1))
    'busy'
    """
    return CODES.get(type(error)) or re.sub(r"(?<!^)(?=[A-Z])", "_", type(error).__name__).lower()


CODES: Final[Mapping[type[SimTierError], str]] = {
    BadJson: "invalid_json",
    NoRoute: "not_found",
    WrongMediaType: "unsupported_media_type",
}
"""Codes that are not the class's name."""
