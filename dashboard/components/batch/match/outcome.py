"""Queries and their answers: how many, how good, one by one, and the files to take away."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Final

import pandas as pd
import streamlit as st

from calibration.corpus.match_evaluation import MatchEvaluation
from calibration.corpus.matches import AMBIGUOUS, ANSWERED, DECISIONS, NO_ANSWER, matches_frame
from calibration.pairs import write_pairs
from calibration.stats.formatting import asked_percent, estimate, interval, threshold
from dashboard import state
from dashboard.components.batch.corpus import threshold as corpus_threshold
from dashboard.components.batch.match.run import Matched
from dashboard.components.frame.guard import guarding
from dashboard.components.shared import glosses, tables
from dashboard.components.shared.upload_problems import problems
from dashboard.i18n import naming, t

ALL: Final = ""


@st.fragment
@guarding
def show(job_id: str, found: Matched) -> None:
    """Everything there is to see of a job."""
    problems(f"{job_id}_faq", found.faq.read)
    problems(f"{job_id}_queries", found.asked.read)
    told = found.matches.counts()
    a, b, c, d = st.columns(4)
    a.metric(t("Queries"), f"{len(found.matches.found):,}")
    b.metric(t("Answered"), f"{told[ANSWERED]:,}")
    c.metric(t("Ambiguous"), f"{told[AMBIGUOUS]:,}")
    d.metric(t("No answer"), f"{told[NO_ANSWER]:,}")
    st.caption(t("By {threshold}.", threshold=corpus_threshold.words(found.matches.threshold)))
    if found.judged is not None:
        _judged(found.judged)
    _files(found)
    _table(found)


def _judged(found: MatchEvaluation) -> None:
    """Every number with its n and interval."""
    rows = [
        (t("Right answer among the best {rank}", rank=rank), interval(share)) for rank, share in found.hits.items()
    ]
    rows.append((t("Mean reciprocal rank"), f"{estimate(found.reciprocal_rank)} · {found.reciprocal_rank.n:,}"))
    rows.append((t("Answered by this threshold"), interval(found.answered)))
    rows.append((t("Of these right"), interval(found.right)))
    if found.coverage is not None and found.precision is not None:
        rows.append((t("Answered by a certified cut-off, out of fold"), interval(found.coverage)))
        rows.append((t("Of these right, out of fold"), interval(found.precision)))
    st.markdown(
        t(
            "**How good matching is**, on {n} labelled queries, {scope} of them with an answer here",
            n=found.n,
            scope=found.in_scope,
        )
    )
    frame = pd.DataFrame(rows, columns=[t("Measure"), t("Value (90% interval) · of how many")])
    st.table(frame, border="horizontal", hide_index=True)
    certificate = found.certificate
    if certificate.certified:
        st.success(
            t(
                "From {threshold} on, best answers are right at least {precision} of the time, at {confidence} "
                "confidence ({n} queries, {wrong} wrong).",
                threshold=threshold(certificate.threshold),
                precision=asked_percent(certificate.precision),
                confidence=asked_percent(certificate.confidence),
                n=certificate.n_above,
                wrong=certificate.false_positives,
            ),
            icon=":material/verified:",
        )
    else:
        st.info(
            t(
                "These {n} queries certify no cut-off at {precision} precision; label more, or lower the target.",
                n=certificate.n,
                precision=asked_percent(certificate.precision),
            ),
            icon=":material/info:",
        )


def _table(found: Matched) -> None:
    """The best answer of each query."""
    names = {ALL: t("all"), **{decision: t(DECISIONS[decision]) for decision in DECISIONS}}
    which = st.segmented_control(
        t("Show"), names, default=ALL, key=state.MATCH_WHICH, format_func=naming(names, names.__getitem__)
    )
    frame = pd.DataFrame(
        {
            "query": found.asked.read.texts,
            "match": [found.faq.read.texts[one.rows[0]] for one in found.matches.found],
            "decision": [one.decision for one in found.matches.found],
            "score": [float(one.scores[0]) for one in found.matches.found],
            "next": [float(one.scores[1]) if len(one.scores) > 1 else None for one in found.matches.found],
        }
    )
    if which:
        frame = frame[frame["decision"] == which]
    frame = frame.assign(decision=[t(DECISIONS[decision]) for decision in frame["decision"]])
    texts = ("query", "match")
    columns = {
        "query": tables.text(t("Query")),
        "decision": tables.text(t("Decision")),
        "match": tables.text(t("Best match")),
        "score": tables.score(t("Score")),
        "next": tables.score(t("Next answer")),
        **glosses.column(frame, *texts),
    }
    alt = t("Queries and their best answers")
    tables.paged(frame, state.MATCH_PAGE, columns, alt, words=lambda rows: glosses.with_english(rows, *texts))


def _files(found: Matched) -> None:
    stem = Path(found.asked.read.file).stem
    with st.container(horizontal=True):
        for kind in ("csv", "xlsx"):
            st.download_button(
                t("Download {kind}", kind=kind.upper()),
                lambda kind=kind: content(found, kind),  # type: ignore[misc]
                f"{stem}-answers.{kind}",
                key=f"match_{kind}",
                icon=":material/download:",
                on_click="ignore",
            )


def content(found: Matched, kind: str) -> bytes:
    """A row for each query and rank."""
    asked, faq = found.asked.read, found.faq.read
    frame = matches_frame(found.matches, asked.frame, asked.lines, faq.texts, faq.lines)
    if kind == "csv":
        return tables.csv_bytes(frame)
    buffer = io.BytesIO()
    write_pairs(frame, buffer, kind)
    return buffer.getvalue()
