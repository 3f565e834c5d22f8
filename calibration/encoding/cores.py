"""How many processor cores this process may use, and how many batches at once they carry."""

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


def places(device: str, one_thread_each: bool = False) -> int:
    """How many batches may run at once: one on an accelerator; on a processor, cores by the threads of a batch."""
    import torch

    if device != "cpu":
        return 1
    return cores() if one_thread_each else max(1, cores() // torch.get_num_threads())
