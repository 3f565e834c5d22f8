"""Every layout that teams bring, as a tiny random model, compared with sentence-transformers' own encode."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from calibration.encoding import SentenceEncoder, find_named
from calibration.encoding.load import locate
from calibration.errors import ModelNotFound

Make = Callable[..., Path]
TEXTS = ["花呗额度怎么提升", "今天天气怎么样", "a", "还款" * 20, "abc 123，你好？", "额" * 200]
E5 = ("multilingual-e5-small", "query: ")
GTE_ID = "iic/nlp_gte_sentence-embedding_chinese-large"


@pytest.fixture
def vivid_bert(tiny_bert: Make) -> Make:
    """As `tiny_bert`, with weights so large that context tells: at BERT's own scale all [CLS] are alike."""

    def make(folder: Path) -> Path:
        from safetensors.numpy import load_file, save_file

        weights = tiny_bert(folder) / "model.safetensors"
        larger = {name: values * (10 if values.ndim == 2 else 1) for name, values in load_file(weights).items()}
        save_file(larger, weights, metadata={"format": "pt"})
        return folder

    return make


def own_encode(folder: Path, pooling: str | None = None, prompt: str = "", limit: int | None = None) -> np.ndarray:
    """The vectors that sentence-transformers makes of TEXTS itself."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules.transformer import Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling

    if pooling is None:
        model = SentenceTransformer(str(folder), device="cpu")
    else:
        transformer = Transformer(str(folder))
        modules = [transformer, Pooling(transformer.get_embedding_dimension(), pooling)]
        model = SentenceTransformer(modules=modules, device="cpu")
    if limit:
        model.max_seq_length = limit
    return np.asarray(model.encode(TEXTS, prompt=prompt or None, normalize_embeddings=True, batch_size=2))


def agree(encoder: SentenceEncoder, expected: np.ndarray) -> None:
    found = encoder.encode(TEXTS)
    assert (found * expected).sum(axis=1).min() >= 0.99999
    assert np.triu(found @ found.T, 1).max() < 0.99, "the texts must differ for that to mean anything"


@pytest.mark.parametrize("name", ["gte-large-zh", "gte-base-zh", "gte-small-zh", "bge-large-zh-v1.5"])
def test_gte_and_bge_pool_by_cls_and_take_no_instruction(
    name: str, vivid_bert: Make, with_modules: Make, tmp_path: Path
) -> None:
    folder = with_modules(vivid_bert(tmp_path / name), "cls")
    encoder = SentenceEncoder(folder, device="cpu", named=find_named(name))
    assert encoder.count_tokens(["花"]) == [3], "no instruction before a text: both sides are of one kind"
    agree(encoder, own_encode(folder))


def test_an_instruction_for_queries_is_left_out(vivid_bert: Make, with_modules: Make, tmp_path: Path) -> None:
    folder = with_modules(vivid_bert(tmp_path / "bge-small-zh-v1.5"), "cls")
    prompts = {"prompts": {"query": "查询"}, "default_prompt_name": None}
    (folder / "config_sentence_transformers.json").write_text(json.dumps(prompts))
    agree(SentenceEncoder(folder, device="cpu", named=find_named("bge-small-zh-v1.5")), own_encode(folder))
    agree(SentenceEncoder(folder, device="cpu"), own_encode(folder))


def test_the_modelscope_layout_needs_the_name_to_pool_right(vivid_bert: Make, tmp_path: Path) -> None:
    folder = vivid_bert(tmp_path / GTE_ID)
    found, named = locate(str(folder), tmp_path)
    encoder = SentenceEncoder(found, device="cpu", named=named)
    agree(encoder, own_encode(folder, "cls"))
    wrong = own_encode(folder, "mean")
    assert (encoder.encode(TEXTS) * wrong).sum(axis=1).min() < 0.99


@pytest.fixture(scope="module")
def tiny_e5(tmp_path_factory: pytest.TempPathFactory, with_modules: Make) -> Path:
    """An XLM-RoBERTa, whose positions begin after the padding's own number."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast, XLMRobertaConfig, XLMRobertaModel

    folder = tmp_path_factory.mktemp("e5") / E5[0]
    pieces = ["<s>", "<pad>", "</s>", "<unk>", "▁", *"花呗额度怎么提升今天气还款abc123query:，？你好"]
    inner = Tokenizer(models.Unigram([(piece, -float(i)) for i, piece in enumerate(pieces)], unk_id=3))
    inner.pre_tokenizer = pre_tokenizers.Metaspace()
    inner.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    marks = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
    PreTrainedTokenizerFast(tokenizer_object=inner, **marks, model_max_length=64).save_pretrained(folder)
    config = XLMRobertaConfig(
        vocab_size=len(pieces), hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64,
        max_position_embeddings=66, pad_token_id=1, type_vocab_size=1, initializer_range=0.3,
    )  # fmt: skip
    with torch.random.fork_rng():
        torch.manual_seed(0)
        XLMRobertaModel(config).save_pretrained(folder)
    return with_modules(folder, "mean")


