"""Another model without a restart: choose, load beside the one in use, take over."""

from __future__ import annotations

import streamlit as st

from calibration.encoding.describe import known_models
from calibration.encoding.engines.processor import BFLOAT16, INT8, fastest, instructions
from calibration.errors import SimTierError
from calibration.settings import COMPUTES, FAST, FULL, compute, models_dir
from dashboard import resources, roles, state
from dashboard.components.frame.notices import attempting
from dashboard.i18n import escaped, explained, naming, t
from dashboard.model import LOADING


def ask() -> None:
    """What is being loaded or was refused, and the choice of another."""
    st.subheader(t("Use another model"), anchor=False)
    _news()
    if not roles.allowed(roles.PUBLISH):
        st.caption(t("Only an administrator can change the model, because it changes for everybody."))
        return
    st.caption(
        t(
            "It changes for everybody, on the pages and in the API, until the server restarts; SIMTIER_MODEL "
            "sets the model that it starts with. The present model serves until the new one is ready. Policies "
            "stay bound to the model that they were calibrated on."
        )
    )
    here = {known.named.name for known in known_models(models_dir()) if known.folder is not None}
    names = [known.named.name for known in known_models(models_dir())]
    left, right = st.columns(2)
    left.selectbox(
        t("Known by name"),
        names,
        index=None,
        format_func=naming(names, lambda name: t("{name} (on this machine)", name=name) if name in here else name),
        key=state.MODEL_NAME,
        persist_state="session",
        placeholder=t("Choose a model"),
    )
    right.text_input(
        t("Or a folder on the server, or an address on a hub"),
        key=state.MODEL_FOLDER,
        persist_state="session",
    )
    _ask_compute()
    wanted = _wanted()
    st.button(
        t("Load and switch"),
        key="model_switch",
        type="primary",
        icon=":material/swap_horiz:",
        disabled=not wanted or resources.model().coming is not None,
        on_click=_switch,
    )


def _ask_compute() -> None:
    st.segmented_control(
        t("Arithmetic"),
        COMPUTES,
        default=compute(),
        format_func=naming(COMPUTES, {FULL: t("full"), FAST: _fast()}.__getitem__),
        key=state.MODEL_COMPUTE,
        help=t(
            "Fast vectors are close to full ones but not equal: a policy holds for the arithmetic that it was "
            "fitted with. On first use a model is converted and checked, which takes a minute."
        ),
    )


def _fast() -> str:
    """What fast is on this machine, as far as its processor says."""
    kinds = {BFLOAT16: t("fast: 16-bit floats (bf16)"), INT8: t("fast: 8-bit integers (VNNI)")}
    return kinds.get(fastest(instructions()), t("fast: the same as full on this processor"))


def _wanted() -> str:
    """What was chosen; a folder that was typed comes first."""
    return str(state.get(state.MODEL_FOLDER) or "").strip() or str(state.get(state.MODEL_NAME) or "")


@attempting
def _switch() -> None:
    if not roles.allowed(roles.PUBLISH):
        raise roles.NotPermitted(roles.role())
    chosen = state.get(state.MODEL_COMPUTE)
    resources.model().switch(_wanted(), str(chosen) if chosen else None)


def _news() -> None:
    model = resources.model()
    if model.coming is not None:
        if model.status == LOADING:  # none is in use yet: the top of the page says so
            return
        st.info(
            t("{name} is loading. The present model serves until it is ready.", name=escaped(model.coming)),
            icon=":material/hourglass_top:",
        )
    elif model.refused is not None:
        name, error = model.refused
        reason = explained(error) if isinstance(error, SimTierError) else type(error).__name__
        st.error(
            t(
                "{name} could not be loaded; the former model stays in use. {reason}",
                name=escaped(name),
                reason=escaped(reason),
            ),
            icon=":material/error:",
        )
