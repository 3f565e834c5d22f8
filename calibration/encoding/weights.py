"""The files of a model folder: JSON settings and safetensors, neither of which can run code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from calibration.errors import N_, ModelDamaged, ModelUnusable, WeightsUnsafe
from calibration.messages.note import note

_PICKLED: Final = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle")
_JSON_LIMIT: Final = 64 * 2**20


def read_json(path: Path) -> Any:
    """What the JSON file holds, None where there is no file; raises ModelDamaged for anything else."""
    if not path.is_file():
        return None
    try:
        if path.stat().st_size > _JSON_LIMIT:
            raise ModelDamaged(str(path), N_("too large for a settings file"))
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise ModelDamaged(str(path), note(N_("not JSON: {reason}"), reason=error)) from error


def read_object(path: Path) -> dict[str, Any]:
    """The JSON object in the file, empty where there is no file."""
    found = read_json(path)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise ModelDamaged(str(path), N_("is not a JSON object"))
    return found


def check_weights(folder: Path, home: Path) -> None:
    """Refuse pickled, missing or foreign weights of the module in `home`, a part of the model in `folder`."""
    if (home / "adapter_config.json").exists():
        raise ModelUnusable(str(folder), N_("it is an adapter that would load another model"))
    if weight_files(home):
        return
    if home.is_dir() and any(path.suffix in _PICKLED for path in home.iterdir()):
        raise WeightsUnsafe(str(folder))
    raise ModelDamaged(str(home / "model.safetensors"), "missing")


def weight_files(home: Path) -> tuple[Path, ...]:
    """The safetensors files of a module: one, or the shards of its index; empty where it has neither."""
    whole = home / "model.safetensors"
    if whole.is_file():
        return (whole,)
    index = home / "model.safetensors.index.json"
    if not index.is_file():
        return ()
    shards = read_object(index).get("weight_map")
    names = sorted({str(name) for name in shards.values()}) if isinstance(shards, dict) else []
    for name in names:
        if Path(name).name != name or not name.endswith(".safetensors") or not (home / name).is_file():
            raise ModelDamaged(str(home / name), "missing")
    return tuple(home / name for name in names)
