"""SimTier's calibration library: labelled pairs to certified similarity thresholds, per domain.

>>> from calibration import certify_precision
>>> certify_precision([0.9] * 30, [1] * 30, precision=0.9).status
'certified'

Names are loaded on first use, so that importing the package costs nothing and needs no torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    __version__: str

    from calibration.calibrate import calibrate, fit_policy
    from calibration.certificates.certificate import Certificate
    from calibration.certificates.certify import certify_precision
    from calibration.certificates.sequential import SequentialCertifier
    from calibration.comparison.compare_policies import compare_policies
    from calibration.corpus.dedup import deduplicate
    from calibration.corpus.match import match
    from calibration.costs.suggest_policy import suggest_policy
    from calibration.encoding import load_encoder
    from calibration.evaluation.evaluate_policy import evaluate
    from calibration.labels.budget import label_budget
    from calibration.labels.plan import plan_labels
    from calibration.pairs import load_pairs
    from calibration.policies.policy import Policy
    from calibration.scoring.score_pairs import score_pairs

__all__ = [
    "Certificate",
    "Policy",
    "SequentialCertifier",
    "calibrate",
    "certify_precision",
    "compare_policies",
    "deduplicate",
    "evaluate",
    "fit_policy",
    "label_budget",
    "load_encoder",
    "load_pairs",
    "match",
    "plan_labels",
    "score_pairs",
    "suggest_policy",
]

_HOME: Final = {
    "Certificate": "certificates.certificate",
    "Policy": "policies.policy",
    "SequentialCertifier": "certificates.sequential",
    "calibrate": "calibrate",
    "certify_precision": "certificates.certify",
    "compare_policies": "comparison.compare_policies",
    "deduplicate": "corpus.dedup",
    "evaluate": "evaluation.evaluate_policy",
    "fit_policy": "calibrate",
    "label_budget": "labels.budget",
    "load_encoder": "encoding",
    "load_pairs": "pairs",
    "match": "corpus.match",
    "plan_labels": "labels.plan",
    "score_pairs": "scoring.score_pairs",
    "suggest_policy": "costs.suggest_policy",
}


def __getattr__(name: str) -> Any:
    """Import a public name from its module on first use."""
    if name == "__version__":
        return _version()
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"calibration.{_HOME[name]}"), name)


def _version() -> str:
    """The version of the installed package, as pyproject.toml has it; `unknown` where none is installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("simtier")
    except PackageNotFoundError:
        return "unknown"


def __dir__() -> list[str]:
    return sorted(__all__)
