"""One exchange with another server: what may go away by itself is tried again, the rest becomes an exception."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection, Mapping
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

NOT_BEGUN: Final = (503,)
"""What says that nothing was begun: asking again changes nothing twice."""
TRANSIENT: Final = (408, 425, 429, 500, 502, 503, 504)
"""What may go away by itself; to be asked again only where a request may be carried out twice."""
LONGEST: Final = 20.0
"""Seconds that are waited between two tries at most."""
JITTER: Final = 0.5
"""Up to so much longer is waited, so that those who were refused together do not come back together."""
_SHOWN: Final = 200


@dataclass(frozen=True)
class Retries:
    """When a request is sent again. patience: seconds after which no other try begins. statuses: that are tried
    again. lost: whether requests without any answer are, too. first: seconds before the second try where the server
    names none; they double from try to try.
    """

    patience: float
    statuses: Collection[int] = NOT_BEGUN
    lost: bool = False
    first: float = 1.0


@dataclass(frozen=True)
class ErrorBody:
    """What the body of an error says; empty where it is none of SimTier's (a proxy's page, say)."""

    code: str = ""
    message: str = ""
    field: str | None = None


def error_body(response: httpx.Response) -> ErrorBody:
    """The error in a response.

    >>> error_body(httpx.Response(422, json={"error": {"code": "bad", "message": "no", "field": "input"}})).field
    'input'
    >>> error_body(httpx.Response(502, text="<html>"))
    ErrorBody(code='', message='', field=None)
    """
    with suppress(ValueError, KeyError, TypeError):
        error = response.json()["error"]
        return ErrorBody(str(error["code"]), str(error["message"]), error["field"])
    return ErrorBody()


def pause(outcome: httpx.Response | httpx.HTTPError, backoff: float, chance: float) -> float:
    """Seconds until another try: `backoff`, or longer where Retry-After says so, and up to half of it more.

    `chance` is in [0, 1).

    >>> pause(httpx.Response(503, headers={"Retry-After": "2"}), 1.0, 0.5)
    2.5
    """
    asked = 0.0
    if isinstance(outcome, httpx.Response):
        with suppress(ValueError):
            asked = min(float(outcome.headers.get("Retry-After", 0)), LONGEST)
    return max(backoff, asked) * (1 + JITTER * chance)


def once(ask: Callable[[], httpx.Response], url: str) -> httpx.Response:
    """The response to `ask`, whatever its status. Raises ServiceUnreachable."""
    try:
        return ask()
    except httpx.HTTPError as error:
        raise _unreachable(url, error) from error


def exchange(ask: Callable[[], httpx.Response], url: str, retries: Retries) -> httpx.Response:
    """The successful response to `ask`, which is called again as `retries` says.

    :raises ServiceUnreachable: nothing came back.
    :raises ServiceBusy: it was 503 or 429 to the end.
    :raises ServiceRefused: another 4xx.
    :raises ServiceFailed: another 5xx, or a redirect.
    """
    begun, backoff = time.monotonic(), retries.first
    while True:
        outcome = _attempt(ask)
        again = retries.lost if isinstance(outcome, httpx.HTTPError) else outcome.status_code in retries.statuses
        spent, seconds = time.monotonic() - begun, pause(outcome, backoff, random.random())  # noqa: S311 (no secret)
        if not again or spent + seconds > retries.patience:
            break
        time.sleep(seconds)
        backoff = min(2 * backoff, LONGEST)
    if isinstance(outcome, httpx.HTTPError):
        raise _unreachable(url, outcome) from outcome
    if again:
        raise _given_up(outcome, url, spent)
    if not outcome.is_success:
        raise problem(outcome)
    return outcome


def understood(response: httpx.Response, understand: Callable[[Mapping[str, Any]], T]) -> T:
    """What `understand` makes of the JSON in `response`.

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
    error = error_body(response)
    return kind(response.status_code, error.code, error.field, reason=_reason(response, error))


def _attempt(ask: Callable[[], httpx.Response]) -> httpx.Response | httpx.HTTPError:
    try:
        return ask()
    except httpx.HTTPError as error:
        return error


def _given_up(response: httpx.Response, url: str, spent: float) -> ServiceError:
    if response.status_code in (429, 503):
        error = error_body(response)
        return ServiceBusy(url, spent, error.code, _reason(response, error))
    return problem(response)


def _reason(response: httpx.Response, error: ErrorBody) -> str:
    return error.message or response.text[:_SHOWN] or response.reason_phrase


def _unreachable(url: str, error: httpx.HTTPError) -> ServiceUnreachable:
    return ServiceUnreachable(url, str(error) or type(error).__name__)
