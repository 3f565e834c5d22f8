"""Settings, moments and grades are shown in words, not as files keep them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import pytest

from calibration.certificates.sampling_design import DATA_DRAWS
from calibration.fitting.fit import FitSettings
from dashboard import state
from dashboard.components.data.words import grades_as_tiers
from dashboard.components.policies.asked import in_words
from dashboard.components.shared import tables
from dashboard.i18n import escaped, moment


@pytest.mark.parametrize("drawn", DATA_DRAWS)
@pytest.mark.parametrize("method", ["auto", "stepwise", "fst", "scp", "sequential", "background"])
def test_a_fit_is_told_in_chinese(monkeypatch: pytest.MonkeyPatch, method: str, drawn: str) -> None:
    monkeypatch.setattr(state, "locale", lambda: "zh_CN")
    asked = asdict(FitSettings(tier_precision={"same": 0.95})) | {"method": method, "drawn": drawn}
    lines = in_words(asked)
    assert len(lines) == len(asked) - 1  # no false positive rate was asked for
    assert not [line for line in lines if any("a" <= letter <= "z" for letter in line)]


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ({"precision": 0.7, "fpr": None, "tier_precision": {}}, ["Precision to promise: 70.0%"]),
        (
            {"clustered": True, "drawn": "mined"},
            ["Labels that share a text count for less: yes", "How the pairs were drawn: mined or picked"],
        ),
        ({"precision": "<b>", "method": ["x"]}, [r"precision: \<b\>", r"method: \['x'\]"]),
    ],
)
def test_what_is_known_is_told_and_the_rest_is_shown(
    monkeypatch: pytest.MonkeyPatch, setting: dict[str, Any], told: list[str]
) -> None:
    monkeypatch.setattr(state, "locale", lambda: "en")
    assert in_words(setting) == told


@pytest.mark.parametrize("zone", ["Asia/Shanghai", None])
def test_tables_and_sentences_tell_moments_in_one_zone(monkeypatch: pytest.MonkeyPatch, zone: str | None) -> None:
    monkeypatch.setattr(state, "locale", lambda: "zh_CN")
    monkeypatch.setattr(state, "time_zone", lambda: zone)
    assert tables.when("When")["type_config"]["timezone"] == zone
    said = moment(datetime(2026, 11, 29, 21, 9, tzinfo=UTC))
    assert said == ("2026年11月30日 05:09" if zone else "2026年11月29日 21:09")


@pytest.mark.parametrize(
    ("locale", "said"), [("zh_CN", "4 分及以上算高度一致，3 分起"), ("en", "4 or higher counts as same")]
)
def test_grades_are_told_as_tiers(monkeypatch: pytest.MonkeyPatch, locale: str, said: str) -> None:
    monkeypatch.setattr(state, "locale", lambda: locale)
    assert said in grades_as_tiers()


def test_blanks_before_a_users_text_make_no_code_block_of_it() -> None:
    blank = "\N{NO-BREAK SPACE}"
    assert escaped("a\n    *b*") == f"a\n{4 * blank}\\*b\\*"
    assert escaped("\tb c") == f"{blank}b c"
    assert escaped("a  b") == "a  b"
