"""Progress bars."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from calibration.errors import N_
from calibration.messages.catalogues import from_environment, translate

if TYPE_CHECKING:
    from calibration.encoding import Progress

SCORING: Final = N_("scoring")
COMPARING: Final = N_("comparing")
MATCHING: Final = N_("matching")
EMBEDDING: Final = N_("embedding")
READING: Final = N_("reading")
FITTING: Final = N_("fitting")
"""What a command may be at."""
TEXTS: Final = N_(" texts")
ROWS: Final = N_(" rows")
STEPS: Final = N_(" steps")
"""What a bar counts."""


@contextmanager
def progress_bar(
    what: str, beside: Callable[[], str] | None = None, unit: str = TEXTS
) -> Iterator[Progress | None]:
    """A progress bar on a terminal, nothing elsewhere; `what` and `unit` are messages of the catalogue.

    beside: what the bar says besides, asked whenever it moves.
    """
    if not sys.stderr.isatty():
        yield None
        return
    from tqdm import tqdm

    locale = from_environment()
    with tqdm(desc=translate(what, locale), unit=translate(unit, locale), file=sys.stderr) as bar:

        def report(done: int, total: int) -> None:
            bar.total = total
            if beside is not None:
                bar.set_postfix_str(beside(), refresh=False)
            bar.update(done - bar.n)

        yield report
