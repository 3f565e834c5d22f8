"""Labels and reviews at ten keys a second: none lost and none counted twice, over a reload and a dead server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from calibration.store import BadCaseDraft, Store, open_store
from calibration.store.schema import review_answers, session_answers
from calibration.store.sessions.records import DomainSampling, LabellingSession

from .conftest import OpenPage, Server, settle

pytestmark = pytest.mark.browser

LABEL_PAGE, REVIEW_PAGE = "label?tab=session", "review?tab=inbox"
BETWEEN_MS = 100


def draw(count: int) -> pd.DataFrame:
    names = [f"键盘标注第{i}件事怎么办" for i in range(count)]
    texts = {"text_a": names, "text_b": [f"{name}呢" for name in names], "domain": "keys"}
    return pd.DataFrame({**texts, "score": np.linspace(1.0, 0.8, count).round(6)})


def begin(store: Store, count: int, size: int = 20) -> LabellingSession:
    pool = tuple(np.linspace(1.0, 0.8, 500).round(6).tolist())
    sampling = {"keys": DomainSampling(1000, 1000, -1.0, count, pool)}
    return store.sessions.add("keys", draw(count), "binary", sampling, batch_size=size)


def labels(store: Store, session: LabellingSession) -> list[float]:
    frame = store.sessions.frame(session.id)
    return [float(label) for label in frame["label"]]


def answers(store: Store, session_id: int) -> int:
    with store._database.read() as connection:
        query = select(func.count()).where(session_answers.c.session_id == session_id)
        return int(connection.execute(query).scalar_one())


def give_name(page: Page, name: str) -> None:
    field = page.locator(".st-key-name_here input")
    field.fill(name)
    field.press("Enter")
    page.wait_for_selector(".queue", timeout=60_000)
    settle(page)


def item(page: Page) -> str:
    return page.locator(".queue").get_attribute("data-item") or ""


def all_kept(page: Page) -> None:
    expect(page.locator(".queue")).to_have_attribute("data-pending", "0")


def type_keys(page: Page, keys: str) -> list[str]:
    """Press keys at ten a second; the pair that was before the labeller at each of them."""
    seen = []
    for key in keys:
        seen.append(item(page))
        page.keyboard.press(key)
        page.wait_for_timeout(BETWEEN_MS)
    return seen


def test_ten_keys_a_second_lose_and_double_nothing(open_page: OpenPage, store: Store) -> None:
    session = begin(store, 200)
    page = open_page(f"{LABEL_PAGE}&session={session.id}")
    give_name(page, "li")
    pattern = "1011100101" * 4
    seen = type_keys(page, pattern)
    assert seen == [str(place) for place in range(40)], "every key met the next pair at once"
    all_kept(page)
    assert labels(store, session)[:40] == [float(key) for key in pattern]
    assert answers(store, session.id) == 40
    assert store.sessions.progress(session.id, "li").finished == 2


def test_back_skip_and_notes_by_keyboard(open_page: OpenPage, store: Store) -> None:
    session = begin(store, 10, 10)
    page = open_page(f"{LABEL_PAGE}&session={session.id}", "zh-CN")
    give_name(page, "王")
    type_keys(page, "11b0s")
    page.keyboard.press("e")
    page.keyboard.type("拿不准 1 0")
    page.keyboard.press("Enter")
    type_keys(page, "1")
    all_kept(page)
    frame = store.sessions.frame(session.id)
    assert frame["label"].iloc[:2].tolist() == [1.0, 0.0]
    assert np.isnan(frame["label"].iloc[2]), "skipped"
    assert (frame["label"].iloc[3], frame["note"].iloc[3]) == (1.0, "拿不准 1 0")
    type_keys(page, "111111")
    expect(page.locator(".queue")).to_have_attribute("data-item", "2"), "what was skipped comes last"


def test_a_reload_in_between_loses_nothing(open_page: OpenPage, store: Store) -> None:
    session = begin(store, 30, 10)
    page = open_page(f"{LABEL_PAGE}&session={session.id}")
    give_name(page, "li")
    for key in "1" * 10:
        page.keyboard.press(key)
    page.reload()
    page.wait_for_selector(".queue, .st-key-ask_name", timeout=60_000)
    if page.locator(".queue").count() == 0:
        give_name(page, "li")
    all_kept(page)
    type_keys(page, "0" * 5)
    all_kept(page)
    assert labels(store, session)[:15] == [1.0] * 10 + [0.0] * 5
    assert answers(store, session.id) == 15


@pytest.fixture
def own_server(data_dir: Path, tmp_path: Path) -> Iterator[Server]:
    (tmp_path / "models").symlink_to((data_dir / "models").resolve(), target_is_directory=True)
    server = Server(tmp_path)
    server.start()
    yield server
    server.kill()


def test_a_server_that_dies_in_between_loses_nothing(browser: Browser, own_server: Server) -> None:
    with open_store(own_server.home / "simtier.sqlite") as store:
        session = begin(store, 200)
        context = browser.new_context(locale="en-US")
        page = context.new_page()
        page.goto(f"{own_server.address}/{LABEL_PAGE}&session={session.id}")
        settle(page)
        give_name(page, "li")
        type_keys(page, "1" * 10)
        own_server.kill()
        seen = type_keys(page, "0" * 15)
        assert seen == [str(place) for place in range(10, 25)], "labelling goes on while the server is away"
        own_server.start()
        page.wait_for_selector(".queue, .st-key-ask_name", timeout=60_000)
        if page.locator(".queue").count() == 0:
            give_name(page, "li")
        # Until the page that came back has replaced the former one, both are there.
        expect(page.locator(".queue").last).to_have_attribute("data-pending", "0", timeout=180_000)
        context.close()
        assert labels(store, session)[:25] == [1.0] * 10 + [0.0] * 15
        assert answers(store, session.id) == 25


def test_cases_are_reviewed_at_ten_keys_a_second_and_undone(browser: Browser, own_server: Server) -> None:
    """On a server of its own: under a policy of binary labels, as other tests publish, the keys 2 to 4 are none."""
    given = {"domain": "keys", "tier_given": "same", "score": 0.95, "reporter": "zhao"}
    drafts = [BadCaseDraft(f"坏例{i}甲", f"坏例{i}乙", "not_same", **given) for i in range(20)]  # type: ignore[arg-type]
    with open_store(own_server.home / "simtier.sqlite") as store:
        ids, _ = store.bad_cases.add_many(drafts)
        store.bad_cases.add(BadCaseDraft("坏例7甲", "坏例7乙", "same", "keys", reporter="sun"))
        context = browser.new_context(locale="en-US")
        page = context.new_page()
        page.goto(f"{own_server.address}/{REVIEW_PAGE}")
        settle(page)
        give_name(page, "li")
        first = type_keys(page, "2")
        assert first == [str(ids[7])], "the conflict comes first"
        seen = type_keys(page, "ynw2yn")
        type_keys(page, "u")
        assert item(page) == seen[-1], "undo shows the case again"
        type_keys(page, "4")
        all_kept(page)
        context.close()
        statuses = [store.bad_cases.get(int(key)).status for key in seen]
        assert statuses == ["confirmed", "label_wrong", "wont_fix", "confirmed", "confirmed", "confirmed"]
        assert store.bad_cases.get(int(seen[-1])).expected == "unrelated"
        with store._database.read() as connection:
            assert connection.execute(select(func.count()).select_from(review_answers)).scalar_one() == 9
