"""`estimate --texts N`: how long a corpus takes here or on a cluster, and what it needs."""

from __future__ import annotations

import argparse
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from calibration.cli.json_option import add_json
from calibration.cli.model_options import LOCAL, RAY, add_model, chosen_encoder
from calibration.cli.outputs import check_place
from calibration.cli.progress import progress_bar
from calibration.cli.terminal import columns, padded, say, written
from calibration.errors import N_, BadArgument
from calibration.stats.formatting import size

if TYPE_CHECKING:
    from calibration.capacity.constants import Constants
    from calibration.capacity.estimate import Corpus, Stage
    from calibration.capacity.schedule import Cluster

EXAMPLES: Final = (
    "estimate --texts 1e6",
    "estimate --texts 1e8 --dim 1024 --engine ray --nodes 8 --cores 16 --memory 64 --within 1e6",
    "estimate --texts 1e6 --save-constants here.json",
)
MEASURING: Final = N_("measuring this machine")
GIGA: Final = 1e9
GIGABIT: Final = 1e9 / 8
HEADS: Final = (
    N_("stage"),
    N_("core-hours"),
    N_("hours"),
    N_("memory a node"),
    N_("disk"),
    N_("sent"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `estimate`."""
    add_json(parser)
    add_model(parser)
    option = parser.add_argument
    option("--texts", type=float, required=True, metavar="N", help="how many texts, say 1e8")
    option("--dim", type=int, metavar="D", help="numbers of a vector (default: as the model has them)")
    option("--tokens", type=float, metavar="T", help="tokens of a text on average (default: as measured)")
    option("--within", type=float, metavar="M", help="texts are compared within groups of so many (--block)")
    option("--engine", choices=(LOCAL, RAY), default=LOCAL, help="this machine, or a Ray cluster")
    option("--nodes", type=int, default=1, metavar="N", help="machines of the cluster (default %(default)s)")
    option("--cores", type=int, metavar="N", help="cores of a machine (default: as this one has)")
    option("--memory", type=float, default=16.0, metavar="GB", help="of a machine (default %(default)s)")
    option("--network", type=float, default=10.0, metavar="GBIT", help="a second and machine (default %(default)s)")
    option("--failures", type=float, default=0.01, metavar="F", help="of a machine in a day (default %(default)s)")
    option("--constants", metavar="FILE", help="measured before, instead of measuring this machine now")
    option("--save-constants", metavar="FILE", help="write what was measured")
    parser.set_defaults(run=estimate)


def estimate(options: argparse.Namespace) -> EstimateResult:
    """Measure, calculate, simulate."""
    from calibration.capacity.estimate import Corpus, stages
    from calibration.capacity.schedule import Cluster
    from calibration.encoding.cores import cores

    if options.engine == LOCAL and options.nodes != 1:
        raise BadArgument("--nodes", N_("1 without --engine ray"), options.nodes)
    if options.constants and options.save_constants:
        raise BadArgument("--save-constants", N_("given without --constants"), options.save_constants)
    if options.save_constants:
        check_place("--save-constants", options.save_constants)
    cluster = Cluster(
        nodes=options.nodes,
        cores=cores() if options.cores is None else options.cores,
        memory=options.memory * GIGA,
        network=options.network * GIGABIT,
        failures=options.failures if options.engine == RAY else 0.0,
    )
    if options.constants:
        from calibration.capacity.constants import Constants

        constants = Constants.load(options.constants)
        dim = constants.dim if options.dim is None else options.dim
        corpus = Corpus(options.texts, dim, options.tokens, options.within)
    else:
        corpus, constants = _measured(options)
    if options.save_constants:
        constants.save(options.save_constants)
    return EstimateResult(corpus, cluster, constants, stages(corpus, constants, cluster), options.save_constants)


def _measured(options: argparse.Namespace) -> tuple[Corpus, Constants]:
    """The corpus with the model's own dimension where none is given, and the constants of this machine."""
    from calibration.capacity.constants import measure_constants
    from calibration.capacity.estimate import Corpus

    Corpus(options.texts, 1 if options.dim is None else options.dim, options.tokens, options.within)
    encoder = chosen_encoder(options)
    corpus = Corpus(
        options.texts, encoder.dim if options.dim is None else options.dim, options.tokens, options.within
    )
    with progress_bar(MEASURING) as progress:
        return corpus, measure_constants(getattr(encoder, "uncached", encoder), progress=progress)


@dataclass(frozen=True)
class EstimateResult:
    """`estimate`."""

    corpus: Corpus
    cluster: Cluster
    constants: Constants
    stages: tuple[Stage, ...]
    output: str | None

    def to_json(self) -> dict[str, Any]:
        """Everything: hours, bytes, and what they were calculated from."""
        from calibration.capacity.estimate import total

        return {
            "corpus": {**asdict(self.corpus), "pairs": self.corpus.pairs},
            "cluster": asdict(self.cluster),
            "constants": asdict(self.constants),
            "stages": [_stage_json(stage) for stage in self.stages],
            "total": _stage_json(total(self.stages)),
        }

    def to_text(self) -> str:
        """A table, then what was assumed."""
        from calibration.capacity.estimate import STAGES, total

        rows = [tuple(say(head) for head in HEADS)]
        rows += [_cells(stage, say(STAGES[stage.name])) for stage in self.stages]
        rows.append(_cells(total(self.stages), say(N_("total"))))
        widths = [max(columns(row[at]) for row in rows) for at in range(len(HEADS))]
        lines = [
            "  ".join(
                padded(cell, width, right=at > 0) for at, (cell, width) in enumerate(zip(row, widths, strict=True))
            )
            for row in rows
        ]
        return "\n".join([*(line.rstrip() for line in lines), *self._assumed(), *self._written()])

    def _assumed(self) -> list[str]:
        given, machine = self.constants, self.cluster
        tokens = given.tokens if self.corpus.tokens is None else self.corpus.tokens
        return [
            say(
                N_(
                    "measured: {encode:.2f} ms a text of {measured:.0f} tokens, {compare:.2f} ns a pair of "
                    "vectors, {write:.0f} MB/s written; all on one core"
                ),
                encode=given.encode * 1e3,
                measured=given.tokens,
                compare=(given.pair + given.number * self.corpus.dim) * 1e9,
                write=given.write / 1e6,
            ),
            say(
                N_(
                    "assumed: {tokens:.0f} tokens a text; no duplicates, which is the most work; machines like "
                    "this one: {nodes}, of {cores} cores, {network:g} Gbit/s and {failures:g} failures a day each"
                ),
                tokens=tokens,
                nodes=machine.nodes,
                cores=machine.cores,
                network=machine.network / GIGABIT,
                failures=machine.failures,
            ),
            say(N_("hours: the median of simulated runs, and their central 80%")),
        ]

    def _written(self) -> list[str]:
        return [written(self.output)] if self.output else []


def _stage_json(stage: Stage) -> dict[str, Any]:
    return {
        "stage": stage.name,
        "core_hours": stage.core_hours,
        "hours": {name: getattr(stage.span, name) / 3600 for name in ("median", "low", "high")},
        "lost_core_hours": stage.span.lost / 3600,
        "memory_bytes_a_node": stage.memory,
        "disk_bytes": stage.disk,
        "sent_bytes": stage.sent,
    }


def _cells(stage: Stage, name: str) -> tuple[str, ...]:
    hours = [_number(getattr(stage.span, part) / 3600) for part in ("median", "low", "high")]
    sizes = (size(round(count)) if count else "-" for count in (stage.memory, stage.disk, stage.sent))
    return (name, _number(stage.core_hours), f"{hours[0]} ({hours[1]}-{hours[2]})", *sizes)


def _number(value: float) -> str:
    """Two significant digits, at most two of them behind the point.

    >>> _number(0.004), _number(0.26), _number(12345.0)
    ('0.00', '0.26', '12,000')
    """
    return f"{value:.2f}" if value < 1 else f"{float(f'{value:.2g}'):,.10g}"
