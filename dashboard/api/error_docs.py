"""The errors of the routes as OpenAPI tells them."""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import BaseModel, Field


class ErrorDetail(BaseModel):
    """`code`: what went wrong, for programs. `field` (`param` for OpenAI's clients): which field is to blame, null
    where none is.
    """

    type: Literal["invalid_request_error", "server_error"]
    code: str = Field(examples=["bad_field"])
    message: str
    field: str | None = Field(examples=["input.1"])
    param: str | None = Field(examples=["input.1"])


class ErrorResponse(BaseModel):
    """The body of every answer that is no success."""

    error: ErrorDetail


MEANINGS: Final = {
    400: "The body is not JSON.",
    401: "No key, or none that is known.",
    403: "This key may not do that.",
    404: "There is no such thing.",
    408: "The body did not arrive in time.",
    409: "It does not go together with what is there: the policy in use was fitted on another model, say.",
    413: "The body, a text or the number of texts is over a limit.",
    415: "The body is not said to be JSON, or it is compressed.",
    422: "A field breaks a rule; `field` says which.",
    500: "Something went wrong here.",
    503: "Too many requests wait, or model or store are not ready; `Retry-After` says when to come back.",
    504: "Nothing of the request was done within the time limit. One that is worked on may take longer.",
}
ASKING: Final = (400, 401, 403, 408, 413, 415, 422, 500, 503)
"""What any request with a body may meet."""
ENCODING: Final = (*ASKING, 409, 504)
"""What a request that needs the model may meet."""


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors of a route as OpenAPI tells them."""
    told: dict[int | str, dict[str, Any]] = {}
    for status in sorted(statuses):
        told[status] = {"model": ErrorResponse, "description": MEANINGS[status]}
    if 503 in told:
        seconds = {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}
        told[503]["headers"] = {"Retry-After": seconds}
    return told
