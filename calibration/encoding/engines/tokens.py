"""Texts to token ids by the `tokenizers` library alone, from files that were written when a graph was made.

A Unigram vocabulary of 250,000 pieces takes that library a second to read and 250 MB to hold, for texts of a few
hundred pieces. It is therefore kept as plain text, and each call builds the library's own model of those pieces
alone that occur in its texts: no other can be part of their segmentation, so the ids are the same.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from calibration.encoding.engines.engine import TokenPlaces
from calibration.encoding.engines.pieces import SEPARATOR, Pieces

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

FILE: Final = "tokenizer.json"
PIECES: Final = "pieces.txt"
SCORES: Final = "scores.npy"
_WORTH: Final = 20_000
"""Smaller vocabularies are read in a tenth of a second."""


class Tokens(Protocol):
    """A tokenizer, safe to use from many threads; ids include special tokens and are never cut short."""

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each text."""

    def places(self, text: str) -> TokenPlaces:
        """Where in `text` its tokens are."""


def read_tokens(folder: Path) -> Tokens:
    """The tokenizer that `write_tokens` wrote to `folder`."""
    from tokenizers import Tokenizer

    read = Tokenizer.from_file(str(folder / FILE))
    return CutTokens(read, folder) if (folder / PIECES).exists() else WholeTokens(read)


def write_tokens(backend: str, folder: Path) -> None:
    """Write a tokenizer, given as the library's JSON, to `folder`."""
    document = json.loads(backend)
    document["truncation"] = document["padding"] = None
    if _can_be_cut(document):
        _cut(document, folder)
    (folder / FILE).write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


class WholeTokens:
    """A tokenizer with its whole vocabulary in memory."""

    def __init__(self, read: Tokenizer) -> None:
        self._read = read
        self._lock = threading.Lock()

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each text."""
        with self._lock:
            return [found.ids for found in self._read.encode_batch(list(texts))]

    def places(self, text: str) -> TokenPlaces:
        """Where in `text` its tokens are."""
        with self._lock:
            return _places(self._read.encode(text))


class CutTokens:
    """A Unigram tokenizer that holds the pieces of one call's texts at a time."""

    def __init__(self, read: Tokenizer, folder: Path) -> None:
        self._pieces = Pieces(folder / PIECES)
        self._scores = np.asarray(np.load(folder / SCORES, mmap_mode="r"))  # still mapped
        self._read = read
        always = [str(read.id_to_token(at)) for at in range(read.get_vocab_size())]
        numbers = self._pieces.within(always)
        self._always = {piece: numbers[piece] for piece in always}
        added = sorted((token.content for token in read.get_added_tokens_decoder().values()), key=len, reverse=True)
        self._added = re.compile("|".join(map(re.escape, added)))
        self._unknown = int(json.loads(read.to_str())["model"]["unk_id"])
        self._lock = threading.Lock()

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each text."""
        with self._lock:
            known = np.array(self._hold(texts), np.intp)
            if len(texts) == 1:  # without waking the library's threads
                return [known[self._read.encode(texts[0]).ids].tolist()]
            return [known[found.ids].tolist() for found in self._read.encode_batch(list(texts))]

    def places(self, text: str) -> TokenPlaces:
        """Where in `text` its tokens are."""
        with self._lock:
            numbers = self._hold([text])
            found = _places(self._read.encode(text))
        return replace(found, ids=[numbers[at] for at in found.ids])

    def _hold(self, texts: Sequence[str]) -> list[int]:
        """Give the library a model of the pieces in `texts` alone; the vocabulary's number of each of its ids."""
        from tokenizers.models import Unigram

        found = self._pieces.within({word for text in texts for word in self._words(text)})
        held = [*self._always, *sorted(found.keys() - self._always)]
        found |= self._always
        numbers = [found[piece] for piece in held]
        scores = self._scores[numbers].tolist()
        self._read.model = Unigram(list(zip(held, scores, strict=True)), self._unknown, False)
        return numbers

    def _words(self, text: str) -> Iterable[str]:
        """What the pieces are looked for in: normalised words, between tokens that are written out in the text."""
        normalise, split = self._read.normalizer, self._read.pre_tokenizer
        for part in self._added.split(text):
            plain = normalise.normalize_str(part) if normalise else part
            if split:
                yield from (word for word, _ in split.pre_tokenize_str(plain))
            else:
                yield plain


def _places(found: Encoding) -> TokenPlaces:
    return TokenPlaces(found.ids, found.offsets, [bool(mark) for mark in found.special_tokens_mask])


def _can_be_cut(document: dict[str, Any]) -> bool:
    model, after = document["model"], document.get("post_processor")
    if model.get("type") != "Unigram" or model.get("byte_fallback") or model.get("unk_id") is None:
        return False
    pieces = {piece for piece, _ in model["vocab"]}
    return (
        _WORTH <= len(pieces) == len(model["vocab"])
        and not any(SEPARATOR in piece for piece in pieces)
        and all(
            model["vocab"][token["id"]][0] == token["content"]
            for token in document["added_tokens"]
            if token["id"] < len(model["vocab"])
        )
        and all(token["content"] in pieces for token in document["added_tokens"])
        and (after is None or after.get("type") == "TemplateProcessing")
    )


def _cut(document: dict[str, Any], folder: Path) -> None:
    """Write the pieces of `document` to files of their own, and leave in it those that every call needs."""
    model = document["model"]
    pieces, scores = zip(*model["vocab"], strict=True)
    number = dict(zip(pieces, range(len(pieces)), strict=True))
    (folder / PIECES).write_text(SEPARATOR.join(pieces), encoding="utf-8", newline="")
    np.save(folder / SCORES, np.array(scores, np.float64))
    special = [token["content"] for token in document["added_tokens"]]
    # What is unknown costs more than the worst piece, so that one is always there.
    always = list(dict.fromkeys([pieces[model["unk_id"]], pieces[int(np.argmin(scores))], *special]))
    here = {piece: at for at, piece in enumerate(always)}
    model["vocab"] = [[piece, scores[number[piece]]] for piece in always]
    model["unk_id"] = here[pieces[model["unk_id"]]]
    for token in document["added_tokens"]:
        token["id"] = here[token["content"]]
    for token in ((document.get("post_processor") or {}).get("special_tokens") or {}).values():
        token["ids"] = [here[name] for name in token["tokens"]]
