"""Graphs that OpenVINO runs: the vectors of sentence-transformers, made once, never from a damaged file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from calibration.encoding import CachedEncoder, SentenceEncoder, load_encoder
from calibration.encoding.bundled import unpack_bundled
from calibration.encoding.digests import Digests
from calibration.encoding.engines import kept_graph as keeping
from calibration.encoding.engines.engine import OPENVINO, PYTORCH
from calibration.encoding.engines.kept_graph import KeptGraph, NoGraph, kept_graph
from calibration.encoding.engines.processor import LIMITS
from calibration.encoding.engines.table import EmbeddingTable, find
from calibration.encoding.engines.tokens import PIECES, CutTokens, read_tokens, write_tokens
from calibration.encoding.recipe import read_recipe
from calibration.settings import models_dir

Make = Callable[..., Path]
TEXTS = ["花呗额度怎么提升", "a", "", "还款" * 20, "abc 123，你好？", "额" * 900, "<mask> </s> 好", "䶮🫠"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, tiny_bert: Make, with_modules: Make) -> Iterator[Path]:
    """A model `m` and a folder for graphs, in which it has one."""
    folder = tmp_path_factory.mktemp("graphs")
    with_modules(tiny_bert(folder / "m", hidden=64), "mean")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keeping, "WORTH_BYTES", 0)
        assert isinstance(graph_of(folder), KeptGraph)
        yield folder


def graph_of(home: Path, name: str = "m") -> KeptGraph | NoGraph:
    folder = home / name
    return kept_graph(name, folder, read_recipe(folder), name, home / "models", Digests())


def never(*_: object) -> Any:
    raise AssertionError("converted again")


# ---------------------------------------------------------------- vectors


def test_the_bundled_model_runs_by_openvino_and_agrees_with_sentence_transformers(encoder: CachedEncoder) -> None:
    ours, theirs = encoder.uncached, SentenceEncoder(unpack_bundled(models_dir()), device="cpu")
    assert isinstance(ours, SentenceEncoder)
    assert (ours.engine.name, theirs.engine.name) == (OPENVINO, PYTORCH)
    assert ours.fingerprint == theirs.fingerprint
    assert (ours.encode(TEXTS) * theirs.encode(TEXTS)).sum(axis=1).min() > 0.99999
    assert ours.count_tokens(TEXTS) == theirs.count_tokens(TEXTS)
    assert ours.unknown(TEXTS) == theirs.unknown(TEXTS)
    assert [ours.truncate(text) for text in TEXTS] == [theirs.truncate(text) for text in TEXTS]
    np.testing.assert_allclose(ours.raw("花呗"), theirs.raw("花呗"), atol=1e-5)
    assert (ours.pooling, ours.dim) == (theirs.pooling, theirs.dim)


def test_a_vector_depends_on_its_text_alone(encoder: CachedEncoder) -> None:
    """Whatever else is in the batch, and however far it is padded: to 1e-6, and to the bit on most processors."""
    alone = np.vstack([encoder.uncached.encode([text]) for text in TEXTS])
    np.testing.assert_allclose(encoder.uncached.encode(TEXTS), alone, atol=1e-6)


def test_many_threads_get_the_same_vectors(encoder: CachedEncoder) -> None:
    expected = encoder.uncached.encode(TEXTS)
    with ThreadPoolExecutor(8) as pool:
        for found in pool.map(lambda _: encoder.uncached.encode(TEXTS), range(16)):
            np.testing.assert_allclose(found, expected, atol=1e-6)


def test_a_short_text_does_not_wait_for_the_batch_of_another_thread(encoder: CachedEncoder) -> None:
    model = encoder.uncached
    if not isinstance(model, SentenceEncoder) or model.places == 1:
        pytest.skip("one batch runs at once here")
    for number in range(5):  # every call has threads of its own, so each round has new ones
        with ThreadPoolExecutor(1) as pool:
            long = pool.submit(model.encode, [f"{number}" + "额度" * 600, f"{number}" + "还款" * 600])
            while not long.running():
                pass
            model.encode([f"短 {number}"])
            assert not long.done()


def test_other_instructions_move_the_last_bits_alone(encoder: CachedEncoder, tmp_path: Path) -> None:
    """One fingerprint serves every processor at full: AVX2 alone, as oneDNN can be told, against what is here."""
    code = (
        "import sys, numpy as np; from calibration import load_encoder; "
        "np.save(sys.argv[1], load_encoder(device='cpu', cache_dir=sys.argv[2]).uncached.encode(sys.argv[3:]))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "found.npy"), str(tmp_path), *TEXTS]
    subprocess.run(command, check=True, env={**os.environ, LIMITS[0]: "AVX2"})
    np.testing.assert_allclose(np.load(tmp_path / "found.npy"), encoder.uncached.encode(TEXTS), atol=1e-6)


@pytest.mark.parametrize("pooling", ["cls", "mean"])
def test_a_folder_without_modules_runs_by_openvino_too(home: Path, tiny_bert: Make, pooling: str) -> None:
    folder = home / f"bare-{pooling}"
    tiny_bert(folder, hidden=64)
    recipe = read_recipe(folder, pooling=pooling)
    graph = kept_graph("bare", folder, recipe, folder.name, home / "models", Digests())
    assert isinstance(graph, KeptGraph)
    ours = SentenceEncoder(folder, device="cpu", pooling=pooling, graph=graph)
    theirs = SentenceEncoder(folder, device="cpu", pooling=pooling)
    assert (ours.engine.name, ours.pooling) == (OPENVINO, pooling)
    assert (ours.encode(TEXTS) * theirs.encode(TEXTS)).sum(axis=1).min() > 0.99999


# ---------------------------------------------------------------- making and keeping


def test_a_graph_is_made_once_and_needs_no_torch(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "_convert", never)
    assert isinstance(graph_of(home), KeptGraph)
    code = (
        "import sys; from pathlib import Path; from calibration.encoding.engines import kept_graph as k; "
        "k.WORTH_BYTES = 0; from calibration.encoding import SentenceEncoder; from calibration.encoding.digests "
        "import Digests; from calibration.encoding.recipe import read_recipe; home = Path(sys.argv[1]); "
        "m = home / 'm'; graph = k.kept_graph('m', m, read_recipe(m), 'm', home / 'models', Digests())\n"
        "print(SentenceEncoder(m, graph=graph).encode(['a']).shape)\n"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'pandas', 'scipy', 'sklearn'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(home)], capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "(1, 64)"), done.stderr


@pytest.mark.parametrize("damage", [lambda data: data[:-10], lambda data: data[:-1] + b"x", lambda _: b""])
@pytest.mark.parametrize("file", ["graph.xml", "graph.bin", "tokenizer.json", "facts.json"])
def test_a_damaged_file_means_a_new_conversion(
    home: Path, file: str, damage: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = graph_of(home)
    assert isinstance(kept, KeptGraph)
    whole = (kept.folder / file).read_bytes()
    (kept.folder / file).write_bytes(damage(whole))
    asked: list[str] = []
    monkeypatch.setattr(keeping, "_convert", lambda *_: (asked.append(file), (1, "stopped"))[1])
    try:
        assert isinstance(graph_of(home), NoGraph)
        assert asked == [file]
    finally:
        (kept.folder / file).write_bytes(whole)


def test_what_cannot_be_converted_runs_by_pytorch_and_is_not_tried_again(
    home: Path, tiny_bert: Make, with_modules: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = with_modules(tiny_bert(home / "unfit", hidden=64), "mean")
    monkeypatch.setattr(keeping, "_convert", lambda *_: (keeping.UNFIT, "no such operation"))
    found = load_encoder(str(folder), "cpu", home / "cache", models_dir=home / "models")
    assert isinstance(found.uncached, SentenceEncoder)
    assert found.uncached.engine.name == PYTORCH
    assert "no such operation" in str(found.uncached.no_graph)
    found.close()
    monkeypatch.setattr(keeping, "_convert", never)
    again = load_encoder(str(folder), "cpu", home / "cache", models_dir=home / "models")
    assert again.encode(["a"]).shape == (1, 64)
    again.close()


def test_a_conversion_that_was_cut_short_is_tried_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As by a full disk: this time by PyTorch, without a trace."""
    monkeypatch.setattr(keeping, "_convert", lambda *_: (-9, "killed"))
    recipe = read_recipe(home / "m")
    for _ in range(2):
        found = kept_graph("m", home / "m", recipe, "other", home / "models", Digests())
        assert isinstance(found, NoGraph)
        assert "killed" in str(found.reason)
    assert not [path for path in (home / "models" / "graphs").iterdir() if "other" in path.name and path.is_dir()]


