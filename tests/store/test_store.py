"""The store as a whole: opening, upgrading, refusing, surviving."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import insert, select

from calibration.errors import BadArgument, StoreNewer, StoreUnavailable
from calibration.store import BadCaseDraft, BadCaseFilter, Store, open_store
from calibration.store.engine import database_url, make_engine
from calibration.store.migrate import alembic_config, upgrade
from calibration.store.schema import audit_events, metadata

MOMENT = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


def test_a_fresh_file_and_its_folder_are_made(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "simtier.db"
    with open_store(path) as store:
        store.ping()
        assert store.datasets.list() == ()
    with sqlite3.connect(path) as raw:
        assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    raw.close()


def test_every_connection_checks_references_and_syncs_fully(tmp_path: Path) -> None:
    with open_store(tmp_path / "s.db") as store, store._database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 60_000


def test_what_was_stored_is_there_after_reopening(database: str) -> None:
    with open_store(database) as store:
        case, _ = store.bad_cases.add(BadCaseDraft("开户", "销户", expected="unrelated"))
    with open_store(database) as store:
        assert store.bad_cases.get(case.id) == case


def test_the_migrations_make_exactly_the_tables_of_the_code(bare_database: str) -> None:
    url = database_url(bare_database)
    upgrade(url)
    engine = make_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_the_migrations_make_the_partial_unique_indexes(tmp_path: Path) -> None:
    """Autogenerate does not compare the conditions of indexes, so the statements are compared here."""
    made, expected = (database_url(tmp_path / name) for name in ("made.db", "expected.db"))
    upgrade(made)
    engine = make_engine(expected)
    metadata.create_all(engine)
    engine.dispose()
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name"
    found = []
    for url in (made, expected):
        raw = sqlite3.connect(str(url.database))
        found.append(raw.execute(query).fetchall())
        raw.close()
    assert found[0] == found[1]
    assert sum("WHERE" in sql for _, sql in found[0]) == 3


def test_upgrade_from_base_and_back_and_again(bare_database: str) -> None:
    with open_store(bare_database) as store:
        store.bad_cases.add(BadCaseDraft("开户", "销户", expected="unrelated"))
    engine = make_engine(database_url(bare_database), foreign_keys=False)
    with engine.begin() as connection:
        command.downgrade(alembic_config(connection), "base")
    engine.dispose()
    with open_store(bare_database) as store:
        assert store.bad_cases.search().total == 0


def test_upgrading_keeps_the_data(tmp_path: Path) -> None:
    """Every step from the first on is taken with rows in the tables; later steps join by themselves."""
    path = tmp_path / "s.db"
    url = database_url(path)
    upgrade(url, "0001")
    raw = sqlite3.connect(path)
    raw.execute(
        "INSERT INTO bad_cases (id, text_a, text_b, domain, expected, note, source, reporter, status, version,"
        " pair_key, created_at, updated_at, score, tier_given, policy_id) VALUES (7, '开户', '不开户', 'bank',"
        " 'not_same', 'ＶＩＰ', '', '', 'new', 3, 'k', '2026-01-02 03:04:05', '2026-01-02 03:04:05', 0.97, 'same',"
        " 'p')"
    )
    policy = {"domains": {"bank": {"thresholds": {"same": 0.95, "related": None, "weak": None}}}}
    raw.execute(
        "INSERT INTO policies (id, name, version, status, note, document, created_at)"
        " VALUES ('p', 'p', 1, 'draft', '', ?, '2026-01-02 03:04:05')",
        [json.dumps(policy)],
    )
    raw.execute(
        "INSERT INTO bad_case_history (case_id, at, actor, action, field, new)"
        " VALUES (7, '2026-01-02 03:04:05', 'li', 'created', 'status', 'new')"
    )
    raw.commit()
    raw.close()
    with open_store(path) as store:
        found = store.bad_cases.get(7)
        assert (found.text_a, found.version, found.created_at) == (
            "开户",
            3,
            datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        )
        assert [entry.actor for entry in store.bad_cases.history(7)] == ["li"]
        assert (found.tags, found.margin, found.cost) == (("negation",), pytest.approx(0.02), 10.0)
        assert store.bad_cases.search(BadCaseFilter(text="vip")).rows == (found,)


def test_a_failed_upgrade_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    raw = sqlite3.connect(path)
    raw.execute("CREATE TABLE bad_case_history (mine)")  # the last but one table of the first step
    raw.commit()
    with pytest.raises(StoreUnavailable, match="bad_case_history"):
        open_store(path)
    assert raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall() == [("bad_case_history",)]
    raw.close()


def test_a_newer_database_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    open_store(path).close()
    raw = sqlite3.connect(path)
    raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.commit()
    with pytest.raises(StoreNewer, match="schema 9999"):
        open_store(path)
    assert raw.execute("SELECT version_num FROM alembic_version").fetchall() == [("9999",)]
    raw.close()


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, and longer than its header would be " * 20)
    with pytest.raises(StoreUnavailable, match="not a database"):
        open_store(path)
    with pytest.raises(StoreUnavailable):
        open_store(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailable):
        open_store(tmp_path / "file" / "inside" / "s.db")


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", ":memory:", "://", "nonsense://x/y", ""])
def test_memory_and_nonsense_are_refused(url: str) -> None:
    with pytest.raises(BadArgument):
        open_store(url)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+nosuchdriver://team:s3cret@127.0.0.1:1/simtier",
        "postgresql+psycopg://team:s3cret@127.0.0.1:1/simtier",
        "mysql://team:s3cret@db/simtier",
        "postgresql://team:s3cret@127.0.0.1:port/simtier",
    ],
)
def test_a_password_is_never_shown(url: str) -> None:
    with pytest.raises((StoreUnavailable, BadArgument)) as caught:
        open_store(url)
    assert "s3cret" not in str(caught.value)


def test_moments_are_aware_and_naive_ones_refused(database: str) -> None:
    east = timezone(timedelta(hours=8))
    with open_store(database, clock=lambda: MOMENT.astimezone(east)) as store:
        case, _ = store.bad_cases.add(BadCaseDraft("开户", "销户", expected="same"))
        assert case.created_at == MOMENT
        assert case.created_at.tzinfo is UTC
        values = {"actor": "", "action": "a", "kind": "k", "key": "1", "detail": "{}"}
        with pytest.raises(Exception, match="without timezone"), store._database.write("audit") as connection:
            connection.execute(insert(audit_events).values(at=datetime(2026, 1, 1), **values))


def test_reads_see_one_moment(database: str) -> None:
    with open_store(database) as store:
        count = select(audit_events.c.id)
        with store._database.read() as connection:
            assert connection.execute(count).all() == []
            store.audit.add("export", "dataset", 1)
            assert connection.execute(count).all() == []
        assert store.audit.count() == 1


def test_opening_a_current_store_waits_for_no_writer(tmp_path: Path) -> None:
    with open_store(tmp_path / "s.db") as store, store._database.write("x"), open_store(tmp_path / "s.db") as other:
        other.ping()


OPENERS = """
import multiprocessing, sys
from calibration.store import BadCaseDraft, open_store

