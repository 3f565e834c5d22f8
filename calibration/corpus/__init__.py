"""From pairs to corpora: deduplicate a file, match queries to a FAQ, export vectors and search in them.

    read = read_texts("titles.csv", "title")
    clusters = deduplicate_texts(read.texts, encoder, from_policy(policy, encoder, "shop"))
    clusters_frame(read.frame, read.lines, read.texts, clusters).to_csv("out.csv")

Everything is decided by the scores of `calibration.scoring.score_pairs` and the thresholds of a policy, exactly:
fast products only find who comes into question.

Names are loaded on first use: a server needs none of them to answer its first page.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from calibration.corpus.dedup import Clusters, deduplicate_texts
    from calibration.corpus.export import Embedded, embed
    from calibration.corpus.frames import clusters_frame
    from calibration.corpus.match import match_texts
    from calibration.corpus.match_evaluation import MatchEvaluation, evaluate_matches
    from calibration.corpus.matches import Matches, matches_frame
    from calibration.corpus.passages import best_passages
    from calibration.corpus.review import Review
    from calibration.corpus.rows import open_rows
    from calibration.corpus.search import search_vectors
    from calibration.corpus.texts import TextColumn, chosen_column, read_texts
    from calibration.corpus.threshold import Threshold, from_policy, manual, without_policy
    from calibration.corpus.vector_address import address

__all__ = [
    "Clusters",
    "Embedded",
    "MatchEvaluation",
    "Matches",
    "Review",
    "TextColumn",
    "Threshold",
    "address",
    "best_passages",
    "chosen_column",
    "clusters_frame",
    "deduplicate_texts",
    "embed",
    "evaluate_matches",
    "from_policy",
    "manual",
    "match_texts",
    "matches_frame",
    "open_rows",
    "read_texts",
    "search_vectors",
    "without_policy",
]

_HOME: Final = {
    "Clusters": "dedup",
    "Embedded": "export",
    "MatchEvaluation": "match_evaluation",
    "Matches": "matches",
    "Review": "review",
    "TextColumn": "texts",
    "Threshold": "threshold",
    "address": "vector_address",
    "best_passages": "passages",
    "chosen_column": "texts",
    "clusters_frame": "frames",
    "deduplicate_texts": "dedup",
    "embed": "export",
    "evaluate_matches": "match_evaluation",
    "from_policy": "threshold",
    "manual": "threshold",
    "match_texts": "match",
    "matches_frame": "matches",
    "open_rows": "rows",
    "read_texts": "texts",
    "search_vectors": "search",
    "without_policy": "threshold",
}


def __getattr__(name: str) -> Any:
    """Import a public name from its module on first use."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"calibration.corpus.{_HOME[name]}"), name)
