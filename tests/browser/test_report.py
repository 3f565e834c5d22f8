"""The report in a real browser: nothing blocked or fetched, and it prints."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Browser

from calibration.calibrate import calibrate_scored, judged_as_found
from calibration.report.content import report_input
from calibration.report.html import html_report

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("locale", ["en", "zh_CN"])
def test_the_report_opens_offline_and_prints(browser: Browser, tmp_path: Path, locale: str) -> None:
    scores = np.linspace(0, 1, 300).round(4)
    texts = {"text_a": [f"问题{i}" for i in range(300)], "text_b": [f"问法{i}" for i in range(300)]}
    rows = pd.DataFrame({**texts, "label": (scores > 0.6).astype(float), "score": scores})
    run = calibrate_scored(rows.assign(kind="binary", domain="shop"))
    path = tmp_path / "report.html"
    path.write_text(html_report(report_input(run, judged_as_found(run), locale=locale)), encoding="utf-8")
    page = browser.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(path.as_uri())
    assert page.locator("figure svg").is_visible()
    assert asked == [path.as_uri()]
    assert said == []
    pages = len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True, print_background=True)))
    assert pages >= 2
    page.close()
