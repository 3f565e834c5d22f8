"""What the finished batches of a session prove so far, and the way of its labels into a dataset."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from calibration.certificates.certificate import CERTIFIED, NOT_CERTIFIABLE
from calibration.certificates.sampling_design import RANDOM_LIVE
from calibration.certificates.sequential import SequentialCertifier
from calibration.columns import BINARY, SCORE, UNRELATED, shown_tier
from calibration.stats.formatting import asked_percent
from calibration.stats.threshold_counts import mirrored
from calibration.store import uploaded
from calibration.store.sessions.records import LabellingSession, SessionProgress
from dashboard import resources, state
from dashboard.actor import actor
from dashboard.components.frame.guard import guarded
from dashboard.components.frame.notices import attempting, say
from dashboard.components.label.session_tiers import certifiers
from dashboard.components.shared.tiers import badge, threshold
from dashboard.i18n import escaped, t, tn

TARGET: int = 90


def show(session: LabellingSession, progress: SessionProgress) -> None:
    """One sentence a domain, and the button that keeps the labels."""
    if not progress.finished:
        size = progress.batches[0].size if progress.batches else 0
        st.caption(
            t("After the first {count} labels, this page shows what they prove.", count=size),
        )
        return
    target = int(state.get(state.PRECISION) or TARGET)
    rows = resources.store().sessions.frame(session.id, 0, progress.finished)
    with st.container(border=True, key="session_proof"):
        st.markdown(
            t(
                "**What these labels prove so far**, for a target of {target}. Look as often as you like and "
                "stop at any time: the promise still holds.",
                target=asked_percent(target / 100),
            )
        )
        for domain in session.sampling:
            with guarded():
                found = certifiers(session, rows, domain, target / 100)
                st.markdown("\n".join(_lines(domain, found, session.kind == BINARY)))
        _keep(session, progress)


def _lines(domain: str, found: Mapping[str, SequentialCertifier], binary: bool) -> list[str]:
    """A heading for the domain, and a line for each of its tiers."""
    labelled = tn("{count} label", "{count} labels", max(one.n for one in found.values()))
    lines = [f"- **{escaped(domain)}** ({labelled})"]
    return lines + [f"    - {_sentence(tier, one, badge(shown_tier(tier, binary)))}" for tier, one in found.items()]


def _sentence(tier: str, found: SequentialCertifier, word: str) -> str:
    """Where a tier is: certified from a score, so many labels away, or out of reach."""
    given, below = found.certificate, tier == UNRELATED
    if given.status == CERTIFIED:
        facts = {
            "tier": word,
            "threshold": threshold(mirrored(given.threshold) if below else given.threshold),
            "wrong": f"{given.false_positives:,}",
            "n": f"{given.n_above:,}",
        }
        if below:
            return t(
                ":green[:material/verified:] {tier} below {threshold}, certified; {wrong} of the {n} labels there "
                "are wrong.",
                **facts,
            )
        return t(
            ":green[:material/verified:] {tier} from {threshold} on, certified; {wrong} of the {n} labels there "
            "are wrong.",
            **facts,
        )
    if given.status == NOT_CERTIFIABLE:
        return t(":red[:material/block:] {tier}: out of reach.", tier=word)
    ahead = found.next_draw(everywhere=below)
    if ahead is None:
        return t(":orange[:material/hourglass_empty:] {tier}: not provable yet.", tier=word)
    more = f"{ahead.labels:,}"
    if below:
        return t(
            ":orange[:material/hourglass_empty:] {tier}: not provable yet. About {labels} more labels drawn from "
            "all pairs would do, for what is below {threshold}.",
            tier=word,
            labels=more,
            threshold=threshold(mirrored(ahead.threshold)),
        )
    return t(
        ":orange[:material/hourglass_empty:] {tier}: not provable yet. About {labels} more labels at {threshold} "
        "or above would do; they are found among about {pairs} live pairs.",
        tier=word,
        labels=more,
        threshold=threshold(ahead.threshold),
        pairs=f"{ahead.live_pairs:,}",
    )


def _keep(session: LabellingSession, progress: SessionProgress) -> None:
    """The button that makes a dataset of the finished batches, or adds those finished since."""
    new = progress.finished - session.added
    if new <= 0:
        st.caption(t("The finished batches are in your data."))
        return
    count = sum(batch.size for batch in progress.batches[session.added : progress.finished])
    st.button(
        tn("Add this label to your data", "Add these {count} labels to your data", count),
        key="session_keep",
        icon=":material/library_add:",
        on_click=keep,
        args=(session, progress.finished),
    )


@attempting
def keep(session: LabellingSession, finished: int) -> None:
    """Put the finished batches into the session's dataset, as a callback."""
    store = resources.store()
    now = store.sessions.get(session.id)
    there = now.dataset_id if now.dataset_id in {one.id for one in store.datasets.list()} else None
    rows = store.sessions.frame(session.id, now.added if there is not None else 0, finished)
    origins = uploaded(f"{session.name}#{session.id}", [int(place) + 1 for place in rows["position"]])
    frame, source = rows.drop(columns=["position", SCORE]), t("Label page")
    if there is not None:
        dataset = store.datasets.append(there, frame, source=source, origins=origins, actor=actor())
    else:
        name = store.datasets.free_name(session.name)
        drawn = {"source": source, "drawn": RANDOM_LIVE, "actor": actor()}
        dataset = store.datasets.add(name, frame, origins=origins, **drawn)
    store.sessions.note_added(session.id, dataset.id, finished, actor=actor())
    name = escaped(dataset.name)
    say(tn("Added {count} label to “{name}”.", "Added {count} labels to “{name}”.", len(frame), name=name))
