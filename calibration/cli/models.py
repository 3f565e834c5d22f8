"""`models`, `models show MODEL`, `models convert FOLDER OUT`: list, describe and convert models."""

from __future__ import annotations

import argparse
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from calibration.cli.json_option import add_json
from calibration.cli.model_lines import columns, fact_lines, fact_rows, published_row, speed_rows, thresholds_beside
from calibration.cli.terminal import say
from calibration.errors import N_
from calibration.settings import COMPUTES, DATA_DIR_VARIABLE, models_dir

if TYPE_CHECKING:
    from calibration.encoding.describe import KnownModel, ModelFacts
    from calibration.encoding.speed import Speed

EXAMPLES: Final = ("models", "models show bundled", "models convert ./pickled ./safetensors")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `models`."""
    deeds = parser.add_subparsers(dest="deed", metavar="DEED")
    add_json(parser)
    parser.set_defaults(run=list_all, data_dir=None)
    listing = deeds.add_parser("list", help="the models known by name (also without a subcommand)")
    listing.set_defaults(run=list_all)
    showing = deeds.add_parser("show", help="a model's card, size, and speed on this machine")
    showing.add_argument("model", metavar="MODEL", help="name, or folder")
    showing.add_argument("--device", default="auto", help="auto, cpu, cuda, mps (default %(default)s)")
    showing.add_argument("--compute", choices=COMPUTES, help="arithmetic of the model: full, or fast")
    showing.add_argument("--pooling", help="pooling of a folder without a pooling config: cls, mean or lasttoken")
    showing.set_defaults(run=show)
    for deed in (listing, showing):
        deed.add_argument(
            "--data-dir", help="folder for unpacked models (default: SIMTIER_DATA_DIR, else your user data folder)"
        )
    converting = deeds.add_parser("convert", help="pickled weights to safetensors")
    converting.add_argument("folder", metavar="FOLDER", help="model folder, or name or address to fetch it from")
    converting.add_argument("output", metavar="OUT", help="folder to write; must not exist yet")
    converting.set_defaults(run=convert)
    for deed in (listing, showing, converting):
        add_json(deed)


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
    encoder = load_encoder(options.model, options.device, pooling=options.pooling, compute=options.compute)
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
        head = (N_("name"), N_("dim"), N_("tokens"), N_("pooling"), N_("hub id"))
        lines = [columns("", *map(say, head))]
        for model in self.models:
            named, mark = model.named, "*" if model.folder else ""
            facts = named.name, str(named.dim), str(named.max_tokens), named.pooling, named.hub_id
            lines.append(columns(mark, *facts) + thresholds_beside(named.thresholds))
        return "\n".join([*lines, say(N_("* on this machine already; the others are fetched on first use"))])


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
            "no_graph": None if self.facts.no_graph is None else str(self.facts.no_graph),
            "speed": asdict(self.speed) if self.speed else None,
        }

    def to_text(self) -> str:
        """A line a fact."""
        if self.known is not None:
            named = self.known.named
            rows = {N_("hub id"): named.hub_id, N_("dimensions"): named.dim, N_("tokens"): named.max_tokens}
            rows |= {N_("pooling"): named.pooling, N_("prompt"): repr(named.prompt)}
            rows |= {N_("on this machine"): say(N_("no"))}
            return fact_lines(named.name, rows | published_row(named.thresholds))
        assert self.facts is not None  # noqa: S101
        assert self.speed is not None  # noqa: S101
        rows = fact_rows(self.facts) | speed_rows(self.speed) | published_row(self.facts.thresholds)
        return fact_lines(self.facts.name, rows, self.facts.card)


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
        done = N_("{files} converted to safetensors, the model written to {folder}")
        return say(done, files=", ".join(self.files), folder=self.output)


def known_json(model: KnownModel) -> dict[str, Any]:
    """A model known by name as JSON data."""
    found = asdict(model.named) | {"hub_id": model.named.hub_id, "ids": list(model.named.ids)}
    return found | {"local": str(model.folder) if model.folder else None}