_MAKE = """
import logging, sys
from pathlib import Path
from calibration.encoding.digests import Digests
from calibration.encoding.engines import kept_graph as keeping
from calibration.encoding.recipe import read_recipe
home, name, limit = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
if limit:
    import resource
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
logging.basicConfig(level=logging.INFO)
keeping.WORTH_BYTES = 0
found = keeping.kept_graph("m", home / "m", read_recipe(home / "m"), name, home / "models", Digests())
print(type(found).__name__, getattr(found, "reason", ""))
"""


def making(home: Path, name: str, limit: int = 0) -> subprocess.Popen[str]:
    """A process that wants the graph `name`, with `limit` bytes a file at most."""
    command = [sys.executable, "-c", _MAKE, str(home), name, str(limit)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_of_two_processes_one_converts_and_the_other_waits(home: Path) -> None:
    both = [making(home, "both") for _ in range(2)]
    said = [process.communicate(timeout=300) for process in both]
    assert [out.split()[0] for out, _ in said] == ["KeptGraph", "KeptGraph"], said
    assert sum("preparing" in err for _, err in said) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_disk_that_fills_while_converting_leaves_nothing(home: Path) -> None:
    """A limit on the size of files is as near as one comes without a disk to fill."""
    name = "full"
    out, err = making(home, name, limit=100_000).communicate(timeout=300)
    assert out.startswith("NoGraph"), (out, err)
    assert keeping.UNFIT_REASON.partition("{")[0] not in out, "it would never be tried again"
    assert not [path for path in (home / "models" / "graphs").iterdir() if name in path.name and path.is_dir()]
    again = kept_graph("m", home / "m", read_recipe(home / "m"), name, home / "models", Digests())
    assert isinstance(again, KeptGraph)


def test_a_graph_that_openvino_cannot_read_gives_way_to_pytorch(home: Path, tmp_path: Path) -> None:
    kept = graph_of(home)
    assert isinstance(kept, KeptGraph)
    for path in kept.folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "graph.xml").write_text("<net/>")
    broken = KeptGraph(tmp_path, kept.table, kept.pooling, kept.unknown_id, kept.weight_bytes)
    found = SentenceEncoder(home / "m", device="cpu", graph=broken)
    assert found.engine.name == PYTORCH
    assert "OpenVINO cannot run it" in str(found.no_graph)


