"""Addresses: those of earlier versions lead to a tab that there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import dashboard
from dashboard.components.frame import navigation

VIEWS = Path(dashboard.__file__).parent


@pytest.mark.parametrize("place", sorted(set(navigation.MOVED.values())))
def test_an_old_address_leads_to_a_tab_that_there_is(place: str) -> None:
    source = (VIEWS / navigation.view(place)).read_text(encoding="utf-8")
    tab = navigation.query_of(place).get(navigation.TAB)
    assert tab is None or tab in re.findall(r'^    "(\w+)": Section', source, re.M)
