"""Which web pages of other origins may call the API: none, unless the operator names them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from dashboard.options import BadOption

CORS_ORIGINS: Final = "SIMTIER_CORS_ORIGINS"
EVERYBODY: Final = "*"
SENT: Final = ("Authorization", "Content-Type", "X-API-Key", "X-Request-ID")
SHOWN: Final = ("Retry-After", "X-Request-ID")


def origins(environ: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """The origins in SIMTIER_CORS_ORIGINS, separated by commas; raises BadOption where one is none.

    >>> origins({"SIMTIER_CORS_ORIGINS": "https://faq.example.com, http://localhost:3000"})
    ('https://faq.example.com', 'http://localhost:3000')
    """
    given = [origin.strip() for origin in (environ.get(CORS_ORIGINS) or "").split(",")]
    found = tuple(origin for origin in given if origin)
    for origin in found:
        parts = urlsplit(origin)
        whole = parts.scheme in ("http", "https") and parts.netloc and origin == f"{parts.scheme}://{parts.netloc}"
        if origin != EVERYBODY and not whole:
            raise BadOption(f"{CORS_ORIGINS}: must be origins like https://faq.example.com, got {origin!r}")
    return found
