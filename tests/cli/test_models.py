"""`models` as a user runs it: the list, what is said of one, and the converter that unpickles only tensors."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from calibration.cli.main import main
from calibration.cli.model_lines import fact_rows
from calibration.encoding import NAMED_MODELS, CachedEncoder, SentenceEncoder, load_encoder
from calibration.encoding.describe import facts
from calibration.encoding.engines.batch_size import BatchTokens
from calibration.encoding.engines.torch_engine import CPU_BATCH_TOKENS
from calibration.errors import Renamed

Make = Callable[..., Path]
TEXTS = ["花呗额度怎么提升", "今天天气怎么样"]


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Callable[..., dict]:
    def asked(*arguments: str) -> dict:
        capsys.readouterr()  # what fixtures said
        assert main(["models", *arguments, "--json"]) == 0, capsys.readouterr().err
        found: dict = json.loads(capsys.readouterr().out)
        return found

    return asked


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    def asked(*arguments: str) -> str:
        capsys.readouterr()  # what fixtures said
        assert main(["models", *arguments]) == 2
        said = capsys.readouterr().err.strip().splitlines()
        assert len(said) == 1, said
        return said[0]

    return asked


@pytest.fixture
def pickled(tiny_bert: Make, tmp_path: Path) -> Path:
    import torch
    from safetensors.torch import load_file

    folder = tiny_bert(tmp_path / "gte-small-zh")
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").rename(tmp_path / "original.safetensors")
    (folder / "evil.py").write_text("raise SystemExit")
    return folder


def test_the_list_names_every_model(ask: Callable[..., dict], capsys: pytest.CaptureFixture[str]) -> None:
    found = {model["name"]: model for model in ask()["models"]}
    assert set(found) == {"bundled", "use", *(model.name for model in NAMED_MODELS)}
    gte = found["gte-large-zh"]
    assert (gte["hub_id"], gte["dim"], gte["max_tokens"], gte["pooling"]) == (
        "thenlper/gte-large-zh",
        1024,
        512,
        "cls",
    )
    assert gte["thresholds"] == {"same": 0.85, "related": 0.7, "weak": 0.5}
    assert gte["local"] is None
    assert ask("list") == {"models": list(found.values())}
    assert main(["models"]) == 0
    assert "0.85 / 0.70 / 0.50" in capsys.readouterr().out


def test_a_named_model_that_is_not_here_is_not_fetched_to_be_shown(ask: Callable[..., dict]) -> None:
    found = ask("show", "qwen3-embedding-0.6b")
    assert (found["pooling"], found["local"], found["speed"]) == ("lasttoken", None, None)


def test_a_folder_is_loaded_and_measured(
    ask: Callable[..., dict],
    tiny_bert: Make,
    with_modules: Make,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from safetensors.numpy import load_file

    folder = with_modules(tiny_bert(tmp_path / "mine"), "mean", "查询")
    (folder / "README.md").write_text("---\nlicense: mit\nlanguage: zh\n---\n# Mine\n", encoding="utf-8")
    found = ask("show", str(folder))
    encoder = SentenceEncoder(folder, device="cpu")
    assert (found["fingerprint"], found["dim"], found["max_tokens"]) == (encoder.fingerprint, 32, 64)
    assert (found["pooling"], found["prompt"], found["prompts"]) == ("mean", "查询", {"query": "查询"})
    assert found["card"] == {"license": "mit", "language": "zh"}
    assert found["weight_bytes"] == sum(w.nbytes for w in load_file(folder / "model.safetensors").values())
    assert 0 < found["speed"]["slowest"] <= found["speed"]["rate"] <= found["speed"]["fastest"]
    assert found["batch"] == {"tokens": CPU_BATCH_TOKENS, "rate": None, "measured_by": None}
    assert main(["models", "show", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "texts/s" in said
    assert f"{CPU_BATCH_TOKENS:,} tokens: a fixed size, not measured" in said


@pytest.mark.parametrize(
    ("batch", "english", "chinese"),
    [
        (BatchTokens(2048, rate=834.6), "2,048 tokens: chosen by a measurement on this processor, 835", "835 条"),
        (BatchTokens(1024, measured_by=10_000), "1,024 tokens: the default, not measured yet", "默认值，尚未实测"),
    ],
)
def test_the_batch_size_is_told_with_what_it_was_measured_from(
    batch: BatchTokens, english: str, chinese: str, encoder: CachedEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = replace(facts(encoder), batch=batch)
    for language, expected in (("en_US.UTF-8", english), ("zh_CN.UTF-8", chinese)):
        monkeypatch.setenv("LC_ALL", language)
        assert expected in fact_rows(found)["batch size"]
    assert "batch size" not in fact_rows(replace(found, batch=None))


def test_converted_weights_give_the_same_vectors(
    ask: Callable[..., dict], pickled: Path, tmp_path: Path, refused: Callable[..., str]
) -> None:
    assert f"models convert {pickled} OUT" in refused("show", str(pickled))
    found = ask("convert", str(pickled), str(tmp_path / "out"))
    assert found["converted"] == ["pytorch_model.bin"]
    made = tmp_path / "out"
    assert not (made / "pytorch_model.bin").exists()
    assert not (made / "evil.py").exists()
    vectors = SentenceEncoder(made, device="cpu", pooling="cls").encode(TEXTS)
    (pickled / "pytorch_model.bin").unlink()
    (tmp_path / "original.safetensors").rename(pickled / "model.safetensors")
    np.testing.assert_array_equal(vectors, SentenceEncoder(pickled, device="cpu", pooling="cls").encode(TEXTS))


class Evil:
    """What runs code when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return open, (str(self.path), "w")


