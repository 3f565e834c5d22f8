"""Every key of a session, once, with its type. Pages read and write sessions through this module only.

Widget keys are constants, so that callbacks, tests and pages agree on them. Values that must outlive a page
switch are plain keys or widgets with `persist_state="session"`.
"""

from __future__ import annotations

import functools
from typing import Any, Final, TypeVar

import streamlit as st

from calibration.messages.catalogues import LOCALES, negotiate
from dashboard.callbacks import touch

Value = TypeVar("Value")

LANGUAGE: Final = "lang"
ACTOR: Final = "actor"
VISITOR: Final = "visitor"
ACTOR_CHANGED: Final = "actor_changed"
PRESENT: Final = "present"
SLIDES: Final = "slides"
TOUR: Final = "tour"
TOUR_ENDED: Final = "tour_ended"

LIVE_SOURCE: Final = "live_source"
LIVE_TARGETS: Final = "live_targets"
LIVE_DOMAIN: Final = "live_domain"
LIVE_POLICY: Final = "live_policy"
LIVE_POLICY_SEEN: Final = "live_policy_seen"
LIVE_SEGMENTS: Final = "live_segments"
LIVE_PUNCTUATION: Final = "live_punctuation"
LIVE_SORT: Final = "live_sort"
LIVE_PAGE: Final = "live_page"
LIVE_LINKED: Final = "live_linked"
LIVE_HISTORY: Final = "live_history"
LIVE_HISTORY_KNOWN: Final = "live_history_known"
LIVE_REMEMBERED: Final = "live_remembered"
LIVE_BROWSER: Final = "live_browser"
LIVE_PICKED: Final = "live_picked"
LIVE_ONE: Final = "live_one"
LIVE_BESIDE: Final = "live_beside"

UNSAVED: Final = "unsaved"
UPLOADERS: Final = "uploaders"

DATASETS: Final = "datasets"
DATASET: Final = "dataset"
DATASET_SEEN: Final = "dataset_seen"
SECTION: Final = "section"
ROWS_DOMAIN: Final = "rows_domain"
ROWS_LABEL: Final = "rows_label"
ROWS_PURPOSE: Final = "rows_purpose"
ROWS_TEXT: Final = "rows_q"
ROWS_PAGE: Final = "rows_page"
ROWS_ROUND: Final = "rows_round"
ROWS_EDITION: Final = "rows_edition"
HISTORY_PAGE: Final = "history_page"
SAMPLE_SIZE: Final = "sample_size"
SECOND_ROW: Final = "second_row"
LABELLER: Final = "labeller"
QUEUE_PAGE: Final = "queue_page"
SEGMENTS: Final = "segments"
PUNCTUATION: Final = "punctuation"

OVERVIEW_JOB: Final = "overviewing"
SCORE_JOB: Final = "scoring"
DOMAIN: Final = "domain"
LABEL_KIND: Final = "label_kind"
PAIRS_PAGE: Final = "pairs_page"

FIT_JOB: Final = "calibrating"
PREVIEW_JOB: Final = "previewing"
PREVIEWED: Final = "previewed"
TARGET: Final = "target"
PRECISION: Final = "precision"
RATE: Final = "rate"
CLUSTERED: Final = "clustered"
CONFIDENCE: Final = "confidence"
METHOD: Final = "method"
CLAIM: Final = "claim"
POLICY_NAME: Final = "policy_name"
DRAWN: Final = "drawn"
DRAWN_SAID: Final = "drawn_said"
KNOWN_SHARE: Final = "known_share"

QUALITY_JOB: Final = "judging"
QUALITY_DOMAIN: Final = "quality_domain"

ABLATION_JOB: Final = "ablating"
ABLATION_DOMAIN: Final = "ablation_domain"
ABLATION_CHOICE: Final = "ablation_choice"

COST_JOB: Final = "costing"
COST_DOMAIN: Final = "cost_domain"
COST_WHOLE: Final = "cost_whole"
COST_BEGIN: Final = "cost_begin"
COST_EDITION: Final = "cost_edition"

DOCUMENT: Final = "document"
SPEED_JOB: Final = "speed"
MODEL_NAME: Final = "model_name"
MODEL_FOLDER: Final = "model_folder"
MODEL_COMPUTE: Final = "model_compute"

ANSWERS: Final = "answer_queues"
SESSION: Final = "session"
SESSION_BEGUN: Final = "session_begun"
SESSION_KIND: Final = "session_kind"
SESSION_OVERLAP: Final = "session_overlap"
SESSION_BATCH: Final = "session_batch"

ADVICE_JOB: Final = "advising"
POOL_JOB: Final = "pool"
PLAN_SOURCE: Final = "plan_source"
PLAN_COUNT: Final = "plan_count"
PLAN_SHARE: Final = "plan_share"
PLAN_SEED: Final = "plan_seed"
REVIEW_JOB: Final = "reviewing"
VERSIONS_JOB: Final = "versions"
VERSION_A: Final = "version_a"
VERSION_B: Final = "version_b"
CHANGED_PAGE: Final = "changed_page"
DRIFT_JOB: Final = "drift"
DRIFT_SOURCE: Final = "drift_source"
DRIFT_DAYS: Final = "drift_days"

GATE_JOB: Final = "gate"
GATE_FOR: Final = "gate_for"
GATE_REASON: Final = "gate_reason"
GATE_UNSAID: Final = "gate_unsaid"
GATE_PAGE: Final = "gate_page"
DIFF_JOB: Final = "diff"
DIFF_A: Final = "diff_a"
DIFF_B: Final = "diff_b"
POLICIES_PAGE: Final = "policies_page"

