"""Read from a model folder how a text becomes a vector, without loading or running anything.

A model folder is input from strangers: only these few settings are taken from it, only the modules named in
`MODULES` are built, weights must be safetensors, and no path may lead out of the folder.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from calibration.encoding.models import NamedModel
from calibration.encoding.weights import check_weights, read_json, read_object
from calibration.errors import N_, BadArgument, ModelDamaged, ModelUnusable, PoolingUnknown
from calibration.messages.note import note

TRANSFORMER: Final = "Transformer"
POOLING: Final = "Pooling"
NORMALIZE: Final = "Normalize"
DENSE: Final = "Dense"
MODULES: Final = (TRANSFORMER, POOLING, NORMALIZE, DENSE)
POOLINGS: Final = ("cls", "mean", "lasttoken")
"""Poolings that may be given for a folder that names none."""

_LIMIT_DEFAULT: Final = 512
_LAYERS_LIMIT: Final = 1000


@dataclass(frozen=True)
class Module:
    """One step of a model: its kind (one of `MODULES`) and its folder, relative to the model's."""

    kind: str
    path: str = ""


@dataclass(frozen=True)
class Recipe:
    """How a folder's model makes vectors; `pooling` is None where a module of the folder says it.

    `max_tokens` counts special tokens and the prompt.
    """

    modules: tuple[Module, ...]
    pooling: str | None
    prompt: str
    max_tokens: int
    lower_case: bool


def read_recipe(folder: Path, named: NamedModel | None = None, pooling: str | None = None) -> Recipe:
    """The recipe of the model in `folder`; `named` and `pooling` fill in what the folder does not say.

    Raises PoolingUnknown, ModelUnusable or ModelDamaged, each for its cause.
    """
    if pooling is not None and pooling not in POOLINGS:
        raise BadArgument("pooling", N_("cls, mean or lasttoken"), pooling)
    modules = _modules(folder)
    if modules is None:
        pooling = pooling or (named.pooling if named else None)
        if pooling is None:
            raise PoolingUnknown(str(folder))
        modules = (Module(TRANSFORMER), Module(POOLING), Module(NORMALIZE))
    else:
        pooling = None
    for module in modules:
        if module.kind in (TRANSFORMER, DENSE):
            check_weights(folder, folder / module.path)
    home = folder / modules[0].path
    settings = read_object(home / "sentence_bert_config.json")
    layers = read_object(home / "config.json").get("num_hidden_layers")
    if isinstance(layers, int) and layers > _LAYERS_LIMIT:
        raise ModelUnusable(str(folder), note(N_("it claims to have {count} layers"), count=layers))
    return Recipe(
        modules=modules,
        pooling=pooling,
        prompt=named.prompt if named else _default_prompt(folder),
        max_tokens=_max_tokens(home, settings, named),
        lower_case=settings.get("do_lower_case") is True,
    )


def _modules(folder: Path) -> tuple[Module, ...] | None:
    """The modules of `modules.json`; None where the folder has none."""
    path = folder / "modules.json"
    listed = read_json(path)
    if listed is None:
        return None
    if not isinstance(listed, list) or not all(isinstance(entry, dict) for entry in listed):
        raise ModelDamaged(str(path), N_("not a list of modules"))
    modules = tuple(_module(folder, entry) for entry in listed)
    kinds = [module.kind for module in modules]
    if kinds[:1] != [TRANSFORMER] or kinds.count(TRANSFORMER) > 1:
        raise ModelUnusable(str(folder), note(N_("must begin with one {module}"), module=TRANSFORMER))
    if kinds.count(POOLING) != 1:
        raise PoolingUnknown(str(folder))
    return modules


def _module(folder: Path, entry: dict[str, Any]) -> Module:
    kind, path = str(entry.get("type")), str(entry.get("path", ""))
    package, _, name = kind.rpartition(".")
    if name not in MODULES or package.partition(".")[0] != "sentence_transformers":
        other = N_("its module {module} is not among {known}")
        raise ModelUnusable(str(folder), note(other, module=kind, known=", ".join(MODULES)))
    if not (folder / path).resolve().is_relative_to(folder.resolve()):
        raise ModelUnusable(str(folder), note(N_("the path {path} of a module leads out of the folder"), path=path))
    return Module(name, path)


def _default_prompt(folder: Path) -> str:
    """The prompt that the folder wants before every text, empty for none."""
    settings = read_object(folder / "config_sentence_transformers.json")
    prompts, name = settings.get("prompts"), settings.get("default_prompt_name")
    prompt = prompts.get(name) if isinstance(prompts, dict) and isinstance(name, str) else None
    return prompt if isinstance(prompt, str) else ""


def _max_tokens(home: Path, settings: dict[str, Any], named: NamedModel | None) -> int:
    """How many tokens the model reads: what the folder asks for, never more than its position table holds."""
    config = read_object(home / "config.json")
    wanted = settings.get("max_seq_length") or read_object(home / "tokenizer_config.json").get("model_max_length")
    limits = [wanted, _positions(config), named.max_tokens if named else None]
    # Tokenizers without a limit write an astronomical one.
    usable = [limit for limit in limits if isinstance(limit, int) and 0 < limit < 2**24]
    return min(usable, default=_LIMIT_DEFAULT)


def _positions(config: dict[str, Any]) -> int | None:
    """The tokens that the position table can number; RoBERTa's kin begin after the padding's own number."""
    positions = config.get("max_position_embeddings")
    if not isinstance(positions, int):
        return None
    offset = config.get("pad_token_id", 1) if "roberta" in str(config.get("model_type")) else -1
    return positions - (offset + 1 if isinstance(offset, int) else 0)
