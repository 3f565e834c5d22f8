"""`match FAQ QUERIES -o OUT`: the best answers, evaluated if the right ones are known."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from calibration.cli.comparing import Comparing, add_comparing, block_columns, spread_of
from calibration.cli.corpus_options import problems_json, source_text, threshold_of
from calibration.cli.json_option import add_json
from calibration.cli.lines import certificate_line, estimate_line, share_text
from calibration.cli.model_options import add_model, chosen_encoder
from calibration.cli.numbers import estimate_json, proportion_json
from calibration.cli.outputs import check_output
from calibration.cli.progress import MATCHING
from calibration.cli.reading_options import on_bad_rows, report_reading, table_reading_of
from calibration.cli.terminal import say, written
from calibration.columns import DEFAULT_CONFIDENCE, DEFAULT_PRECISION
from calibration.errors import N_

if TYPE_CHECKING:
    from calibration.corpus import Matches, MatchEvaluation
    from calibration.corpus.faq import Asked, Faq

EXAMPLES: Final = (
    "match faq.csv queries.csv -o answers.csv --policy policy.json",
    "match faq.csv queries.csv -o answers.csv --threshold 0.93 -k 3 --expected-column expected",
)
_K: Final = 5
_MARGIN: Final = 0.005


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `match`."""
    add_json(parser)
    add_model(parser)
    parser.add_argument("faq", metavar="FAQ", help="file of the questions that have answers")
    parser.add_argument("queries", metavar="QUERIES", help="file of the queries that users ask")
    parser.add_argument("-o", "--output", required=True, help="where to write: .csv .tsv .jsonl .xlsx .parquet")
    parser.add_argument("--faq-column", metavar="C", help="the FAQ's column of questions (default: by its name)")
    same = "the FAQ's column that names an answer: phrasings with the same name are one (default: by its name)"
    parser.add_argument("--key-column", metavar="C", help=same)
    parser.add_argument("--query-column", metavar="C", help="the column of queries (default: by its name)")
    right = "the queries' column with the right answer's name, blank for none; with it, matching is evaluated"
    parser.add_argument("--expected-column", metavar="C", help=right)
    parser.add_argument("-k", type=int, default=_K, help="how many answers to write (default %(default)s)")
    near = "two answers whose scores are closer are ambiguous (default %(default)s)"
    parser.add_argument("--margin", type=float, default=_MARGIN, help=near)
    parser.add_argument(
        "--precision", type=float, default=DEFAULT_PRECISION, help="of the certified cut-off (default %(default)s)"
    )
    parser.add_argument(
        "--confidence", type=float, default=DEFAULT_CONFIDENCE, help="of all intervals (default %(default)s)"
    )
    add_comparing(parser)
    parser.set_defaults(run=match)


def match(options: argparse.Namespace) -> MatchResult:
    """Read, match, judge where that can be done, write."""

    from calibration.certificates.risk import Precision
    from calibration.corpus import evaluate_matches, match_texts, matches_frame
    from calibration.corpus.faq import read_faq, read_queries
    from calibration.corpus.match_evaluation import DEPTH
    from calibration.corpus.within import read_keys
    from calibration.stats.intervals import check_confidence

    check_output(options.output)
    blocks = block_columns(options)
    Precision(options.precision)
    check_confidence(options.confidence)
    bad, reading = on_bad_rows(options), table_reading_of(options)
    faq = read_faq(options.faq, options.faq_column, options.key_column, on_bad_rows=bad, reading=reading)
    columns = (options.query_column, options.expected_column)
    asked = read_queries(options.queries, faq, *columns, on_bad_rows=bad, reading=reading)
    for read in (faq.read, asked.read):
        report_reading(read.file, read.notes, read.problems, read.total, options)
    within = [keys for one in (faq, asked) if (keys := read_keys(one.read, blocks)) is not None]
    encoder = chosen_encoder(options)
    threshold = threshold_of(options, encoder)
    depth = max(options.k, DEPTH) if asked.expected is not None and options.k >= 1 else options.k
    texts = len(faq.read.texts) + len(asked.read.texts)
    how = Comparing(options.approximate, blocks, spread_of(options, encoder, texts))
    with how.arguments(options, encoder, MATCHING) as arguments:
        matches = match_texts(
            faq.read.texts,
            asked.read.texts,
            encoder,
            threshold,
            keys=faq.keys,
            k=depth,
            margin=options.margin,
            within=(within[0], within[1]) if within else None,
            **arguments,
        )
    judged = None
    if asked.expected is not None:
        judged = evaluate_matches(matches, asked.expected, asked.read.texts, options.precision, options.confidence)
    shown = replace(matches, found=tuple(one.best(options.k) for one in matches.found), k=options.k)
    frame = matches_frame(shown, asked.read.frame, asked.read.lines, faq.read.texts, faq.read.lines)
    how.write(frame, options.output)
    return MatchResult(faq, asked, shown, judged, encoder.fingerprint, options.output, how)


