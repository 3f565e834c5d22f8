"""`models`, `models show MODEL`, `models convert FOLDER OUT`: which models there are, and what they are like."""

from __future__ import annotations

import argparse
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from calibration.figures import size
from calibration.settings import DATA_DIR_VARIABLE, PRECISIONS, models_dir

if TYPE_CHECKING:
    from calibration.encoding.describe import KnownModel, ModelFacts
    from calibration.encoding.speed import Speed


def add_arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """What may be typed after `models`."""
    deeds = parser.add_subparsers(dest="deed", metavar="DEED")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.set_defaults(run=list_all, data_dir=None)
    listing = deeds.add_parser("list", help="the models known by name (also without a DEED)", parents=[common])
    listing.set_defaults(run=list_all)
    showing = deeds.add_parser("show", help="a model's card, size, and speed on this machine", parents=[common])
    showing.add_argument("model", metavar="MODEL", help="name, or folder")
    showing.add_argument("--device", default="auto", help="auto, cpu, cuda, mps (default %(default)s)")
    showing.add_argument("--precision", choices=PRECISIONS, help="full, or fast: 8-bit weights")
    showing.add_argument("--pooling", help="of a folder that does not say how it pools: cls, mean or lasttoken")
    showing.set_defaults(run=show)
    for deed in (listing, showing):
        deed.add_argument("--data-dir", help="where models are unpacked (default: SIMTIER_DATA_DIR, else yours)")
    converting = deeds.add_parser("convert", help="pickled weights to safetensors", parents=[common])
    converting.add_argument("folder", metavar="FOLDER", help="model folder, or name or address to fetch it from")
    converting.add_argument("output", metavar="OUT", help="folder to write; must not exist yet")
    converting.set_defaults(run=convert)


def list_all(options: argparse.Namespace) -> ListResult:
    """All models known by name."""
    from calibration.encoding.describe import known_models

    return ListResult(known_models(_models_dir(options)))


def show(options: argparse.Namespace) -> ShowResult:
    """Load a model that is at hand and measure it; of one that is not, say what is known."""
    from calibration.encoding import describe, find_named, hub, load_encoder, speed

    _models_dir(options)
    named = find_named(options.model)
    if named is not None and not Path(options.model).is_dir() and hub.cached(named.hub_id) is None:
        return ShowResult(describe.KnownModel(named, None), None, None)
    encoder = load_encoder(options.model, options.device, pooling=options.pooling, precision=options.precision)
    try:
        return ShowResult(None, describe.facts(encoder), speed.measure(encoder.uncached))
    finally:
        encoder.close()


def convert(options: argparse.Namespace) -> ConvertResult:
    """Write a copy of a model whose weights are safetensors."""
    from calibration.encoding import hub
    from calibration.encoding.convert import convert as converted
    from calibration.encoding.load import locate

    folder, _ = locate(options.folder, models_dir(), hub.PICKLED)
    return ConvertResult(str(folder), options.output, converted(folder, Path(options.output)))


def _models_dir(options: argparse.Namespace) -> Path:
    if options.data_dir:
        os.environ[DATA_DIR_VARIABLE] = options.data_dir
    return models_dir()


@dataclass(frozen=True)
class ListResult:
    """`models`."""

    models: tuple[KnownModel, ...]

    def to_json(self) -> dict[str, Any]:
        """What is known of each, and where it is on this machine."""
        return {"models": [known_json(model) for model in self.models]}

    def to_text(self) -> str:
        """A line a model."""
        lines = [f"{'':2}{'name':<24}{'dim':>5}{'tokens':>8}  {'pooling':<10}hub id"]
        for model in self.models:
            named, mark = model.named, "*" if model.folder else ""
            lines.append(
                f"{mark:<2}{named.name:<24}{named.dim:>5}{named.max_tokens:>8}  {named.pooling:<10}{named.hub_id}"
                + (f"  published thresholds {_thresholds(named.thresholds)}" if named.thresholds else "")
            )
        return "\n".join([*lines, "* on this machine already; the others are fetched on first use"])


@dataclass(frozen=True)
class ShowResult:
    """`models show`: `known` of a model that is not at hand, else `facts` and `speed`."""

    known: KnownModel | None
    facts: ModelFacts | None
    speed: Speed | None

    def to_json(self) -> dict[str, Any]:
        """Everything known and measured."""
        if self.known is not None:
            return {**known_json(self.known), "speed": None}
        assert self.facts is not None  # noqa: S101 (one of the two is there)
        return {
            **asdict(self.facts),
            "fidelity": self.facts.fidelity.to_json() if self.facts.fidelity else None,
            "folder": str(self.facts.folder),
            "speed": asdict(self.speed) if self.speed else None,
        }

    def to_text(self) -> str:
        """A line a fact."""
        if self.known is not None:
            named = self.known.named
            rows = {"hub id": named.hub_id, "dimensions": named.dim, "tokens": named.max_tokens}
            rows |= {"pooling": named.pooling, "prompt": repr(named.prompt), "on this machine": "no"}
            return _lines(named.name, rows | _published(named.thresholds))
        found, speed = self.facts, self.speed
        assert found is not None  # noqa: S101
        assert speed is not None  # noqa: S101
        rows = {"folder": found.folder, "fingerprint": found.fingerprint, "dimensions": found.dim}
        rows |= {"tokens": found.max_tokens, "pooling": found.pooling, "prompt": repr(found.prompt)}
        rows |= {"other prompts": ", ".join(f"{k}={v!r}" for k, v in found.prompts.items()) or "-"}
        rows |= {"device": f"{found.device}, {found.places} batches at once of {found.threads} threads each"}
        rows |= {"precision": _precision(found), "weights": size(found.weight_bytes)}
        rows |= {
            "speed": f"{speed.rate:.0f} texts/s ({speed.slowest:.0f} to {speed.fastest:.0f}, {speed.rounds} rounds "
            f"of {speed.texts} texts of {speed.tokens:.0f} tokens)",
            "one text": f"{speed.one * 1000:.0f} ms",
        }
        return _lines(found.name, rows | _published(found.thresholds) | found.card)


@dataclass(frozen=True)
class ConvertResult:
    """`models convert`."""

    folder: str
    output: str
    files: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Both folders, and the files that were converted."""
        return {"folder": self.folder, "output": self.output, "converted": list(self.files)}

    def to_text(self) -> str:
        """One line."""
        return f"{', '.join(self.files)} converted to safetensors, the model written to {self.output}"


def known_json(model: KnownModel) -> dict[str, Any]:
    """A model known by name as JSON data."""
    found = asdict(model.named) | {"hub_id": model.named.hub_id, "ids": list(model.named.ids)}
    return found | {"local": str(model.folder) if model.folder else None}


def _precision(found: ModelFacts) -> str:
    if found.fidelity is None:
        return found.precision
    near = found.fidelity
    said = (
        f"{found.precision}; cosine to full precision {near.mean:.5f} on average, {near.least:.5f} at least, score "
        f"shift at most {near.shift:.5f} ({near.texts} texts)"
    )
    return said if found.quicker else f"{said}; saves memory here, but no time"


def _published(thresholds: dict[str, float]) -> dict[str, Any]:
    if not thresholds:
        return {}
    return {"published": f"{_thresholds(thresholds)} (calibrated on nobody's data: fit your own)"}


def _thresholds(thresholds: dict[str, float]) -> str:
    return " / ".join(f"{value:.2f}" for value in thresholds.values())


def _lines(title: str, rows: dict[str, Any]) -> str:
    return "\n".join([title, *(f"  {name:<16}{value}" for name, value in rows.items())])
