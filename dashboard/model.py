"""The process's encoder, loaded in the background so that the first page appears at once."""

from __future__ import annotations

import gc
import logging
import os
import threading
from typing import TYPE_CHECKING, Final

from calibration.errors import N_, ModelError, SimTierError
from dashboard.defects import log_defect

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


class SwitchUnderWay(ModelError):
    """Another model is being loaded."""

    template = N_("{model} is being loaded; wait until it is there before you choose another")

    def __init__(self, model: str) -> None:
        super().__init__(model=model)


class Model:
    """The encoder, loaded in the background so that the first page appears at once.

    `switch` loads another one beside it: the one in use serves until the other is ready, and stays where that
    one cannot be loaded. `coming` is the name of what loads, `error` why the first could not, `refused` the
    name and error of the last switch that failed.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.error: Exception | None = None
        self.coming: str | None = None
        self.refused: tuple[str, Exception] | None = None
        self._encoder: Encoder | None = None
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._begin(name)

    @property
    def status(self) -> str:
        """One of loading, ready, broken: whether there is an encoder to use, whatever loads beside it."""
        if self._encoder is not None:
            return READY
        return BROKEN if self._done.is_set() else LOADING

    def wait(self, seconds: float | None = None) -> bool:
        """Block until loading has ended, well or badly; False where `seconds` passed first."""
        return self._done.wait(seconds)

    def get(self) -> Encoder:
        """The encoder; raises ModelNotReady while it loads, and what stopped it where it is broken."""
        encoder = self._encoder  # read once: a switch may come between two looks
        if encoder is not None:
            return encoder
        if self.error is not None:
            raise self.error
        raise ModelNotReady

    def switch(self, name: str, compute: str | None = None) -> None:
        """Begin to load `name`, which takes over once it is ready. Raises SwitchUnderWay while another loads.

        `compute`: full or fast; as SIMTIER_COMPUTE says unless given.
        """
        with self._lock:
            if self.coming is not None:
                raise SwitchUnderWay(self.coming)
            self._begin(name, compute)

    def _begin(self, name: str, compute: str | None = None) -> None:
        self.coming, self.refused, self.error = name, None, None
        self._done.clear()
        threading.Thread(target=self._load, args=(name, compute), name="model", daemon=True).start()

    def _load(self, name: str, compute: str | None) -> None:
        """On its own thread: import, load, warm, and only then take over."""
        try:
            # For PyTorch, should it be needed: a request takes a tenth of the time, and pages keep a core.
            os.environ.setdefault("OMP_NUM_THREADS", "1")
            from calibration import load_encoder

            encoder = load_encoder(name, compute=compute) if compute else load_encoder(name)
            encoder.encode(["预热"])
            self.name, self._encoder, self.error = name, encoder, None
            # Streamlit collects garbage after every run of a page, and a progress bar runs twice a second: half a
            # second each time over the half million objects of model and libraries, all threads standing still.
            gc.unfreeze()  # what a switch leaves behind is to go
            gc.collect()
            gc.freeze()
        except Exception as error:
            if isinstance(error, SimTierError):
                log.error("model %s cannot be loaded: %s", name, error)
            else:
                log_defect(log, f"model {name} cannot be loaded", error)
            if self._encoder is None:
                self.error = error
            else:
                self.refused = (name, error)
        finally:
            self.coming = None
            self._done.set()
