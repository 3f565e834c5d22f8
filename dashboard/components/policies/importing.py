"""Policies from files: checked as a whole, then saved as drafts; and the schema that they follow."""

from __future__ import annotations

import json

import streamlit as st
from streamlit.typing import UploadedFile

from calibration.errors import N_, PolicyInvalid
from calibration.policies.policy import Policy
from calibration.policies.schema import policy_schema
from dashboard import resources, state
from dashboard.actor import actor
from dashboard.components.frame import unsaved
from dashboard.components.frame.guard import guarded
from dashboard.components.frame.notices import attempting, say
from dashboard.components.shared.uploads import speak_here
from dashboard.i18n import escaped, t

LIMIT_MB = 20
FILE = "policy_file"
SAVED = "policy_file_saved"


def files() -> None:
    """Bring a policy from a file, and take the schema away."""
    speak_here(LIMIT_MB)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        dropped = st.file_uploader(
            t("Policy file (JSON)"), ["json"], key=FILE, max_upload_size=LIMIT_MB,
            on_change=unsaved.changed, args=(unsaved.POLICY, FILE),
        )  # fmt: skip
        st.download_button(
            t("Download JSON Schema"),
            lambda: json.dumps(policy_schema(), ensure_ascii=False, indent=2) + "\n",
            "policy.schema.json",
            "application/schema+json",
            key="schema_download",
            icon=":material/schema:",
            on_click="ignore",
        )
    file = unsaved.only(unsaved.POLICY, dropped)
    if file is None:
        return
    with guarded():
        policy = parse(file.getvalue(), file.name)
        if state.get(SAVED) != file.file_id:
            unsaved.note(unsaved.POLICY, file)
            unsaved.mark(unsaved.POLICY, file)
        names = t(", ").join(map(escaped, list(policy.domains)[:20]))
        st.markdown(t("“{name}” with thresholds for: {domains}", name=escaped(policy.name), domains=names))
        st.button(
            t("Save as a draft"),
            key="policy_import",
            type="primary",
            icon=":material/save:",
            on_click=_save,
            args=(policy, file),
        )


def parse(content: bytes, name: str) -> Policy:
    """The policy in a file.

    :raises PolicyInvalid: it is none.
    """
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise PolicyInvalid(name, "file", N_("JSON in UTF-8"), str(error)) from error
    return Policy.from_json(data, name)


@attempting
def _save(policy: Policy, file: UploadedFile) -> None:
    """Keep an imported policy, as a callback."""
    note = t("imported from {file}", file=file.name)
    stored = resources.store().policies.save(policy, note, actor=actor())
    state.put(SAVED, file.file_id)
    unsaved.forget(unsaved.POLICY, file.file_id)
    say(t("Saved “{name}” v{version}.", name=escaped(stored.name), version=stored.version))
