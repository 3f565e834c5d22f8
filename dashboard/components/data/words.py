"""What was done to a dataset, in words."""

from __future__ import annotations

from typing import Any, Final

from calibration.certificates.sampling_design import DATA_DRAWS
from calibration.columns import DOMAIN, GRADED, LABEL, NOTE, POSITIVE_FROM, PURPOSE, RELATED, SAME, WEAK
from calibration.errors import N_
from calibration.store import CellChange, DatasetEvent
from dashboard.components.data.filters import purpose_name
from dashboard.components.shared.tiers import label_name
from dashboard.i18n import escaped, moment, t, tn

ACTIONS: Final = {
    "add": N_("added"),
    "append": N_("rows added"),
    "edit": N_("edited"),
    "undo": N_("edit taken back"),
    "redo": N_("edit made again"),
    "rename": N_("renamed"),
    "delete": N_("deleted"),
    "restore": N_("restored"),
    "drawn": N_("sampling set"),
    "split": N_("split off"),
    "merge": N_("merged"),
    "filter": N_("picked out"),
    "copy": N_("copied"),
}
FIELDS: Final = {LABEL: N_("label"), DOMAIN: N_("domain"), PURPOSE: N_("purpose"), NOTE: N_("note")}


def cell_name(field: str, value: Any, kind: str = "") -> str:
    """A cell's value in words."""
    if field == LABEL and kind:
        return label_name(float(value), kind)
    if field == PURPOSE:
        return purpose_name(str(value or "calibrate"))
    return f"{value:g}" if isinstance(value, float) else str(value or "–")


def change_line(change: CellChange, kind: str) -> str:
    """One changed cell as a line of Markdown."""
    old, new = (escaped(cell_name(change.field, value, kind)) for value in (change.old, change.new))
    who = escaped(change.actor) if change.actor else t("somebody")
    field = t(FIELDS[change.field])
    return f"{moment(change.at)} · {who} · {t(ACTIONS[change.action])} · {field}: {old} → {new}"


def event_detail(event: DatasetEvent, kind: str = "") -> str:
    """What an event did, beyond its name; plain text. kind: of the labels, if all have one."""
    detail = event.detail
    if "cells" in detail:
        if detail["cells"] > 1:
            return tn("{count} cell", "{count} cells", int(detail["cells"]))
        named = FIELDS[detail["field"]]
        old, new = (cell_name(detail["field"], detail[key], kind) for key in ("old", "new"))
        return t("row {row}, {field}: {old} → {new}", row=detail["row"] + 1, field=t(named), old=old, new=new)
    if "from" in detail:
        return ", ".join(f"{part['name']} (v{part['version']})" for part in detail["from"])
    if event.action == "drawn":
        return t(DATA_DRAWS[detail["drawn"]].title)
    if event.action == "rename":
        return f"{detail['old']} → {detail['name']}"
    return tn("{count} pair", "{count} pairs", int(detail["rows"])) if "rows" in detail else ""


def grades_as_tiers() -> str:
    """How grades become tiers in calibration."""
    return t(
        "Grades become tiers in calibration: {same} or higher counts as same, from {related} as related, from "
        "{weak} as weak, anything lower as unrelated.",
        **{tier: f"{POSITIVE_FROM[GRADED][tier]:g}" for tier in (SAME, RELATED, WEAK)},
    )
