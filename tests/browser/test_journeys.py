"""Journeys on a store of their own, every click and key counted: what a person came for, from end to end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect

from calibration.store import BadCaseDraft, BadCaseFilter, Store, open_store

from .conftest import STEP_MS, Effort, Server, settle

pytestmark = pytest.mark.browser

SERVICE = Path(__file__).parents[2] / "datasets" / "service" / "pairs.csv"
WAITING = ".queue[data-item]:not([data-item=''])"
LONG_MS = 600_000
Visit = Callable[[str], Page]


@pytest.fixture(scope="module")
def fresh(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on an empty store."""
    home = tmp_path_factory.mktemp("fresh")
    (home / "models").symlink_to((data_dir / "models").resolve(), target_is_directory=True)
    server = Server(home)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def kept(fresh: Server) -> Iterator[Store]:
    with open_store(fresh.home / "simtier.sqlite") as store:
        yield store


@pytest.fixture
def visit(browser: Browser, fresh: Server) -> Iterator[Visit]:
    """Open the product at a path, as somebody new each time."""
    contexts = []

    def to(path: str) -> Page:
        context = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 720})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(LONG_MS)
        page.goto(f"{fresh.address}/{path}")
        settle(page)
        return page

    yield to
    for context in contexts:
        context.close()


def file_of(folder: Path, name: str, columns: list[str]) -> Path:
    """The sample of service questions as a team's own file."""
    path = folder / f"{name}.csv"
    pd.read_csv(SERVICE, dtype=str).assign(domain=name)[columns].to_csv(path, index=False)
    return path


def goto(effort: Effort, name: str) -> None:
    effort.click(effort.page.get_by_test_id("stSidebarNav").get_by_role("link", name=name, exact=True))


def shown(page: Page) -> str:
    return page.locator(".queue").get_attribute("data-item") or ""


def answer(effort: Effort, key: str) -> None:
    """Press a key for the pair that is shown, and wait for the next one."""
    before = shown(effort.page)
    effort.press(key)
    expect(effort.page.locator(".queue")).not_to_have_attribute("data-item", before)


def test_a_new_user_publishes_a_policy_for_own_data(visit: Visit, kept: Store, tmp_path: Path) -> None:
    effort = Effort(visit(""))
    page = effort.page
    goto(effort, "Data")
    effort.choose(file_of(tmp_path, "helpdesk", ["text_a", "text_b", "label", "domain"]))
    form = page.get_by_test_id("stMain")
    effort.pick(form.get_by_role("combobox", name="How were these pairs sampled?"), "random live pairs")
    effort.click(form.get_by_role("button", name="Save as dataset"))
    effort.click(form.get_by_role("link", name="Calibrate on your data"))
    effort.click(form.get_by_role("button", name="Calibrate", exact=True))
    publish = form.get_by_role("button", name="Save and publish")
    expect(publish).to_be_enabled(timeout=LONG_MS)
    effort.write(page.get_by_label("Your name"), "Li Lei")
    effort.click(publish)
    expect(page.get_by_text("Published “policy” v1.")).to_be_visible()
    goto(effort, "Overview")
    expect(page.locator(".st-key-overview_helpdesk").first).to_contain_text(
        "at least 90% promised", timeout=LONG_MS
    )
    current = kept.policies.current()
    assert current is not None
    assert current.policy.domain("helpdesk").certificates["same"].certified
    assert (effort.clicks, effort.keys) == (10, len("Li Lei") + 1)


def test_200_pairs_are_drawn_labelled_and_certified_on_one_page(visit: Visit, kept: Store, tmp_path: Path) -> None:
    effort = Effort(visit("label"))
    page = effort.page
    main = page.get_by_test_id("stMain")
    effort.click(main.get_by_role("button", name="Draw pairs to label"))
    effort.choose(file_of(tmp_path, "live", ["text_a", "text_b", "domain"]))
    effort.click(main.get_by_role("button", name="Score 1,200 pairs"))
    begin = main.get_by_role("button", name="Label these 200 pairs here")
    expect(begin).to_be_visible(timeout=LONG_MS)
    effort.write(main.get_by_role("spinbutton", name="Labelled by two people (%)"), "0")
    effort.click(begin)
    effort.write(page.locator(".st-key-name_here input"), "Li Lei")
    page.wait_for_selector(WAITING)
    session = kept.sessions.list()[0]
    drawn = kept.sessions.frame(session.id)
    truth = pd.read_csv(SERVICE, dtype=str).set_index(["text_a", "text_b"])["label"]
    for _ in range(200):
        page.wait_for_selector(WAITING)
        pair = drawn[drawn["position"] == int(shown(page))].iloc[0]
        answer(effort, truth[(pair["text_a"], pair["text_b"])])
    expect(page.locator(".queue")).to_have_attribute("data-pending", "0", timeout=LONG_MS)
    proof = page.locator(".st-key-session_proof")
    expect(proof).to_contain_text("certified", timeout=LONG_MS)
    effort.click(proof.get_by_role("button", name="Add these 200 labels to your data"))
    expect(page.get_by_text("The finished batches are in your data.")).to_be_visible()
    assert "/label?" in page.url
    assert kept.sessions.frame(session.id)["label"].notna().sum() == 200
    assert next(one for one in kept.datasets.list() if one.source == "Label page").rows == 200
    assert (effort.clicks, effort.keys) == (7, 200 + len("0") + 1 + len("Li Lei") + 1)


def test_two_people_review_50_cases_with_10_conflicts(visit: Visit, kept: Store) -> None:
    facts = {"domain": "desk", "tier_given": "same", "score": 0.95, "reporter": "zhao"}
    drafts = [BadCaseDraft(f"坏例{i}甲", f"坏例{i}乙", "not_same", **facts) for i in range(50)]  # type: ignore[arg-type]
    ids, _ = kept.bad_cases.add_many(drafts)
    for i in range(10):
        kept.bad_cases.add(BadCaseDraft(f"坏例{i}甲", f"坏例{i}乙", "same", "desk", reporter="sun"))
    people = [Effort(visit("review")) for _ in range(2)]
    for effort, name in zip(people, ("Li Lei", "Han Meimei"), strict=True):
        effort.write(effort.page.locator(".st-key-name_here input"), name)
        effort.page.wait_for_selector(WAITING)
    first = [shown(effort.page) for effort in people]
    assert len(set(first)) == 2, "two people never have the same case before them"
    assert int(first[0]) in ids[:10], "the first person to open the inbox gets a conflict"
    while kept.bad_cases.search(BadCaseFilter(status="new"), limit=0).total:
        for effort in people:
            if number := shown(effort.page):
                answer(effort, "0" if int(number) in ids[:10] else "y")  # the right answer, or yes
            else:  # the last ones are with the other person, or on their way to the store
                effort.page.wait_for_timeout(100)
    for effort in people:
        expect(effort.page.locator(".queue")).to_have_attribute("data-pending", "0", timeout=STEP_MS)
        assert effort.page.locator(".messages").inner_text() == "", "no decision met another one"
    decided = [kept.bad_cases.get(one) for one in ids]
    assert {case.status for case in decided} == {"confirmed"}
    assert {case.expected for case in decided} == {"not_same"}
    names = sum(len(name) + 1 for name in ("Li Lei", "Han Meimei"))
    assert sum(effort.keys for effort in people) == 50 + names, "one key a case"
