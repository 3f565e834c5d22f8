"""What many tests share: the real bundled model, a data directory of their own, and tiny models on disk."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from calibration.encoding import CachedEncoder, load_encoder
from calibration.settings import DATA_DIR_VARIABLE

VOCABULARY = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    *"花呗额度怎么提升查询的了吗我想要你好今天天气还款abcdefgh0123456789?？。",
]


@pytest.fixture(scope="session", autouse=True)
def data_dir(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Path]:
    """SIMTIER_DATA_DIR of every test and of every process that one starts: nothing touches the user's data.

    Unpacked models (470 MB) are kept beside pytest's own cache, so that only the first session unpacks them.
    """
    folder = tmp_path_factory.mktemp("data")
    kept = request.config.rootpath / ".pytest_cache" / "simtier-models"
    kept.mkdir(parents=True, exist_ok=True)
    (folder / "models").symlink_to(kept, target_is_directory=True)
    before = os.environ.get(DATA_DIR_VARIABLE)
    os.environ[DATA_DIR_VARIABLE] = str(folder)
    yield folder
    if before is None:
        del os.environ[DATA_DIR_VARIABLE]
    else:
        os.environ[DATA_DIR_VARIABLE] = before


@pytest.fixture(scope="session")
def encoder(data_dir: Path) -> Iterator[CachedEncoder]:
    """The real bundled model with a vector cache that lasts for the session."""
    loaded = load_encoder(device="cpu")
    yield loaded
    loaded.close()


TinyBert = Callable[..., Path]


@pytest.fixture(scope="session")
def tiny_bert() -> TinyBert:
    """Makes a BERT with random weights in ModelScope's layout: no modules.json, so its pooling is not said.

    `tiny_bert(folder, seed=0, hidden=32, positions=64, model_max_length=64)` returns the folder.
    """

    def make(folder: Path, *, seed: int = 0, hidden: int = 32, positions: int = 64, **tokenizer: Any) -> Path:
        import torch
        from transformers import BertConfig, BertModel

        config = BertConfig(
            vocab_size=len(VOCABULARY),
            hidden_size=hidden,
            num_hidden_layers=2,
            num_attention_heads=4,
            intermediate_size=2 * hidden,
            max_position_embeddings=positions,
        )
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            model = BertModel(config)
        folder.mkdir(parents=True, exist_ok=True)
        model.save_pretrained(folder)
        (folder / "vocab.txt").write_text("\n".join(VOCABULARY) + "\n", encoding="utf-8")
        settings = {"tokenizer_class": "BertTokenizer", "model_max_length": positions, **tokenizer}
        (folder / "tokenizer_config.json").write_text(json.dumps(settings))
        (folder / "configuration.json").write_text('{"framework": "pytorch", "task": "sentence-embedding"}')
        return folder

    return make


def add_modules(folder: Path, pooling: str = "mean", prompt: str | None = None, **extra: Any) -> Path:
    """Turn a plain folder into one of sentence-transformers, with that pooling and default prompt."""
    kinds = (("Transformer", ""), ("Pooling", "1_Pooling"), ("Normalize", "2_Normalize"))
    modules = [
        {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for i, (kind, path) in enumerate(kinds)
    ]
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "1_Pooling").mkdir(exist_ok=True)
    hidden = json.loads((folder / "config.json").read_text())["hidden_size"]
    settings = {"embedding_dimension": hidden, "pooling_mode": pooling}
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(settings))
    if prompt is not None:
        prompts = {"prompts": {"query": prompt}, "default_prompt_name": "query"}
        (folder / "config_sentence_transformers.json").write_text(json.dumps(prompts))
    if extra:
        (folder / "sentence_bert_config.json").write_text(json.dumps(extra))
    return folder


@pytest.fixture(scope="session")
def with_modules() -> Callable[..., Path]:
    """`with_modules(folder, pooling, prompt, max_seq_length=...)` adds what sentence-transformers would save."""
    return add_modules
