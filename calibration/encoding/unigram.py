"""A `tokenizer.json` from Unigram pieces: the SentencePiece tokenizer of XLM-RoBERTa, written out as data.

The normalisation of those models (`nmt_nfkc`) is NFKC with three differences, and the pieces' own character map
says which: controls vanish, many blanks become a plain one, and the characters of `UNTOUCHED` stay.
"""

from __future__ import annotations

from typing import Final

from calibration.encoding.q4 import Q4Pieces

Json = dict[str, object]

UNTOUCHED: Final = {"～": "\ufdd0", "🈻": "\ufdd1"}
"""What NFKC changes and `nmt_nfkc` does not, each with a noncharacter that holds its place meanwhile."""
METASPACE: Final = "▁"
MASK: Final = "<mask>"


def tokenizer_json(source: Q4Pieces) -> Json:
    """The tokenizer in the format of the `tokenizers` library; the same bytes for the same pieces, always."""
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [_special(source, token) for token in sorted(_special_ids(source))],
        "normalizer": {"type": "Sequence", "normalizers": _normalizers(source.normalisation)},
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, _metaspace()]},
        "post_processor": _template(source),
        "decoder": _metaspace(),
        "model": {
            "type": "Unigram",
            "unk_id": source.unk,
            "vocab": [[piece, float(score)] for piece, score in zip(source.pieces, source.scores, strict=True)],
            "byte_fallback": False,
        },
    }


def tokenizer_config(source: Q4Pieces, max_tokens: int) -> Json:
    """The `tokenizer_config.json` beside it."""
    names = {"bos": source.bos, "cls": source.bos, "eos": source.eos, "sep": source.eos}
    names |= {"pad": source.pad, "unk": source.unk}
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": max_tokens,
        "clean_up_tokenization_spaces": False,
        "mask_token": MASK,
        **{f"{name}_token": source.pieces[token] for name, token in names.items()},
    }


def _special_ids(source: Q4Pieces) -> set[int]:
    return {source.bos, source.eos, source.pad, source.unk, source.pieces.index(MASK)}


def _special(source: Q4Pieces, token: int) -> Json:
    flags: Json = dict.fromkeys(("single_word", "rstrip", "normalized"), False)
    content = source.pieces[token]
    return {"id": token, "content": content, "lstrip": content == MASK, "special": True, **flags}


def _normalizers(mapping: dict[str, str]) -> list[Json]:
    removed = "".join(source for source, target in mapping.items() if target == "")
    blanks = "".join(source for source, target in mapping.items() if target == " " and source != " ")
    return [
        *(_replace({"String": kept}, holder) for kept, holder in UNTOUCHED.items()),
        _replace({"Regex": _character_class(removed)}, ""),
        _replace({"Regex": _character_class(blanks)}, " "),
        {"type": "NFKC"},
        *(_replace({"String": holder}, kept) for kept, holder in UNTOUCHED.items()),
    ]


def _character_class(characters: str) -> str:
    return "[" + "".join(f"\\x{{{ord(character):04X}}}" for character in characters) + "]"


def _replace(pattern: Json, content: str) -> Json:
    return {"type": "Replace", "pattern": pattern, "content": content}


def _metaspace() -> Json:
    return {"type": "Metaspace", "replacement": METASPACE, "prepend_scheme": "always", "split": True}


def _template(source: Q4Pieces) -> Json:
    bos, eos = source.pieces[source.bos], source.pieces[source.eos]
    start: Json = {"SpecialToken": {"id": bos, "type_id": 0}}
    end: Json = {"SpecialToken": {"id": eos, "type_id": 0}}
    first: Json = {"Sequence": {"id": "A", "type_id": 0}}
    second: Json = {"Sequence": {"id": "B", "type_id": 0}}
    ids = {bos: source.bos, eos: source.eos}
    return {
        "type": "TemplateProcessing",
        "single": [start, first, end],
        "pair": [start, first, end, end, second, end],
        "special_tokens": {name: {"id": name, "ids": [token], "tokens": [name]} for name, token in ids.items()},
    }
