"""Everything that sessions share: model, store, jobs, scored frames. Pages, server and API get it here."""

from __future__ import annotations

import gc
import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import TYPE_CHECKING, Final

import pandas as pd
import streamlit as st

from calibration.errors import N_, ModelError, SimTierError
from dashboard import options
from dashboard.jobs import Jobs

if TYPE_CHECKING:
    from calibration.encoding import Encoder
    from calibration.store import Dataset, Store

LOADING: Final = "loading"
READY: Final = "ready"
BROKEN: Final = "broken"

log = logging.getLogger(__name__)


class ModelNotReady(ModelError):
    """The model is still loading."""

    template = N_("the model is still loading; try again in a moment")

    def __init__(self) -> None:
        super().__init__()


class Model:
    """The encoder, loaded in the background so that the first page appears at once."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.error: Exception | None = None
        self._encoder: Encoder | None = None
        self._done = threading.Event()
        threading.Thread(target=self._load, name="model", daemon=True).start()

    @property
    def status(self) -> str:
        """One of loading, ready, broken."""
        if not self._done.is_set():
            return LOADING
        return READY if self._encoder is not None else BROKEN

    def wait(self, seconds: float | None = None) -> bool:
        """Block until loading has ended, well or badly; False where `seconds` passed first."""
        return self._done.wait(seconds)

    def get(self) -> Encoder:
        """The encoder; raises ModelNotReady while it loads, and what stopped it where it is broken."""
        if self._encoder is not None:
            return self._encoder
        if self.error is not None:
            raise self.error
        raise ModelNotReady

    def _load(self) -> None:
        """On its own thread: import, load, warm."""
        try:
            import torch

            from calibration import load_encoder

            torch.set_num_threads(1)  # a request takes a tenth of the time, and pages keep the other core
            encoder = load_encoder(self.name)
            encoder.encode(["预热"])
            # Streamlit collects garbage after every run of a page, and a progress bar runs twice a second: half a
            # second each time over the half million objects of model and libraries, all threads standing still.
            gc.collect()
            gc.freeze()
            self._encoder = encoder
        except Exception as error:
            log.exception("model %s cannot be loaded", self.name)
            self.error = error
        finally:
            self._done.set()


class Frames:
    """Scored frames, a bounded number of them, shared read-only between sessions; the least used goes first."""

    def __init__(self, at_most: int = 16) -> None:
        self._at_most = at_most
        self._frames: OrderedDict[Hashable, pd.DataFrame] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> pd.DataFrame | None:
        """The frame kept under `key`, or None."""
        with self._lock:
            frame = self._frames.get(key)
            if frame is not None:
                self._frames.move_to_end(key)
            return frame

    def put(self, key: Hashable, frame: pd.DataFrame) -> None:
        """Keep a frame; nobody may write to it afterwards."""
        with self._lock:
            self._frames[key] = frame
            self._frames.move_to_end(key)
            while len(self._frames) > self._at_most:
                self._frames.popitem(last=False)


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
