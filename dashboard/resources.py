"""Everything that sessions share: model, store, jobs, scored frames. Pages, server and API get it here."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from calibration.errors import SimTierError
from calibration.settings import default_model
from dashboard import login_options, options
from dashboard.defects import log_defect
from dashboard.frames import Frames, keep_frames
from dashboard.jobs.queue import Jobs
from dashboard.model import READY, Model

if TYPE_CHECKING:
    from calibration.encoding import Encoder
    from calibration.store import Dataset, Store
    from dashboard.api.service import Service
    from dashboard.webhooks.sender import Webhooks

log = logging.getLogger(__name__)


@st.cache_resource(show_spinner=False)
def model() -> Model:
    """The process's model; the first call starts loading it."""
    return Model(default_model())


@st.cache_resource(show_spinner=False, max_entries=1)
def second_model(name: str) -> Model:
    """Another model to compare with, one at a time: the memory of a third is not to be had."""
    return Model(name)


@st.cache_resource(show_spinner=False)
def shared_store() -> Store:
    """The process's store: SIMTIER_DATABASE_URL, else a file in the data directory."""
    from calibration.settings import database
    from calibration.store import open_store

    return open_store(database())


def store() -> Store:
    """The store as who is at the page may use it; all of it for the process itself."""
    from dashboard.roles import guarded_store

    return guarded_store(shared_store())


@st.cache_resource(show_spinner=False)
def service() -> Service:
    """The process's API service, with its queue before the encoder."""
    from dashboard.api.limits import Limits
    from dashboard.api.service import Service

    needed = login_options.from_environment().needed and not options.from_environment().insecure
    limits = Limits.read()
    return Service(encoder, shared_store, limits, key_needed=needed, webhooks=webhooks())


@st.cache_resource(show_spinner=False)
def webhooks() -> Webhooks:
    """Where the process tells what happens: the targets in SIMTIER_WEBHOOKS."""
    from dashboard.webhooks.payloads import targets
    from dashboard.webhooks.sender import Webhooks

    return Webhooks(targets())


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """The process's long work."""
    from dashboard.actor import visitor

    return Jobs(context=_model_in_use, owner=visitor)


@st.cache_resource(show_spinner=False)
def frames() -> Frames:
    """The process's scored frames."""
    return keep_frames()


@st.cache_resource(show_spinner=False)
def counted() -> Frames:
    """What was counted for charts, a few hundred rows each."""
    return keep_frames(at_most=256)


def _model_in_use() -> str:
    """The fingerprint of the model; empty while there is none."""
    found = model()
    return found.get().fingerprint if found.status == READY else ""


def encoder() -> Encoder:
    """The encoder, or the error that says why there is none (yet)."""
    return model().get()


def store_problem() -> str:
    """What is wrong with the store, in English for logs and health; empty if nothing is."""
    try:
        shared_store().ping()
    except SimTierError as error:
        return str(error)
    except Exception as error:
        log_defect(log, "the store does not answer", error)
        return type(error).__name__
    return ""


def dataset_frame(dataset: Dataset) -> pd.DataFrame:
    """The pairs of a dataset, shared read-only between sessions."""
    key = ("dataset", dataset.content_hash, dataset.columns)
    frame = frames().get(key)
    if frame is None:
        frame = store().datasets.frame(dataset.id)
        frames().put(key, frame)
    return frame
