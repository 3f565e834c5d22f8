"""Options for the model, the device and how texts are scored."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING, Final

from calibration.cli.progress import SCORING, progress_bar
from calibration.settings import COMPUTES, DATA_DIR_VARIABLE, default_model
from calibration.text.cleaning import CleaningOptions

if TYPE_CHECKING:
    import pandas as pd

    from calibration.encoding import Encoder
    from calibration.policies.policy import Policy
    from calibration.scoring.score_pairs import ScoringOptions

LOCAL: Final = "local"
RAY: Final = "ray"
ARITHMETIC: Final = "arithmetic of the model: full, or fast (default: SIMTIER_COMPUTE, else full)"
SEGMENTS: Final = ("none", "max", "mean")


def add_model(parser: argparse.ArgumentParser) -> None:
    """The model, where and how exactly it computes, and what texts go through before it."""
    option, default = parser.add_argument, default_model()
    option("--model", default=default, help="name, folder, hub id, or a server: http://host/v1#name (%(default)s)")
    option("--device", default="auto", help="auto, cpu, cuda, mps (default %(default)s)")
    option("--compute", choices=COMPUTES, help=ARITHMETIC)
    option(
        "--data-dir",
        help="folder of cache and unpacked models (default: SIMTIER_DATA_DIR, else your user data folder)",
    )
    option("--segments", choices=SEGMENTS, default="none", help="compare long texts by segments")
    option("--map-punctuation", action="store_true", help="Chinese punctuation to ASCII first")


def add_engine(parser: argparse.ArgumentParser) -> None:
    """What says where texts are encoded."""
    option = parser.add_argument
    option("--engine", choices=(LOCAL, RAY), default=LOCAL, help="work here, or on a Ray cluster")
    option(
        "--address",
        help="address of the Ray cluster, for example auto or ray://host:10001 (default: a new local one)",
    )
    option("--actors", type=int, metavar="N", help="workers at most (default: one a core)")


def scoring_options(options: argparse.Namespace) -> ScoringOptions:
    """How texts are to be cleaned and compared."""
    from calibration.scoring.score_pairs import ScoringOptions

    return ScoringOptions(CleaningOptions(map_punctuation=options.map_punctuation), options.segments)


def chosen_encoder(options: argparse.Namespace) -> Encoder:
    """The model that the options name, loaded."""
    from calibration.encoding import load_encoder

    if options.data_dir:
        os.environ[DATA_DIR_VARIABLE] = options.data_dir
    load = {"model": options.model, "device": options.device, "compute": options.compute}
    encoder = load_encoder(**load)
    if getattr(options, "engine", LOCAL) == RAY:
        from calibration.encoding.on_ray import on_ray

        return on_ray(encoder, load, options.address, options.actors)
    return encoder


def scored(pairs: pd.DataFrame, encoder: Encoder, scoring: ScoringOptions) -> pd.DataFrame:
    """The pairs with their similarity, behind a progress bar."""
    from calibration.scoring.score_pairs import score_pairs

    with progress_bar(SCORING) as progress:
        return score_pairs(pairs, encoder, scoring, progress=progress)


def scored_for(policy: Policy, pairs: pd.DataFrame, options: argparse.Namespace) -> pd.DataFrame:
    """The pairs as the policy's own model and cleaning score them; raises PolicyUnbound and ModelMismatch."""
    check_bound(policy)
    from calibration.decide import scoring_options as scoring_of

    scoring, encoder = scoring_of(policy), chosen_encoder(options)
    policy.check_model(encoder.fingerprint, scoring.cleaning.key())
    return scored(pairs, encoder, scoring)


def check_bound(policy: Policy) -> None:
    """Raise PolicyUnbound, before any model is loaded, where a policy is bound to none."""
    if policy.fingerprint is None:
        policy.check_model("", "")
