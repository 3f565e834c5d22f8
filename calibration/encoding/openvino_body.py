"""The transformer of a model with weights in 8 bits, converted and run by OpenVINO. Needs the extra `[fast]`."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from calibration.errors import N_, FastMissing, ModelUnusable
from calibration.notes import note

if TYPE_CHECKING:
    import torch

GROUP: Final = 128
"""How many activations share a scale where the processor multiplies 8-bit numbers."""
INT8: Final = "int8"
"""8-bit weights alone, as they are computed with on processors without products of 8-bit numbers."""
_PACKAGES: Final = ("openvino", "nncf")
_INT8_FLAGS: Final = frozenset({"avx512_vnni", "avx_vnni", "amx_int8"})
_OUTPUT: Final = "last_hidden_state"
_MINUTES: Final = 60


def check_installed() -> None:
    """Raise FastMissing unless the extra is there."""
    missing = [name for name in _PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        raise FastMissing(", ".join(missing))


def variant(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """How OpenVINO computes with 8-bit weights on this processor: its vectors differ, so they never mix.

    `int8-vnni` where it has instructions for products of 8-bit numbers: activations are then in 8 bits too, which
    is what makes it fast. `int8` elsewhere: weights alone are, which saves memory but no time.
    """
    try:
        flags = cpuinfo.read_text().partition("flags")[2].partition("\n")[0].split()
    except OSError:  # no Linux
        return INT8
    return "int8-vnni" if _INT8_FLAGS & set(flags) else INT8


def convert_body(home: Path, target: Path) -> None:
    """Write the transformer in the folder `home` with symmetric 8-bit weights to `target` and its .bin file.

    In a process of its own: the converter takes memory that it never gives back, and speaks on stdout. Raises
    ModelUnusable where it cannot.
    """
    command = [sys.executable, "-m", "calibration.encoding.openvino_convert", str(home), str(target)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60 * _MINUTES, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise ModelUnusable(str(home), N_("its conversion takes too long")) from error
    if done.returncode or not target.exists():
        said = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        reason = said[-1][:200] if said else "-"
        raise ModelUnusable(str(home), note(N_("OpenVINO cannot convert it: {reason}"), reason=reason))


def quietly() -> Any:
    """OpenVINO, kept from reporting its use over the network to those who make it."""
    if "openvino" not in sys.modules:
        sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino

    return openvino


def load_body(source: Path, config: Any, *, streams: int) -> torch.nn.Module:
    """What `convert_body` wrote, to be called like the transformer it was; `streams` threads may at once.

    Each stream computes with one thread: for texts of a sentence that is faster than one computing with many.
    """
    compiled = (
        quietly()
        .Core()
        .compile_model(
            str(source),
            "CPU",
            {
                "NUM_STREAMS": streams,
                "INFERENCE_NUM_THREADS": streams,
                "DYNAMIC_QUANTIZATION_GROUP_SIZE": GROUP,
                "INFERENCE_PRECISION_HINT": "f32",
                "ENABLE_CPU_PINNING": False,  # other threads of this process need the cores too
            },
        )
    )
    return _body(compiled, config)


def _body(compiled: Any, config: Any) -> torch.nn.Module:
    import torch

    class Body(torch.nn.Module):
        """Stands where the transformer stood."""

        def __init__(self) -> None:
            super().__init__()
            self.config = config
            self._names = [port.get_any_name() for port in compiled.inputs]
            self._requests = threading.local()  # a request serves one thread at a time

        def forward(self, **features: Any) -> dict[str, Any]:
            """Features of (n, tokens) to {last_hidden_state: (n, tokens, hidden)}."""
            request = getattr(self._requests, "own", None)
            if request is None:
                request = self._requests.own = compiled.create_infer_request()
            given = {name: features[name].contiguous().numpy() for name in self._names}
            found = request.infer(given, share_inputs=True, share_outputs=False)
            return {_OUTPUT: torch.from_numpy(found[0])}

    return Body()
