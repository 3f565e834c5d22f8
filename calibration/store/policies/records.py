"""Policies and publications as plain data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from calibration.policies.policy import Policy

KIND: Final = "policy"

DRAFT: Final = "draft"
PUBLISHED: Final = "published"
RETIRED: Final = "retired"
WITHDRAWN: Final = "withdrawn"
STATUSES: Final = (DRAFT, PUBLISHED, RETIRED, WITHDRAWN)
"""draft: saved only; published: in use; retired: replaced by another version; withdrawn: rolled back."""

PUBLISH: Final = "publish"
OVERRIDE: Final = "override"
ROLLBACK: Final = "rollback"
REINSTATE: Final = "reinstate"
ACTIONS: Final = (PUBLISH, OVERRIDE, ROLLBACK, REINSTATE)
"""publish: the gate was passed; override: it was not, and a reason was given; rollback: back to what was in use
before; reinstate: a rollback was taken back."""


@dataclass(frozen=True)
class PolicySource:
    """A dataset that a policy was fitted on, as it was then."""

    dataset_id: int
    name: str
    version: int
    content_hash: str
    rows: int


@dataclass(frozen=True)
class StoredPolicy:
    """A saved version of a policy. Times are UTC.

    `id` and `version` are those of the policy itself; `publication` counts publications over all names, None
    where it never was published. `basis` is JSON: see `sources`. `edits` counts the changes of its note.
    """

    id: str
    name: str
    version: int
    status: str
    note: str
    document: str
    created_at: datetime
    published_at: datetime | None
    publication: int | None
    saved_by: str = ""
    basis: str = "[]"
    edits: int = 0

    @cached_property
    def policy(self) -> Policy:
        """The policy, read from `document` on first use, so that listing needs no reading.

        :raises PolicyInvalid: the document is of a schema that this version does not know.
        """
        return Policy.from_json(json.loads(self.document), f"{self.name} v{self.version}")

    @cached_property
    def sources(self) -> tuple[PolicySource, ...]:
        """The datasets that it was fitted on; empty where that is not known."""
        return tuple(PolicySource(**entry) for entry in json.loads(self.basis))


@dataclass(frozen=True)
class Publication:
    """At `at` (UTC) `actor` put `policy_id` in use in place of `replaced` (None: nothing was in use).

    action: one of ACTIONS. reason: why the gate was overridden. gate: what it found (`GateResult.to_json`), None
    where there was nothing to pass.
    """

    id: int
    at: datetime
    actor: str
    action: str
    policy_id: str
    name: str
    version: int
    replaced: str | None
    reason: str
    gate: dict[str, Any] | None