# ---------------------------------------------------------------- embeddings


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
def test_embeddings_are_read_from_the_weights_themselves(tmp_path: Path, dtype: str) -> None:
    import torch
    from safetensors.torch import save_file

    values = torch.randn(50, 16).to(getattr(torch, dtype))
    save_file({"bert.embeddings.word": values, "other": torch.zeros(3)}, tmp_path / "w.safetensors")
    table = EmbeddingTable(tmp_path, find(tmp_path, tmp_path / "w.safetensors", "embeddings.word"))
    ids = np.array([[0, 49], [7, 7]])
    np.testing.assert_array_equal(table.of(ids), values.float().numpy()[ids])
    with pytest.raises(IndexError):
        table.of(np.array([50]))
    for name in ("missing", "other"):
        with pytest.raises(ValueError, match="no table"):
            find(tmp_path, tmp_path / "w.safetensors", name)


# ---------------------------------------------------------------- tokens


@pytest.fixture(scope="module")
def tokenizers(tmp_path_factory: pytest.TempPathFactory, data_dir: Path) -> tuple[Any, CutTokens]:
    """The bundled model's tokenizer by the library, whole, and as it is kept."""
    source = (unpack_bundled(models_dir()) / "tokenizer.json").read_text(encoding="utf-8")
    folder = tmp_path_factory.mktemp("tokens")
    write_tokens(source, folder)
    kept = read_tokens(folder)
    assert isinstance(kept, CutTokens)
    return Tokenizer.from_str(source), kept


@pytest.mark.slow
def test_real_texts_have_the_same_ids(tokenizers: tuple[Any, CutTokens]) -> None:
    whole, kept = tokenizers
    root = Path(__file__).parents[2] / "datasets"
    texts = [line for path in root.rglob("*.csv") for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(texts) > 500
    assert kept.ids(texts) == [found.ids for found in whole.encode_batch(texts)]


@pytest.mark.slow
@given(
    st.lists(st.text(max_size=40) | st.text("好 ～\u3000\n<mask>s/éＡ①ﬁ🫠İß", max_size=30), min_size=1, max_size=8)
)
def test_any_texts_have_the_same_ids_and_places(tokenizers: tuple[Any, CutTokens], texts: list[str]) -> None:
    whole, kept = tokenizers
    assert kept.ids(texts) == [found.ids for found in whole.encode_batch(texts)]
    found, expected = kept.places(texts[0]), whole.encode(texts[0])
    assert (found.ids, found.spans) == (expected.ids, expected.offsets)


def test_small_vocabularies_are_kept_whole(tiny_bert: Make, tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    backend = AutoTokenizer.from_pretrained(tiny_bert(tmp_path / "m")).backend_tokenizer
    write_tokens(backend.to_str(), tmp_path)
    assert not (tmp_path / PIECES).exists()
    assert read_tokens(tmp_path).ids(["花呗"]) == [backend.encode("花呗").ids]
    assert json.loads((tmp_path / "tokenizer.json").read_text())["truncation"] is None
