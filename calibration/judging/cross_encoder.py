"""A cross-encoder folder as judge: a sequence-classification model reads both texts at once.

Any folder that transformers' AutoModelForSequenceClassification loads from safetensors, without code of its own.
A model of one output says how alike texts are; of several, one has to be the label that means "the same". Which
text comes first must not matter, so both orders are read and averaged.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any, Final

import numpy as np

from calibration.encoding.digests import Digests
from calibration.encoding.weights import check_weights, read_object, weight_files
from calibration.errors import N_, BadArgument, Cancelled, ModelUnusable
from calibration.judging.ask import Pairs, Progress, read_answers, write_answers
from calibration.stats.threshold_counts import Floats

BATCH: Final = 32
MEANS_SAME: Final = ("same", "equivalent", "duplicate", "paraphrase", "entailment", "相同", "是")
"""Names of the label that means the same, the likeliest first."""
SETTINGS: Final = ("config.json", "tokenizer.json", "tokenizer_config.json", "vocab.txt")


@dataclass(frozen=True)
class CrossEncoder:
    """A folder, and from which score of its own in (0, 1) on it says "the same"."""

    folder: Path
    at_least: float = 0.5

    def __post_init__(self) -> None:
        if not 0.0 < self.at_least < 1.0:
            raise BadArgument("--at-least", N_("above 0 and below 1"), self.at_least)
        if not (self.folder / "config.json").is_file():
            raise ModelUnusable(str(self.folder), N_("it is no folder with the config.json of a model"))
        check_weights(self.folder, self.folder)

    @property
    def identity(self) -> str:
        """Changes with the weights, the settings and where the line is."""
        files = [*weight_files(self.folder), *(p for name in SETTINGS if (p := self.folder / name).is_file())]
        found = [Digests().of(path) for path in files]
        return hashlib.sha256(json.dumps([*found, self.at_least]).encode()).hexdigest()[:32]

    def judge(
        self, pairs: Pairs, cache: Path, progress: Progress | None = None, cancel: Event | None = None
    ) -> list[int | None]:
        """1 or 0 for each pair; what was answered before is read from the cache.

        Raises ModelUnusable, FileUnreadable and Cancelled.
        """
        identity, known = self.identity, read_answers(cache)
        keys = [_key(identity, a, b) for a, b in pairs]
        missing = {key: pair for key, pair in zip(keys, pairs, strict=True) if key not in known}
        if missing:
            model = _Loaded(self.folder)
        asked = list(missing.items())
        for at in range(0, len(asked), BATCH):
            if cancel is not None and cancel.is_set():
                raise Cancelled(at, len(asked))
            part = asked[at : at + BATCH]
            scores = model.scores([pair for _, pair in part])
            found = {key: int(score >= self.at_least) for (key, _), score in zip(part, scores, strict=True)}
            write_answers(cache, found)
            known |= found
            if progress:
                progress(at + len(part), len(asked))
        return [known[key] for key in keys]


class _Loaded:
    """The model and its tokenizer; libraries are imported only now."""

    def __init__(self, folder: Path) -> None:
        from transformers import AutoModelForSequenceClassification, AutoTokenizer

        given: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(folder, **given)
            self._model = AutoModelForSequenceClassification.from_pretrained(folder, use_safetensors=True, **given)
        except Exception as error:  # whatever is wrong with the folder is one line for the user
            raise ModelUnusable(str(folder), str(error).splitlines()[0][:200]) from error
        self._model.eval()
        self._same = same_label(read_object(folder / "config.json"), folder)

    def scores(self, pairs: Sequence[tuple[str, str]]) -> Floats:
        """(n,) how sure the model is that the texts mean the same, in [0, 1], whichever comes first."""
        turned = [(b, a) for a, b in pairs]
        return np.asarray((self._one_way(pairs) + self._one_way(turned)) / 2.0, dtype=np.float64)

    def _one_way(self, pairs: Sequence[tuple[str, str]]) -> Floats:
        import torch

        first, second = [a for a, _ in pairs], [b for _, b in pairs]
        limit = min(self._tokenizer.model_max_length, getattr(self._model.config, "max_position_embeddings", 512))
        read = self._tokenizer(
            first, second, padding=True, truncation="longest_first", max_length=limit, return_tensors="pt"
        )
        with torch.inference_mode():
            logits = self._model(**read).logits.double()
        if self._same is None:
            return np.asarray(torch.sigmoid(logits[:, 0]).numpy(), dtype=np.float64)
        return np.asarray(torch.softmax(logits, dim=1)[:, self._same].numpy(), dtype=np.float64)


def same_label(config: dict[str, Any], folder: Path) -> int | None:
    """Which output means "the same"; None for a model of one output, whose logit says how alike texts are.

    >>> same_label({"id2label": {"0": "contradiction", "1": "entailment", "2": "neutral"}}, Path("m"))
    1
    >>> same_label({"id2label": {"0": "LABEL_0"}}, Path("m")) is None
    True
    """
    names = {int(place): str(name).casefold() for place, name in (config.get("id2label") or {}).items()}
    count = len(names) or int(config.get("num_labels", 2))
    if count == 1:
        return None
    named = next((place for wanted in MEANS_SAME for place, name in names.items() if name == wanted), None)
    if named is not None:
        return named
    if count == 2:
        return 1
    rule = N_("it has several labels, none of which is named same, equivalent, duplicate, paraphrase or entailment")
    raise ModelUnusable(str(folder), rule)


def _key(identity: str, a: str, b: str) -> str:
    return hashlib.sha256(json.dumps([identity, *sorted((a, b))]).encode()).hexdigest()[:32]
