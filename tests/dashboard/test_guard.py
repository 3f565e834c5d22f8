"""What goes wrong is said in words, and never as a traceback."""

from __future__ import annotations

import logging

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import i18n


def test_a_defect_shows_a_reference_and_logs_the_rest(caplog: pytest.LogCaptureFixture) -> None:
    def script() -> None:
        from dashboard.components.frame.guard import show_defect

        try:
            raise ValueError("secret detail")
        except ValueError as error:
            handled = show_defect(error)
        assert handled

    with caplog.at_level(logging.ERROR):
        at = AppTest.from_function(script).run()
    (shown,) = at.error
    assert "secret" not in shown.value
    assert "ValueError at" in caplog.text
    assert "secret" not in caplog.text  # a message may quote a user's text
    assert shown.value.rstrip(".").split()[-1] in caplog.text


def test_a_users_error_is_said_in_their_language() -> None:
    def script() -> None:
        from calibration.errors import EmptyInput
        from dashboard.components.frame.guard import guarded

        with guarded():
            raise EmptyInput("a_b.csv")

    at = AppTest.from_function(script)
    at.context = {"locale": "zh-CN"}
    at.run()
    assert r"a\_b\.csv" in at.error[0].value
    assert "没有" in at.error[0].value


def test_markdown_of_users_is_escaped() -> None:
    assert i18n.escaped("*a* [b](c) `d` $e$ :f: <g> &lt;") == r"\*a\* \[b\]\(c\) \`d\` \$e\$ \:f\: \<g\> \&lt;"


def test_an_unknown_message_stays_english() -> None:
    assert i18n.render("no such message {n}", "zh_CN", n=1) == "no such message 1"
    assert i18n.render("same", "zh_CN") == "高度一致"
