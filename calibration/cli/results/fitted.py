"""Result of `fit`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from calibration.chance import LIVE_PREVALENCE
from calibration.cli.lines import certificate_line, metrics_text, nominal_lines, noted, say
from calibration.cli.numbers import estimate_json
from calibration.cli.results.base import POLICY_WRITTEN
from calibration.cli.results.metrics import evaluations_json
from calibration.drawn import DRAWN, data_draw, draw_notes
from calibration.errors import N_
from calibration.notes import Note
from calibration.pipeline import CalibrationRun


@dataclass(frozen=True)
class FitResult:
    """`fit`."""

    run: CalibrationRun
    output: str
    report: str | None = None

    @property
    def draw_notes(self) -> tuple[Note, ...]:
        """What weakens the claims by how the labels were drawn, where that was said."""
        way = self.run.policy.settings.get(DRAWN)
        asked = LIVE_PREVALENCE in self.run.policy.settings  # what a balanced draw's note asks for
        return draw_notes(data_draw(way)) if way and not asked else ()

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
                lines.append("  " + certificate_line(tier, certificate))
                lines += nominal_lines(self.run.nominal.get(domain, {}).get(tier))
                if certificate.certified and metrics:
                    lines.append("    " + say(N_("out of fold: {metrics}"), metrics=metrics_text(metrics)))
            lines += ["  " + noted(remark) for remark in (*fit.notes, *self.draw_notes)]
            blocks.append("\n".join(lines))
        files = [say(POLICY_WRITTEN, file=self.output)]
        files += [say(N_("report written to {file}"), file=self.report)] if self.report else []
        return "\n".join([*blocks, *files])
