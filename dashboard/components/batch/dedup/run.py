"""The job that looks for rows of one meaning in a file."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from calibration.corpus.dedup import Clusters, deduplicate_texts
from calibration.corpus.review import run_key
from calibration.corpus.texts import TextColumn, read_texts
from calibration.corpus.threshold import Threshold
from calibration.store import ClusterRun
from dashboard import resources
from dashboard.components.batch.corpus.files import CorpusFile
from dashboard.jobs.queue import Progress


@dataclass(frozen=True)
class Deduplicated:
    """What the job returns: the rows that can be used, the problems of the others, the clusters.

    run: what the store knows reviews of these clusters by.
    """

    read: TextColumn
    clusters: Clusters
    run: ClusterRun


def key(file: CorpusFile, column: str, threshold: Threshold, keep: str) -> str:
    """The job's key: whatever its result depends on."""
    asked = f"{threshold.value} {threshold.options.key()} {threshold.domain} {keep}"
    return f"dedup {file.digest} {file.name} {column} {asked}"


def start(file: CorpusFile, column: str, threshold: Threshold, keep: str) -> str:
    """Queue the search; returns the job's id."""
    encoder = resources.encoder()

    def work(progress: Progress, cancel: threading.Event) -> Deduplicated:
        read = read_texts(file.content, column, name=file.name, on_bad_rows="drop")
        clusters = deduplicate_texts(read.texts, encoder, threshold, keep, progress=progress, cancel=cancel)
        run = ClusterRun(run_key(read.texts, clusters), f"{read.file}: {read.column}", len(read.texts))
        return Deduplicated(read, clusters, run)

    return resources.jobs().submit(key(file, column, threshold, keep), work)
