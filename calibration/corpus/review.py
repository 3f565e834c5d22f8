"""Reviews of clusters: a cluster is confirmed, or rows are split off."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from calibration.corpus.cluster_decisions import ClusterDecision, in_force
from calibration.corpus.dedup import REPRESENTATIVE, SPLIT, UNIQUE, Clusters
from calibration.errors import N_, BadArgument

OPEN: Final = "open"
CONFIRMED: Final = "confirmed"


@dataclass(frozen=True)
class Review:
    """Clusters as reviewed so far. confirmed: representatives whose clusters somebody called right."""

    clusters: Clusters
    confirmed: frozenset[int] = field(default_factory=frozenset)

    def confirm(self, representative: int) -> Review:
        """Call a cluster right."""
        return replace(self, confirmed=self.confirmed | {representative})

    def reopen(self, representative: int) -> Review:
        """Take that back."""
        return replace(self, confirmed=self.confirmed - {representative})

    def split(self, rows: Sequence[int]) -> Review:
        """Give rows back: each becomes a kept row of its own. Raises BadArgument for a representative.

        A representative cannot leave its cluster: then the others would stand for one another without ever having
        been compared. Split the others off instead.
        """
        chosen = np.asarray(rows, np.intp)
        found = self.clusters
        if found.kept[chosen].any():
            raise BadArgument("rows", N_("rows that are not kept already"), list(rows))
        touched = set(found.representative[chosen].tolist())
        representative, scores, reasons = found.representative.copy(), found.scores.copy(), list(found.reasons)
        representative[chosen], scores[chosen] = chosen, 1.0
        for row in chosen.tolist():
            reasons[row] = SPLIT
        for row in touched:
            alone = int((representative == row).sum()) == 1
            if reasons[row] in (UNIQUE, REPRESENTATIVE):
                reasons[row] = UNIQUE if alone else REPRESENTATIVE
        clusters = replace(found, representative=representative, scores=scores, reasons=tuple(reasons))
        return Review(clusters, self.confirmed - touched)

    def status(self) -> list[str]:
        """n: `confirmed` for the rows of confirmed clusters, `open` for those of others, empty for single rows."""
        sizes = np.bincount(self.clusters.representative, minlength=len(self.clusters.representative))
        return [
            CONFIRMED if row in self.confirmed else (OPEN if sizes[row] > 1 else "")
            for row in self.clusters.representative.tolist()
        ]


def replayed(clusters: Clusters, decisions: Sequence[ClusterDecision]) -> Review:
    """The review after all `decisions` about `clusters` as they were found."""
    split, confirmed = in_force(decisions, clusters.representative)  # type: ignore[arg-type]
    rows = sorted(row for row in split if not clusters.kept[row])
    review = Review(clusters).split(rows) if rows else Review(clusters)
    return replace(review, confirmed=confirmed)


def run_key(texts: Sequence[str], clusters: Clusters) -> str:
    """64 hex digits that the same texts with the same clusters have again, whatever file they come from."""
    found = hashlib.sha256(np.asarray(clusters.representative, "<i8").tobytes())
    for text in texts:
        encoded = text.encode("utf-8", "surrogatepass")
        found.update(len(encoded).to_bytes(8, "little") + encoded)
    return found.hexdigest()
