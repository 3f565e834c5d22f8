"""What reviewers said of clusters: kept with the job that found them, so that a walk, a reload or a colleague's
link finds it again.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

from calibration.corpus.dedup import Clusters
from calibration.corpus.review import Review
from calibration.errors import NotFound

KEPT: int = 32


class Reviews:
    """Reviews by the id of the job; the one not touched for longest goes first."""

    def __init__(self) -> None:
        self._reviews: OrderedDict[str, Review] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, job_id: str, clusters: Clusters) -> Review:
        """The review as it stands; one of nothing yet where there is none."""
        with self._lock:
            found = self._reviews.setdefault(job_id, Review(clusters))
            self._reviews.move_to_end(job_id)
            while len(self._reviews) > KEPT:
                self._reviews.popitem(last=False)
            return found

    def change(self, job_id: str, change: Callable[[Review], Review]) -> Review:
        """Change a review, and return what it was, for undoing; raises NotFound where it is not kept any more."""
        with self._lock:
            before = self._reviews.get(job_id)
            if before is None:
                raise NotFound("review", job_id)
            self._reviews[job_id] = change(before)
            return before
