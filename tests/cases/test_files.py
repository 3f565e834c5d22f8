"""Files as people, databases, spreadsheets and annotation programs write them, and what is read from each."""

from __future__ import annotations

from pathlib import Path

import pytest

from calibration.columns import BINARY, GRADED, LABEL, TEXT_A, TEXT_B, TIER
from calibration.corpus import read_texts
from calibration.errors import (
    ColumnsMissing,
    FileUnreadable,
    InputError,
    LabelScaleUnclear,
    LabelValueLost,
    ScoresOutside,
)
from calibration.pairs import PairReading, load_pairs, read_pairs, rules
from calibration.tables import rules as table_rules

FILES = Path(__file__).parent / "files"
CLEAN = {  # every row is read, with these labels
    "01": {
        "same_notsame.csv": BINARY,
        "skip_duibudui.csv": BINARY,
        "skip_pm1.csv": BINARY,
        "skip_sim_notsim.csv": BINARY,
    },
    "02": {"last_record.csv": BINARY, "last_record.tsv": BINARY, "last_record_label.tsv": BINARY},
    "07": {"q_allquoted_backslash.csv": BINARY},
    "09": dict.fromkeys(
        ["enc_big5_headerascii.csv", "enc_big5_headerzh.csv", "enc_euckr.csv", "enc_sjis.csv"], BINARY
    ),
    "11": dict.fromkeys(
        [
            *("j_category_list.jsonl", "j_mongo.jsonl", "j_note_list.jsonl", "j_split_bool.jsonl"),
            *("p_category_list.parquet", "p_id_bin.parquet", "p_id_ts.parquet", "p_note_struct.parquet"),
            *("p_string_view.parquet", "x_note_bool.xlsx"),
        ],
        BINARY,
    ),
    "13": dict.fromkeys(["h_label01.csv", "h_percent.csv", "sts01.csv", "x_percent_format.xlsx"], GRADED),
    "16": dict.fromkeys(
        [
            *("x_Sheet1_case.xlsx", "x_backslash.xlsx", "x_bad_style.xlsx", "x_badcore.xlsx"),
            *("x_strict.xlsx", "x_workbook2.xlsx"),
        ],
        BINARY,
    ),
    "25": dict.fromkeys(["comment_line.csv", "sep_line_comma.csv", "sep_line_semi.csv", "title_row.csv"], BINARY),
    "26": dict.fromkeys(["enc_utf16be_nobom.csv", "enc_utf16le_nobom.txt"], BINARY),
}
NOT_PAIRS = {"arr_str.json", "lines_str.jsonl"}
UNCLEAN = {"l_two_annot.csv"}


def folder(number: str) -> Path:
    return next(FILES.glob(f"{number}-*"))


def every(number: str) -> list[Path]:
    return sorted(path for path in folder(number).iterdir() if path.name not in NOT_PAIRS | UNCLEAN)


@pytest.mark.parametrize(
    ("path", "kind"),
    [(folder(n) / name, kind) for n, files in CLEAN.items() for name, kind in files.items()],
    ids=str,
)
def test_every_row_is_read(path: Path, kind: str) -> None:
    report = read_pairs(path)
    assert (report.problems, report.kind, report.lost) == ((), kind, None)
    assert len(report.frame) == report.total > 0


@pytest.mark.parametrize("path", [*every("28"), *every("36"), *every("37")], ids=lambda path: path.name)
def test_shapes_labels_and_columns_that_people_use(path: Path) -> None:
    report = read_pairs(path)
    assert report.problems == ()
    assert report.frame[[TEXT_A, TEXT_B]].map(len).to_numpy().min() > 1


@pytest.mark.parametrize("path", [path for path in every("36") if path.name.startswith("l_")], ids=lambda p: p.name)
def test_labels_alternate_as_they_were_written(path: Path) -> None:
    expected = {"l_comma_decimal.csv": [0.5, 1.0, 4.2], "l_entail.csv": [1, 0, 0]}.get(path.name, [1, 0, 1])
    assert read_pairs(path).frame[LABEL].head(3).tolist() == expected


def test_annotators_who_disagree_cost_their_row() -> None:
    report = read_pairs(folder("36") / "l_two_annot.csv")
    assert [problem.row for problem in report.problems] == [3, 6]
    assert {problem.rule for problem in report.problems} == {rules.LABEL_DISAGREES}


