"""`python -m dashboard`: serve the pages and the API."""

from __future__ import annotations

import sys

from calibration.errors import SimTierError
from calibration.messages.catalogues import explain, from_environment
from dashboard.options import parse


def main() -> int:
    """Run the server; 2 and one line on stderr where it cannot start."""
    try:
        options = parse()
        from dashboard.server import serve

        serve(options)
    except SimTierError as problem:
        line = " ".join(explain(problem, from_environment()).split())
        print(f"simtier: {line}", file=sys.stderr)  # noqa: T201 (the operator's one line)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
