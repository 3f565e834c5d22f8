"""What is known of a model: by its name alone, and once it is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from calibration.encoding import hub
from calibration.encoding.bundled import unpacked
from calibration.encoding.cache import CachedEncoder
from calibration.encoding.encoder import SentenceEncoder
from calibration.encoding.fidelity import Fidelity
from calibration.encoding.models import BUNDLED, NAMED_MODELS, NamedModel, find_named, find_named_folder
from calibration.encoding.openvino_body import INT8, variant
from calibration.encoding.weights import read_object
from calibration.errors import N_, ModelUnusable

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

    precision: full or fast. fidelity: of precision fast, to full. quicker: False where fast saves memory alone on
    this processor. threads: of the processor, for one batch; places: how many batches may run at once.

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
    precision: str
    fidelity: Fidelity | None
    quicker: bool
    threads: int
    places: int
    weight_bytes: int
    thresholds: dict[str, float]
    card: dict[str, Any]


def known_models(models_dir: Path) -> tuple[KnownModel, ...]:
    """All models known by name, the bundled one first; nothing is fetched or unpacked for it."""
    named = (KnownModel(model, hub.cached(model.hub_id)) for model in NAMED_MODELS)
    return (KnownModel(_BUNDLED_MODEL, unpacked(models_dir)), *named)


def facts(encoder: CachedEncoder) -> ModelFacts:
    """What a loaded model is like."""
    model = encoder.uncached
    if not isinstance(model, SentenceEncoder):
        raise ModelUnusable(model.name, N_("a server has it, and shows no more than its vectors"))
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
        precision=model.precision,
        fidelity=model.fast.fidelity if model.fast else None,
        quicker=model.fast is None or model.device != "cpu" or variant() != INT8,
        threads=model.threads,
        places=model.places,
        weight_bytes=model.weight_bytes,
        thresholds=dict(named.thresholds) if named else {},
        card=card(model.folder),
    )


def card(folder: Path) -> dict[str, Any]:
    """License, language and the like, from the head of the folder's model card; empty where it has none."""
    from huggingface_hub import ModelCard

    try:
        data = ModelCard.load(folder / "README.md").data.to_dict()
    except Exception:  # a stranger's YAML, or none: a card only informs
        return {}
    return {key: data[key] for key in _CARD_KEYS if data.get(key)}