@pytest.mark.parametrize("how", ["pickle", "torch", "garbage", "list"])
def test_anything_but_tensors_is_refused_and_never_runs(
    how: str, pickled: Path, tmp_path: Path, refused: Callable[..., str]
) -> None:
    import torch

    ran, file = tmp_path / "ran", pickled / "pytorch_model.bin"
    if how == "pickle":
        file.write_bytes(pickle.dumps({"weight": Evil(ran)}))
    elif how == "torch":
        torch.save({"weight": Evil(ran)}, file)
    elif how == "list":
        torch.save([1, 2], file)
    else:
        file.write_bytes(b"no model at all")
    assert "pytorch_model.bin is damaged" in refused("convert", str(pickled), str(tmp_path / "out"))
    assert not ran.exists()
    assert not (tmp_path / "out").exists()
    assert not list(tmp_path.glob(".out.*"))


def test_bad_input_is_one_line(pickled: Path, tmp_path: Path, refused: Callable[..., str], tiny_bert: Make) -> None:
    assert "no-such-model" in refused("show", "no-such-model")
    assert "pytorch_model.bin" in refused("convert", str(tiny_bert(tmp_path / "safe")), str(tmp_path / "out"))
    assert "exist" in refused("convert", str(pickled), str(tmp_path))


@pytest.mark.parametrize(
    "old",
    [
        ("score", "p.csv", "-o", "o.csv", "--precision", "fast"),
        ("decide", "p.json", "a", "b", "--precision=full"),
        ("fit", "p.csv", "-o", "o.json", "--model-precision", "fast"),
        ("fit", "p.csv", "-o", "o.json", "--precision", "fast"),
    ],
)
def test_the_former_name_of_the_arithmetic_is_refused_with_the_new_one(cli: Any, old: tuple[str, ...]) -> None:
    assert "--compute f" in cli.refused(*old)


def test_the_former_variable_and_argument_are_refused_with_the_new_ones(cli: Any) -> None:
    assert "SIMTIER_COMPUTE" in cli.refused("score", "p.csv", "-o", "o.csv", SIMTIER_PRECISION="fast")
    with pytest.raises(Renamed, match="compute="):
        load_encoder("bundled", precision="fast")
