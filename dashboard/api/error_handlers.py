"""Handlers that turn every failure of a request into one of our errors, and say in which field it is."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from calibration.errors import N_, SimTierError
from calibration.messages.catalogues import negotiate
from calibration.messages.note import note
from dashboard.api.errors import BadField, BadJson, ClientGone, NoRoute, WrongMediaType, answer, explained
from dashboard.api.paths import listed, meant
from dashboard.i18n import explained_in

RULES: Final[Mapping[str, str]] = {
    "missing": N_("is needed"),
    "string_type": N_("must be text"),
    "string_unicode": N_("is no valid Unicode"),
    "string_too_long": N_("may have {max_length} characters at most"),
    "list_type": N_("must be a list"),
    "too_short": N_("must hold at least {min_length}"),
    "too_long": N_("may hold {max_length} at most"),
    "literal_error": N_("must be {expected}"),
    "int_type": N_("must be a whole number"),
    "int_parsing": N_("must be a whole number"),
    "int_from_float": N_("must be a whole number"),
    "int_parsing_size": N_("is too large a number"),
    "float_type": N_("must be a number"),
    "float_parsing": N_("must be a number"),
    "finite_number": N_("must be a finite number"),
    "bool_type": N_("must be true or false"),
    "bool_parsing": N_("must be true or false"),
    "dict_type": N_("must be a JSON object"),
    "model_attributes_type": N_("must be a JSON object"),
    "greater_than_equal": N_("must be at least {ge}"),
    "less_than_equal": N_("must be at most {le}"),
}
"""What pydantic's kinds of error say of a field; any other is given in pydantic's own words."""

JSON_TYPE: Final = N_("send it as JSON, with the header Content-Type: application/json")
COMPRESSED: Final = N_("it is compressed ({coding}); send plain JSON in UTF-8")
NOT_JSON: Final = N_("it is not JSON ({reason} at character {place})")
NOT_UTF8: Final = N_(
    "it is not UTF-8 (byte {place} is 0x{byte}); GBK, Latin-1 and other encodings are not accepted"
)
TOO_DEEP: Final = N_("its lists or objects are nested too deeply")
TOO_LONG_NUMBER: Final = N_("it contains a number with too many digits")
UNREADABLE: Final = N_("it is not JSON")
_BRANCH: Final = re.compile(r"(str|int|float|bool|none|list|dict|literal|function-\w+|constrained-\w+)(\[.*)?")
"""What pydantic adds to a place for a branch of a union; it is no field of the request."""


def install(api: FastAPI) -> None:
    """Make every error of `api` one of these."""

    async def ours(request: Request, error: Exception) -> Response:
        assert isinstance(error, SimTierError)  # noqa: S101 (registered for no other)
        return explained(error, request.headers.get("accept-language"))

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101
        if error.status_code == 404:
            return await ours(request, NoRoute(request.url.path, meant(request.url.path, listed(api))))
        if error.status_code == 400 and error.__cause__ is not None:  # FastAPI could not read the body
            return await ours(request, unread(error.__cause__, request))
        code = {405: "method_not_allowed"}.get(error.status_code, "http_error")
        return answer(error.status_code, code, str(error.detail), headers=dict(error.headers or {}))

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101
        first: dict[str, Any] = dict(error.errors()[0])
        if first["type"] == "json_invalid" and error.__cause__ is not None:
            return await ours(request, unread(error.__cause__, request))
        place = [str(part) for part in first["loc"] if isinstance(part, int) or not _BRANCH.fullmatch(str(part))]
        if len(place) == 1 and (kind := unread_kind(request)) is not None:
            return await ours(request, kind)
        field = ".".join(place[1:]) or place[0]
        rule = RULES.get(first["type"])
        said = BadField(field, note(rule, **first.get("ctx", {})) if rule else first["msg"])
        response = explained_in(said, negotiate(request.headers.get("accept-language")))
        return answer(422, "invalid_field", response, field)

    async def gone(_: Request, __: Exception) -> Response:
        return Response(status_code=499)  # for the log alone

    async def unexpected(_: Request, __: Exception) -> Response:
        return answer(500, "internal_error", "something went wrong here; the server's log says what")

    api.add_exception_handler(SimTierError, ours)
    api.add_exception_handler(HTTPException, http)
    api.add_exception_handler(ClientGone, gone)
    api.add_exception_handler(RequestValidationError, invalid)
    api.add_exception_handler(Exception, unexpected)


def unread_kind(request: Request) -> WrongMediaType | None:
    """What the headers say against a body that was not read as JSON; None where they say nothing."""
    coding = request.headers.get("content-encoding", "identity").lower()
    if coding != "identity":
        return WrongMediaType(note(COMPRESSED, coding=coding[:20]))
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_json = kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))
    return None if is_json else WrongMediaType(JSON_TYPE)


def unread(cause: BaseException, request: Request) -> SimTierError:
    """Why a body could not be read as JSON."""
    if (kind := unread_kind(request)) is not None:
        return kind
    if isinstance(cause, UnicodeDecodeError):
        byte = f"{cause.object[cause.start]:02x}"
        if cause.object[:2] == b"\x1f\x8b":
            return WrongMediaType(note(COMPRESSED, coding="gzip"))
        return BadJson(note(NOT_UTF8, place=cause.start, byte=byte))
    if isinstance(cause, json.JSONDecodeError):
        return BadJson(note(NOT_JSON, reason=cause.msg, place=cause.pos))
    if isinstance(cause, RecursionError):
        return BadJson(TOO_DEEP)
    return BadJson(TOO_LONG_NUMBER if isinstance(cause, ValueError) else UNREADABLE)
