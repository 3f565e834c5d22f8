"""`judge PAIRS --endpoint URL --model NAME -o OUT`: a judge labels pairs, and is audited by people's labels."""

from __future__ import annotations

import argparse
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from calibration.cli.json_option import add_json
from calibration.cli.lines import certificate_line
from calibration.cli.outputs import ENDINGS, check_output, write_output
from calibration.cli.progress import progress_bar
from calibration.cli.reading_options import DOMAIN_OF_ALL, add_skip, on_bad_rows
from calibration.cli.terminal import translated, written
from calibration.columns import DEFAULT_CONFIDENCE, DEFAULT_PRECISION, SAME, TEXT_A, TEXT_B
from calibration.errors import N_, BadArgument
from calibration.judging.ask import Judge
from calibration.judging.audit import JUDGED, Audit, audits
from calibration.judging.cross_encoder import CrossEncoder
from calibration.judging.kept_audit import Change, Counts, changes, read_audit, write_audit
from calibration.judging.prompt import LANGUAGES
from calibration.pairs import find_duplicates, load_pairs, load_unlabelled

EXAMPLES: Final = (
    "judge pool.csv --endpoint http://10.0.0.5:8000/v1 --model qwen3 -o judged.csv --labelled labelled.csv",
    "judge pool.csv --cross-encoder bge-reranker -o judged.csv --labelled labelled.csv --audit audit.json",
)
REFUSED: Final = 3
ASKING: Final = N_("asking the judge")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `judge`."""
    add_json(parser)
    option = parser.add_argument
    option("pairs", metavar="PAIRS", help="file of pairs; a score column makes certificates possible")
    option("--endpoint", metavar="URL", help="OpenAI-compatible server, up to /v1; texts go there only")
    option("--model", metavar="NAME", help="the model's name at that server")
    option("--cross-encoder", metavar="FOLDER", help="a sequence-classification model here, instead of a server")
    option(
        "--at-least",
        type=float,
        default=0.5,
        metavar="S",
        help="with --cross-encoder: its score from which texts are the same (default %(default)s)",
    )
    option("-o", "--output", required=True, help=f"where to write the judged pairs: {ENDINGS}")
    option("--labelled", metavar="FILE", help="human labels of some of the pairs, drawn at random, blind")
    option(
        "--audit",
        metavar="FILE",
        help="what people found of this judge so far; refused (exit 3) where new labels contradict it",
    )
    option(
        "--precision", type=float, default=DEFAULT_PRECISION, help="target precision, 0 to 1 (default %(default)s)"
    )
    option("--confidence", type=float, default=DEFAULT_CONFIDENCE, help="confidence, 0 to 1 (default %(default)s)")
    option(
        "--cache",
        metavar="FILE",
        help="answers so far (default: OUT.judge.jsonl); an interrupted run continues from it",
    )
    option("--per-minute", type=float, metavar="N", help="requests a minute at most")
    option("--patience", type=float, default=120.0, help="seconds to try a busy server again (default %(default)s)")
    option("--timeout", type=float, default=60.0, help="seconds to wait for an answer (default %(default)s)")
    option("--lang", choices=LANGUAGES, help="language of the question (default: that of the texts)")
    option("--domain", help=DOMAIN_OF_ALL)
    add_skip(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> JudgeResult:
    """Ask, write, audit."""
    check_output(options.output)
    for name, value in (("--precision", options.precision), ("--confidence", options.confidence)):
        if not 0.0 < value < 1.0:
            raise BadArgument(name, N_("above 0 and below 1"), value)
    judge = _chosen(options)
    kept = read_audit(Path(options.audit), judge.identity) if options.audit else {}
    pairs = load_unlabelled(options.pairs, options.domain, on_bad_rows=on_bad_rows(options))
    labelled = load_pairs(options.labelled, options.domain) if options.labelled else None
    if labelled is not None and (conflicting := find_duplicates(labelled).conflicting):
        raise BadArgument("--labelled", N_("labelled once each, not with two labels"), conflicting)
    cache = Path(options.cache or f"{options.output}.judge.jsonl")
    texts = [(str(a), str(b)) for a, b in zip(pairs[TEXT_A], pairs[TEXT_B], strict=True)]
    with progress_bar(ASKING) as progress:
        answers = judge.judge(texts, cache, progress)
    judged = pairs.assign(**{JUDGED: np.array([math.nan if one is None else one for one in answers])})
    write_output(judged, options.output)
    found = audits(judged, labelled, options.precision, options.confidence)
    now = {domain: one.counts for domain, one in found.items()}
    stale = changes(kept, now, round(1.0 - options.confidence, 12))
    if options.audit and labelled is not None and not stale:
        domains = dict.fromkeys([*kept, *now])
        both = {domain: kept.get(domain, Counts()) + now.get(domain, Counts()) for domain in domains}
        write_audit(Path(options.audit), judge.identity, both)
    return JudgeResult(found, options.output, str(cache), options.audit, stale)


def _chosen(options: argparse.Namespace) -> Judge | CrossEncoder:
    """The judge asked for: a server, or a folder."""
    if bool(options.cross_encoder) == bool(options.endpoint):
        raise BadArgument("--endpoint", N_("given, or --cross-encoder, one of both"), options.endpoint)
    if options.cross_encoder:
        return CrossEncoder(Path(options.cross_encoder), options.at_least)
    if not options.model:
        raise BadArgument("--model", N_("given with --endpoint"), options.model)
    return Judge(
        options.endpoint, options.model, options.lang, options.per_minute, options.patience, options.timeout
    )


@dataclass(frozen=True)
class JudgeResult:
    """`judge`."""

    found: Mapping[str, Audit]
    output: str
    cache: str
    audit: str | None = None
    stale: tuple[Change, ...] = ()

    @property
    def exit_code(self) -> int:
        """3 where the audit kept is stale."""
        return REFUSED if self.stale else 0

    def to_json(self) -> dict[str, Any]:
        """By domain how good the judge is, and what is certified."""
        domains = {
            domain: {
                "judged": one.judged,
                "unanswered": one.unanswered,
                "quality": {
                    name: value if math.isfinite(value) else None for name, value in asdict(one.quality).items()
                },
                "pays": one.quality.pays,
                "certificate": None if one.certificate is None else one.certificate.to_json(),
                "notes": [str(remark) for remark in one.notes],
            }
            for domain, one in self.found.items()
        }
        kept = {"file": self.audit, "stale": [asdict(one) for one in self.stale]}
        return {"output": self.output, "cache": self.cache, "audit": kept, "domains": domains}

    def to_text(self) -> str:
        """A few lines a domain."""
        lines = []
        for one in self.found.values():
            lines += [translated(remark) for remark in one.notes]
            if one.certificate is not None:
                lines.append("  " + certificate_line(SAME, one.certificate))
        lines += [translated(one.sentence(str(self.audit))) for one in self.stale]
        return "\n".join([*lines, written(self.output)])
