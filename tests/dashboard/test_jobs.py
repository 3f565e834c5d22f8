"""Long work: one at a time, with progress, cancel and kept results."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from calibration.errors import BadArgument, Cancelled, NotFound
from dashboard import actor as identity
from dashboard import roles
from dashboard.jobs.queue import KEPT, MOST, Jobs, Progress
from dashboard.jobs.state import CANCELLED, DONE, FAILED, QUEUED, RUNNING, JobFailed


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    registry = Jobs(patience=None)
    yield registry
    registry.close()


def until(event: threading.Event) -> Any:
    def work(progress: Progress, stop: threading.Event) -> str:
        progress(1, 4)
        while not event.wait(0.01):
            if stop.is_set():
                raise Cancelled(1, 4)
        return "result"

    return work


def test_a_result_is_kept(jobs: Jobs) -> None:
    job = jobs.submit("key", lambda _progress, _stop: 42)
    snapshot = jobs.wait(job, 10)
    assert snapshot is not None
    assert (snapshot.status, snapshot.finished) == (DONE, True)
    assert jobs.result(job) == jobs.result(job) == 42


def test_progress_has_a_rate_and_the_time_left() -> None:
    now = [0.0]
    jobs = Jobs(clock=lambda: now[0])
    go, seen = threading.Event(), threading.Event()

    def work(progress: Progress, _stop: threading.Event) -> None:
        now[0] = 5.0
        progress(10, 100)  # ten were there already
        now[0] = 10.0
        progress(20, 100)
        seen.set()
        go.wait(10)

    job = jobs.submit("key", work)
    assert seen.wait(10)
    snapshot = jobs.snapshot(job)
    assert snapshot is not None
    assert (snapshot.status, snapshot.share, snapshot.rate, snapshot.left) == (RUNNING, 0.2, 2.0, 40.0)
    go.set()
    jobs.close()


def test_the_same_work_is_not_started_twice(jobs: Jobs) -> None:
    go = threading.Event()
    first = jobs.submit("key", until(go))
    assert jobs.submit("key", until(go)) == first
    assert jobs.submit("other", until(go)) != first
    go.set()
    jobs.wait(first, 10)
    assert jobs.submit("key", until(go)) != first


def test_one_runs_while_the_others_wait_and_can_be_cancelled_there(jobs: Jobs) -> None:
    go = threading.Event()
    running, waiting = jobs.submit("a", until(go)), jobs.submit("b", until(go))
    status = jobs.snapshot(waiting)
    assert status is not None
    assert status.status == QUEUED
    jobs.cancel(waiting)
    assert jobs.wait(waiting, 10).status == CANCELLED  # type: ignore[union-attr]
    jobs.cancel(running)
    assert jobs.wait(running, 10).status == CANCELLED  # type: ignore[union-attr]
    with pytest.raises(Cancelled):
        jobs.result(running)


def test_an_error_of_the_users_is_raised_as_it_was(jobs: Jobs) -> None:
    def work(_progress: Progress, _stop: threading.Event) -> None:
        raise BadArgument("precision", "below 1", 2)

    job = jobs.submit("key", work)
    assert jobs.wait(job, 10).status == FAILED  # type: ignore[union-attr]
    with pytest.raises(BadArgument, match="precision"):
        jobs.result(job)


def test_a_defect_is_logged_and_reported_by_reference(jobs: Jobs, caplog: pytest.LogCaptureFixture) -> None:
    job = jobs.submit("key", lambda _progress, _stop: 1 / 0)
    jobs.wait(job, 10)
    with pytest.raises(JobFailed, match=job):
        jobs.result(job)
    assert "ZeroDivisionError" in caplog.text


def test_unknown_and_unfinished_jobs_have_no_result(jobs: Jobs) -> None:
    go = threading.Event()
    with pytest.raises(NotFound):
        jobs.result("nothing")
    job = jobs.submit("key", until(go))
    with pytest.raises(NotFound):
        jobs.result(job)
    jobs.cancel("nothing")
    assert jobs.snapshot("nothing") is None
    go.set()


def test_old_jobs_are_forgotten(jobs: Jobs) -> None:
    first = jobs.submit("first", lambda _progress, _stop: None)
    for number in range(KEPT + 2):
        jobs.wait(jobs.submit(str(number), lambda _progress, _stop: None), 10)
    assert jobs.snapshot(first) is None
    assert len(jobs.snapshots()) <= KEPT + 1


def test_short_work_does_not_wait_behind_long_work() -> None:
    jobs, never = Jobs(patience=0.0), threading.Event()
    long = jobs.submit("long", until(never))
    short = jobs.submit("short", lambda _progress, _stop: 42)
    assert jobs.wait(short, 60).status == DONE  # type: ignore[union-attr]
    assert jobs.snapshot(long).status == RUNNING  # type: ignore[union-attr]
    jobs.cancel(long)
    assert jobs.wait(long, 60).status == CANCELLED  # type: ignore[union-attr]
    jobs.close()


def test_no_more_than_a_few_run_at_once() -> None:
    jobs, never = Jobs(patience=0.0), threading.Event()
    submitted = [jobs.submit(str(number), until(never)) for number in range(MOST + 1)]
    jobs.cancel(submitted[0])
    assert jobs.wait(submitted[0], 60).status == CANCELLED  # type: ignore[union-attr]
    statuses = [jobs.snapshot(job).status for job in submitted]  # type: ignore[union-attr]
    assert statuses.count(RUNNING) <= MOST
    jobs.close()


def test_a_job_knows_whose_it_is(jobs: Jobs) -> None:
    owned = Jobs(owner=lambda: "李雷", patience=None)
    assert owned.snapshot(owned.submit("key", lambda _progress, _stop: None)).owner == "李雷"  # type: ignore[union-attr]
    owned.close()


@pytest.mark.parametrize(
    ("owner", "name", "browser", "mine"),
    [
        ("李雷", "李雷", "b", True),  # at another machine
        ("李雷", "韩梅", "a", False),
        ("", "", "a", True),
        ("", "", "b", False),  # two people without a name are not one
        ("", "李雷", "a", True),  # who gave a name later
        ("李雷", "", "b", False),
    ],
)
def test_work_without_a_name_is_known_by_its_browser(
    monkeypatch: pytest.MonkeyPatch, owner: str, name: str, browser: str, mine: bool
) -> None:
    at = {"name": owner, "browser": "a"}
    monkeypatch.setattr(identity, "actor", lambda: at["name"])
    monkeypatch.setattr(identity, "_browser", lambda: at["browser"])
    job = identity.visitor()
    assert identity.name_of(job) == owner
    at |= {"name": name, "browser": browser}
    assert identity.is_mine(job) is mine


def test_only_who_began_it_or_an_administrator_may_stop_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "_browser", lambda: "b")
    monkeypatch.setattr(identity, "actor", lambda: "韩梅")
    mine, theirs = f"韩梅{identity.BESIDE}x", f"李雷{identity.BESIDE}x"
    assert (identity.may_stop(mine), identity.may_stop(theirs)) == (True, False)
    monkeypatch.setattr(identity, "from_environment", lambda: SimpleNamespace(needed=True))
    monkeypatch.setattr(roles, "allowed", lambda action: action == roles.DELETE)
    assert identity.may_stop(theirs)
    monkeypatch.setattr(roles, "allowed", lambda _: False)
    assert (identity.may_stop(mine), identity.may_stop(theirs)) == (True, False)
