"""Saved policies as pages need them: which there are, what they are called, whether they fit the model here."""

from __future__ import annotations

import json
from collections.abc import Sequence

import streamlit as st

from calibration.errors import PolicyError
from calibration.policies.policy import Policy
from calibration.policies.tiers import PUBLISHED_SHOWN
from calibration.scoring.score_pairs import ScoringOptions
from calibration.store import Dataset, PolicySource, StoredPolicy
from dashboard import resources
from dashboard.components.frame import navigation
from dashboard.i18n import escaped, explained, t


def plain_title(stored: StoredPolicy) -> str:
    """A policy by name and version."""
    return t("{name} v{version}", name=stored.name, version=stored.version)


def title(stored: StoredPolicy) -> str:
    """A policy as a list shows it."""
    name = t("{name} v{version}", name=stored.name, version=stored.version)
    return t("{name} (in use)", name=name) if stored.status == "published" else name


def nothing_chosen() -> None:
    """Say why only the published thresholds judge, and what to do about it."""
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            t(
                "**No policy is chosen.** Scores below are judged by the published thresholds {published} only; "
                "they are not calibrated for this model, so expect many false “same”.",
                published=PUBLISHED_SHOWN,
            ),
            width="stretch",
        )
        way, name = "calibrate/fit", t("Calibrate on your data")
        navigation.link(way, label=name, icon=":material/verified:", width="content")


def fits_model(policy: Policy) -> bool:
    """Whether scores made here may be judged by `policy`; where not, says why."""
    from calibration.decide import scoring_options

    try:
        policy.check_model(resources.encoder().fingerprint, scoring_options(policy).cleaning.key())
    except PolicyError as error:
        st.warning(escaped(explained(error)), icon=":material/link_off:")
        return False
    return True


def judges(policy: Policy, options: ScoringOptions) -> bool:
    """Whether `policy` judges scores of the model here that are made with these options; says nothing."""
    from calibration.decide import scoring_options

    try:
        policy.check_model(resources.encoder().fingerprint, options.cleaning.key())
    except PolicyError:
        return False
    return scoring_options(policy).key() == options.key()


def sources_of(datasets: Sequence[Dataset]) -> tuple[PolicySource, ...]:
    """Datasets as the policy that is fitted on them remembers them."""
    return tuple(PolicySource(d.id, d.name, d.version, d.content_hash, d.rows) for d in datasets)


def as_json(policy: Policy) -> str:
    """The file that the CLI and the library load."""
    return json.dumps(policy.to_json(), ensure_ascii=False, indent=2, allow_nan=False) + "\n"
