"""Which device computes. PyTorch takes seconds to import, so it is asked only where there may be an accelerator."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import Final

from calibration.errors import N_, BadArgument

CPU: Final = "cpu"
DEVICE_RULE: Final = N_("auto, cpu, or a device of this machine such as cuda, cuda:1 or mps")
_DRIVERS: Final = ("/dev/nvidia0", "/dev/nvidiactl", "/dev/dxg", "/dev/kfd")
"""What NVIDIA's and AMD's drivers for Linux put there; dxg: Windows' for its Linux."""


def resolve_device(device: str) -> str:
    """The device to use; `auto` takes cuda, else mps, else cpu. Raises BadArgument for one not here."""
    if device == CPU or (device == "auto" and not _may_have_accelerator()):
        return CPU
    import torch

    if device == "auto":
        if torch.cuda.is_available():
            return "cuda"
        return "mps" if torch.backends.mps.is_available() else CPU
    try:  # NotImplementedError: a device that PyTorch names and that holds no numbers
        torch.empty(0, device=torch.device(device)).cpu()
    except (RuntimeError, AssertionError, NotImplementedError, TypeError, ValueError) as error:
        raise BadArgument("device", DEVICE_RULE, device) from error
    if torch.device(device).type == "meta":
        raise BadArgument("device", DEVICE_RULE, device)
    return device


def _may_have_accelerator() -> bool:
    system = platform.system()
    if system == "Linux":
        return any(Path(driver).exists() for driver in _DRIVERS)
    return system == "Windows" or platform.machine() == "arm64"
