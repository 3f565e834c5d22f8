"""ONNX Runtime as one sets it up by hand: the exported transformer, texts in order of length, batches of 32."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np

from calibration.encoding.batching import Vectors

BATCH = 32


def onnx_runtime(folder: Path, prompt: str, home: Path) -> Callable[[list[str]], Vectors]:
    """Mean pooling and length 1 are in the graph. Raises ImportError where one of both packages is missing."""
    import onnxruntime
    from tokenizers import Tokenizer

    target = home / "model.onnx"
    _export(folder, target)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = int(os.environ.get("OMP_NUM_THREADS", "1"))
    session = onnxruntime.InferenceSession(str(target), options, providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(512)
    tokenizer.enable_padding(pad_id=1, pad_token="<pad>")  # noqa: S106

    def encode(texts: list[str]) -> Vectors:
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        out = np.empty((len(texts), 384), np.float32)
        for start in range(0, len(texts), BATCH):
            rows = order[start : start + BATCH]
            found = tokenizer.encode_batch([prompt + texts[row] for row in rows])
            ids = np.array([one.ids for one in found], np.int64)
            mask = np.array([one.attention_mask for one in found], np.int64)
            out[rows] = session.run(None, {"ids": ids, "mask": mask})[0]
        return out

    return encode


def _export(folder: Path, target: Path) -> None:
    import onnx  # noqa: F401 (what torch needs to export)
    import torch
    from transformers import AutoModel

    class Pooled(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body = AutoModel.from_pretrained(folder, attn_implementation="eager").eval()

        def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
            states = self.body(input_ids=ids, attention_mask=mask).last_hidden_state
            wide = mask.unsqueeze(-1).float()
            return torch.nn.functional.normalize((states * wide).sum(1) / wide.sum(1), dim=-1)

    example = torch.ones((2, 8), dtype=torch.int64)
    any_size = {0: "texts", 1: "tokens"}
    axes = {"ids": any_size, "mask": any_size, "vectors": {0: "texts"}}
    with torch.inference_mode():
        torch.onnx.export(
            Pooled(), (example, example), str(target), input_names=["ids", "mask"], output_names=["vectors"],
            dynamic_axes=axes, opset_version=17, dynamo=False,
        )  # fmt: skip