CASE_STATUS: Final = "status"
CASE_DOMAIN: Final = "case_domain"
CASE_EXPECTED: Final = "expected"
CASE_CONFLICT: Final = "conflict"
CASE_TEXT: Final = "q"
CASE_TAG: Final = "tag"
CASE_SOURCE: Final = "case_source"
CASE_REPORTER: Final = "reporter"
CASE_POLICY: Final = "case_policy"
CASE_FROM: Final = "score_from"
CASE_TO: Final = "score_to"
CASE_SINCE: Final = "since"
CASE_UNTIL: Final = "until"
CASE_ORDER: Final = "order"
JUDGED_FOR: Final = "judged_for"
JUDGE_CASES_JOB: Final = "judging_cases"
FIND_JOB: Final = "finding"
FIND_POLICY: Final = "find_policy"
FIND_REFIT: Final = "find_refit"
FIND_DOMAIN: Final = "find_domain"
FIND_SIDE: Final = "find_side"
FIND_ORDER: Final = "find_order"
FIND_PAGE: Final = "find_page"
PATTERNS_DOMAIN: Final = "patterns_domain"
TRIAGE_SOURCE: Final = "triage_source"
CASE_PAGE: Final = "page"
CASE_TABLE: Final = "cases_table"

DEDUP_JOB: Final = "deduplicating"
DEDUP_COLUMN: Final = "dedup_column"
DEDUP_KEEP: Final = "dedup_keep"
DEDUP_PAGE: Final = "dedup_page"
DEDUP_WHICH: Final = "dedup_which"
DEDUP_ORDER: Final = "dedup_order"
FAQ: Final = "faq"
FAQ_QUESTION: Final = "faq_question"
FAQ_ANSWER: Final = "faq_answer"
FAQ_KEY: Final = "faq_key"
FAQ_DOMAIN: Final = "faq_domain"
FAQ_PAGE: Final = "faq_page"
FAQ_JOB: Final = "faq_certifying"
FAQ_PRECISION: Final = "faq_precision"
FAQ_QUERY: Final = "faq_query_column"
FAQ_EXPECTED: Final = "faq_expected_column"
UNANSWERED_JOB: Final = "clustering"
UNANSWERED_PAGE: Final = "unanswered_page"
EFFECT_JOB: Final = "effect"
EFFECT_VERSION: Final = "effect_version"
MATCH_JOB: Final = "matching"
MATCH_QUESTION: Final = "match_question"
MATCH_KEY: Final = "match_key"
MATCH_COLUMN: Final = "match_column"
MATCH_EXPECTED: Final = "match_expected"
MATCH_K: Final = "match_k"
MATCH_MARGIN: Final = "match_margin"
MATCH_QUERY: Final = "match_query"
MATCH_WHICH: Final = "match_which"
MATCH_PAGE: Final = "match_page"


def tab(view: str) -> str:
    """Key of the chosen tab of a page."""
    return f"tab_{view}"


def saving(quantity: str) -> str:
    """Key of the input of what checks and mistakes cost."""
    return f"saving_{quantity}"


def volume(domain: str) -> str:
    """Key of the input of a domain's pairs a month."""
    return f"volume_{domain}"


def threshold(domain: str, tier: str) -> str:
    """Key of the slider of a tier's threshold in a domain."""
    return f"threshold_{domain}_{tier}"


def bar(domain: str, kind: str) -> str:
    """Key of the bar looked at in the histogram of a domain's labels of a kind."""
    return f"bar_{domain}_{kind}"


def in_use(domain: str, tier: str) -> str:
    """Key of the switch that says whether a tier is used in a domain."""
    return f"in_use_{domain}_{tier}"


def cost(quantity: str) -> str:
    """Key of the input of a cost quantity."""
    return f"cost_{quantity}"


def cost_matrix(kind: str) -> str:
    """Key of the table of costs for a kind of label, as rows of numbers."""
    return f"cost_matrix_{kind}"


def live_share(domain: str, counted: str = "") -> str:
    """Key of the live share of a domain's positives; `counted` is what it begins with."""
    return f"live_share_{counted}_{domain}"


def cost_base(kind: str) -> str:
    """Key of the table of costs that its editor began with."""
    return f"cost_base_{kind}"


def locale() -> str:
    """The session's locale: the switch if it was used, else what the browser asks for."""
    chosen = st.session_state.get(LANGUAGE)
    return str(chosen) if chosen in LOCALES else browser_locale()


def browser_locale() -> str:
    """The browser's own locale, as one that we have."""
    return negotiate(st.context.locale)


def time_zone() -> str | None:
    """The browser's time zone by its IANA name, where it says one."""
    return st.context.timezone


def dark() -> bool:
    """Whether the reader has the dark look."""
    return st.context.theme.type == "dark"


def get(key: str, default: Any = None) -> Any:
    """A session value, or `default`."""
    return touch(lambda: st.session_state.get(key, default))


def put(key: str, value: Any) -> None:
    """Set a session value; for a widget's key only before the widget, or in a callback."""
    touch(lambda: st.session_state.__setitem__(key, value))


def keep(key: str, first: Value) -> Value:
    """A session value, which is `first` from now on where there was none."""
    value: Value = touch(lambda: st.session_state.setdefault(key, first))
    return value


def work_with(dataset: str) -> None:
    """Add a dataset to those that this session works with: who saves pairs goes on with them."""
    chosen = get(DATASETS)
    if chosen is not None and dataset not in chosen:
        put(DATASETS, [dataset, *chosen])


def drop(*keys: str) -> None:
    """Forget session values; unknown keys do no harm."""
    for key in keys:
        touch(functools.partial(st.session_state.pop, key, None))
