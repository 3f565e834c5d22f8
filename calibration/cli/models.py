"""`models`, `models show MODEL`, `models convert FOLDER OUT`: which models there are, and what they are like."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from calibration.cli.lines import padded, say
from calibration.errors import N_
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
        head = (N_("name"), N_("dim"), N_("tokens"), N_("pooling"), N_("hub id"))
        lines = [_columns("", *map(say, head))]
        for model in self.models:
            named, mark = model.named, "*" if model.folder else ""
            facts = named.name, str(named.dim), str(named.max_tokens), named.pooling, named.hub_id
            lines.append(_columns(mark, *facts) + _beside(named.thresholds))
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
            "speed": asdict(self.speed) if self.speed else None,
        }

    def to_text(self) -> str:
        """A line a fact."""
        if self.known is not None:
            named = self.known.named
            rows = {N_("hub id"): named.hub_id, N_("dimensions"): named.dim, N_("tokens"): named.max_tokens}
            rows |= {N_("pooling"): named.pooling, N_("prompt"): repr(named.prompt)}
            rows |= {N_("on this machine"): say(N_("no"))}
            return _lines(named.name, rows | _published(named.thresholds))
        assert self.facts is not None  # noqa: S101
        assert self.speed is not None  # noqa: S101
        rows = _facts(self.facts) | _speed(self.speed) | _published(self.facts.thresholds)
        return _lines(self.facts.name, rows, self.facts.card)


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


def _columns(mark: str, name: str, dim: str, tokens: str, pooling: str, hub_id: str) -> str:
    """A line of the list of models."""
    sizes = padded(dim, 5, right=True) + padded(tokens, 10, right=True)
    return f"{mark:<2}{padded(name, 24)}{sizes}  {padded(pooling, 10)}{hub_id}"


def _beside(thresholds: dict[str, float]) -> str:
    """The published thresholds at the end of such a line, where a model has any."""
    if not thresholds:
        return ""
    return "  " + say(N_("published thresholds {thresholds}"), thresholds=_thresholds(thresholds))


def _facts(found: ModelFacts) -> dict[str, Any]:
    """What a model is, by the message that names each fact."""
    at_once = N_("{device}, {places} batches at once of {threads} threads each")
    device = say(at_once, device=found.device, places=found.places, threads=found.threads)
    return {
        N_("folder"): found.folder,
        N_("fingerprint"): found.fingerprint,
        N_("dimensions"): found.dim,
        N_("tokens"): found.max_tokens,
        N_("pooling"): found.pooling,
        N_("prompt"): repr(found.prompt),
        N_("other prompts"): ", ".join(f"{k}={v!r}" for k, v in found.prompts.items()) or "-",
        N_("device"): device,
        N_("numerical precision"): _precision(found),
        N_("weights"): size(found.weight_bytes),
    }


def _speed(found: Speed) -> dict[str, Any]:
    """How fast it is here, by the message that names each number."""
    rate = say(
        N_("{rate} texts/s ({slowest} to {fastest}, {rounds} rounds of {texts} texts of {tokens} tokens)"),
        rate=f"{found.rate:.0f}",
        slowest=f"{found.slowest:.0f}",
        fastest=f"{found.fastest:.0f}",
        rounds=found.rounds,
        texts=found.texts,
        tokens=f"{found.tokens:.0f}",
    )
    return {N_("speed"): rate, N_("one text"): f"{found.one * 1000:.0f} ms"}


def _precision(found: ModelFacts) -> str:
    if found.fidelity is None:
        return found.precision
    near = found.fidelity
    said = say(
        N_(
            "{precision}; cosine to full precision {mean} on average, {least} at least, "
            "score shift at most {shift} ({texts} texts)"
        ),
        precision=found.precision,
        mean=f"{near.mean:.5f}",
        least=f"{near.least:.5f}",
        shift=f"{near.shift:.5f}",
        texts=near.texts,
    )
    return said if found.quicker else said + say(N_("; saves memory here, but no time"))


def _published(thresholds: dict[str, float]) -> dict[str, Any]:
    if not thresholds:
        return {}
    own = N_("{thresholds} (calibrated on nobody's data: fit your own)")
    return {N_("published"): say(own, thresholds=_thresholds(thresholds))}


def _thresholds(thresholds: dict[str, float]) -> str:
    return " / ".join(f"{value:.2f}" for value in thresholds.values())


def _lines(title: str, rows: dict[str, Any], card: Mapping[str, Any] = MappingProxyType({})) -> str:
    """A line a fact; `card` is named by whoever published the model, in their words."""
    named = {say(name): value for name, value in rows.items()} | dict(card)
    return "\n".join([title, *(f"  {padded(name, 20)}{value}" for name, value in named.items())])
