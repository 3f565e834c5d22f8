"""Live comparison: the scores of a second model beside those of the one in use."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from calibration.encoding.describe import known_models
from calibration.scoring.score_pairs import score_texts
from calibration.settings import models_dir
from dashboard import resources, state
from dashboard.components.compare.form import Query
from dashboard.components.frame.shell import await_model
from dashboard.i18n import escaped, t
from dashboard.model import BROKEN, LOADING


def others() -> list[str]:
    """Models on this machine besides the one in use, by name."""
    here = [known.named.name for known in known_models(models_dir()) if known.folder is not None]
    return [name for name in here if name != resources.model().name]


def ask() -> None:
    """The choice of a second model, where there is one."""
    names = others()
    if not names:
        return
    if state.get(state.LIVE_BESIDE) not in ("", None, *names):
        state.drop(state.LIVE_BESIDE)
    st.selectbox(
        t("Second model"),
        ["", *names],
        key=state.LIVE_BESIDE,
        format_func=lambda name: name or "–",
        persist_state="session",
        help=t("Its scores are shown next to those of the model in use; no policy judges them."),
    )


def scores(query: Query, targets: Sequence[str]) -> tuple[str, list[float]]:
    """The second model's name and its score of each target; an empty name while there is none."""
    name = str(state.get(state.LIVE_BESIDE) or "")
    if not name or name not in others():
        return "", []
    model = resources.second_model(name)
    if model.status == LOADING:
        st.caption(t(":material/hourglass_top: {name} is loading…", name=escaped(name)))
        await_model(name)
        return "", []
    if model.status == BROKEN:
        st.warning(t("{name} cannot be used here.", name=escaped(name)), icon=":material/error:")
        return "", []
    return name, [text.score for text in score_texts(query.source, targets, model.get(), query.options)]
