"""Overview: the state of every domain, and the one next step of each."""

from __future__ import annotations

from dashboard.components.frame.shell import heading
from dashboard.components.overview import table
from dashboard.i18n import t

heading(t("Overview"), t("State, savings and next step of every domain; worst first."))
table.show()
