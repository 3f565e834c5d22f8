"""Where pip finds PyTorch without GPU libraries: `pip install $(python -m tools.torch_index) -r requirements.txt`.

PyPI's PyTorch for Linux brings gigabytes of NVIDIA's libraries, which a machine without such a device does not use.
PyTorch's own index has it without them. This prints pip's option for that index where it helps and answers within
seconds, and nothing else on stdout; on stderr it says in a line what was chosen. TORCH_INDEX names another index;
an empty one means none.
"""

from __future__ import annotations

import os
import platform
import sys
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Final

CPU_INDEX: Final = "https://download.pytorch.org/whl/cpu"
DEVICES: Final = ("/dev/nvidia0", "/dev/nvidiactl", "/dev/dxg", "/dev/kfd")
"""What drivers of NVIDIA and AMD put there; dxg: Windows' for its Linux."""
SECONDS: Final = 3.0


def pip_options(
    index: str, system: str = platform.system(), devices: tuple[str, ...] = DEVICES
) -> tuple[tuple[str, ...], str]:
    """Options of pip, and why they were chosen."""
    if not index:
        return (), "no index was asked for: PyTorch comes from pip's own"
    if system != "Linux":
        return (), f"{system}: PyTorch comes without GPU libraries from pip's own index"
    if any(Path(device).exists() for device in devices):
        return (), "this machine has a GPU: PyTorch comes with its libraries from pip's own index"
    try:
        urllib.request.urlopen(f"{index}/torch/", timeout=SECONDS).close()  # noqa: S310
    except (OSError, ValueError) as error:
        return (), f"{index} does not answer ({error}): PyTorch comes from pip's own index"
    return ("--extra-index-url", index), f"no GPU here: PyTorch comes without GPU libraries from {index}"


def main(environ: Mapping[str, str] = os.environ) -> int:
    """Print the options, and the reason on stderr."""
    options, reason = pip_options(environ.get("TORCH_INDEX", CPU_INDEX))
    print(f"simtier: {reason}", file=sys.stderr)  # noqa: T201
    print(*options)  # noqa: T201 (what pip is given)
    return 0


if __name__ == "__main__":
    sys.exit(main())
