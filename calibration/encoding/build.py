"""Build a model in memory from its recipe and folder. The only module that imports torch, on first use.

The modules are built here one by one from a checked recipe, so nothing else in a folder's settings (code,
other models, loader options) can take effect.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from calibration.encoding.recipe import DENSE, NORMALIZE, POOLING, Module, Recipe
from calibration.encoding.weights import weight_files
from calibration.errors import N_, ModelDamaged, ModelUnusable, SimTierError
from calibration.messages.note import note

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

_TEXT_ONLY: Final = {"text": {"method": "forward", "method_output_name": "last_hidden_state"}}
_LEGACY_NAMES: Final = {"LayerNorm.gamma": "LayerNorm.weight", "LayerNorm.beta": "LayerNorm.bias"}


@dataclass(frozen=True)
class Placed:
    """Where a model runs, and the dtype of its weights as torch names it."""

    device: str
    dtype: str = "float32"


def build_model(folder: Path, recipe: Recipe, placed: Placed) -> SentenceTransformer:
    """The model in `folder`, ready to encode.
    Raises ModelDamaged where its files do not fit together, ModelUnusable where they need what is not here.
    """
    from sentence_transformers import SentenceTransformer

    try:
        with _no_progress_bar():
            modules = _modules(folder, recipe, placed)
        _check_complete(folder / recipe.modules[0].path, modules[0])
        model = SentenceTransformer(modules=modules, device=placed.device)
    except (MemoryError, ImportError) as error:
        raise ModelUnusable(str(folder), _first_line(error)) from error
    except SimTierError:
        raise
    except Exception as error:  # whatever a stranger's files make the loaders raise
        raise ModelDamaged(str(folder), _first_line(error)) from error
    model.eval()
    return model


def _modules(folder: Path, recipe: Recipe, placed: Placed) -> list[torch.nn.Module]:
    built: list[Any] = [_transformer(folder, recipe.modules[0], recipe, placed)]
    for module in recipe.modules[1:]:
        built.append(_BUILDERS[module.kind](folder, module, recipe, built))
    return built


def _transformer(folder: Path, module: Module, recipe: Recipe, placed: Placed) -> Any:
    shut = {"trust_remote_code": False, "local_files_only": True}
    from sentence_transformers.base.modules.transformer import Transformer

    built = Transformer(
        str(folder / module.path),
        model_kwargs={**shut, "use_safetensors": True, "dtype": placed.dtype},
        processor_kwargs={**shut, "model_max_length": recipe.max_tokens},
        config_kwargs=dict(shut),
        modality_config=_TEXT_ONLY,
        module_output_name="token_embeddings",
        do_lower_case=recipe.lower_case,
    )
    tokenizer = built.tokenizer
    if tokenizer is None or not tokenizer.is_fast:
        raise ModelUnusable(str(folder), N_("its tokenizer does not give the positions of tokens in a text"))
    # Whatever the folder says: long texts lose their tail, as `truncate` reports it.
    tokenizer.truncation_side = "right"
    return built


def _pooling(folder: Path, module: Module, recipe: Recipe, built: list[Any]) -> Any:
    from sentence_transformers.sentence_transformer.modules import Pooling

    if recipe.pooling is not None:
        return Pooling(built[0].get_embedding_dimension(), recipe.pooling)
    return Pooling.load(str(folder), subfolder=module.path, local_files_only=True)


def _normalize(*_: Any) -> Any:
    from sentence_transformers.sentence_transformer.modules import Normalize

    return Normalize()


def _dense(folder: Path, module: Module, *_: Any) -> Any:
    from sentence_transformers.base.modules.dense import Dense

    return Dense.load(str(folder), subfolder=module.path, local_files_only=True, trust_remote_code=False)


_BUILDERS: Final = {POOLING: _pooling, NORMALIZE: _normalize, DENSE: _dense}


def _check_complete(home: Path, transformer: Any) -> None:
    """Refuse weights that lack a tensor: the loader would fill it with random numbers and only log it."""
    from safetensors import safe_open

    stored: set[str] = set()
    for path in weight_files(home):
        with safe_open(path, framework="np") as file:
            stored.update(file.keys())
    for old, new in _LEGACY_NAMES.items():
        stored = {name.replace(old, new) for name in stored}
    # A checkpoint of a whole task model has the same names behind a prefix.
    endings = {name.partition(".")[2] for name in stored} | stored
    wanted = {name for name, _ in transformer.model.named_parameters() if not name.startswith("pooler.")}
    missing = sorted(wanted - endings)
    if missing:
        gone = N_("{missing} of {wanted} weights missing, first: {first}")
        raise ModelDamaged(str(home), note(gone, missing=len(missing), wanted=len(wanted), first=missing[0]))


@contextmanager
def _no_progress_bar() -> Iterator[None]:
    """Loading is no work to watch: keep the loader's bar off the user's terminal."""
    from transformers.utils import logging

    before = logging.set_tqdm_hook(lambda make, args, kwargs: make(*args, **{**kwargs, "disable": True}))
    try:
        yield
    finally:
        logging.set_tqdm_hook(before)


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
