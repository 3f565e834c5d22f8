"""Write policies: versions of a name, at most one of them published, rolled back in one step."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, replace

from sqlalchemy import insert

from calibration.errors import N_, Conflict, GateClosed, NotFound
from calibration.policies.gate_result import GateResult
from calibration.policies.policy import Policy
from calibration.store.audit import record
from calibration.store.datasets.records import checked_name
from calibration.store.policies.read import PolicyQueries
from calibration.store.policies.records import (
    DRAFT,
    KIND,
    OVERRIDE,
    PUBLISH,
    REINSTATE,
    RETIRED,
    ROLLBACK,
    WITHDRAWN,
    PolicySource,
    StoredPolicy,
)
from calibration.store.policies.sql import (
    change_note,
    find,
    in_force,
    next_version,
    put_in_force,
    read,
    read_one,
    read_publications,
    write_publication,
)
from calibration.store.rows import check_text
from calibration.store.schema import policies


class PolicyRepository(PolicyQueries):
    """The policies of a store."""

    def save(
        self, policy: Policy, note: str = "", *, sources: Sequence[PolicySource] = (), actor: str = ""
    ) -> StoredPolicy:
        """Save `policy` as the next version of its name, as a draft; `sources` are the datasets it was fitted on.

        The stored policy carries that version, and a new id where its own is empty or taken.

        :raises BadArgument: its name is blank or too long.
        :raises PolicyInvalid: what could not be read again, such as thresholds out of order.
        """
        name = checked_name(policy.name)
        for field, text in (("id", policy.id), ("note", note), ("actor", actor)):
            check_text(field, text)
        basis = json.dumps([asdict(source) for source in sources], ensure_ascii=False)
        now = self._database.clock()
        with self._database.write(KIND) as connection:
            version = next_version(connection, name)
            taken = not policy.id or find(connection, policies.c.id == policy.id) is not None
            key = secrets.token_hex(8) if taken else policy.id
            document = replace(policy, id=key, name=name, version=version).to_text()
            values = {"id": key, "name": name, "version": version, "status": DRAFT, "note": note}
            values |= {"document": document, "basis": basis, "edits": 0, "saved_by": actor}
            connection.execute(insert(policies).values(**values, created_at=now))
            record(connection, now, "save", KIND, key, actor=actor, detail={"name": name, "version": version})
            return read_one(connection, key)

    def update_note(self, policy_id: str, note: str, *, actor: str = "", edits: int | None = None) -> StoredPolicy:
        """Replace the note; `edits`, where given, is the count that the caller has seen.

        :raises NotFound, Conflict: no such policy, or its note was changed since.
        """
        check_text("note", note)
        with self._database.write(KIND) as connection:
            stored = read_one(connection, policy_id)
            change_note(connection, stored if edits is None else replace(stored, edits=edits), note)
            detail: dict[str, object] = {"old": stored.note, "new": note}
            record(connection, self._database.clock(), "note", KIND, policy_id, actor=actor, detail=detail)
            return read_one(connection, policy_id)

    def publish(
        self, policy_id: str, gate: GateResult | None = None, *, reason: str = "", actor: str = ""
    ) -> StoredPolicy:
        """Put a version in use; the one that was in use retires, whatever its name: one judges everything.

        gate: the version compared with `opponent`; needed where there is one. A gate that is not passed takes a
        `reason`, which is recorded.

        :raises NotFound: no such policy.
        :raises GateClosed: the gate is missing, or not passed and no reason is given.
        :raises Conflict: the gate judged another version, or another one is in use since.
        """
        check_text("reason", reason)
        now = self._database.clock()
        with self._database.write(KIND) as connection:
            chosen = read_one(connection, policy_id)
            before = in_force(connection)
            overridden = _passes(chosen, before, gate, reason.strip())
            put_in_force(connection, before, RETIRED, chosen, now)
            action, why = (OVERRIDE, reason.strip()) if overridden else (PUBLISH, "")
            write_publication(connection, now, action, chosen, before, actor=actor, reason=why, gate=gate)
            return read_one(connection, policy_id)

    def rollback(self, name: str | None = None, *, actor: str = "") -> StoredPolicy:
        """Withdraw what is in use and publish again what it had replaced, of another name too.

        name: of the policy that the caller means to withdraw, if that is to be checked.

        :raises NotFound: nothing (of `name`) is in use, or it replaced nothing.
        """
        now = self._database.clock()
        with self._database.write(KIND) as connection:
            withdrawn = in_force(connection, name)
            if withdrawn is None:
                raise NotFound(N_("published policy"), name or "")
            retired = policies.c.status == RETIRED
            chosen = read(connection, retired, withdrawn.name, N_("earlier published policy"))
            put_in_force(connection, withdrawn, WITHDRAWN, chosen, now)
            write_publication(connection, now, ROLLBACK, chosen, withdrawn, actor=actor)
            return read_one(connection, chosen.id)

    def reinstate(self, policy_id: str, *, actor: str = "") -> StoredPolicy:
        """Take back the rollback that withdrew this version: it had passed the gate, or been let through, before.

        :raises NotFound: no such policy.
        :raises Conflict: it is not withdrawn (any more), or something was published since.
        """
        now = self._database.clock()
        with self._database.write(KIND) as connection:
            chosen = read_one(connection, policy_id)
            last = read_publications(connection, None, 1)
            before = in_force(connection)
            undone = bool(last) and (last[0].action, last[0].replaced) == (ROLLBACK, policy_id)
            if chosen.status != WITHDRAWN or before is None or not undone:
                raise Conflict(KIND, f"{chosen.name} v{chosen.version}")
            put_in_force(connection, before, RETIRED, chosen, now)
            write_publication(connection, now, REINSTATE, chosen, before, actor=actor)
            return read_one(connection, policy_id)


def _passes(chosen: StoredPolicy, opponent: StoredPolicy | None, gate: GateResult | None, reason: str) -> bool:
    """Whether the gate had to be overridden; raises where `chosen` may not pass."""
    if opponent is None or opponent.id == chosen.id:
        return False
    if gate is None:
        raise GateClosed(chosen.name, chosen.version)
    if (gate.current_id, gate.candidate_id) != (opponent.id, chosen.id):
        raise Conflict(KIND, f"{chosen.name} v{chosen.version}")
    if not gate.passed and not reason:
        raise GateClosed(chosen.name, chosen.version)
    return not gate.passed
