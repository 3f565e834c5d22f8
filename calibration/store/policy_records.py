"""What the store says about a policy."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

from calibration.policy import Policy

KIND: Final = "policy"

DRAFT: Final = "draft"
PUBLISHED: Final = "published"
RETIRED: Final = "retired"
WITHDRAWN: Final = "withdrawn"
STATUSES: Final = (DRAFT, PUBLISHED, RETIRED, WITHDRAWN)
"""draft: saved only; published: in force; retired: replaced by another version; withdrawn: rolled back."""


@dataclass(frozen=True)
class StoredPolicy:
    """A saved version of a policy. Times are UTC.

    `id` and `version` are those of the policy itself; `publication` counts publications over all names, None
    where it never was published.
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

    @cached_property
    def policy(self) -> Policy:
        """The policy, read from `document` on first use, so that listing needs no reading.

        :raises PolicyInvalid: the document is of a schema that this version does not know.
        """
        return Policy.from_json(json.loads(self.document), f"{self.name} v{self.version}")