def test_negatives_are_not_dropped() -> None:
    for path in every("01"):
        assert (
            read_pairs(path).frame[LABEL].value_counts().to_dict() == {0: 100, 1: 100}
            or path.name != "skip_pm1.csv"
        )
        assert set(read_pairs(path).frame[LABEL]) == {0, 1}


WORDS = (
    "同义/异义 近义/非近义 dup/non-dup dup/nodup same/diff equal/not·equal matched/unmatched match/no·match ok/ng "
    "relevant/irrelevant 同一意图/不同意图 可以合并/不能合并 accept/reject 1类/0类 yes./no. “1”/“0” 相同。/不同。 "
    "語義相同/語義不同 意思一样/意思不一样 是同义句/不是同义句 👍/👎 正/負 等於/不等於 entailment/not_entailment "
    "matching/non-matching 1-相似/0-不相似 1:same/0:different 相似(1)/不相似(0) ○/× p/n"
)


@pytest.mark.parametrize("words", WORDS.split())
def test_words_that_people_use_for_yes_and_no(words: str, tmp_path: Path) -> None:
    yes, no = words.replace("·", " ").split("/")
    rows = "".join(f"怎么还款{i},如何还款{i},{no if i % 2 else yes}\n" for i in range(20))
    report = read_pairs((f"text_a,text_b,label\n{rows}").encode())
    assert (report.kind, report.problems) == (BINARY, ())
    assert report.frame[LABEL].tolist() == [1, 0] * 10


@pytest.mark.parametrize(
    ("header", "labels"),
    [("premise,hypothesis", "0 1"), ("premise,hypothesis", "1 2 3"), ("前提,假设", "0 1 2"), ("s1,s2", "-1 0 1 2")],
)
def test_codes_of_inference_are_asked_about(header: str, labels: str) -> None:
    rows = "".join(f"a{i},b{i},{label}\n" for i in range(20) for label in labels.split())
    with pytest.raises(LabelScaleUnclear, match="entailment"):
        read_pairs(f"{header},label\n{rows}".encode())


def test_a_label_value_that_nobody_can_read_is_not_dropped_altogether() -> None:
    rows = "".join(f"a{i},b{i},{'1' if i % 2 else 'nope'}\n" for i in range(40))
    data = f"text_a,text_b,label\n{rows}".encode()
    with pytest.raises(LabelValueLost, match="20 of 40 rows have the label 'nope'"):
        load_pairs(data, on_bad_rows="drop")
    one = data.replace(b"nope", b"0").replace(b"a0,b0,0", b"a0,b0,nope")
    assert len(load_pairs(one, on_bad_rows="drop")) == 39, "a single one is a typing error"


@pytest.mark.parametrize(("name", "row"), [("typo2.csv", 302), ("typo05.csv", 302), ("footer.csv", 302)])
def test_one_odd_label_does_not_change_all_others(name: str, row: int) -> None:
    report = read_pairs(folder("05") / name)
    assert report.kind == BINARY
    assert {problem.row for problem in report.problems} == {row}
    assert len(report.frame) == 300


def test_one_bad_quotation_mark_costs_one_row() -> None:
    report = read_pairs(folder("07") / "q_allquoted_onebad.csv")
    assert [(p.row, p.rule) for p in report.problems] == [(2, table_rules.QUOTE_BROKEN)]
    assert report.frame[TEXT_A].tolist() == ["额度怎么提", "天气如何"]
    escaped = read_pairs(folder("07") / "q_allquoted_backslash.csv")
    assert escaped.frame[TEXT_A].tolist()[0] == '提示"余额不足"怎么办'


def test_the_last_records_marks_belong_to_the_texts() -> None:
    frame = read_pairs(folder("02") / "last_record.tsv").frame
    assert frame[TEXT_A].tolist() == ["怎么开户", '"怎么还款', "花呗怎么开", '天气不错"']
    assert len(read_texts(folder("04") / "tsv_unbal.tsv", "title").texts) == 4


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("enc_big5_headerascii.csv", "信用卡怎麼註銷"),
        ("enc_big5_headerzh.csv", "信用卡怎麼註銷"),
        ("enc_euckr.csv", "카드 해지 방법"),
        ("enc_sjis.csv", "カードを解約したい"),
    ],
)
def test_encodings_are_told_apart_and_named(name: str, text: str) -> None:
    report = read_pairs(folder("09") / name)
    assert report.frame[TEXT_A][0] == text
    assert table_rules.NOTE_ENCODING_GUESSED in [item.message for item in report.notes]
    assert read_texts(folder("09") / "big5.txt").texts[0] == "信用卡怎麼註銷"


