"""Upgrades from every earlier revision, with rows in every table that there was, on both databases."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import DateTime, Double, Engine, Integer, MetaData, Table, inspect, make_url, select, text

from calibration.policies.policy import DomainPolicy, Policy
from calibration.store import open_store
from calibration.store.engine import database_url, make_engine
from calibration.store.migrate import alembic_config, upgrade
from calibration.store.schema import metadata

POLICY = json.dumps(Policy({"银行": DomainPolicy({"same": 0.9})}, id="policies.id 1", name="bank").to_json())
GIVEN: Mapping[tuple[str, str], Any] = {
    ("datasets", "columns"): '["text_a", "text_b", "label", "kind", "domain"]',
    ("datasets", "rows"): 1,
    ("datasets", "deleted_at"): None,
    ("dataset_counts", "kind"): "binary",
    ("dataset_counts", "label"): 1,
    ("pairs", "kind"): "binary",
    ("pairs", "label"): 1.0,
    ("pairs", "score"): 0.1 + 0.2,
    ("policies", "document"): POLICY,
    ("policies", "basis"): "[]",
    ("bad_cases", "status"): "confirmed",
    ("bad_cases", "expected"): "not_same",
    ("bad_cases", "score"): 0.875,
    ("bad_cases", "tier_given"): "same",
    ("bad_cases", "thresholds"): '{"same": 0.9, "related": null, "weak": null}',
    ("bad_cases", "created_at"): datetime(2026, 1, 2, 3, 4, 5),
    ("bad_case_tags", "tag"): "negation",
    ("case_filters", "document"): '{"order": "newest"}',
    ("bad_case_history", "action"): "created",
    ("bad_case_history", "field"): "status",
    ("bad_case_history", "undoes"): None,
    ("audit_events", "detail"): '{"name": "bank", "replaced": null}',
}
"""What a cell must hold where something made up would break a rule; keyed by table and column."""
REWRITTEN = {("datasets", "content_hash"), ("datasets", "version"), ("dataset_events", "content_hash")}
"""What an upgrade may recompute."""


def revisions() -> list[str]:
    engine = make_engine(make_url("sqlite://"))
    script = ScriptDirectory.from_config(alembic_config(engine))  # type: ignore[arg-type]
    return sorted(found.revision for found in script.walk_revisions())


def made_up(table: Table, number: int) -> dict[str, Any]:
    """A row for a table as it was then, whatever columns it had."""
    row: dict[str, Any] = {}
    for column in table.columns:
        given = (table.name, column.name)
        if given in GIVEN:
            row[column.name] = GIVEN[given]
        elif column.nullable and not column.foreign_keys and column.unique:
            row[column.name] = None
        elif isinstance(column.type, DateTime):
            row[column.name] = datetime(2026, 1, 2, 3, 4, 5, 678901)
        elif isinstance(column.type, Double):
            row[column.name] = float(number)
        elif isinstance(column.type, Integer):
            row[column.name] = number
        elif column.foreign_keys:
            (key,) = column.foreign_keys
            row[column.name] = f"{key.target_fullname} {number}"
        else:
            row[column.name] = f"{table.name}.{column.name} {number}"[: getattr(column.type, "length", None) or 99]
    return row


def rows_of(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    found = MetaData()
    found.reflect(engine)
    with engine.connect() as connection:
        return {
            name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for name, table in found.tables.items()
            if name != "alembic_version"
        }


@pytest.mark.slow
@pytest.mark.parametrize("revision", revisions())
def test_an_upgrade_from_any_revision_keeps_every_row(bare_database: str, revision: str) -> None:
    url = database_url(bare_database)
    upgrade(url, revision)
    engine = make_engine(url, foreign_keys=False)
    then = MetaData()
    then.reflect(engine)
    with engine.begin() as connection:
        for table in then.sorted_tables:
            if table.name != "alembic_version":
                connection.execute(table.insert().values(made_up(table, 1)))
    before = rows_of(engine)
    assert all(len(rows) == 1 for rows in before.values())
    upgrade(url)
    after = rows_of(engine)
    for name, (row,) in before.items():
        kept = {key for key in row if (name, key) not in REWRITTEN}
        assert {key: row[key] for key in kept} in [{key: there[key] for key in kept} for there in after[name]], name
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()
    with open_store(bare_database) as store:
        assert store.policies.list()[0].policy.tier(0.95) == "same"
        assert store.bad_cases.get(1).text_a == "bad_cases.text_a 1"
        assert store.datasets.list()[0].name == "datasets.name 1"


EVENTS = [
    ("li", "save", "p1", None),
    ("li", "publish", "p1", None),
    ("", "publish", "p2", "p1"),
    ("王", "rollback", "p1", "p2"),
    ("li", "publish", "gone", None),
]


def test_publications_are_carried_over_from_the_audit_log(bare_database: str) -> None:
    url = database_url(bare_database)
    upgrade(url, "0001")
    engine = make_engine(url)
    policy = "INSERT INTO policies (id, name, version, status, note, document, created_at) VALUES "
    event = "INSERT INTO audit_events (id, at, actor, action, kind, key, detail) VALUES "
    moment = "'2026-01-02 03:04:05'"
    with engine.begin() as connection:
        for version, status in enumerate(("published", "withdrawn"), 1):
            values = f"('p{version}', 'bank', {version}, '{status}', '', '{{}}', {moment})"
            connection.exec_driver_sql(policy + values)
        for number, (actor, action, key, replaced) in enumerate(EVENTS):
            values = {"n": number, "actor": actor, "action": action, "key": key}
            detail = json.dumps({"name": "bank", "version": 1, "replaced": replaced})
            row = f"(:n, {moment}, :actor, :action, 'policy', :key, :detail)"
            connection.execute(text(event + row), values | {"detail": detail})
    upgrade(url)
    assert "publications" in inspect(engine).get_table_names()
    engine.dispose()
    with open_store(bare_database) as store:
        assert [stored.saved_by for stored in store.policies.list()] == ["", "li"]
        found = [(p.actor, p.action, p.policy_id, p.replaced) for p in store.policies.publications("bank")]
        assert found == [("王", "rollback", "p1", "p2"), ("", "publish", "p2", "p1"), ("li", "publish", "p1", None)]


def test_of_several_that_were_published_the_last_one_stays_in_use(bare_database: str) -> None:
    url = database_url(bare_database)
    upgrade(url, "0005")
    engine = make_engine(url)
    columns = "id, name, version, status, note, document, created_at, publication, saved_by, basis, edits"
    with engine.begin() as connection:
        for key, name, status, publication in (
            ("a", "bank", "published", 1),
            ("b", "shop", "retired", 2),
            ("c", "shop", "published", 4),
            ("d", "law", "published", 3),
        ):
            head, tail = f"'{key}', '{name}', {1 + (key == 'c')}, '{status}'", f"{publication}, '', '[]', 0"
            row = f"({head}, '', '{{}}', '2026-01-02', {tail})"
            connection.exec_driver_sql(f"INSERT INTO policies ({columns}) VALUES {row}")  # noqa: S608
    upgrade(url)
    engine.dispose()
    with open_store(bare_database) as store:
        found = {stored.id: stored.status for stored in store.policies.list()}
        assert found == {"a": "retired", "b": "retired", "c": "published", "d": "retired"}
        assert store.policies.rollback().id == "d"
