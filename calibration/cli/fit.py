"""`fit PAIRS -o policy.json`: fit a policy and estimate out of fold how good it is."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import Any, Final

from calibration.calibrate import CalibrationRun, calibrate, calibrate_scored, judged_as_found
from calibration.certificates.certificate import CLAIM_DOMAIN, CLAIMS, SEQUENTIAL
from calibration.certificates.procedures import AUTO, METHODS
from calibration.certificates.sampling import Sampling, draw_notes
from calibration.cli.guard_options import GUARDS_HELP, guards, guards_by_domain
from calibration.cli.json_option import add_json
from calibration.cli.labelled_files import Keyed, labelled_files, together
from calibration.cli.lines import certificate_line, metrics_text, nominal_lines
from calibration.cli.model_options import add_model, chosen_encoder, scoring_options
from calibration.cli.numbers import estimate_json, evaluations_json, targets
from calibration.cli.outputs import check_place, check_report
from calibration.cli.progress import FITTING, SCORING, STEPS, progress_bar
from calibration.cli.reading_options import SCORED_PARTS, add_pairs, add_scored
from calibration.cli.sampling_options import DRAWS, add_sampling, check_live
from calibration.cli.sequential_options import add_sequential, sequential_run
from calibration.cli.terminal import POLICY_WRITTEN, noted, say
from calibration.columns import DEFAULT_CONFIDENCE, DEFAULT_PRECISION
from calibration.errors import N_, BadArgument
from calibration.fitting.fit import FitSettings
from calibration.messages.catalogues import from_environment, negotiate
from calibration.messages.note import Note
from calibration.pairs import deduplicate
from calibration.policies.policy import Binding

LANGUAGES: Final = ("zh", "en")
EXAMPLES: Final = (
    "fit pairs.csv -o policy.json --precision 0.9",
    "fit pairs.csv -o policy.json --precision same=0.95,related=0.8 --drawn random --report report.html",
    "fit scored.csv -o policy.json --scored --fpr 0.01",
    "fit scored/ -o policy.json --scored",
    "fit pairs.csv -o policy.json --guards bank=numbers,negation",
    "fit labelled.csv -o policy.json --sequential log.json --pool unlabelled.csv",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `fit`."""
    add_json(parser)
    add_pairs(parser)
    add_model(parser)
    option = parser.add_argument
    option("-o", "--output", required=True, metavar="POLICY", help="where to write the policy (JSON)")
    target, either = parser.add_mutually_exclusive_group(), "target precision, 0 to 1 (default %(default)s)"
    by_tier = f"{either}; by tier: same=0.95,related=0.8"
    target.add_argument("--precision", type=targets, default=f"{DEFAULT_PRECISION:g}", metavar="P", help=by_tier)
    rate = "target false positive rate instead: of pairs not of a tier, the share that reaches it"
    target.add_argument("--fpr", type=float, metavar="RATE", help=rate)
    option("--confidence", type=float, default=DEFAULT_CONFIDENCE, help="confidence, 0 to 1 (default %(default)s)")
    option("--method", choices=METHODS, default=AUTO, help="how to certify (default %(default)s)")
    claim = "what holds at once with that confidence (default %(default)s)"
    option("--claim", choices=CLAIMS, default=CLAIM_DOMAIN, help=claim)
    option("--independent", action="store_true", help="count labels in full where their pairs share texts")
    known = (
        "with --drawn balanced: share of live pairs that are the same, 0 to 1, from which decide estimates P(same)"
    )
    add_sampling(parser, known)
    add_sequential(parser)
    option("--guards", type=guards, metavar="NAMES", help=GUARDS_HELP)
    option("--name", default="policy", help="name of the policy")
    add_scored(parser, SCORED_PARTS)
    option("--fingerprint", help="with --scored: the model that made the scores")
    option("--report", metavar="OUT.html", help="write a report for people: one HTML file")
    option("--lang", choices=LANGUAGES, help="language of the report (default: as LC_ALL or LANG says)")
    parser.set_defaults(run=fit)


