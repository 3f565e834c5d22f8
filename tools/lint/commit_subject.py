"""The subject of a commit is `area: imperative with a noun to search for`: a hook for commit messages."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Final

SUBJECT: Final = re.compile(r"(?:[a-z][a-z0-9_/ -]*: \S.{5,}|Merge .+|Revert .+|fixup! .+)")
LONGEST: Final = 100


def problem(subject: str) -> str:
    """What is wrong with a subject, "" if nothing.

    >>> problem("encoder: read the tokenizer from a compact file")
    ''
    >>> problem("Fixes")
    'write "area: imperative with a noun to search for"'
    """
    if len(subject) > LONGEST:
        return f"at most {LONGEST} characters, these are {len(subject)}"
    return "" if SUBJECT.fullmatch(subject) else 'write "area: imperative with a noun to search for"'


def main() -> int:
    """Check the message in the file that git names."""
    subject = Path(sys.argv[1]).read_text(encoding="utf-8").partition("\n")[0]
    if wrong := problem(subject):
        sys.stderr.write(f"{subject}\n{wrong}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
