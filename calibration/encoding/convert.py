"""Convert pickled weights to safetensors in a separate process that unpickles nothing but tensors."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from calibration.encoding.weights import weight_files
from calibration.errors import N_, BadArgument, ModelDamaged, ModelUnusable

PICKLED: Final = "pytorch_model.bin"
_KEPT: Final = (".json", ".txt", ".model", ".md", ".safetensors")
_MINUTES: Final = 30
_CHILD: Final = """
import sys, torch
from safetensors.torch import save_file
loaded = torch.load(sys.argv[1], map_location="cpu", weights_only=True)
loaded = loaded.get("state_dict", loaded) if isinstance(loaded, dict) else None
if not isinstance(loaded, dict) or not all(isinstance(v, torch.Tensor) for v in loaded.values()) or not loaded:
    sys.exit("it holds something else than named tensors")
save_file({str(k): v.detach().clone().contiguous() for k, v in loaded.items()}, sys.argv[2], {"format": "pt"})
"""


def convert(folder: Path, output: Path) -> tuple[str, ...]:
    """Copy the model in `folder` to `output`, its pickled weights as safetensors; returns the files converted.

    The folder appears whole or not at all. Raises BadArgument where `output` is there already or nothing in
    `folder` is pickled, ModelUnusable for weights in several files, ModelDamaged where a file holds anything
    but tensors, which is never run.
    """
    if output.exists():
        raise BadArgument("OUT", N_("a folder that does not exist yet"), str(output))
    if any(folder.rglob(f"{PICKLED}.index.json")):
        raise ModelUnusable(str(folder), N_("its pickled weights are in several files"))
    pickled = sorted(path for path in folder.rglob(PICKLED) if not weight_files(path.parent))
    if not pickled:
        raise BadArgument("FOLDER", N_("a model folder with pickled weights (pytorch_model.bin)"), str(folder))
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{output.name}.", dir=output.parent) as name:
        made = Path(name) / "model"
        shutil.copytree(folder, made, ignore=_left_out)
        for path in pickled:
            _convert(path, made / path.relative_to(folder).parent / "model.safetensors")
        made.rename(output)
    return tuple(path.relative_to(folder).as_posix() for path in pickled)


def _left_out(folder: str, names: list[str]) -> set[str]:
    """No code, no other formats, nothing hidden."""
    return {
        name
        for name in names
        if name.startswith(".") or not ((Path(folder) / name).is_dir() or name.endswith(_KEPT))
    }


def _convert(source: Path, target: Path) -> None:
    try:
        done = subprocess.run(  # noqa: S603 (our own interpreter and code)
            [sys.executable, "-c", _CHILD, str(source), str(target)],
            capture_output=True,
            text=True,
            timeout=60 * _MINUTES,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ModelUnusable(str(source), N_("its conversion takes too long")) from error
    if done.returncode:
        raise ModelDamaged(str(source), _reason(done.stderr))
    target.chmod(0o644)  # safetensors lets nobody else read it


def _reason(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    if any("nsupported" in line or "weights_only" in line or "WeightsUnpickler" in line for line in lines):
        return N_("it holds something else than tensors, which could run code")
    return (lines or ["it cannot be read"])[-1][:200]
