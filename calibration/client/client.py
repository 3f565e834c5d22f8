"""A client of SimTier's HTTP API, for programs in Python.

    with Client("http://localhost:7860", api_key="...") as simtier:
        found = simtier.similarity(["花呗怎么还款"], ["花呗如何还款", "今天天气不错"], domain="bank")
        print(found.scores, found.tiers)

Where the server is busy (503) it waits as long as Retry-After says and tries again, within a budget of time. Every
error is a `calibration.errors.ServiceError`, with the status, the code and the field that the server names.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Final, Self, TypeVar

import httpx
import numpy as np
from numpy.typing import NDArray

from calibration.client.answers import Health, Matching, ReportedCase, Similarity, matching, similarity
from calibration.errors import N_, BadArgument
from calibration.http.exchange import Retries, exchange, once, problem, understood
from calibration.policies.policy import Policy

__all__ = ["Client", "Health", "Matching", "ReportedCase", "Similarity"]

T = TypeVar("T")

JSON: Final = {"Content-Type": "application/json"}
TEXTS_A_REQUEST: Final = 256
"""Texts that `embeddings` sends at a time: no single request takes long, and none meets the server's limits."""


class Client:
    """A connection to the server at `url`, to be closed after use; safe to use from many threads.

    :param api_key: sent as a bearer token.
    :param timeout: seconds that one try may take, connecting included.
    :param patience: seconds after which a server that says 503 is not asked again; 0 never asks again.
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:7860",
        *,
        api_key: str | None = None,
        timeout: float = 65.0,
        patience: float = 60.0,
    ) -> None:
        self.url, self._patience = url, patience
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        # As many connections as there are threads that use it: a limit would only be another queue.
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
        self._http = httpx.Client(base_url=url, headers=headers, timeout=timeout, limits=limits)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def similarity(self, sources: Sequence[str], targets: Sequence[str], domain: str | None = None) -> Similarity:
        """Every source against every target, with the tiers of the policy in use. Raises ServiceError."""
        body = {"sources": list(sources), "targets": list(targets), "domain": domain}
        return self._post("/v1/similarity", body, similarity)

    def match(
        self,
        queries: Sequence[str],
        faq: Sequence[str],
        domain: str | None = None,
        *,
        keys: Sequence[str] | None = None,
        tier: str = "same",
        threshold: float | None = None,
        k: int = 5,
        margin: float = 0.005,
    ) -> Matching:
        """The best `k` answers to each query, and whether the best may be given: see `calibration.corpus.match`.

        :param keys: names the answer of each text of `faq`; phrasings of one key count as one answer.
        :param tier: of the policy in use, which the best answer has to reach.
        :param threshold: a score of your own in its place, -1 to 1; then there are no tiers.
        :param margin: the best is ambiguous where the next answer is closer to it than this.
        :raises ServiceError: also where `domain` is not given and the policy has several.
        """
        asked, texts = list(queries), list(faq)
        named = None if keys is None else list(keys)
        names = texts if named is None else [key.strip() or text for key, text in zip(named, texts, strict=False)]
        body: dict[str, Any] = {"queries": asked, "faq": texts, "keys": named, "domain": domain, "tier": tier}
        body |= {"threshold": threshold, "k": k, "margin": margin}
        return self._post("/v1/match", body, lambda found: matching(found, asked, texts, names))

    def embeddings(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, dim) float32, L2-normalised, one row a text, in order; (0, 0) for no texts. Raises ServiceError."""
        if isinstance(texts, str):
            raise BadArgument("texts", N_("a list of texts, not one text"), texts[:40])
        parts = [
            self._post("/v1/embeddings", {"input": list(part), "encoding_format": "base64"}, _vectors)
            for part in (texts[at : at + TEXTS_A_REQUEST] for at in range(0, len(texts), TEXTS_A_REQUEST))
        ]
        return np.concatenate(parts) if parts else np.empty((0, 0), np.float32)

    def predict(self, source: str, targets: Sequence[str]) -> list[float]:
        """One similarity in [0, 1] a target, in order (a negative cosine is 0): `/api/predict`, first form.

        Raises BadArgument for a target that is empty or holds a line break, which that form cannot say; use
        `predict_groups` or `similarity` for those. Raises ServiceError.
        """
        for target in targets:
            if not target.strip() or "\n" in target:
                raise BadArgument("targets", N_("texts of one line, none of them empty"), target[:40])
        return self._predict([source, "\n".join(targets)])

    def predict_vector(self, text: str, *, normalize: bool = False, truncate: bool = True) -> NDArray[np.float32]:
        """The vector of a text, (dim,), raw unless `normalize`: `/api/predict`, second form.

        With `truncate` False a text with more tokens than the model reads raises ServiceRefused.
        """
        return np.array(self._predict([text, "", True, normalize, truncate]), np.float32)

    def predict_groups(self, groups: Sequence[tuple[str, str, str]]) -> list[float]:
        """Two similarities a (source, target, target), in order, at least two such groups: its third form."""
        if len(groups) < 2:
            raise BadArgument("groups", N_("at least two (source, target, target)"), len(groups))
        return self._predict([text for group in groups for text in group])

    def report_bad_case(
        self, text_a: str, text_b: str, expected: str | int, *, domain: str | None = None, note: str = ""
    ) -> ReportedCase:
        """Say which tier (or `not_same`, 1, 0) a pair should have had; once is enough. Raises ServiceError."""
        body = {"text_a": text_a, "text_b": text_b, "expected": expected, "domain": domain, "note": note}
        return self._post("/v1/bad-cases", body, lambda found: ReportedCase(**found))

    def current_policy(self) -> Policy:
        """The policy in use. Raises ServiceRefused (404) where none is published."""
        return self._read(lambda: self._http.get("/v1/policies/current"), Policy.from_json)

    def health(self) -> Health:
        """How the server is, without waiting until it is well. Raises ServiceError where it cannot say."""
        response = once(lambda: self._http.get("/health"), self.url)
        if response.status_code not in (200, 503):
            raise problem(response)
        return understood(response, _health)

    def _predict(self, data: list[Any]) -> list[float]:
        return self._post("/api/predict", {"data": data}, lambda found: [float(value) for value in found["data"]])

    def _post(self, path: str, body: Mapping[str, Any], understand: Callable[[Mapping[str, Any]], T]) -> T:
        content = json.dumps(body).encode()  # ASCII: a text that is no valid Unicode is for the server to refuse
        return self._read(lambda: self._http.post(path, content=content, headers=JSON), understand)

    def _read(self, ask: Callable[[], httpx.Response], understand: Callable[[Mapping[str, Any]], T]) -> T:
        return understood(exchange(ask, self.url, Retries(self._patience)), understand)


def _vectors(body: Mapping[str, Any]) -> NDArray[np.float32]:
    rows = [np.frombuffer(base64.b64decode(item["embedding"]), "<f4") for item in body["data"]]
    return np.stack(rows).astype(np.float32)


def _health(body: Mapping[str, Any]) -> Health:
    return Health(str(body["status"]), str(body.get("version", "")), body.get("model", {}), body.get("store", {}))
