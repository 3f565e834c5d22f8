"""One exchange with the HTTP API: waiting where it says so, and its errors as exceptions."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import httpx

from calibration.errors import (
    PolicyError,
    ServiceBusy,
    ServiceError,
    ServiceFailed,
    ServiceRefused,
    ServiceUnreachable,
)

T = TypeVar("T")

JITTER: Final = 0.5
"""Up to so much longer than told is waited, so that those who were refused together do not come back together."""


@dataclass(frozen=True)
class Said:
    """What the body of an error says; empty where it is none of SimTier's (a proxy's page, say)."""

    code: str = ""
    message: str = ""
    field: str | None = None


def said(response: httpx.Response) -> Said:
    """The error in a response.

    >>> said(httpx.Response(422, json={"error": {"code": "bad_field", "message": "no", "field": "input"}})).field
    'input'
    >>> said(httpx.Response(502, text="<html>"))
    Said(code='', message='', field=None)
    """
    with suppress(ValueError, KeyError, TypeError):
        error = response.json()["error"]
        return Said(str(error["code"]), str(error["message"]), error["field"])
    return Said()


def pause(response: httpx.Response, chance: float) -> float:
    """Seconds until another try: what Retry-After says (1 where it says nothing), and up to half of it more.

    `chance` is in [0, 1).

    >>> pause(httpx.Response(503, headers={"Retry-After": "2"}), 0.5)
    2.5
    """
    told = response.headers.get("retry-after", "")
    seconds = float(told) if told.isdigit() else 1.0
    return seconds * (1 + JITTER * chance)


def once(ask: Callable[[], httpx.Response], url: str) -> httpx.Response:
    """The response to `ask`, whatever its status. Raises ServiceUnreachable."""
    try:
        return ask()
    except httpx.HTTPError as error:
        raise ServiceUnreachable(url, str(error) or type(error).__name__) from error


def exchange(ask: Callable[[], httpx.Response], url: str, patience: float) -> httpx.Response:
    """The response to `ask`, which is asked again after a 503, as long as that begins within `patience` seconds.

    Only 503 is tried again: the server says by it that it has not begun.

    :raises ServiceUnreachable: nothing came back.
    :raises ServiceBusy: it was 503 to the end.
    :raises ServiceRefused: 4xx.
    :raises ServiceFailed: another 5xx, or a redirect.
    """
    begun = time.monotonic()
    while (response := once(ask, url)).status_code == 503:
        spent, seconds = time.monotonic() - begun, pause(response, random.random())  # noqa: S311 (no secret)
        if spent + seconds > patience:
            error = said(response)
            raise ServiceBusy(url, spent, error.code, error.message or response.reason_phrase)
        time.sleep(seconds)
    if not response.is_success:
        raise problem(response)
    return response


def understood(response: httpx.Response, understand: Callable[[Mapping[str, Any]], T]) -> T:
    """What `understand` makes of the JSON object in `response`.

    :raises ServiceFailed: it is none, or a field is missing or of another kind.
    """
    try:
        return understand(response.json())
    except (LookupError, TypeError, ValueError, PolicyError) as error:
        reason = f"the answer cannot be read: {type(error).__name__}: {error}"
        raise ServiceFailed(response.status_code, reason=reason) from error


def problem(response: httpx.Response) -> ServiceError:
    """An error's response as an exception."""
    kind = ServiceRefused if 400 <= response.status_code < 500 else ServiceFailed
    error = said(response)
    return kind(response.status_code, error.code, error.field, reason=error.message or response.reason_phrase)
