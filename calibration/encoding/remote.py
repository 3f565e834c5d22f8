"""An encoder behind a server with OpenAI's /v1/embeddings: TEI, vLLM, another SimTier.

A server does not show its weights, so its fingerprint is what it says (a SimTier says its model's, and its
policies hold here too), else the model's name and the length of its vectors; and what it computed for some fixed
sentences the first time is kept and compared with what it computes now.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np

from calibration.encoding.batching import Batch, Progress, Vectors, encoded
from calibration.encoding.remote_exchange import Exchange, RemoteSettings
from calibration.errors import N_, BadArgument, RemoteChanged, ServiceFailed
from calibration.settings import data_dir
from calibration.settings.declared import Remote

PROBES: Final = ("花呗怎么还款", "The quick brown fox jumps over the lazy dog.", "2026年合同第3条 payment terms")
SAME_COSINE: Final = 0.9999
_ADDRESS: Final = re.compile(r"(?P<base>https?://[^#\s]+)(#(?P<model>\S+))?")
_SPECIAL_TOKENS: Final = 2


class RemoteEncoder:
    """The model behind `address`: the base URL of its API, and after # the model's name where it serves several.

    >>> RemoteEncoder("gpu:1")
    Traceback (most recent call last):
    ...
    calibration.errors.inputs.BadArgument: model: must be an address such as http://host:8080/v1#name, got 'gpu:1'
    """

    def __init__(self, address: str, settings: RemoteSettings | None = None, memory: Path | None = None) -> None:
        found = _ADDRESS.fullmatch(address)
        if found is None:
            raise BadArgument("model", N_("an address such as http://host:8080/v1#name"), address)
        self.name, self.served = address, found["model"] or ""
        self._settings = settings or from_environment()
        self._exchange = Exchange(found["base"], Remote.read().key, self._settings)
        self.max_tokens = self._settings.tokens
        try:
            probes = self._ask(list(PROBES), None)
            self.dim = int(probes.shape[1])
            self.fingerprint = self._asked(found["base"]) or _named(self.served or found["base"], self.dim)
            _hold(probes, (memory or data_dir() / "remote") / f"{self.fingerprint}.npy", address)
        except BaseException:
            self.close()
            raise

    def encode(
        self, texts: Sequence[str], *, progress: Progress | None = None, cancel: threading.Event | None = None
    ) -> Vectors:
        """(n, dim) float32, L2-normalised. Raises Cancelled, and ServiceError where the server gives no answer."""
        return encoded(self.batches, texts, self.dim, progress, cancel)

    def batches(self, texts: Sequence[str]) -> Iterator[Batch]:
        """Positions and vectors of the distinct `texts` as they come back, a few requests under way at a time."""
        order = np.array(sorted(range(len(texts)), key=lambda at: -len(texts[at])), np.intp)
        steps = iter([order[at : at + self._settings.batch] for at in range(0, len(order), self._settings.batch)])
        with ThreadPoolExecutor(self._settings.connections, thread_name_prefix="remote") as pool:
            under_way: dict[Future[Vectors], Any] = {}
            try:
                while True:
                    for rows in islice(steps, 2 * self._settings.connections - len(under_way)):
                        under_way[pool.submit(self._ask, [texts[row] for row in rows], self.dim)] = rows
                    if not under_way:
                        return
                    for done in wait(under_way, return_when=FIRST_COMPLETED).done:
                        yield under_way.pop(done), done.result()
            finally:
                for waiting in under_way:
                    waiting.cancel()

    def raw(self, text: str) -> Vectors:
        """The vector of one text, (dim,), as the server gives it, normalised: it does not give any other."""
        found: Vectors = self._ask([text], self.dim)[0]
        return found

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """At most so many tokens: a character is hardly ever more than one. The server keeps its tokenizer to
        itself, so that some texts count as too long that it would read whole.
        """
        return [len(text) + _SPECIAL_TOKENS for text in texts]

    def truncate(self, text: str) -> tuple[str, str]:
        """What of `text` the model surely reads, and the rest."""
        kept = max(0, self.max_tokens - _SPECIAL_TOKENS)
        return text[:kept], text[kept:]

    def unknown(self, texts: Sequence[str]) -> list[str]:
        """None that is known of: the server keeps its tokenizer to itself."""
        return [""] * len(texts)

    def close(self) -> None:
        """Close the connections."""
        self._exchange.close()

    def _ask(self, texts: list[str], dim: int | None) -> Vectors:
        answer = self._exchange.post(
            "/embeddings", {"model": self.served, "input": texts, "encoding_format": "float"}
        )
        try:
            rows = sorted(answer["data"], key=lambda row: row["index"])
            found = np.array([row["embedding"] for row in rows], np.float32)
            wrong = [row["index"] for row in rows] != list(range(len(texts))) or found.ndim != 2
        except (KeyError, TypeError, ValueError) as error:
            raise ServiceFailed(200, "", reason=N_("no embeddings in the answer")) from error
        lengths = np.linalg.norm(found, axis=-1, keepdims=True)
        if (
            wrong
            or (dim is not None and found.shape[1] != dim)
            or not np.isfinite(found).all()
            or not lengths.all()
        ):
            raise ServiceFailed(200, "", reason="not a vector for each text")
        normalised: Vectors = (found / lengths).astype(np.float32)
        return normalised

    def _asked(self, base: str) -> str:
        """The fingerprint that a SimTier says; empty where the server says none."""
        root = re.sub(r"/v1/?$", "", base)
        health = self._exchange.get(f"{root}/health")
        model = health.get("model") if isinstance(health, dict) else None
        given = model.get("fingerprint") if isinstance(model, dict) else None
        return given if isinstance(given, str) and re.fullmatch(r"[0-9a-f]{32}", given) else ""


def _named(name: str, dim: int) -> str:
    return hashlib.sha256(json.dumps(["remote", name, dim]).encode()).hexdigest()[:32]


def _hold(probes: Vectors, path: Path, address: str) -> None:
    """Keep what the server computes for the fixed sentences, or raise RemoteChanged where it once was another."""
    try:
        before = np.load(path, allow_pickle=False)
    except (OSError, ValueError):
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, probes)
        return
    if before.shape != probes.shape or ((before * probes).sum(axis=1) < SAME_COSINE).any():
        raise RemoteChanged(address, str(path))


def from_environment() -> RemoteSettings:
    """How a server is asked, from the SIMTIER_REMOTE_ variables; raises BadArgument."""
    return RemoteSettings(**Remote.read().model_dump(exclude={"key"}))
