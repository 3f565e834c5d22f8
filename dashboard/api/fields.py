"""Kinds of fields that requests share, each bounded before anything is made of its items.

A list stops at its first wrong item: pydantic would otherwise make an error of every one, which took a minute and
6 GB for the four million items that fit into a body.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field

from calibration.errors import N_, TooLarge
from dashboard.api.errors import BadField

LONGEST_NAME: Final = 200
"""Characters of a domain, a model's name or an id."""
TOKEN_IDS: Final = N_(
    "holds token ids, which only their own tokenizer can read; send texts (LangChain: "
    "OpenAIEmbeddings(check_embedding_ctx_length=False))"
)
ONE_OR_MANY: Final = N_("must be a text or a list of texts")

Name = Annotated[str, Field(max_length=LONGEST_NAME)]
Strings = Annotated[list[str], Field(fail_fast=True)]
Texts = Annotated[list[str], Field(min_length=1, fail_fast=True)]


def at_most(name: str, most: int) -> BeforeValidator:
    """Refuses a list of more than `most` items before any is looked at; raises TooLarge naming the field."""

    def check(value: Any) -> Any:
        if isinstance(value, list) and len(value) > most:
            raise TooLarge(name, len(value), most, N_("texts"))
        return value

    return BeforeValidator(check)


def as_texts(value: Any, name: str = "input") -> Any:
    """One text as a list of one; raises BadField for token ids, which some clients send instead of texts.

    >>> as_texts("a")
    ['a']
    """
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list):
        raise BadField(name, ONE_OR_MANY)
    if value and _is_token(value[0][0] if isinstance(value[0], list) and value[0] else value[0]):
        raise BadField(name, TOKEN_IDS)
    return value


def _is_token(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


OneOrMany = Annotated[Strings, BeforeValidator(as_texts, json_schema_input_type=str | list[str])]
