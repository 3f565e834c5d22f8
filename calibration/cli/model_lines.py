"""What `models` prints: a line a model in the list, a line a fact of one model."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from calibration.cli.terminal import padded, say
from calibration.errors import N_
from calibration.messages.catalogues import explain_words, from_environment
from calibration.stats.formatting import size

if TYPE_CHECKING:
    from calibration.encoding.describe import ModelFacts
    from calibration.encoding.speed import Speed


def columns(mark: str, name: str, dim: str, tokens: str, pooling: str, hub_id: str) -> str:
    """A line of the list of models."""
    sizes = padded(dim, 5, right=True) + padded(tokens, 10, right=True)
    return f"{mark:<2}{padded(name, 24)}{sizes}  {padded(pooling, 10)}{hub_id}"


def thresholds_beside(thresholds: dict[str, float]) -> str:
    """The published thresholds at the end of such a line, where a model has any."""
    if not thresholds:
        return ""
    return "  " + say(N_("published thresholds {thresholds}"), thresholds=_thresholds(thresholds))


def fact_rows(found: ModelFacts) -> dict[str, Any]:
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
        **_batch(found),
        N_("arithmetic"): _arithmetic(found),
        N_("weights"): size(found.weight_bytes),
    } | _processor(found)


def speed_rows(found: Speed) -> dict[str, Any]:
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


def _batch(found: ModelFacts) -> dict[str, Any]:
    return {} if found.batch is None else {N_("batch size"): explain_words(found.batch.words, from_environment())}


def _arithmetic(found: ModelFacts) -> str:
    runs = f"{found.compute} ({found.arithmetic}, {found.engine})"
    if found.fidelity is None:
        return runs
    near = found.fidelity
    return say(
        N_(
            "{compute}; cosine to full {mean} on average, {least} at least, score shift at most {shift} ({texts} "
            "texts); {ratio} times as fast as full for short texts"
        ),
        compute=runs,
        ratio=f"{found.ratio:.1f}",
        mean=f"{near.mean:.5f}",
        least=f"{near.least:.5f}",
        shift=f"{near.shift:.5f}",
        texts=near.texts,
    )


def _processor(found: ModelFacts) -> dict[str, Any]:
    """What this processor computes fastest, and why a model that runs on it runs by PyTorch."""
    has = ", ".join(found.instructions) or "-"
    rows = {
        N_("processor"): say(
            N_("{fastest} at --compute fast; it has {instructions}"), fastest=found.fastest, instructions=has
        )
    }
    if found.no_graph is not None:
        rows[N_("not by OpenVINO")] = explain_words(found.no_graph, from_environment())
    return rows


def published_row(thresholds: dict[str, float]) -> dict[str, Any]:
    """The thresholds that a model was published with, by the message that names them; nothing without any."""
    if not thresholds:
        return {}
    own = N_("{thresholds} (not calibrated on your data: fit your own)")
    return {N_("published"): say(own, thresholds=_thresholds(thresholds))}


def _thresholds(thresholds: dict[str, float]) -> str:
    return " / ".join(f"{value:.2f}" for value in thresholds.values())


def fact_lines(title: str, rows: dict[str, Any], card: Mapping[str, Any] = MappingProxyType({})) -> str:
    """A line a fact; `card` is what the publisher of the model reports."""
    named = {say(name): value for name, value in rows.items()} | dict(card)
    return "\n".join([title, *(f"  {padded(name, 20)}{value}" for name, value in named.items())])
