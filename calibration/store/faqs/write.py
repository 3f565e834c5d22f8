"""FAQ collections: every change of contents is a new version, and any kept version can be brought back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, delete, select, update

from calibration.errors import N_, BadArgument, EmptyInput, NotFound, TooLarge
from calibration.store.audit import record
from calibration.store.database import Database, insert_many, insert_row
from calibration.store.datasets.records import checked_name
from calibration.store.faqs.records import (
    KEPT_VERSIONS,
    KIND,
    LONGEST_ANSWER,
    LONGEST_QUESTION,
    MOST_QUESTIONS,
    FaqCollection,
    FaqCutoff,
    FaqQuestion,
    FaqVersion,
)
from calibration.store.rows import check_text
from calibration.store.schema import faq_collections, faq_questions, faq_versions

SCOPE: Final = "faqs"
_COLUMNS: Final = ("version_id", "position", "key", "question", "answer")


class FaqRepository:
    """The FAQ collections of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(
        self,
        name: str,
        questions: Sequence[FaqQuestion],
        *,
        domain: str | None = None,
        source: str = "",
        actor: str = "",
    ) -> FaqCollection:
        """Make a collection, or give it new contents as its next version; the same contents make none.

        domain: as before unless given.

        :raises EmptyInput, TooLarge, BadArgument: no question, too many, or one that breaks a rule.
        """
        name, digest = checked_name(name), _checked(name, questions)
        for field, text in (("domain", domain), ("source", source), ("actor", actor)):
            check_text(field, text)
        now = self._database.clock()
        with self._database.write(SCOPE) as connection:
            there = _find(connection, name)
            if there is None:
                values = {"name": name, "version": 0, "domain": domain or "", "created_at": now, "updated_at": now}
                insert_row(connection, faq_collections, **values)
                there = _read(connection, name)
            elif domain is not None and domain != there["domain"]:
                _change(connection, there["id"], domain=domain, updated_at=now)
            if _hash_of(connection, there) != digest:
                _add_version(connection, there, questions, digest, now, actor, source)
                detail = {"version": there["version"] + 1, "questions": len(questions)}
                record(connection, now, "save", KIND, name, actor=actor, detail=detail)
            return _collection(connection, _read(connection, name))

    def list(self) -> tuple[FaqCollection, ...]:
        """All of them, by name."""
        query = (
            select(faq_collections).where(faq_collections.c.deleted_at.is_(None)).order_by(faq_collections.c.name)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
            return tuple(_collection(connection, row) for row in rows)

    def get(self, name: str) -> FaqCollection:
        """The collection of that name.

        :raises NotFound: there is none.
        """
        with self._database.read() as connection:
            return _collection(connection, _read(connection, name))

    def questions(self, name: str, version: int | None = None) -> tuple[FaqQuestion, ...]:
        """The questions of a collection's version (the current one unless given), in their order.

        :raises NotFound: no such collection, or the version is not kept.
        """
        with self._database.read() as connection:
            there = _read(connection, name)
            key = _version_id(connection, there, version if version is not None else there["version"])
            table = faq_questions.c
            query = select(table.key, table.question, table.answer).where(table.version_id == key)
            return tuple(FaqQuestion(*row) for row in connection.execute(query.order_by(table.position)))

    def versions(self, name: str) -> tuple[FaqVersion, ...]:
        """What is kept of a collection's versions, the newest first.

        :raises NotFound: no such collection.
        """
        with self._database.read() as connection:
            there = _read(connection, name)
            query = select(faq_versions).where(faq_versions.c.collection_id == there["id"])
            rows = connection.execute(query.order_by(faq_versions.c.version.desc())).mappings().all()
        fields = ("version", "at", "actor", "source", "questions", "entries", "content_hash")
        return tuple(FaqVersion(*(row[field] for field in fields)) for row in rows)

    def restore(self, name: str, version: int, *, actor: str = "") -> FaqCollection:
        """Bring the contents of an earlier version back, as the next one.

        :raises NotFound: no such collection, or the version is not kept.
        """
        questions = self.questions(name, version)
        return self.save(name, questions, source=f"version {version}", actor=actor)

    def set_cutoff(self, name: str, cutoff: FaqCutoff | None, *, actor: str = "") -> FaqCollection:
        """Keep a certified cut-off, or drop the one that is kept.

        :raises NotFound: no such collection.
        """
        now = self._database.clock()
        with self._database.write(SCOPE) as connection:
            there = _read(connection, name)
            document = None if cutoff is None else json.dumps(cutoff.to_json())
            _change(connection, there["id"], cutoff=document, updated_at=now)
            detail = {} if cutoff is None else {"threshold": str(cutoff.threshold), "n": cutoff.n}
            record(connection, now, "cut-off", KIND, name, actor=actor, detail=dict(detail))
            return _collection(connection, _read(connection, name))

    def delete(self, name: str, *, actor: str = "") -> None:
        """Put a collection away; its name is free again.

        :raises NotFound: no such collection.
        """
        now = self._database.clock()
        with self._database.write(SCOPE) as connection:
            there = _read(connection, name)
            _change(connection, there["id"], deleted_at=now, name=f"{name[:150]}\x1f{there['id']}")
            record(connection, now, "delete", KIND, name, actor=actor)


def _checked(name: str, questions: Sequence[FaqQuestion]) -> str:
    """The hash of valid contents."""
    if not questions:
        raise EmptyInput(name)
    if len(questions) > MOST_QUESTIONS:
        raise TooLarge("entries", len(questions), MOST_QUESTIONS, N_("texts"))
    digest = hashlib.sha256()
    for at, one in enumerate(questions):
        limits = (("key", one.key, 200), ("question", one.question, LONGEST_QUESTION))
        for field, text, limit in (*limits, ("answer", one.answer, LONGEST_ANSWER)):
            check_text(f"entries.{at}.{field}", text)
            if len(text) > limit:
                raise TooLarge(f"entries.{at}.{field}", len(text), limit, N_("characters"))
        if not one.key.strip() or not one.question.strip():
            field = "question" if one.key.strip() else "key"
            raise BadArgument(f"entries.{at}.{field}", N_("text that is not blank"), "")
        digest.update(json.dumps([one.key, one.question, one.answer]).encode())
    return digest.hexdigest()


def _find(connection: Connection, name: str) -> RowMapping | None:
    known = (faq_collections.c.name == name, faq_collections.c.deleted_at.is_(None))
    return connection.execute(select(faq_collections).where(*known)).mappings().one_or_none()


def _read(connection: Connection, name: str) -> RowMapping:
    found = _find(connection, name)
    if found is None:
        raise NotFound(KIND, name[:80])
    return found


def _change(connection: Connection, key: int, **values: Any) -> None:
    connection.execute(update(faq_collections).where(faq_collections.c.id == key).values(**values))


def _version(connection: Connection, collection: RowMapping, version: int) -> RowMapping | None:
    mine = (faq_versions.c.collection_id == collection["id"], faq_versions.c.version == version)
    return connection.execute(select(faq_versions).where(*mine)).mappings().one_or_none()


def _version_id(connection: Connection, collection: RowMapping, version: int) -> int:
    found = _version(connection, collection, version)
    if found is None:
        raise NotFound(KIND, f"{collection['name']} v{version}")
    return int(found["id"])


def _hash_of(connection: Connection, collection: RowMapping) -> str:
    found = _version(connection, collection, collection["version"])
    return "" if found is None else str(found["content_hash"])


def _add_version(
    connection: Connection,
    there: RowMapping,
    questions: Sequence[FaqQuestion],
    digest: str,
    now: Any,
    actor: str,
    source: str,
) -> None:
    counts = {"questions": len(questions), "entries": len({one.key for one in questions})}
    values = {"version": there["version"] + 1, "at": now, "actor": actor, "source": source, "content_hash": digest}
    key = insert_row(connection, faq_versions, collection_id=there["id"], **values, **counts)
    rows = [(key, at, one.key, one.question, one.answer) for at, one in enumerate(questions)]
    insert_many(connection, faq_questions, _COLUMNS, rows)
    _change(connection, there["id"], version=values["version"], updated_at=now)
    old = select(faq_versions.c.id).where(
        faq_versions.c.collection_id == there["id"], faq_versions.c.version <= values["version"] - KEPT_VERSIONS
    )
    forgotten = list(connection.execute(old).scalars())
    connection.execute(delete(faq_questions).where(faq_questions.c.version_id.in_(forgotten)))
    connection.execute(delete(faq_versions).where(faq_versions.c.id.in_(forgotten)))


def _collection(connection: Connection, row: RowMapping) -> FaqCollection:
    now = _version(connection, row, row["version"])
    cutoff = json.loads(row["cutoff"]) if row["cutoff"] else None
    return FaqCollection(
        id=row["id"],
        name=row["name"],
        version=row["version"],
        domain=row["domain"],
        questions=now["questions"] if now else 0,
        entries=now["entries"] if now else 0,
        content_hash=now["content_hash"] if now else "",
        cutoff=None if cutoff is None else FaqCutoff.from_json(cutoff),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )
