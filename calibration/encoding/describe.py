"""Describe a model from its name, or in full once it is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from calibration.encoding import hub, use_model
from calibration.encoding.bundled import unpacked
from calibration.encoding.cache import CachedEncoder
from calibration.encoding.encoder import SentenceEncoder
from calibration.encoding.engines.batch_size import BatchTokens
from calibration.encoding.engines.processor import FLOAT32, fastest, instructions
from calibration.encoding.fidelity import Fidelity
from calibration.encoding.models import BUNDLED, NAMED_MODELS, NamedModel, find_named, find_named_folder
from calibration.encoding.weights import read_object
from calibration.errors import N_, ModelUnusable, Words

_CARD_KEYS: Final = ("license", "language", "base_model", "tags", "library_name")
_BUNDLED_MODEL: Final = NamedModel(BUNDLED, ("intfloat/multilingual-e5-small",), "mean", 384, prompt="query: ")


@dataclass(frozen=True)
class KnownModel:
    """A model known by name, and the folder of it on this machine; None where it would have to be fetched."""

    named: NamedModel
    folder: Path | None


@dataclass(frozen=True)
class ModelFacts:
    """A loaded model. prompts: those that its folder names; `prompt` is the one before every text here.

    compute: full or fast; arithmetic: in which numbers; engine: OpenVINO or PyTorch; no_graph: why not OpenVINO.
    fidelity: of fast vectors, to full ones; ratio: of processor time, full to fast. fastest: what this processor
    computes fastest, and instructions: by which. threads: of the processor, for one batch; places: batches at once;
    batch: the tokens of one, None where batches are cut by texts.

    weight_bytes: what the weights take in memory. thresholds: those that its publisher gives, by tier.
    """

    name: str
    folder: Path
    fingerprint: str
    dim: int
    max_tokens: int
    pooling: str
    prompt: str
    prompts: dict[str, str]
    device: str
    compute: str
    arithmetic: str
    engine: str
    no_graph: Words | None
    fidelity: Fidelity | None
    ratio: float | None
    fastest: str
    instructions: tuple[str, ...]
    threads: int
    places: int
    batch: BatchTokens | None
    weight_bytes: int
    thresholds: dict[str, float]
    card: dict[str, Any]


def known_models(models_dir: Path) -> tuple[KnownModel, ...]:
    """All models known by name, the bundled one first; nothing is fetched or unpacked for it."""
    named = (KnownModel(model, hub.cached(model.hub_id)) for model in NAMED_MODELS)
    bundled = KnownModel(_BUNDLED_MODEL, unpacked(models_dir))
    return (bundled, KnownModel(use_model.KNOWN, use_model.installed_folder()), *named)


def facts(encoder: CachedEncoder) -> ModelFacts:
    """What a loaded model is like."""
    model = encoder.uncached
    if not isinstance(model, SentenceEncoder | use_model.UseEncoder):
        raise ModelUnusable(model.name, N_("it is on a server, which only returns vectors"))
    found = instructions()
    named = find_named(model.name) or find_named_folder(model.folder)
    prompts = read_object(model.folder / "config_sentence_transformers.json").get("prompts")
    return ModelFacts(
        name=model.name,
        folder=model.folder,
        fingerprint=model.fingerprint,
        dim=model.dim,
        max_tokens=model.max_tokens,
        pooling=model.pooling,
        prompt=model.prompt,
        prompts={str(k): str(v) for k, v in prompts.items()} if isinstance(prompts, dict) else {},
        device=model.device,
        compute=model.compute,
        arithmetic=model.fast.arithmetic if model.fast else FLOAT32,
        engine=model.engine.name if isinstance(model, SentenceEncoder) else use_model.NUMPY,
        no_graph=model.no_graph,
        fidelity=model.fast.fidelity if model.fast else None,
        ratio=model.fast.ratio if model.fast else None,
        fastest=fastest(found),
        instructions=tuple(sorted(found)),
        threads=model.threads,
        places=model.places,
        batch=model.engine.batch if isinstance(model, SentenceEncoder) else None,
        weight_bytes=model.weight_bytes,
        thresholds=dict(named.thresholds) if named else {},
        card=card(model.folder) if isinstance(model, SentenceEncoder) else use_model.CARD,
    )


def card(folder: Path) -> dict[str, Any]:
    """License, language and the like, from the head of the folder's model card; empty where it has none."""
    from huggingface_hub import ModelCard

    try:
        data = ModelCard.load(folder / "README.md").data.to_dict()
    except Exception:  # a stranger's YAML, or none: a card only informs
        return {}
    return {key: data[key] for key in _CARD_KEYS if data.get(key)}
