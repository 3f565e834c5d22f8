"""What the HTTP API answers, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Notice:
    """Something that a caller should know: `code` is cleaned, truncated, segmented or no_policy.

    `field` ("sources", "targets") and `index` say which text it is about, None where it is about none.
    """

    code: str
    message: str
    field: str | None
    index: int | None


@dataclass(frozen=True)
class PolicyReference:
    """The policy that gave the tiers."""

    id: str
    version: int
    name: str


@dataclass(frozen=True)
class Similarity:
    """`scores`: (n, m) cosines in [-1, 1] of every source with every target, the higher the more alike.

    `tiers[i][j]`: same, related, weak or unrelated; None, as `policy` is, where no policy is published.
    """

    scores: NDArray[np.float64]
    tiers: tuple[tuple[str, ...], ...] | None
    policy: PolicyReference | None
    notices: tuple[Notice, ...]


@dataclass(frozen=True)
class ReportedCase:
    """A bad case that the server keeps. `created` is False where this pair was open there already.

    `score` (cosine in [-1, 1]) and `tier_given` are what the server says of the pair now, None where it cannot.
    """

    id: int
    created: bool
    status: str
    score: float | None
    tier_given: str | None


@dataclass(frozen=True)
class Health:
    """`status`: ready, loading or broken; `model` and `store` say more."""

    status: str
    version: str
    model: Mapping[str, Any]
    store: Mapping[str, Any]

    @property
    def ready(self) -> bool:
        """Whether requests are served."""
        return self.status == "ready"


def similarity(body: Mapping[str, Any]) -> Similarity:
    """The answer of `/v1/similarity`.

    >>> similarity({"scores": [[1.0]], "tiers": [["same"]], "policy": None, "notices": []}).tiers
    (('same',),)
    """
    tiers, policy = body["tiers"], body["policy"]
    return Similarity(
        scores=np.array(body["scores"], np.float64),
        tiers=None if tiers is None else tuple(tuple(map(str, row)) for row in tiers),
        policy=policy and PolicyReference(policy["id"], policy["version"], policy["name"]),
        notices=tuple(
            Notice(item["code"], item["message"], item["field"], item["index"]) for item in body["notices"]
        ),
    )
