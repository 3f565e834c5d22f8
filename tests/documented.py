"""Commands and code of Markdown files: which there are, and running them as a reader would."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"(?:<!-- not run: ([^\n]+?) -->\n)?^( *)```(\w+)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
SERVER = "http://localhost:7860"


@dataclass(frozen=True)
class Block:
    """A fenced block. kept: why it is not run, or "". shown: the output that the next block says it has."""

    language: str
    text: str
    kept: str
    shown: str

    @property
    def commands(self) -> list[str]:
        """One a line; a line that ends in a backslash goes on."""
        lines = self.text.replace("\\\n", " ").splitlines()
        return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]

    @property
    def asks_server(self) -> bool:
        """Whether it needs a server that runs."""
        return SERVER in self.text


def blocks(path: Path) -> Iterator[Block]:
    """The blocks of a file in order; output directly after a command belongs to it."""
    text = path.read_text(encoding="utf-8")
    found = list(BLOCK.finditer(text))
    for at, match in enumerate(found):
        after = found[at + 1] if at + 1 < len(found) else None
        follows = after and after[3] == "text" and not text[match.end() : after.start()].strip()
        shown = after[4] if follows and after and match[3] == "console" else ""
        yield Block(match[3], match[4], match[1] or "", shown)


def pages() -> list[Path]:
    """Everything that people read."""
    return sorted(
        [*(ROOT / "docs").rglob("*.md"), *ROOT.glob("README*.md"), *ROOT.glob("*/README.md"), ROOT / "CHANGELOG.md"]
    )


def name(path: Path) -> str:
    """How a test calls a page."""
    return str(path.relative_to(ROOT))


def arguments(command: str) -> list[str]:
    """The words of a command."""
    return shlex.split(command)


def run_python(text: str) -> str:
    """What code prints, run as a program of its own would be, in this process."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(text, "<documentation>", "exec"), {"__name__": "__main__"})  # noqa: S102 (our own pages)
    return out.getvalue()


NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def same_output(found: str, shown: str) -> bool:
    """Whether output is what a page shows, but for the last digit of its numbers (another machine's arithmetic)."""
    found, shown = found.strip(), shown.strip()
    if NUMBER.sub("#", found) != NUMBER.sub("#", shown):
        return False
    pairs = zip(NUMBER.findall(found), NUMBER.findall(shown), strict=True)
    return all(abs(float(a) - float(b)) <= (0.002 if "." in b else 0) for a, b in pairs)
