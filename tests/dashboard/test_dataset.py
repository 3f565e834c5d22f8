"""The page of a dataset: labels edited and taken back, second labels, disagreements, new datasets."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from calibration import load_pairs
from calibration.errors import BadArgument
from calibration.store import Edit, RowFilter, uploaded
from dashboard import resources
from dashboard.components.data.edit_session import Edition
from dashboard.components.data.listing import FORMATS, export

Open = Callable[..., Any]


@pytest.fixture
def saved() -> int:
    """A dataset of 60 tiered pairs in two domains."""
    size = 60
    frame = pd.DataFrame(
        {
            "text_a": [f"怎么退货{n}号" for n in range(size)],
            "text_b": [f"如何办理退货{n}号" for n in range(size)],
            "label": [float(n % 4) for n in range(size)],
            "kind": ["tier"] * size,
            "domain": ["shop"] * 40 + ["bank"] * 20,
        }
    )
    origins = uploaded("shop.csv", range(2, size + 2))
    return resources.store().datasets.add("shop", frame, "shop.csv", origins=origins, drawn="balanced").id


def section(page: Any, name: str) -> Any:
    page.at.segmented_control(key="section").set_value(name)
    return page.run()


def signed(page: Any, name: str) -> Any:
    page.at.text_input(key="actor").set_value(name)
    return page.run()


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
@pytest.mark.parametrize("name", ["pairs", "history", "second", "disagreements", "make"])
def test_every_section_opens(open_page: Open, saved: int, name: str, locale: str) -> None:
    page = section(open_page("data/dataset", locale), name)
    assert not page.at.error
    assert page.at.title[0].value == ("数据" if locale == "zh-CN" else "Data")


def test_without_a_dataset_the_page_offers_samples(open_page: Open) -> None:
    assert "Try the samples" in open_page("data/dataset").words()


def test_the_link_says_which_dataset_and_the_choice_goes_into_the_link(open_page: Open, saved: int) -> None:
    other = resources.store().datasets.add("other", resources.store().datasets.frame(saved).head(3)).id
    page = open_page("data/dataset", dataset=str(saved))
    page.at.query_params["dataset"] = str(saved)
    assert "60 pairs" in page.run().words()
    page.at.selectbox(key="dataset").set_value(other)
    assert "3 pairs" in page.run().words()
    assert page.at.query_params["dataset"] == str(other)


def test_pairs_are_filtered_and_kept(open_page: Open, saved: int) -> None:
    page = open_page("data/dataset")
    assert "60 pairs." in page.words()
    page.at.selectbox(key="rows_domain").set_value("bank")
    assert "20 pairs." in page.run().words()
    page.at.text_input(key="rows_q").set_value("59号")
    page.run().press("filter_go")
    kept = resources.store().datasets.list()[0]
    assert (kept.name, kept.rows, kept.drawn) == ("shop (2)", 1, "unknown")
    assert resources.store().datasets.trace(kept.id, 0)[-1].origin.row == 61


@pytest.mark.parametrize("format_name", list(FORMATS))
def test_rows_that_a_filter_finds_are_exported(open_page: Open, saved: int, format_name: str) -> None:
    page = open_page("data/dataset")
    offered = [button.key for button in page.at.get("download_button")]
    assert f"found_{saved}_{format_name}" not in offered
    page.at.selectbox(key="rows_domain").set_value("bank")
    page.run()
    assert page.at.download_button(key=f"found_{saved}_{format_name}").label == FORMATS[format_name]
    content = export(saved, format_name, RowFilter(domain="bank", label=1.0, kind="tier"))
    read = load_pairs(io.BytesIO(content))
    rows = resources.store().datasets.frame(saved)
    wanted = rows[(rows["domain"] == "bank") & (rows["label"] == 1.0)]
    assert read["text_a"].tolist() == wanted["text_a"].tolist()
    assert read["label"].tolist() == [1.0] * 5


def test_cells_that_the_editor_reports_are_stored_once(saved: int) -> None:
    page = resources.store().datasets.page(saved, offset=50, limit=5).frame
    edition = Edition("key", (saved, RowFilter(), 50), 1, page)
    found = edition.edits({1: {"label": 0.0, "note": "看错了"}, 3: {"purpose": "review"}})
    assert found == [
        Edit(51, "label", 0.0, was=3.0),
        Edit(51, "note", "看错了", was=None),
        Edit(53, "purpose", "review", was=None),
    ]
    assert resources.store().datasets.edit(saved, found).version == 2
    edition.keep(found, 2)
    assert edition.edits({1: {"label": 0.0, "note": "看错了"}, 3: {"purpose": "review"}}) == []
    changed = {1: {"label": 2.0, "note": "看错了"}, 3: {"purpose": "review"}}
    assert edition.edits(changed) == [Edit(51, "label", 2.0, was=0.0)]


def test_a_cell_that_is_typed_back_to_what_it_was_is_stored_though_no_longer_reported(saved: int) -> None:
    page = resources.store().datasets.page(saved, offset=50, limit=5).frame
    edition = Edition("key", (saved, RowFilter(), 50), 1, page)
    edition.keep(edition.edits({1: {"label": 0.0, "purpose": "review"}}), 2)
    back = edition.edits({1: {"purpose": "review"}})
    assert back == [Edit(51, "label", 3.0, was=0.0)]
    edition.keep(back, 3)
    assert edition.edits({1: {"purpose": "review"}}) == []
    assert edition.edits({}) == [Edit(51, "purpose", None, was="review")]


def test_ones_own_edit_is_undone_and_done_again_whatever_others_edited_meanwhile(
    open_page: Open, saved: int
) -> None:
    datasets = resources.store().datasets
    datasets.edit(saved, [Edit(0, "label", 3.0)], actor="wang")
    page = signed(open_page("data/dataset"), "wang")
    datasets.edit(saved, [Edit(1, "label", 3.0)], actor="li")
    other = datasets.frame(saved)["label"][1]
    page.press("rows_undo")
    assert datasets.frame(saved)["label"][:2].tolist() == [0.0, other]
    page.press("rows_redo")
    assert datasets.frame(saved)["label"][:2].tolist() == [3.0, other]
    actors = [event.actor for event in datasets.history(saved)]
    assert actors == ["wang", "wang", "li", "wang", ""]
    page.at.number_input(key=f"trace_{saved}").set_value(1)
    said = page.run().words()
    assert "from shop\\.csv, line 2" in said
    assert "wang · edited · label: unrelated → same" in said
    assert signed(page, "zhao").at.button(key="rows_undo").disabled


def test_undo_says_so_where_somebody_else_changed_the_same_cell(open_page: Open, saved: int) -> None:
    datasets = resources.store().datasets
    datasets.edit(saved, [Edit(0, "label", 3.0)], actor="wang")
    datasets.edit(saved, [Edit(0, "label", 2.0)], actor="li")
    said = signed(open_page("data/dataset"), "wang").press("rows_undo").words()
    assert datasets.frame(saved)["label"][0] == 2.0
    assert "changed by somebody else" in said


def test_the_history_shows_versions_and_brings_one_back(open_page: Open, saved: int) -> None:
    resources.store().datasets.edit(saved, [Edit(0, "label", 3.0)], actor="wang")
    page = section(open_page("data/dataset"), "history")
    shown = page.at.dataframe[0].value
    assert shown["version"].tolist() == [2, 1]
    assert shown["detail"].tolist() == ["row 1, label: unrelated → same", "60 pairs"]
    page.at.selectbox(key=f"copy_version_{saved}").set_value(1)
    page.run().press("copy_go")
    copy = resources.store().datasets.list()[0]
    assert (copy.name, resources.store().datasets.frame(copy.id)["label"][0]) == ("shop v1", 0.0)


def test_second_labels_are_blind_signed_and_go_back(open_page: Open, saved: int) -> None:
    page = section(open_page("data/dataset", name=""), "second")
    assert "Enter your name" in page.words()
    page = signed(page, "wang")
    assert "0 of 60 labelled" in page.at.get("progress")[0].proto.text
    first = page.at.markdown[0].value
    page.press("second_1")
    assert page.at.markdown[0].value != first
    page.press("second_back")
    assert page.at.markdown[0].value == first
    page.press("second_skip")
    assert "1 skipped" in page.at.get("progress")[0].proto.text
    assert resources.store().labellings.labellers(saved) == {}
    shortcuts = {
        button.key: button.proto.shortcut for button in page.at.button if str(button.key).startswith("second")
    }
    assert {key: value.lower() for key, value in shortcuts.items()} == {
        "second_1": "1",
        "second_2": "2",
        "second_3": "3",
        "second_4": "4",
        "second_skip": "s",
    }


def test_disagreements_are_settled_with_a_way_back(open_page: Open, saved: int) -> None:
    labels, rows = resources.store().labellings, resources.store().datasets.frame(saved)["label"]
    for row, first in enumerate(rows):
        labels.label(saved, row, "wang", 3.0 - first if row < 2 else first)
    page = signed(section(open_page("data/dataset"), "disagreements"), "li")
    said = page.words()
    assert "Of 60 pairs, the second label agrees with the first on 96.7%" in said
    assert "Cohen’s kappa" in said
    assert "2 pairs wait" in said
    number = int(labels.compare(saved)["labelling"][0])
    page.press(f"second_{number}")
    assert resources.store().datasets.frame(saved)["label"][0] == 3.0
    assert resources.store().datasets.history(saved)[0].actor == "li"
    assert "1 pair waits" in page.words()
    assert "96.7%" in page.words()
    page.press("undo")
    assert resources.store().datasets.frame(saved)["label"][0] == 0.0
    assert "2 pairs wait" in page.words()


def test_split_and_merge(open_page: Open, saved: int) -> None:
    page = section(open_page("data/dataset"), "make").press("split_domain").press("split_holdout")
    found = {dataset.name: dataset for dataset in resources.store().datasets.list()}
    assert {name: found[name].rows for name in ("shop · shop", "shop · bank")} == {
        "shop · shop": 40,
        "shop · bank": 20,
    }
    assert (found["shop · to fit on"].rows, found["shop · held out"].rows) == (48, 12)
    assert {dataset.drawn for dataset in found.values()} == {"balanced"}
    page.at.multiselect(key=f"merge_{saved}").set_value([found["shop · bank"].id])
    page.run().press("merge_go")
    assert resources.store().datasets.list()[0].rows == 80


def test_how_pairs_were_drawn_is_kept_and_offered_to_calibration(open_page: Open, saved: int) -> None:
    page = open_page("calibrate/fit")
    assert page.at.selectbox(key="drawn").value == "balanced"
    page.at.selectbox(key="drawn").set_value("mined")
    assert page.run().at.selectbox(key="drawn").value == "mined"
    page.go("data/dataset").at.selectbox(key=f"dataset_drawn_{saved}_1").set_value("random_live")
    page.run()
    assert resources.store().datasets.get(saved).drawn == "random_live"
    assert page.go("calibrate/fit").at.selectbox(key="drawn").value == "random_live"


def test_a_deleted_dataset_comes_back_from_the_list(open_page: Open, saved: int) -> None:
    resources.store().datasets.delete(saved)
    resources.store().datasets.add("shop", resources.store().datasets.frame(saved).head(2))
    page = open_page("data/datasets").press(f"restore_{saved}")
    assert "shop \\(2\\)" in page.words()
    assert resources.store().datasets.get(saved).deleted_at is None


def test_a_disagreement_may_be_settled_by_a_third_label(open_page: Open, saved: int) -> None:
    labels = resources.store().labellings
    labels.label(saved, 0, "wang", 3.0)
    page = signed(section(open_page("data/dataset"), "disagreements"), "li")
    assert "weighted" in page.words()
    number = int(labels.compare(saved)["labelling"][0])
    keys = {button.key: button.proto.shortcut for button in page.at.button if str(number) in str(button.key)}
    assert (keys[f"first_{number}"], keys[f"second_{number}"]) == ("1", "2")
    assert {f"third_{number}_2", f"third_{number}_1"} <= set(keys)
    page.press(f"third_{number}_2")
    assert resources.store().datasets.frame(saved)["label"][0] == 2.0
    assert "nothing left to decide" in page.words()
    page.press("undo")
    assert resources.store().datasets.frame(saved)["label"][0] == 0.0


def test_a_value_that_is_refused_is_said_above_the_table(open_page: Open, saved: int) -> None:
    page = open_page("data/dataset", dataset=str(saved))
    edition: Edition = page.at.session_state["rows_edition"]
    assert "not saved: see below" not in page.words()
    edition.refused[0, "domain"] = (Edit(0, "domain", "", was="shop"), BadArgument("domain", "a name", ""))
    assert "1 edit is not saved: see below the table" in page.run().words()
    assert "not saved" not in page.press("rows_renew").words()
