"""How often labels were fitted with different settings: selection that a certificate does not account for.

Every calibration of stored datasets is an event of the audit log under the content hash of each of them, with a
digest of what was asked. Saved policies count too, so that fits from before events were kept do. A fit that asks
the same again gives the same thresholds and is no further look. An edited or filtered copy has another hash and
counts as other labels, so what is counted is the least there was.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import or_, select

from calibration.certificates.sampling import DRAWN, FITS, LIVE_PREVALENCE
from calibration.policies.policy import Policy
from calibration.store.audit import record
from calibration.store.database import Database
from calibration.store.policies.records import PolicySource
from calibration.store.schema import audit_events, policies

KIND: Final = "labels"
ACTION: Final = "fit"
_SAID: Final = (DRAWN, LIVE_PREVALENCE, FITS)
"""Settings that say something of the labels and move no threshold."""


class FitLog:
    """The fits of a store, by the content of the labels that they used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, policy: Policy, sources: Sequence[PolicySource], *, actor: str = "") -> None:
        """Record that `policy` was fitted on `sources`, saved or not; the same ask again adds nothing."""
        asked, now = asked_of(policy), self._database.clock()
        with self._database.write("audit") as connection:
            for source in sources:
                mine = (audit_events.c.kind == KIND) & (audit_events.c.key == source.content_hash)
                known = connection.execute(select(audit_events.c.detail).where(mine)).scalars()
                if all(json.loads(detail).get("asked") != asked for detail in known):
                    detail: dict[str, object] = {"asked": asked, "name": source.name, "version": source.version}
                    record(connection, now, ACTION, KIND, source.content_hash, actor=actor, detail=detail)

    def count(self, policy: Policy, sources: Sequence[PolicySource]) -> int:
        """How many different fits, `policy`'s included, have used labels of any of the `sources`; 1 or more."""
        hashes = sorted({source.content_hash for source in sources})
        if not hashes:
            return 1
        based = or_(*(policies.c.basis.contains(found) for found in hashes))
        logged = (audit_events.c.kind == KIND) & audit_events.c.key.in_(hashes)
        with self._database.read() as connection:
            details = connection.execute(select(audit_events.c.detail).where(logged)).scalars().all()
            documents = connection.execute(select(policies.c.document).where(based)).scalars().all()
        saved = [document for document in map(json.loads, documents) if _certifies(document)]
        asked = {json.loads(detail)["asked"] for detail in details} | {_digest(document) for document in saved}
        return len(asked | {asked_of(policy)})


def asked_of(policy: Policy) -> str:
    """A digest, 16 hex digits, of what a fit was asked and how its scores were made.

    >>> asked_of(Policy({}, settings={"fpr": 0.1, "drawn": "mined"})) == asked_of(Policy({}, settings={"fpr": 0.1}))
    True
    """
    return _digest(policy.to_json())


def _digest(document: Mapping[str, Any]) -> str:
    settings = {name: value for name, value in document["settings"].items() if name not in _SAID}
    fingerprint = document["model"]["fingerprint"]
    asked = json.dumps([settings, fingerprint, document["scoring"]], sort_keys=True, allow_nan=False, default=str)
    return hashlib.sha256(asked.encode()).hexdigest()[:16]


def _certifies(document: Mapping[str, Any]) -> bool:
    """Whether it came of a calibration; the cheapest thresholds promise nothing that looking could spoil."""
    return any(domain.get("certificates") for domain in document["domains"].values())
