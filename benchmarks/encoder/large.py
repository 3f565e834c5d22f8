"""A model of GTE-large's size with random weights, in its own folder layout."""

from __future__ import annotations

import json
from pathlib import Path

VOCABULARY = 21128
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def write_large(folder: Path, layers: int = 24, hidden: int = 1024) -> Path:
    """BERT with `layers` layers and CLS pooling: same arithmetic as the real one, vectors that mean nothing."""
    import torch
    from transformers import BertConfig, BertModel

    config = BertConfig(
        vocab_size=VOCABULARY,
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=hidden // 64,
        intermediate_size=4 * hidden,
    )
    torch.manual_seed(0)
    BertModel(config).save_pretrained(folder)
    characters = [chr(0x4E00 + at) for at in range(VOCABULARY - len(SPECIAL) - 100)]
    extra = [*"abcdefghijklmnopqrstuvwxyz0123456789", *"，。？！、：", *(f"[unused{at}]" for at in range(58))]
    words = [*SPECIAL, *extra, *characters][:VOCABULARY]
    (folder / "vocab.txt").write_text("\n".join(words) + "\n", encoding="utf-8")
    settings = {"tokenizer_class": "BertTokenizer", "model_max_length": 512}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    kinds = (("Transformer", ""), ("Pooling", "1_Pooling"), ("Normalize", "2_Normalize"))
    modules = [
        {"idx": at, "name": str(at), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for at, (kind, path) in enumerate(kinds)
    ]
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "1_Pooling").mkdir()
    pooling = {"embedding_dimension": hidden, "pooling_mode": "cls"}
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooling))
    return folder
