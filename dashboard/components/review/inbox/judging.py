"""Cases that came without a score, judged by the policy in use as soon as there is a model: from files, say."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Final

import streamlit as st

from calibration.decide import published_tier, scoring_options, tier_between
from calibration.encoding import Encoder
from calibration.policies.policy import Policy
from calibration.policies.tiers import PUBLISHED
from calibration.scoring.score_pairs import ScoringOptions, score_texts
from calibration.store import BadCase, StoredPolicy
from calibration.store.bad_cases.records import Judgement
from dashboard import resources, state
from dashboard.components.frame import progress
from dashboard.components.shared.saved_policies import fits_model
from dashboard.i18n import tn
from dashboard.jobs.queue import Progress
from dashboard.model import READY

AT_ONCE: Final = 64


def judge_new() -> None:
    """Judge what nobody has judged yet, as a job that is followed here; nothing without a model."""
    waiting = resources.store().bad_cases.unjudged()
    ids = tuple(case.id for case in waiting)
    if waiting and resources.model().status == READY and state.get(state.JUDGED_FOR) != ids:
        state.put(state.JUDGED_FOR, ids)  # once: what cannot be judged is not tried without end
        progress.remember(state.JUDGE_CASES_JOB, start(waiting))
    if progress.recall(state.JUDGE_CASES_JOB) is None:
        return
    words = tn("Judging {count} new case", "Judging {count} new cases", len(waiting))
    if progress.follow(state.JUDGE_CASES_JOB, words) is not None:
        progress.forget(state.JUDGE_CASES_JOB)
        st.rerun()


def start(cases: Sequence[BadCase]) -> str:
    """Queue the judging; returns the job's id."""
    encoder, store, current = resources.encoder(), resources.store(), resources.store().policies.current()
    stored = current if current is not None and fits_model(current.policy) else None

    def work(progress: Progress, cancel: threading.Event) -> int:
        done = 0
        for begin in range(0, len(cases), AT_ONCE):
            if cancel.is_set():
                break
            part = cases[begin : begin + AT_ONCE]
            done += store.bad_cases.judge(judgements(part, stored, encoder))
            progress(begin + len(part), len(cases))
        return done

    ids = (cases[0].id, cases[-1].id, len(cases))
    return resources.jobs().submit(f"judge cases {ids} {stored and stored.id}", work)


def judgements(cases: Sequence[BadCase], stored: StoredPolicy | None, encoder: Encoder) -> list[Judgement]:
    """Score and tier of each case, by the policy where it knows the domain, else by the published thresholds."""
    policy = None if stored is None else stored.policy
    options = ScoringOptions() if policy is None else scoring_options(policy)
    return [_judgement(case, policy, stored, encoder, options) for case in cases]


def _judgement(
    case: BadCase, policy: Policy | None, stored: StoredPolicy | None, encoder: Encoder, options: ScoringOptions
) -> Judgement:
    text = score_texts(case.text_a, [case.text_b], encoder, options)[0]
    known = policy is not None and stored is not None and case.domain in policy.domains
    tier = tier_between(policy, text, case.domain) if policy is not None and known else published_tier(text.score)
    thresholds = dict(policy.domain(case.domain).thresholds if policy is not None and known else PUBLISHED)
    return Judgement(
        case.id,
        max(-1.0, min(1.0, float(text.score))),
        tier,
        thresholds,
        stored.id if stored is not None and known else None,
        encoder.fingerprint,
        bool(text.cut_source or text.cut_target),
    )