@dataclass(frozen=True)
class MatchResult:
    """`match`; judged is None where no right answers are known."""

    faq: Faq
    asked: Asked
    matches: Matches
    judged: MatchEvaluation | None
    fingerprint: str
    output: str
    how: Comparing

    def to_json(self) -> dict[str, Any]:
        """Queries by decision, the threshold, and the evaluation."""
        problems = (*self.faq.read.problems, *self.asked.read.problems)
        return {
            "output": self.output,
            "faq": len(self.faq.read.texts),
            "queries": len(self.asked.read.texts),
            "k": self.matches.k,
            "margin": self.matches.margin,
            "decisions": self.matches.counts(),
            "threshold": self.matches.threshold.to_json(),
            "evaluation": evaluation_json(self.judged) if self.judged else None,
            **self.how.to_json(self.matches.recall),
            "fingerprint": self.fingerprint,
            "bad_rows": len({(problem.file, problem.row) for problem in problems}),
            "problems": problems_json(problems),
        }

    def to_text(self) -> str:
        """A few lines."""
        told = self.matches.counts()
        lines = [
            say(
                N_(
                    "{queries} queries against {questions} questions: {answered} answered, {ambiguous} ambiguous, "
                    "{no_answer} without answer"
                ),
                queries=f"{len(self.asked.read.texts):,}",
                questions=f"{len(self.faq.read.texts):,}",
                answered=f"{told['answered']:,}",
                ambiguous=f"{told['ambiguous']:,}",
                no_answer=f"{told['no_answer']:,}",
            ),
            source_text(self.matches.threshold),
            *self.how.to_lines(self.matches.recall),
            *(evaluation_lines(self.judged) if self.judged else ()),
        ]
        return "\n".join([*lines, written(self.output)])


def evaluation_json(found: MatchEvaluation) -> dict[str, Any]:
    """Every number with its n and interval."""
    return {
        "n": found.n,
        "in_scope": found.in_scope,
        "hits": {str(rank): proportion_json(share) for rank, share in found.hits.items()},
        "mrr": estimate_json(found.reciprocal_rank),
        "answered": proportion_json(found.answered),
        "right": proportion_json(found.right),
        "certificate": found.certificate.to_json(),
        "coverage_out_of_fold": proportion_json(found.coverage) if found.coverage else None,
        "precision_out_of_fold": proportion_json(found.precision) if found.precision else None,
    }


def evaluation_lines(found: MatchEvaluation) -> list[str]:
    """The same for a person."""
    judged = N_("judged on {n} queries, {known} of them with an answer in the FAQ")
    lines = [say(judged, n=f"{found.n:,}", known=f"{found.in_scope:,}")]
    best = N_("right answer among the best {rank}: {share}")
    lines += ["  " + say(best, rank=rank, share=share_text(share)) for rank, share in found.hits.items()]
    lines.append(estimate_line(N_("mean reciprocal rank: {estimate}"), found.reciprocal_rank))
    answered, right = share_text(found.answered), share_text(found.right)
    lines.append(
        "  " + say(N_("by this threshold: answered {answered}, right {right}"), answered=answered, right=right)
    )
    lines.append("  " + certificate_line(N_("cut-off"), found.certificate))
    if found.coverage and found.precision:
        coverage, precision = share_text(found.coverage), share_text(found.precision)
        apart = N_("out of fold: coverage {coverage}, precision {precision}")
        lines.append("  " + say(apart, coverage=coverage, precision=precision))
    return lines