def open_and_add(path, barrier, number):
    barrier.wait()
    with open_store(path) as store:
        store.bad_cases.add(BadCaseDraft(f"text {number}", "other", expected="same"))

context = multiprocessing.get_context("fork")  # before anything is opened: all four share one import
barrier = context.Barrier(4)
processes = [context.Process(target=open_and_add, args=(sys.argv[1], barrier, number)) for number in range(4)]
for process in processes:
    process.start()
for process in processes:
    process.join(60)
assert [process.exitcode for process in processes] == [0] * 4
"""


@pytest.mark.slow
def test_processes_opening_together_do_no_harm(bare_database: str) -> None:
    subprocess.run([sys.executable, "-c", OPENERS, bare_database], check=True, timeout=120)
    with open_store(bare_database) as store:
        assert store.bad_cases.search().total == 4


WRITER = """
import sys
from calibration.store import BadCaseDraft, open_store
store = open_store(sys.argv[1])
for number in range(1_000_000):
    case, _ = store.bad_cases.add(BadCaseDraft(f"text {number}", "other", expected="same"))
    sys.stdout.write(f"{case.id}\\n")
    sys.stdout.flush()
"""


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_when_the_process_is_killed(database: str) -> None:
    writer = subprocess.Popen([sys.executable, "-c", WRITER, database], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    seen = [writer.stdout.readline() for _ in range(200)]
    os.kill(writer.pid, signal.SIGKILL)
    seen += writer.stdout.readlines()
    writer.wait()
    writer.stdout.close()
    acknowledged = {int(line) for line in seen if line.endswith("\n")}
    assert len(acknowledged) >= 200
    with open_store(database) as store:
        page = store.bad_cases.search(limit=10_000_000)
        assert acknowledged <= {case.id for case in page.rows}
        assert all(len(store.bad_cases.history(case.id)) == 1 for case in page.rows[:20])
        assert store.bad_cases.add(BadCaseDraft("after", "the crash", expected="same"))[1]


def test_audit_keeps_order_filters_and_only_grows(database: str) -> None:
    with open_store(database) as store:
        store.audit.add("export", "dataset", 1, actor="li", detail={"格式": "xlsx"})
        store.audit.add("export", "policy", "p1")
        newest, oldest = store.audit.list()
        assert (newest.kind, newest.key, oldest.actor, oldest.detail) == ("policy", "p1", "li", {"格式": "xlsx"})
        assert store.audit.list(kind="dataset", key=1) == (oldest,)
        assert store.audit.list(limit=1, offset=1) == (oldest,)
        assert not [name for name in dir(store.audit) if "delete" in name or "update" in name]


def test_a_change_that_fails_leaves_no_event(database: str) -> None:
    with (
        open_store(database) as store,
        pytest.raises(RuntimeError),
        store._database.write("x") as connection,
    ):
        _add_event(store, connection)
    with open_store(database) as store:
        assert store.audit.count() == 0


def _add_event(store: Store, connection: object) -> None:
    from calibration.store.audit import record

    record(connection, MOMENT, "add", "dataset", 1)  # type: ignore[arg-type]
    raise RuntimeError("after the event")


def test_a_store_whose_database_fails_later_says_so(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with open_store(path) as store:
        store.ping()
        raw = sqlite3.connect(path)
        raw.execute("DROP TABLE audit_events")
        raw.close()
        with pytest.raises(StoreUnavailable, match="audit_events"):
            store.audit.list()
