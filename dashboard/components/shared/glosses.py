"""What the Chinese sample texts mean in English, for readers of the English pages."""

from __future__ import annotations

import csv
from functools import cache
from typing import Any, Final

import pandas as pd

from dashboard import state
from dashboard.components.shared import tables
from dashboard.components.shared.samples import FOLDER
from dashboard.i18n import t

ENGLISH: Final = "english"
"""The column of a table that holds the English of its texts."""


@cache
def glosses() -> dict[str, str]:
    """The English of every sample text that has one."""
    path = FOLDER / "glosses.csv"
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["text"]: row["english"] for row in csv.DictReader(file)}


def gloss(text: str) -> str | None:
    """The English of a sample text; None where the page is Chinese or the text is not a sample."""
    return None if state.locale().startswith("zh") else glosses().get(text)


def english(*texts: str) -> str:
    """The English of texts that are shown together, parted by slashes; empty where none of them has any."""
    found = [gloss(text) for text in texts]
    return " / ".join(one or "–" for one in found) if any(found) else ""


def column(frame: pd.DataFrame, *texts: str) -> dict[str, Any]:
    """The column of English for a table of these columns of texts; empty where its first rows have none."""
    rows = frame[list(texts)].head(tables.PAGE).itertuples(index=False)
    return {ENGLISH: tables.text(t("In English"), "large")} if any(english(*row) for row in rows) else {}


def with_english(frame: pd.DataFrame, *texts: str) -> pd.DataFrame:
    """The rows with the English of these columns of texts."""
    return frame.assign(**{ENGLISH: [english(*row) for row in frame[list(texts)].itertuples(index=False)]})
