"""Results of commands, each as one JSON object and as text for a person."""

from __future__ import annotations

from calibration.cli.results.base import POLICY_WRITTEN, Result
from calibration.cli.results.decided import DecideResult
from calibration.cli.results.evaluated import EvaluateResult
from calibration.cli.results.fitted import FitResult
from calibration.cli.results.metrics import evaluations_json, proportion_json
from calibration.cli.results.scored import ScoreResult

__all__ = [
    "POLICY_WRITTEN",
    "DecideResult",
    "EvaluateResult",
    "FitResult",
    "Result",
    "ScoreResult",
    "evaluations_json",
    "proportion_json",
]
