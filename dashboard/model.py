"""The process's encoder, loaded in the background so that the first page appears at once."""

from __future__ import annotations

import gc
import logging
import threading
from typing import TYPE_CHECKING, Final

from calibration.errors import N_, ModelError

if TYPE_CHECKING:
    from calibration.encoding import Encoder

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