def fit(options: argparse.Namespace) -> FitResult:
    """Fit a policy, and say how good it is out of fold."""
    check_place("-o", options.output)
    if options.report:
        check_report(options.report)
    check_live(options.live)
    if options.live is not None and options.drawn != "balanced":
        raise BadArgument("--live", N_("given with --drawn balanced only"), options.live)
    if options.guards and options.sequential:
        raise BadArgument("--guards", N_("given without --sequential"), "--sequential")
    sampling = Sampling(options.drawn and DRAWS[options.drawn], options.live)
    precision, by_tier = options.precision
    clustered = not options.independent
    settings = FitSettings(
        precision, options.confidence, options.method, options.claim, options.fpr, by_tier, clustered
    )
    files = labelled_files(options, options.scored, _keyed(options), duplicates=True)
    origins, pairs = tuple((name, len(frame)) for name, frame in files), together(files)
    del files
    if options.scored:
        binding, wanted = Binding(fingerprint=options.fingerprint), guards_by_domain(options.guards, pairs)
        kept, duplicates = deduplicate(pairs)
        del pairs  # of millions of pairs only one copy fits into memory
        with progress_bar(FITTING, unit=STEPS) as progress:
            run = calibrate_scored(
                kept,
                settings,
                binding,
                name=options.name,
                duplicates=duplicates,
                sampling=sampling,
                guards=wanted,
                progress=progress,
            )
    elif options.fingerprint:
        raise BadArgument("--fingerprint", N_("given with --scored only"), options.fingerprint)
    else:
        with progress_bar(SCORING) as progress:
            run = calibrate(
                pairs,
                chosen_encoder(options),
                settings,
                scoring_options(options),
                name=options.name,
                progress=progress,
                sampling=sampling,
                guards=guards_by_domain(options.guards, pairs),
            )
    if options.sequential:
        run = sequential_run(run, settings, options)
    run.policy.save(options.output)
    if options.report:
        _report(run, origins, options)
    return FitResult(run, options.output, options.report)


def _keyed(options: argparse.Namespace) -> Keyed:
    """Whether texts are needed: guards read them, and a report shows some of them as long as they can be held."""
    if not options.scored or options.guards or options.sequential:
        return "never"
    return "large" if options.report else "possible"


def _report(run: CalibrationRun, files: tuple[tuple[str, int], ...], options: argparse.Namespace) -> None:
    """The run for people, as HTML."""
    from calibration.report.content import Origin, report_input  # charts only where there is a report
    from calibration.report.html import save_report

    locale = negotiate(options.lang) if options.lang else from_environment()
    origins = tuple(Origin(name, rows) for name, rows in files)
    save_report(report_input(run, judged_as_found(run), origins=origins, locale=locale), options.report)


@dataclass(frozen=True)
class FitResult:
    """`fit`."""

    run: CalibrationRun
    output: str
    report: str | None = None

    @property
    def draw_notes(self) -> tuple[Note, ...]:
        """What weakens the claims by how the labels were drawn, where that was said."""
        sampling = Sampling.of(self.run.policy.settings)
        # The live share is what a balanced draw's note asks for.
        return draw_notes(sampling) if sampling.drawn and sampling.live is None else ()

    @property
    def _judged(self) -> str:
        """Which labels the figures of a tier are of: sequential certificates have no folds."""
        if self.run.policy.settings.get("method") == SEQUENTIAL:
            return N_("on these labels: {metrics}")
        return N_("out of fold: {metrics}")

    def to_json(self) -> dict[str, Any]:
        """The policy, and per domain what it was judged to do out of fold and the published thresholds do."""
        return {
            "output": self.output,
            "report": self.report,
            "policy": self.run.policy.to_json(),
            "notes": {domain: [note.to_json() for note in fit.notes] for domain, fit in self.run.fits.items()},
            "evaluation": evaluations_json(self.run.evaluation),
            "published": evaluations_json(self.run.published),
            "nominal": {
                domain: {tier: estimate_json(found) for tier, found in tiers.items()}
                for domain, tiers in self.run.nominal.items()
            },
            **(
                {"guards": {d: found.to_json() for d, found in self.run.choices.items()}}
                if self.run.choices
                else {}
            ),
            "duplicates": {
                "exact": self.run.duplicates.exact,
                "swapped": self.run.duplicates.swapped,
                "conflicting": self.run.duplicates.conflicting,
            },
        }

    def to_text(self) -> str:
        """One block a domain."""
        blocks = []
        for domain, fit in self.run.fits.items():
            lines = [say(N_("{domain}: {n} labels"), domain=domain, n=fit.n)]
            for tier, certificate in fit.certificates.items():
                metrics = self.run.evaluation[domain].tier(tier)
                lines.append("  " + certificate_line(tier, certificate, fit.binary))
                lines += nominal_lines(self.run.nominal.get(domain, {}).get(tier))
                if certificate.certified and metrics:
                    lines.append("    " + say(self._judged, metrics=metrics_text(metrics)))
            choice = self.run.choices.get(domain)
            spent = choice.sentences() if choice else ()
            lines += ["  " + noted(remark) for remark in (*spent, *fit.notes, *self.draw_notes)]
            blocks.append("\n".join(lines))
        files = [say(POLICY_WRITTEN, file=self.output)]
        files += [say(N_("report written to {file}"), file=self.report)] if self.report else []
        return "\n".join([*blocks, *files])
