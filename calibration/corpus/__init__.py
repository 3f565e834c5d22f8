"""From pairs to corpora: deduplicate a file, match queries to a FAQ, export vectors and search in them.

    read = read_texts("titles.csv", "title")
    clusters = deduplicate_texts(read.texts, encoder, from_policy(policy, encoder, "shop"))
    clusters_frame(read.frame, read.lines, read.texts, clusters).to_csv("out.csv")

Everything is decided by the scores of `calibration.score` and the thresholds of a policy, exactly: fast products
only find who comes into question.
"""

from calibration.corpus.dedup import Clusters, clusters_frame, deduplicate_texts
from calibration.corpus.export import Embedded, embed
from calibration.corpus.match import Matches, match_texts, matches_frame
from calibration.corpus.match_evaluation import MatchEvaluation, evaluate_matches
from calibration.corpus.passages import best_passages
from calibration.corpus.review import Review
from calibration.corpus.rows import open_rows
from calibration.corpus.search import search_vectors
from calibration.corpus.targets import address
from calibration.corpus.texts import TextColumn, chosen_column, read_texts
from calibration.corpus.threshold import Threshold, from_policy, manual, without_policy

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
