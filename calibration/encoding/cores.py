"""The number of processor cores available, and how many batches to run at once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

_QUOTA: Final = Path("/sys/fs/cgroup/cpu.max")


def cores(quota: Path = _QUOTA) -> int:
    """Cores that this process may use, at least 1: what it is pinned to, within its container's quota.

    A container that may use half a machine still sees all of it; as many threads as it sees would wait for each
    other.
    """
    mine = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        allowed, period = quota.read_text().split()
        return max(1, min(mine, -(-int(allowed) // int(period))))
    except (OSError, ValueError, ZeroDivisionError):  # no such file, or no limit ("max")
        return mine


def places(device: str, threads: int) -> int:
    """How many batches may run at once: one on an accelerator, else cores by the `threads` of a batch."""
    return max(1, cores() // threads) if device == "cpu" else 1
