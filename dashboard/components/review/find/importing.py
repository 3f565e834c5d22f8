"""Bad cases from a file: every bad row named, the good ones kept if the user agrees."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st
from streamlit.typing import UploadedFile

from calibration.columns import DOMAIN, NOTE, SCORE, TEXT_A, TEXT_B
from calibration.costs.find_mistakes import EXPECTED, expectations
from calibration.errors import SimTierError
from calibration.pairs import PairsReport, read_bad_cases
from calibration.pairs.cases import REPORTER
from calibration.pairs.rules import explain_note
from calibration.store import BadCaseDraft
from calibration.store.bad_cases.opinions import contradict
from calibration.store.bad_cases.rules import pair_key
from dashboard import resources, state
from dashboard.actor import actor
from dashboard.components.frame import unsaved
from dashboard.components.frame.guard import show
from dashboard.components.frame.notices import attempting, say
from dashboard.components.review.cases.names import expectation_name
from dashboard.components.review.find.outcome import added
from dashboard.components.shared import tables
from dashboard.components.shared.upload_problems import problems
from dashboard.components.shared.uploads import TYPES, speak_here
from dashboard.i18n import escaped, t, tn

READ = "case_import_read"
ROUND = "case_import_round"
KEY = "case_import"


def importing() -> None:
    """The section: a file, what is in it, and a button."""
    st.subheader(t("Import from a file"), anchor=False)
    st.caption(
        t(
            "Columns text_a, text_b and expected (a tier, 1, 0 or not_same), if you have them also domain, note "
            "and score; CSV, TSV, JSONL, XLSX or Parquet."
        )
    )
    speak_here()
    key = f"{KEY}_{state.get(ROUND, 0)}"
    dropped = st.file_uploader(
        t("Files"), type=list(TYPES), key=key, label_visibility="collapsed",
        on_change=unsaved.changed, args=(unsaved.CASES, key),
    )  # fmt: skip
    file = unsaved.only(unsaved.CASES, dropped)
    if file is None:
        return
    try:
        report = _reading(file.file_id, file.name, file.getvalue())
    except SimTierError as error:
        show(error)
        return
    _contents(report, file)


def _reading(file_id: str, name: str, content: bytes) -> PairsReport:
    """The file as read; once, not on every run of the page."""
    kept: tuple[str, PairsReport] | None = state.get(READ)
    if kept is None or kept[0] != file_id:
        kept = (file_id, read_bad_cases(content, name=name))
        state.put(READ, kept)
    return kept[1]


def _contents(report: PairsReport, file: UploadedFile) -> None:
    """What was read, what cannot be used, and the button."""
    for item in report.notes:
        st.caption(f":material/info: {escaped(explain_note(item, state.locale()))}")
    problems(KEY, report)
    good, bad = len(report.frame), len({problem.row for problem in report.problems})
    if not good:
        return
    unsaved.note(unsaved.CASES, file)
    unsaved.mark(unsaved.CASES, file)
    shown = report.frame.assign(**{EXPECTED: expectations(report.frame)})
    columns = {
        TEXT_A: tables.text(t("Text A"), "large"),
        TEXT_B: tables.text(t("Text B"), "large"),
        "want": tables.text(t("Expected"), "small"),
        DOMAIN: tables.text(t("Domain"), "small"),
        **({NOTE: tables.text(t("Note"), "small")} if NOTE in shown else {}),
        **({REPORTER: tables.text(t("Reporter"), "small")} if REPORTER in shown else {}),
    }
    _known_words(shown)
    tables.paged(shown, "case_import_page", columns, t("Bad cases in the file"), size=10, words=_words)
    agreed = not bad or st.checkbox(
        t("Save only the {good} good rows and leave out {bad}", good=f"{good:,}", bad=f"{bad:,}"),
        key="case_import_agree",
    )
    label = tn("Import {count} case", "Import {count} cases", good)
    st.button(
        label, key="case_import_go", type="primary", disabled=not agreed, on_click=_import, args=(shown, file)
    )


def _known_words(shown: pd.DataFrame) -> None:
    """How many of the rows are open already, repeat another, or contradict another report of their pair."""
    pairs = [(str(row[TEXT_A]), str(row[TEXT_B]), str(row[DOMAIN])) for row in shown.to_dict("records")]
    known = resources.store().bad_cases.known(pairs)
    said: dict[tuple[str, str], set[str]] = {}
    for pair, expected in zip(pairs, shown[EXPECTED], strict=True):
        said.setdefault((pair_key(pair[0], pair[1]), pair[2]), set()).add(str(expected))
    counts = (
        (sum(case.open for case in known.values()), t("{count} are already open")),
        (len(pairs) - len(said), t("{count} repeat another row")),
        (
            sum(contradict(one) for one in said.values()),
            t("{count} contradict another row and come first in the inbox"),
        ),
    )
    words = [text.format(count=f"{count:,}") for count, text in counts if count]
    if words:
        st.caption(":material/content_copy: " + " · ".join(words))


def _words(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(want=[expectation_name(str(value)) for value in rows[EXPECTED]])


def drafts(rows: pd.DataFrame) -> list[BadCaseDraft]:
    """Rows with `expected` as reports; a score beyond [-1, 1] is left out."""
    found = []
    for row in rows.to_dict("records"):
        score, note = row.get(SCORE), row.get(NOTE)
        known = isinstance(score, float) and math.isfinite(score) and abs(score) <= 1
        found.append(
            BadCaseDraft(
                row[TEXT_A],
                row[TEXT_B],
                row[EXPECTED],
                row[DOMAIN],
                score if known else None,
                note=note if isinstance(note, str) else "",
                source="import",
                reporter=str(row.get(REPORTER) or "").strip() or actor(),
            )
        )
    return found


@attempting
def _import(rows: pd.DataFrame, file: UploadedFile) -> None:
    """Keep the good rows, as a callback; an empty uploader follows."""
    new, known = resources.store().bad_cases.add_many(drafts(rows))
    state.put(ROUND, state.get(ROUND, 0) + 1)
    state.drop(READ)
    unsaved.forget(unsaved.CASES, file.file_id)
    say(added(len(new), len(known)))
