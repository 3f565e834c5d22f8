"""What went wrong, as a status and one JSON object that every client can read.

`{"error": {"type", "code", "message", "field", "param"}}`: `type` and `param` are what OpenAI's clients expect, and
`field` says the same as `param`, where one field is to blame.
"""

from __future__ import annotations

import json
import logging
import re
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

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
    TooLarge,
    UnknownDomain,
)
from calibration.i18n import negotiate
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
    """An accepted request was not answered within the time limit."""

    template = N_("not answered within {seconds} s; try again with fewer texts, or later")

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds=f"{seconds:g}")


class ClientGone(Exception):
    """The client has left; nobody reads an answer any more."""


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

    def __init__(self, name: str, rule: str) -> None:
        super().__init__(name=name, rule=rule)


STATUS: Final[tuple[tuple[type[SimTierError], int], ...]] = (
    (KeyRefused, 401),
    (KeyReadOnly, 403),
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
    status = next((status for kind, status in STATUS if isinstance(error, kind)), 500)
    field = "domain" if isinstance(error, UnknownDomain) else None
    if isinstance(error, BadArgument | BadField):
        field = str(error.params["name"])
    if isinstance(error, TooLarge):
        field = str(error.params["what"])
    seconds = error.seconds if isinstance(error, Busy) else RETRY_SECONDS
    headers = {503: {"Retry-After": str(seconds)}, 401: {"WWW-Authenticate": "Bearer"}}.get(status)
    return answer(status, code_of(error), explained_in(error, negotiate(language)), field, headers)


def code_of(error: SimTierError) -> str:
    """The class's name as a code.

    >>> code_of(Busy(1))
    'busy'
    """
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(error).__name__).lower()


def install(api: FastAPI) -> None:
    """Make every error of `api` one of these."""

    async def ours(request: Request, error: Exception) -> Response:
        assert isinstance(error, SimTierError)  # noqa: S101 (registered for no other)
        return explained(error, request.headers.get("accept-language"))

    async def http(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101
        code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "http_error")
        return answer(error.status_code, code, str(error.detail), headers=dict(error.headers or {}))

    async def gone(_: Request, __: Exception) -> Response:
        return Response(status_code=499)  # for the log alone

    async def unexpected(_: Request, __: Exception) -> Response:
        return answer(500, "internal_error", "something went wrong here; the server's log says what")

    api.add_exception_handler(SimTierError, ours)
    api.add_exception_handler(HTTPException, http)
    api.add_exception_handler(ClientGone, gone)
    api.add_exception_handler(RequestValidationError, _invalid)
    api.add_exception_handler(Exception, unexpected)


async def _invalid(_: Request, error: Exception) -> Response:
    """What pydantic found first: 400 where the body is no JSON, else 422 and the field."""
    assert isinstance(error, RequestValidationError)  # noqa: S101
    first: dict[str, Any] = dict(error.errors()[0])
    if first["type"] == "json_invalid":
        return answer(400, "invalid_json", f"the body is not JSON: {first.get('ctx', {}).get('error', '')}", "body")
    place = [str(part) for part in first["loc"]]
    field = ".".join(place[1:]) or place[0]
    return answer(422, "invalid_field", f"{field}: {first['msg']}", field)
