"""`card POLICY`: what a policy is bound to and promises, as a Markdown card with front matter."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import Any, Final

from calibration.cli.json_option import add_json
from calibration.cli.outputs import check_place
from calibration.cli.terminal import written
from calibration.messages.catalogues import from_environment, negotiate
from calibration.policies.policy import Policy

LANGUAGES: Final = ("zh", "en")
EXAMPLES: Final = ("card policy.json -o POLICY.md", "card policy.json --lang zh")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `card`."""
    add_json(parser)
    parser.add_argument("policy", metavar="POLICY")
    parser.add_argument("-o", "--output", metavar="FILE", help="write the card there (default: print it)")
    parser.add_argument("--lang", choices=LANGUAGES, help="language of the card (default: as LC_ALL or LANG says)")
    parser.set_defaults(run=card)


def card(options: argparse.Namespace) -> CardResult:
    """Read the policy, make the card, write it where that was asked for."""
    from calibration.report.card import card as card_of

    check_place("-o", options.output)
    text = card_of(Policy.load(options.policy), negotiate(options.lang) if options.lang else from_environment())
    if options.output:
        from calibration.atomic_file import save_text

        save_text(options.output, text)
    return CardResult(text, options.output)


@dataclass(frozen=True)
class CardResult:
    """`card`."""

    text: str
    output: str | None

    def to_json(self) -> dict[str, Any]:
        """The card as a text, and where it was written."""
        return {"output": self.output, "card": self.text}

    def to_text(self) -> str:
        """The card itself, or where it is."""
        return written(self.output) if self.output else self.text.rstrip("\n")
