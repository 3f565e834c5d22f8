"""Pages driven without a browser, on the real model and a real store of their own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.caching.cache_utils import CachedFunc
from streamlit.testing.v1 import AppTest

from calibration.encoding import CachedEncoder
from dashboard import resources, state
from dashboard.options import DATABASE_URL

APP = Path(__file__).resolve().parents[2] / "dashboard" / "app.py"
TIMEOUT = 120
SPOKEN = ("title", "subheader", "markdown", "caption", "info", "warning", "error", "success", "toast", "html")


manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)
"""Every AppTest reads the metadata of some 200 installed packages again: half a second each time."""


def forget(model: bool) -> None:
    """Empty every cache of `resources`; the model's only where asked."""
    for cached in vars(resources).values():
        if isinstance(cached, CachedFunc) and (model or cached is not resources.model):
            cached.clear()


@pytest.fixture(autouse=True)
def shared(
    encoder: CachedEncoder, newest_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """An empty store for each test, and the session's encoder in place of a second copy of the same weights.

    The model stays from test to test, unless one has switched it: each new one collects and freezes all garbage.
    """
    path = shutil.copy(newest_file, tmp_path / "test.sqlite")
    monkeypatch.setenv(DATABASE_URL, f"sqlite:///{path}")
    monkeypatch.setattr("calibration.load_encoder", lambda _name: encoder)
    assert resources.model().wait(TIMEOUT)
    assert resources.model().get() is encoder
    yield
    resources.jobs().close()
    resources.store().close()
    model = resources.model()
    assert model.wait(TIMEOUT)
    forget(model=model.refused is not None or model.error is not None or model.get() is not encoder)


@dataclass
class Page:
    """A page as a user has it before them."""

    at: AppTest

    def words(self) -> str:
        """Everything that it says."""
        said = [str(element.value) for kind in SPOKEN for element in getattr(self.at, kind)]
        return "\n".join(said + [table.value.to_string() for table in self.at.table])

    def run(self) -> Page:
        """Run it again; nothing may break."""
        self.at.run()
        self.at._page_hash = ""  # AppTest would go back to the page it was sent to, whatever a click has opened
        assert not self.at.exception, self.at.exception
        return self

    def press(self, key: str) -> Page:
        """Press a button."""
        self.at.button(key=key).click()
        return self.run()

    def place(self) -> str:
        """The place that is shown: `page`, or `page/tab` where the page has tabs."""
        view = self.at.title[0].value.lower()
        chosen = [str(one.value) for one in self.at.button_group if str(one.key) == state.tab(view)]
        return "/".join([view, *chosen])

    def go(self, place: str) -> Page:
        """Walk to another place in the same session, `page` or `page/tab`."""
        view, _, tab = place.partition("/")
        self.at.switch_page(f"views/{view}.py")
        if tab:
            self.at.query_params["tab"] = tab
        return self.run()

    def finish(self) -> Page:
        """Wait for the work under way, then look again."""
        for snapshot in resources.jobs().snapshots():
            assert resources.jobs().wait(snapshot.id, TIMEOUT)
        return self.run()

    def upload(self, name: str, content: bytes) -> Page:
        """Drop a file on the data page."""
        self.at.file_uploader[0].upload(name, content)
        return self.run()

    def key(self, prefix: str, kind: str = "button") -> str:
        """The key of the first widget of a kind that begins so."""
        return next(str(w.key) for w in getattr(self.at, kind) if str(w.key).startswith(prefix))


Sampled = Callable[[str, str], Page]


@pytest.fixture
def ran(open_page: Callable[..., Page]) -> Sampled:
    """Loads the bank sample, walks to a page, presses its button and waits: `ran(view, key)`."""
    return lambda view, key: open_page("data/datasets").press("samples_bank").go(view).press(key).finish()


@pytest.fixture
def open_page() -> Callable[..., Page]:
    """Opens a place, in a language, with these query parameters."""

    def opened(place: str = "", locale: str = "en-US", name: str = "王敏", **query: Any) -> Page:
        at = AppTest.from_file(str(APP), default_timeout=TIMEOUT)
        at.context = {"locale": locale}
        at.session_state[state.ACTOR] = name
        for parameter, value in query.items():
            at.query_params[parameter] = value
        page = Page(at).run()
        return page.go(place) if place else page

    return opened
