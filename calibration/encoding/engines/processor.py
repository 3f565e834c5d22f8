"""What this processor computes fastest, by its instructions: bfloat16, 8-bit integers, or 32-bit floats alone."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Final

CPUINFO: Final = Path("/proc/cpuinfo")
FLOAT32: Final = "float32"
BFLOAT16: Final = "bf16"
INT8: Final = "int8-vnni"
"""Weights and activations in 8 bits, by instructions for sums of their products (VNNI)."""
LIMITS: Final = ("ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA")
"""Variables by which oneDNN, which computes for OpenVINO, leaves instructions unused."""
_AMX: Final = "amx_bf16"
_VNNI: Final = frozenset({"avx512_vnni", "avx_vnni"})
_WITH_VNNI: Final = ("VNNI", "BF16", "FP16", "AVX10", "AMX")


def instructions(cpuinfo: Path = CPUINFO, environ: Mapping[str, str] = os.environ) -> frozenset[str]:
    """The names in Linux's terms of the instructions for 16 and 8 bits that may be used; empty elsewhere."""
    try:
        flags = set(cpuinfo.read_text().partition("flags")[2].partition("\n")[0].split())
    except OSError:
        return frozenset()
    found = flags & {_AMX, "amx_int8", "avx512_bf16", *_VNNI}
    for limit in (environ.get(name, "").upper() for name in LIMITS):
        if limit and limit not in ("ALL", "DEFAULT"):
            found -= set() if "AMX" in limit else {_AMX, "amx_int8"}
            found -= set() if any(name in limit for name in _WITH_VNNI) else {"avx512_bf16", *_VNNI}
    return frozenset(found)


def name(cpuinfo: Path = CPUINFO) -> str:
    """The processor's name and the instructions for 16 and 8 bits that may be used, for what is measured on it."""
    try:
        model = cpuinfo.read_text().partition("model name")[2].partition("\n")[0].strip("\t: ")
    except OSError:
        model = ""
    return " ".join([model or platform.processor() or platform.machine(), *sorted(instructions(cpuinfo))])


def fastest(found: frozenset[str]) -> str:
    """The arithmetic of `--compute fast`: one of BFLOAT16, INT8, FLOAT32.

    bfloat16 by AMX is the fastest and the nearest to full. By AVX512-BF16 alone it is slower than 8 bits by VNNI,
    which a processor that has it has too, and on some slower than 32 bits.

    >>> fastest(frozenset({"amx_bf16", "avx512_vnni"})), fastest(frozenset({"avx512_bf16", "avx512_vnni"}))
    ('bf16', 'int8-vnni')
    >>> fastest(frozenset())
    'float32'
    """
    if _AMX in found:
        return BFLOAT16
    return INT8 if found & _VNNI else FLOAT32
