"""Everything that sessions share: model, store, jobs, scored frames. Pages, server and API get it here."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from calibration.errors import SimTierError
from dashboard import options
from dashboard.frames import Frames
from dashboard.jobs import Jobs
from dashboard.model import Model

if TYPE_CHECKING:
    from calibration.encoding import Encoder
    from calibration.store import Dataset, Store

log = logging.getLogger(__name__)


@st.cache_resource(show_spinner=False)
def model() -> Model:
    """The process's model; the first call starts loading it."""
    return Model(os.environ.get(options.MODEL) or options.DEFAULT_MODEL)


@st.cache_resource(show_spinner=False)
def store() -> Store:
    """The process's store: SIMTIER_DATABASE_URL, else a file in the data directory."""
    from calibration.settings import data_dir
    from calibration.store import open_store

    return open_store(os.environ.get(options.DATABASE_URL) or data_dir() / "simtier.sqlite")


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """The process's long work."""
    return Jobs()


@st.cache_resource(show_spinner=False)
def frames() -> Frames:
    """The process's scored frames."""
    return Frames()


def encoder() -> Encoder:
    """The encoder, or the error that says why there is none (yet)."""
    return model().get()


def store_problem() -> str:
    """What is wrong with the store, in English for logs and health; empty if nothing is."""
    try:
        store().ping()
    except SimTierError as error:
        return str(error)
    except Exception as error:
        log.exception("the store does not answer")
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