def test_e5_has_its_prompt_before_every_text(tiny_e5: Path) -> None:
    found, named = locate(str(tiny_e5), tiny_e5)
    encoder = SentenceEncoder(found, device="cpu", named=named)
    assert encoder.max_tokens == 64
    agree(encoder, own_encode(tiny_e5, prompt=E5[1]))
    bare = own_encode(tiny_e5)
    assert (encoder.encode(TEXTS) * bare).sum(axis=1).min() < 0.9999


@pytest.fixture(scope="module")
def tiny_qwen3(tmp_path_factory: pytest.TempPathFactory, with_modules: Make) -> Path:
    """A decoder that pads on the left, ends every text with a token of its own, and pools there."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3Model

    folder = tmp_path_factory.mktemp("qwen") / "Qwen3-Embedding-0.6B"
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    end = "<|endoftext|>"
    inner = Tokenizer(models.BPE({piece: i for i, piece in enumerate([*letters, end])}, []))
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    inner.add_special_tokens([end])
    inner.post_processor = processors.TemplateProcessing(
        single=f"$A {end}", pair=f"$A {end} $B {end}", special_tokens=[(end, len(letters))]
    )
    PreTrainedTokenizerFast(
        tokenizer_object=inner, pad_token=end, eos_token=end, padding_side="left", model_max_length=131072
    ).save_pretrained(folder)
    config = Qwen3Config(
        vocab_size=len(letters) + 1, hidden_size=32, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, head_dim=8, intermediate_size=64, max_position_embeddings=256,
        pad_token_id=len(letters), initializer_range=0.3,
    )  # fmt: skip
    with torch.random.fork_rng():
        torch.manual_seed(0)
        Qwen3Model(config).save_pretrained(folder)
    prompts = {"prompts": {"query": "Instruct: find\nQuery:", "document": ""}, "default_prompt_name": None}
    with_modules(folder, "lasttoken")
    (folder / "config_sentence_transformers.json").write_text(json.dumps(prompts))
    return folder


def test_qwen3_pools_at_the_last_token_behind_padding_on_the_left(tiny_qwen3: Path) -> None:
    found, named = locate(str(tiny_qwen3), tiny_qwen3)
    assert named is not None
    assert named.name == "qwen3-embedding-0.6b"
    encoder = SentenceEncoder(found, device="cpu", named=named)
    assert encoder.max_tokens == 256
    agree(encoder, own_encode(tiny_qwen3, limit=256))
    together, alone = encoder.encode(TEXTS), np.vstack([encoder.encode([text]) for text in TEXTS])
    assert (together * alone).sum(axis=1).min() >= 0.99999, "the other texts of a batch do not change a vector"


def test_qwen3_says_which_tail_it_never_reads(tiny_qwen3: Path) -> None:
    encoder = SentenceEncoder(tiny_qwen3, device="cpu")
    head, tail = encoder.truncate("a" * 300)
    assert (len(head), len(tail)) == (255, 45)  # the last of 256 is the end of the text
    np.testing.assert_allclose(encoder.encode([head + tail]), encoder.encode([head]), atol=1e-5)


@pytest.mark.parametrize("pooling", ["max", "weightedmean", ["cls", "mean"]])
def test_any_folder_that_sentence_transformers_saved(pooling: Any, vivid_bert: Make, tmp_path: Path) -> None:
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules.dense import Dense
    from sentence_transformers.base.modules.transformer import Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling

    torch.manual_seed(4)  # the weights of Dense: by chance they can make all texts alike
    pool = Pooling(32, pooling)
    dense = Dense(pool.pooling_output_dimension, 16)
    bert = Transformer(str(vivid_bert(tmp_path / "bert")))
    model = SentenceTransformer(modules=[bert, pool, dense], device="cpu")
    model.prompts, model.default_prompt_name = {"sts": "查询"}, "sts"
    model.save(str(tmp_path / "saved"))
    encoder = SentenceEncoder(tmp_path / "saved", device="cpu")
    assert encoder.dim == 16
    agree(encoder, own_encode(tmp_path / "saved"))


# ---------------------------------------------------------------- ModelScope


@pytest.mark.skipif(bool(importlib.util.find_spec("modelscope")), reason="the extra is installed")
def test_without_the_extra_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    code = (
        "import sys; from calibration import load_encoder; from calibration.errors import ModelNotFound\n"
        "for model in sys.argv[1:]:\n"
        "    try: load_encoder(model)\n"
        "    except ModelNotFound as error: print(error)"
    )
    command = [sys.executable, "-c", code, GTE_ID, "iic/some-other-model"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    first, second = done.stdout.splitlines()
    for said in (first, second):
        assert "pip install 'simtier[modelscope]'" in said


@pytest.mark.skipif(not importlib.util.find_spec("modelscope"), reason="needs the extra modelscope")
def test_with_the_extra_its_own_cache_serves_without_a_network(
    vivid_bert: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODELSCOPE_CACHE", str(tmp_path))
    monkeypatch.setenv("MODELSCOPE_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(ModelNotFound, match="ModelScope"):
        locate(GTE_ID, tmp_path)
    made = vivid_bert(tmp_path / "models" / GTE_ID)
    folder, named = locate(GTE_ID, tmp_path)
    assert folder.samefile(made)
    assert named == find_named("gte-large-zh")
