"""Between the rows of the tables and what a session works with: draws, answers, labelled pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from sqlalchemy import RowMapping

from calibration.columns import DOMAIN, KIND, LABEL_MAX, NOTE, PURPOSE, PURPOSE_CALIBRATE, SCORE, TEXT_A, TEXT_B
from calibration.columns import LABEL as LABEL_COLUMN
from calibration.errors import N_, BadArgument, NotFound
from calibration.store.answers import Answer, check_answer
from calibration.store.rows import check_text
from calibration.store.sessions.records import ACTIONS, LABEL, LabellingSession
from calibration.store.sessions.sql import Opinions


def rows_of_draw(pairs: pd.DataFrame, overlap: float) -> list[dict[str, Any]]:
    """The rows of a draw; every so many-th is labelled by two."""
    notes = pairs[NOTE].fillna("").astype(str) if NOTE in pairs else pd.Series("", index=pairs.index)
    texts = zip(pairs[TEXT_A], pairs[TEXT_B], pairs[DOMAIN], pairs[SCORE], notes, strict=True)
    rows = []
    for place, (text_a, text_b, domain, score, by_place) in enumerate(texts):
        for name, value in ((TEXT_A, text_a), (TEXT_B, text_b), (DOMAIN, domain), (NOTE, by_place)):
            check_text(name, str(value))
        twice = int((place + 1) * overlap + 1e-9) > int(place * overlap + 1e-9)
        texts_of = {"position": place, "text_a": str(text_a), "text_b": str(text_b), "domain": str(domain)}
        rows.append({**texts_of, "score": float(score), "note": by_place, "wanted": 2 if twice else 1})
    return rows


def row_of_answer(answer: Answer, session: LabellingSession, places: set[int]) -> dict[str, Any]:
    """An answer as it is kept.

    :raises BadArgument, NotFound: it breaks a rule, or there is no such pair.
    """
    check_answer(answer, ACTIONS)
    if answer.key not in places:
        raise NotFound(N_("pair of this session"), answer.key + 1)
    label = None
    if answer.action == LABEL:
        if isinstance(answer.value, bool) or not isinstance(answer.value, int | float):
            raise BadArgument("label", N_("within the range of its kind"), answer.value)
        if not 0 <= answer.value <= LABEL_MAX[session.kind]:
            raise BadArgument("label", N_("within the range of its kind"), answer.value)
        label = float(answer.value)
    return {
        "answer_id": answer.id,
        "session_id": session.id,
        "position": answer.key,
        "action": answer.action,
        "label": label,
        "note": answer.note.strip(),
    }


def labelled(
    session: LabellingSession, pairs: Sequence[RowMapping], by_place: Mapping[int, Opinions]
) -> pd.DataFrame:
    """Pairs with the label that counts (NaN: none) and every note, as `LabellingSessionRepository.frame` says."""
    rows = []
    for row in pairs:
        about = by_place.get(row["position"], Opinions())
        notes = [row["note"], *about.notes.values()]
        label = float("nan") if about.label is None else about.label
        kept = (row["position"], row["text_a"], row["text_b"], label, session.kind, row["domain"], row["score"])
        rows.append((*kept, "; ".join(filter(None, notes)), PURPOSE_CALIBRATE))
    columns = ["position", TEXT_A, TEXT_B, LABEL_COLUMN, KIND, DOMAIN, SCORE, NOTE, PURPOSE]
    return pd.DataFrame(rows, columns=columns)


def labelled_twice(pairs: Sequence[RowMapping], by_place: Mapping[int, Opinions]) -> pd.DataFrame:
    """Pairs that two people have labelled, as `LabellingSessionRepository.twice` says."""
    rows = []
    for row in pairs:
        about = by_place.get(row["position"], Opinions())
        given = list(about.given.items())
        for name, label in given[1:]:
            chosen = float("nan") if about.chosen is None else about.chosen
            texts = (row["position"], row["text_a"], row["text_b"], row["domain"])
            rows.append((*texts, *given[0], name, label, chosen))
    columns = ["position", TEXT_A, TEXT_B, DOMAIN, "first_by", "first", "second_by", "second", "chosen"]
    return pd.DataFrame(rows, columns=columns)
