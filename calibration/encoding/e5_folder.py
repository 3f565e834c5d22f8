"""Write the bundled Q4 file as a folder that sentence-transformers can load."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration.encoding.q4 import Q4File, Q4Shape
from calibration.encoding.unigram import tokenizer_config, tokenizer_json

PROMPT: Final = "query: "
"""What E5 models expect before each of two texts that play the same part."""

_OUTER: Final = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
_INNER: Final = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def write_model_folder(source: Q4File, folder: Path) -> None:
    """Write weights, tokenizer and settings of `source` into the existing `folder`."""
    # Imported here: it takes half a second, and an unpacked model needs it no more.
    from safetensors.numpy import save_file

    weights = folder / "model.safetensors"
    save_file(_weights(source), weights, metadata={"format": "pt"})
    weights.chmod(0o644)  # safetensors lets nobody else read it: a server may run as another user
    limit = source.shape.positions
    documents: dict[str, object] = {
        "config.json": _config(source),
        "tokenizer.json": tokenizer_json(source.pieces),
        "tokenizer_config.json": tokenizer_config(source.pieces, limit),
        "sentence_bert_config.json": {"max_seq_length": limit, "do_lower_case": False},
        "config_sentence_transformers.json": {
            "model_type": "SentenceTransformer",
            "prompts": {"query": PROMPT},
            "default_prompt_name": "query",
            "similarity_fn_name": "cosine",
        },
        "modules.json": _modules(),
        "1_Pooling/config.json": {"embedding_dimension": source.shape.hidden, "pooling_mode": "mean"},
    }
    (folder / "2_Normalize").mkdir()
    for name, document in documents.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def _weights(source: Q4File) -> dict[str, NDArray[np.float32]]:
    hidden = source.shape.hidden
    weights = dict(_named_weights(source))
    # The file has no pooler and mean pooling needs none; zeros spare every loader a warning of missing weights.
    weights["pooler.dense.weight"] = np.zeros((hidden, hidden), np.float32)
    weights["pooler.dense.bias"] = np.zeros(hidden, np.float32)
    return weights


def _named_weights(source: Q4File) -> Iterator[tuple[str, NDArray[np.float32]]]:
    for name in source.weights.names():
        yield _bert_name(name), source.weights[name].reshape(_dimensions(name, source.shape))


def _bert_name(name: str) -> str:
    """The name that BERT gives to a tensor: `l3.q.w` is `encoder.layer.3.attention.self.query.weight`."""
    if name in _OUTER:
        return _OUTER[name]
    layer, part, kind = name.split(".")
    return f"encoder.layer.{int(layer[1:])}.{_INNER[part]}.{'weight' if kind == 'w' else 'bias'}"


def _dimensions(name: str, shape: Q4Shape) -> tuple[int, ...]:
    if name.startswith("emb.") and name in ("emb.word", "emb.pos", "emb.type"):
        return (-1, shape.hidden)
    _, part, kind = name.rsplit(".", 2)
    if kind == "b" or part in ("ln", "aln", "oln"):
        return (-1,)
    return (-1, shape.ffn) if part == "fo" else (-1, shape.hidden)


def _config(source: Q4File) -> dict[str, object]:
    shape, pieces = source.shape, source.pieces
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "intermediate_size": shape.ffn,
        "vocab_size": shape.vocab,
        "max_position_embeddings": shape.positions,
        "type_vocab_size": shape.types,
        "layer_norm_eps": float(f"{shape.eps:.6g}"),
        "hidden_act": "gelu",
        "bos_token_id": pieces.bos,
        "eos_token_id": pieces.eos,
        "pad_token_id": pieces.pad,
        "dtype": "float32",
    }


def _modules() -> list[dict[str, object]]:
    kinds = (("Transformer", ""), ("Pooling", "1_Pooling"), ("Normalize", "2_Normalize"))
    return [
        {"idx": index, "name": str(index), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for index, (kind, path) in enumerate(kinds)
    ]
