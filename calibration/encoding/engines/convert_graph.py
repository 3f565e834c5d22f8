"""`python -m calibration.encoding.engines.convert_graph MODEL RECIPE TARGET`: a model to a graph, once.

The folder was checked before (`read_recipe`), and nothing in it is run: no remote code, safetensors only. Whatever
makes a model unfit for a graph ends this process with UNFIT and one line on stderr.
"""

from __future__ import annotations

import json
import sys
import warnings
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from calibration.encoding.engines.graph import FACTS, INPUTS, SOURCE, UNFIT, UNIT, Graph, openvino, save
from calibration.encoding.engines.processor import FLOAT32
from calibration.encoding.engines.table import EmbeddingTable, Place, find
from calibration.encoding.engines.tokens import read_tokens, write_tokens
from calibration.encoding.recipe import NORMALIZE, Module, Recipe
from calibration.encoding.weights import weight_files

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

LEAST_COSINE: Final = 0.99999
"""Between a text's vectors by sentence-transformers and by the graph."""
_OUTPUT: Final = "last_hidden_state"
_BATCH: Final = 16


def convert(folder: Path, recipe: Recipe, target: Path) -> None:
    """Write the graph of the model in `folder`, its tokenizer and what is known of it to `target`.

    Raises ValueError, RuntimeError or the like where the model cannot be one, or its vectors come out otherwise.
    """
    from calibration.encoding.build import Placed, build_model

    model = build_model(folder, recipe, Placed("cpu"))
    place = _embeddings(folder, recipe, model)
    _save(model, place, target / SOURCE)
    tokenizer: Any = model.tokenizer
    tokenizer.backend_tokenizer.no_truncation()
    tokenizer.backend_tokenizer.no_padding()
    write_tokens(tokenizer.backend_tokenizer.to_str(), target)
    least = _compare(model, folder, recipe, place, target)
    if not least >= LEAST_COSINE:
        raise ValueError(f"its vectors differ: cosine {least:.6f}")
    modes: Any = next(module.pooling_mode for module in model if type(module).__name__ == "Pooling")
    pooling = modes if isinstance(modes, str) else "+".join(modes)
    weights = sum(weight.numel() * weight.element_size() for weight in model.parameters())
    unknown = tokenizer.unk_token_id
    facts = {"table": asdict(place), "pooling": pooling, "unknown_id": unknown, "weight_bytes": weights}
    (target / FACTS).write_text(json.dumps(facts), encoding="utf-8")


def _embeddings(folder: Path, recipe: Recipe, model: SentenceTransformer) -> Place:
    """Where the token embeddings are in the folder's weights, checked against those of `model`."""
    body: Any = model[0].model
    table = body.get_input_embeddings().weight
    name = next(name for name, weight in body.named_parameters() if weight is table)
    for file in weight_files(folder / recipe.modules[0].path):
        try:
            place = find(folder, file, name)
        except ValueError:
            continue
        rows = np.unique(np.linspace(0, place.rows - 1, 1000).astype(np.intp))
        if (EmbeddingTable(folder, place).of(rows) == table[rows].detach().numpy()).all():
            return place
    raise ValueError("its token embeddings are not among its weights")


def _save(model: SentenceTransformer, place: Place, target: Path) -> None:
    import torch

    example = (torch.zeros((2, 8, place.columns)), torch.ones((2, 8), dtype=torch.int64))
    with torch.inference_mode():
        graph = openvino().convert_model(_traced(model), example_input=example)
    shapes = ([-1, -1, place.columns], [-1, -1])
    for port, name, shape in zip(graph.inputs, INPUTS, shapes, strict=True):
        port.get_tensor().set_names({name})
        port.get_node().set_partial_shape(openvino().PartialShape(shape))
    graph.validate_nodes_and_infer_types()
    save(graph, target)


def _traced(model: SentenceTransformer) -> torch.nn.Module:
    import torch

    class Traced(torch.nn.Module):
        """What the converter looks at: token types of one text alone are all 0."""

        def __init__(self) -> None:
            super().__init__()
            self.body: Any = model[0].model
            self.after: Any = torch.nn.ModuleList(list(model)[1:])

        def forward(self, embeddings: torch.Tensor, attention_mask: torch.Tensor) -> tuple[torch.Tensor, ...]:
            """(n, tokens, hidden) and (n, tokens) to (n, dim) twice: before any normalisation, and after."""
            tokens = self.body(inputs_embeds=embeddings, attention_mask=attention_mask)[_OUTPUT]
            raw = {"token_embeddings": tokens, "attention_mask": attention_mask}
            unit = dict(raw)
            for module in self.after:
                unit = module(unit)
                raw = raw if type(module).__name__ == NORMALIZE else module(raw)
            found = torch.nn.functional.normalize(unit["sentence_embedding"], dim=-1)
            return raw["sentence_embedding"], found

    return Traced().eval()


def _compare(model: SentenceTransformer, folder: Path, recipe: Recipe, place: Place, target: Path) -> float:
    """The least cosine between vectors of SimTier's own texts, by sentence-transformers and by the graph."""
    from calibration.encoding.fidelity import probe_texts

    texts = probe_texts()[::3]
    table, limit = EmbeddingTable(folder, place), recipe.max_tokens
    graph = Graph(target / SOURCE, table, arithmetic=FLOAT32, streams=1, limit=limit)
    tokens, least = read_tokens(target), 1.0
    wanted = model.encode(texts, prompt=recipe.prompt or None, normalize_embeddings=True, batch_size=_BATCH)
    order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
    for start in range(0, len(texts), _BATCH):
        rows = order[start : start + _BATCH]
        ids = tokens.ids([recipe.prompt + texts[row] for row in rows])
        if max(map(len, ids)) > recipe.max_tokens:
            rows = [row for row, found in zip(rows, ids, strict=True) if len(found) <= recipe.max_tokens]
            ids = [found for found in ids if len(found) <= recipe.max_tokens]
        if rows:
            least = min(least, float((graph.run(ids, UNIT) * wanted[rows]).sum(axis=1).min()))
    return least


def main(folder: str, recipe: str, target: str) -> int:
    """Convert; UNFIT and the reason where that cannot be. A full disk or a lack of memory is no such reason."""
    given = json.loads(recipe)
    given["modules"] = tuple(Module(**module) for module in given["modules"])
    try:
        convert(Path(folder), Recipe(**given), Path(target))
    except (OSError, MemoryError):
        raise
    except Exception as error:  # a stranger's model, in the hands of four libraries
        print((str(error).strip() or type(error).__name__).splitlines()[-1][:200], file=sys.stderr)  # noqa: T201
        return UNFIT
    return 0


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sys.exit(main(*sys.argv[1:]))