def test_a_column_that_stands_twice_is_named() -> None:
    report = read_pairs(folder("10") / "p_dupcol.parquet")
    assert [problem.rule for problem in report.problems] == [table_rules.HEADER_TWICE]
    assert len(report.frame) == 6


@pytest.mark.parametrize("name", ["nli.csv", "h_snli_num.jsonl"])
def test_numbers_of_inference_are_never_read_upside_down(name: str) -> None:
    with pytest.raises(LabelScaleUnclear, match="entailment"):
        read_pairs(folder("12") / name)
    assert read_pairs(folder("12") / name, reading=PairReading(label_scale="tier")).kind == TIER


def test_degrees_are_brought_on_one_scale_and_that_is_said() -> None:
    report = read_pairs(folder("13") / "sts01.csv")
    assert sorted(set(report.frame[LABEL])) == [1.0, 4.5]
    assert [item.message for item in report.notes] == [rules.NOTE_GRADED_SCALED, rules.NOTE_GRADED_TIERS]
    with pytest.raises(ColumnsMissing, match="--label"):
        read_pairs(folder("13") / "h_sts01.csv")
    read = read_pairs(folder("13") / "h_sts01.csv", reading=PairReading(label="score", label_scale="0-1"))
    assert read.frame[LABEL].tolist()[:2] == [5.0, 0.8]


def test_errors_and_words_for_nothing_are_no_sentences() -> None:
    bad = {p.value: p.rule for p in read_pairs(folder("15") / "nan_text.csv").problems}
    assert bad == {
        "nan": table_rules.MISSING_WORD,
        "NULL": table_rules.MISSING_WORD,
        "None": table_rules.MISSING_WORD,
        "#N/A": table_rules.ERROR_CELL,
    }
    found = read_pairs(folder("15") / "x_error_cells.xlsx")
    assert {p.rule for p in found.problems} == {table_rules.ERROR_CELL}
    assert len(found.frame) == 3


def test_another_offices_file_is_refused_with_its_reason() -> None:
    with pytest.raises(FileUnreadable, match="OpenDocument"):
        read_pairs(folder("16") / "x_ods.ods")


def test_notes_name_what_was_left_out() -> None:
    first = read_pairs(folder("06") / "x_first_hidden.xlsx")
    assert [item.message for item in first.notes] == [table_rules.NOTE_HIDDEN_SHEETS]
    two = read_pairs(folder("06") / "x_two_sheets.xlsx")
    assert [item.message for item in two.notes] == [table_rules.NOTE_LATER_SHEETS]
    other = dict(two.notes[0].params)["others"]
    second = read_pairs(folder("06") / "x_two_sheets.xlsx", reading=PairReading(sheet=other))
    assert len(second.frame)
    assert second.frame[TEXT_A].tolist() != two.frame[TEXT_A].tolist()
    with pytest.raises(FileUnreadable, match="no worksheet"):
        read_pairs(folder("06") / "x_two_sheets.xlsx", reading=PairReading(sheet="no such"))


def test_a_first_row_that_is_taken_for_a_header_is_named() -> None:
    read = read_texts(folder("29") / "onecol_noheader.csv")
    assert table_rules.NOTE_HEADER_TAKEN in [item.message for item in read.notes]
    assert len(read.texts) == 4
    from calibration.tables.table import Reading

    assert len(read_texts(folder("29") / "onecol_noheader.csv", reading=Reading(no_header=True)).texts) == 5


def test_titles_that_start_like_json_are_titles() -> None:
    assert read_texts(folder("31") / "bracket_quote.txt").texts[0].startswith('["双11"]')
    assert read_texts(folder("31") / "jsonlike.txt").texts == ['["a","b"]', "[c]", "{x}"]
    assert len(read_texts(folder("28") / "arr_str.json").texts) == 5
    assert read_texts(folder("25") / "sepline.csv", "title").texts == ["怎么还款", "怎么退货"]


def test_scores_on_another_scale_are_refused() -> None:
    with pytest.raises(ScoresOutside, match=r"from 80\.57 to 98\.55"):
        load_pairs(folder("32") / "s100.csv")


@pytest.mark.parametrize("path", sorted(FILES.glob("*/*")), ids=lambda path: path.name)
def test_every_file_gives_pairs_or_an_error_of_its_cause(path: Path) -> None:
    try:
        report = read_pairs(path)
    except InputError:
        return
    left_out = {p.row for p in report.problems if p.rule != table_rules.HEADER_TWICE}
    assert report.total == len(report.frame) + len(left_out)
