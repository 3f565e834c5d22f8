"""The fingerprint of a model: equal if the same texts get the same vectors, wherever its files are.

It covers weights, tokenizer, architecture, pooling, prompt, casing and the token limit (vectors are always
L2-normalised); it leaves out names, paths, README files and the versions of tools that wrote the files.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Final

from calibration.encoding.digests import Digests
from calibration.encoding.recipe import DENSE, POOLING, TRANSFORMER, Recipe
from calibration.encoding.weights import read_json, weight_files

VERSION: Final = 1
"""Changes whenever the way of encoding changes vectors of the same model."""

_TOKENIZER_FILES: Final = (
    "tokenizer.json",
    "vocab.txt",
    "vocab.json",
    "merges.txt",
    "sentencepiece.bpe.model",
    "spiece.model",
    "tokenizer.model",
)
_TOKENIZER_SETTINGS: Final = ("tokenizer_config.json", "special_tokens_map.json", "added_tokens.json")
_NO_EFFECT: Final = frozenset(
    {"_name_or_path", "name_or_path", "transformers_version", "dtype", "torch_dtype", "architectures", "cache_dir"}
    | {"special_tokens_map_file", "tokenizer_file"}
)


def fingerprint(folder: Path, recipe: Recipe, digests: Digests) -> str:
    """32 hex digits that name what the model in `folder` computes by `recipe`."""
    parts: dict[str, Any] = {
        "version": VERSION,
        "normalised": "l2",
        "pooling": recipe.pooling,
        "prompt": recipe.prompt,
        "max_tokens": recipe.max_tokens,
        "lower_case": recipe.lower_case,
        "modules": [],
    }
    for module in recipe.modules:
        home = folder / module.path
        part: dict[str, Any] = {"kind": module.kind}
        if module.kind in (TRANSFORMER, DENSE):
            part["weights"] = {path.name: digests.of(path) for path in weight_files(home)}
        if module.kind in (TRANSFORMER, DENSE, POOLING):
            part["config"] = _settings(home / "config.json") if module.kind != POOLING or module.path else None
        if module.kind == TRANSFORMER:
            part["files"] = {n: digests.of(home / n) for n in _TOKENIZER_FILES if (home / n).is_file()}
            part["settings"] = {name: _settings(home / name) for name in _TOKENIZER_SETTINGS}
        parts["modules"].append(part)
    text = json.dumps(parts, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _settings(path: Path) -> Any:
    """The file's settings but for those without effect, so that formatting and tool versions do not count."""
    found = read_json(path)
    if not isinstance(found, dict):
        return found
    return {key: value for key, value in found.items() if key not in _NO_EFFECT}
