"""Which web pages of other origins may call the API: none, unless the operator names them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final

from dashboard.settings import Browsers

SENT: Final = ("Authorization", "Content-Type", "X-API-Key", "X-Request-ID")
SHOWN: Final = ("Retry-After", "X-Request-ID")


def origins(environ: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """The origins in SIMTIER_CORS_ORIGINS, separated by commas; raises BadArgument where one is none.

    >>> origins({"SIMTIER_CORS_ORIGINS": "https://faq.example.com, http://localhost:3000"})
    ('https://faq.example.com', 'http://localhost:3000')
    """
    return Browsers.read(environ).cors_origins
