"""What many tests share: the real bundled model, a data directory of their own, and tiny models on disk."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, settings

from calibration import encoding
from calibration.encoding import CachedEncoder, load_encoder
from calibration.settings import DATA_DIR_VARIABLE
from calibration.store.engine import database_url
from calibration.store.migrate import upgrade

settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")
"""No test fails because the machine is busy."""

VOCABULARY = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    *"花呗额度怎么提升查询的了吗我想要你好今天天气还款abcdefgh0123456789?？。",
]


HEAVY = {
    "browser",
    "cli",
    "client",
    "encoder",
    "guarded",
    "open_page",
    "server",
    "tiny_bert",
    "url",
    "with_modules",
}
"""Fixtures that load a model, start a process or a server, or open a page. Tests on PostgreSQL are as slow."""
HEAVY_FOLDERS = {"api", "browser", "dashboard"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what `make quick` leaves out; other slow tests are marked where they are written."""
    for item in items:
        top, folder = (*item.nodeid.split("/"), "")[:2]
        heavy = HEAVY & set(getattr(item, "fixturenames", ())) or "postgresql" in item.name
        if (top == "tests" and folder in HEAVY_FOLDERS) or heavy:
            item.add_marker(pytest.mark.slow)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes are named by their argument: archives hold the time, and two workers must collect the same names."""
    return argname if isinstance(val, bytes) else None


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


@pytest.fixture(scope="session")
def newest_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store in a SQLite file at the newest schema, to be copied: a tenth of the time of making one."""
    path = tmp_path_factory.mktemp("template") / "simtier.db"
    upgrade(database_url(path))
    return path


class CommandLine:
    """`python -m calibration`: in a process of its own, as a user runs it, or here, without loading torch again.

    `encoder` gives the bundled model to commands that run here: loading it takes seconds, each time.
    """

    def __init__(self, encoder: Callable[[], CachedEncoder]) -> None:
        self.encoder = encoder

    def run(self, *arguments: object, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run a command in a process of its own, whatever comes of it."""
        return subprocess.run(
            [sys.executable, "-m", "calibration", *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=300,
            env={**os.environ, "LC_ALL": "C.UTF-8", **environ},
        )

    def here(self, *arguments: object, **environ: str) -> subprocess.CompletedProcess[str]:
        """The same command by the same parser in this process."""
        from calibration.cli.main import main

        given, out, err = list(map(str, arguments)), io.StringIO(), io.StringIO()
        with (
            patch.dict(os.environ, {"LC_ALL": "C.UTF-8", **environ}),
            patch.object(encoding, "load_encoder", self._load(encoding.load_encoder)),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            try:
                code = main(given)
            except SystemExit as stop:  # argparse's way
                code = int(stop.code or 0)
        return subprocess.CompletedProcess(given, code, out.getvalue(), err.getvalue())

    def _load(self, load: Callable[..., CachedEncoder]) -> Callable[..., CachedEncoder]:
        def loaded(model: str = "bundled", device: str = "auto", **options: Any) -> CachedEncoder:
            as_it_is = model == "bundled" and device in ("auto", "cpu") and not any(options.values())
            return self.encoder() if as_it_is else load(model, device, **options)

        return loaded

    def ok(self, *arguments: object) -> dict[str, Any]:
        """The JSON object of a command that must succeed."""
        done = self.here(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def refused(self, *arguments: object, **environ: str) -> str:
        """The one line of a command that must refuse its input."""
        done = self.here(*arguments, **environ)
        assert (done.returncode, done.stdout) == (2, ""), done.stderr
        lines = done.stderr.strip().splitlines()
        assert len(lines) == 1, done.stderr
        return lines[0]


@pytest.fixture(scope="session")
def cli(request: pytest.FixtureRequest, data_dir: Path) -> CommandLine:
    """Runs commands."""
    return CommandLine(lambda: request.getfixturevalue("encoder"))  # type: ignore[no-any-return]


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
