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
    from calibration.certificate import Certificate
    from calibration.certify import certify_precision
    from calibration.encoding import load_encoder
    from calibration.pairs import load_pairs
    from calibration.pipeline import fit_policy
    from calibration.policy import Policy
    from calibration.score import score_pairs

__all__ = [
    "Certificate",
    "Policy",
    "certify_precision",
    "fit_policy",
    "load_encoder",
    "load_pairs",
    "score_pairs",
]

_HOME: Final = {
    "Certificate": "certificate",
    "Policy": "policy",
    "certify_precision": "certify",
    "fit_policy": "pipeline",
    "load_encoder": "encoding",
    "load_pairs": "pairs",
    "score_pairs": "score",
}


def __getattr__(name: str) -> Any:
    """Import a public name from its module on first use."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"calibration.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
