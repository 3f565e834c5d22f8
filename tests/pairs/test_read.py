"""Reading: formats, encodings, headers, delimiters; every way in gives the same frame."""

import gzip
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from calibration.columns import BINARY, DOMAIN, GRADED, KIND, LABEL, PURPOSE, SCORE, TEXT_A, TEXT_B
from calibration.errors import (
    BadArgument,
    BadRows,
    ColumnsMissing,
    ColumnTypeWrong,
    EmptyInput,
    FileUnreadable,
    TooLarge,
)
from calibration.pairs import Limits, load_pairs, read_pairs

ROWS = [("怎么提额", "如何提高额度", 1), ("怎么还款", "怎么注销", 0), ("他说：“好，的”", "好\t的；|", 1)]
TEXTS_AND_LABEL = ("text_a", "text_b", "label")
CSV = "sentence1,sentence2,label\n怎么提额,如何提高额度,1\n怎么还款,怎么注销,0\n"


def workbook(*rows, sheets=("one",)) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = sheets[0]
    for row in rows:
        book.active.append(row)
    for name in sheets[1:]:
        book.create_sheet(name)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def parquet(**columns) -> bytes:
    buffer = io.BytesIO()
    pd.DataFrame(columns).to_parquet(buffer)
    return buffer.getvalue()


def as_csv(delimiter: str) -> bytes:
    frame = pd.DataFrame(ROWS, columns=["text1", "text2", "label"])
    return frame.to_csv(sep=delimiter, index=False).encode()


SAME_CONTENT = {
    "csv": as_csv(","),
    "tsv": as_csv("\t"),
    "semicolon": as_csv(";"),
    "pipe": as_csv("|"),
    "bom": b"\xef\xbb\xbf" + as_csv(","),
    "gb18030": as_csv(",").decode().encode("gb18030"),
    "utf-16": as_csv("\t").decode().encode("utf-16"),
    "utf-16-be": b"\xfe\xff" + as_csv("\t").decode().encode("utf-16-be"),
    "old mac lines": as_csv(",").replace(b"\n", b"\r"),
    "jsonl": "\n".join(json.dumps({"text_a": a, "text_b": b, "label": y}) for a, b, y in ROWS).encode(),
    "json array": json.dumps([{"句子1": a, "句子2": b, "标签": str(y)} for a, b, y in ROWS], indent=1).encode(),
    "xlsx": workbook(("Query", "Title", "Label"), *ROWS),
    "parquet": parquet(question1=[r[0] for r in ROWS], question2=[r[1] for r in ROWS], gold=[1, 0, 1]),
    "headerless": as_csv("\t").split(b"\n", 1)[1],
    "headerless xlsx": workbook(*ROWS),
}


@pytest.mark.parametrize("form", SAME_CONTENT)
def test_every_form_gives_the_same_frame(form):
    frame = load_pairs(SAME_CONTENT[form])
    assert frame.columns.tolist() == [TEXT_A, TEXT_B, LABEL, KIND, DOMAIN]
    assert frame[[TEXT_A, TEXT_B, LABEL]].to_records(index=False).tolist() == [(a, b, float(y)) for a, b, y in ROWS]
    assert frame.dtypes[LABEL] == np.float64
    assert all(frame.dtypes[name] == "str" for name in (TEXT_A, TEXT_B, KIND, DOMAIN))
    assert set(frame[KIND]) == {BINARY}
    assert set(frame[DOMAIN]) == {"default"}


def test_reads_paths_open_files_and_uploads_left_at_their_end(tmp_path):
    path = tmp_path / "对.csv"
    path.write_text(CSV, encoding="utf-8")
    upload = io.BytesIO(CSV.encode())
    upload.name = "对.csv"
    upload.read()
    with path.open("rb") as file:
        for source in (path, str(path), upload, CSV.encode(), file):
            report = read_pairs(source)
            assert len(report.frame) == 2
            assert report.file == ("the data" if isinstance(source, bytes) else "对.csv")
    assert read_pairs(CSV.encode(), name="given.csv").file == "given.csv"


def test_reads_a_frame_and_leaves_it_alone():
    given = pd.DataFrame({"句子1": ["甲"], "句子2": ["乙"], "相似度": [4.5]}, index=[7])
    before = given.copy()
    frame = load_pairs(given)
    assert frame.loc[0, [TEXT_A, LABEL, KIND]].tolist() == ["甲", 4.5, GRADED]
    pd.testing.assert_frame_equal(given, before)


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("Sentence 1,SENTENCE_2,Label", True),
        ("text_a,text_b,标注", True),
        ("文本１,文本２,标签", True),
        ("问题1,问题2,is_duplicate", True),
        ("question 1,question-2,gold", True),
        ("query,passage,label", True),
        ("甲,乙,丙", False),
        ("sentence1,other,label", False),
        ("sentence1,sentence2,other", False),
    ],
)
def test_header_aliases(header, found):
    data = f"{header}\n怎么提额,如何提额,1\n怎么还,怎么借,0\n".encode()
    if found:
        assert len(load_pairs(data)) == 2
    else:
        with pytest.raises(ColumnsMissing, match=header.split(",")[1]):
            load_pairs(data)


def test_columns_missing_names_exactly_what_is_missing():
    with pytest.raises(ColumnsMissing) as caught:
        load_pairs(b"sentence1,other,label\na,b,1\n", name="x.csv")
    assert caught.value.params["missing"] == "text_b"
    assert caught.value.params["found"] == "sentence1, other, label"


def test_a_pair_of_names_is_not_mixed_with_another():
    frame = load_pairs(b"title,sentence2,query,sentence1,label\nt,s2,q,s1,1\n")
    assert frame.loc[0, [TEXT_A, TEXT_B]].tolist() == ["s1", "s2"]


def test_headerless_files_say_how_they_were_read():
    report = read_pairs("甲\t乙\t1\t银行\n丙\t丁\t0\t\n".encode(), name="x.txt")
    assert report.frame[DOMAIN].tolist() == ["银行", "default"]
    assert [str(note) for note in report.notes] == [
        "the file has no header; its columns were read as text_a, text_b, label, domain"
    ]
    assert load_pairs("甲\t乙\t1\t\n丙\t丁\t0\t银行\n".encode())[DOMAIN].tolist() == ["default", "银行"]
    numbered = load_pairs("1\t甲\t乙\t1\n2\t丙\t丁\t0\n".encode())
    assert numbered["id"].tolist() == ["1", "2"]
    assert numbered[LABEL].tolist() == [1, 0]


def test_quoted_fields_hold_line_breaks_and_delimiters():
    data = b'text_a,text_b,label\r\n"a, ""b""\r\nc",d,1\r\ne,f,x\r\n'
    report = read_pairs(data)
    assert report.frame[TEXT_A].tolist() == ['a, "b"\r\nc']
    assert [problem.row for problem in report.problems] == [4]  # the line in an editor


@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_quotation_marks_that_quote_nothing_stay(delimiter):
    lines = ["text_a,text_b,label", '"甲"是什么,乙,1', '丙"丙,"丁,0']
    data = "\n".join(lines).replace(",", delimiter).encode()
    frame = load_pairs(data)
    assert frame[TEXT_A].tolist() == ['"甲"是什么', '丙"丙']
    assert frame[TEXT_B].tolist() == ["乙", '"丁']


@pytest.mark.parametrize("text", ["'提额", "'", '="提额"', '="', "'a'"])
def test_marks_of_spreadsheets_belong_to_the_texts_unless_labels_carry_them(text):
    quoted = text.replace('"', '""')
    frame = load_pairs(f'text_a,text_b,label\n"{quoted}","{quoted}1",1\n"{quoted}2","{quoted}3",0\n'.encode())
    assert frame[TEXT_A].tolist() == [text, f"{text}2"]
    assert frame[TEXT_B].tolist() == [f"{text}1", f"{text}3"]


def test_marks_of_spreadsheets_go_where_labels_carry_them():
    frame = load_pairs("text_a,text_b,label\n'怎么提额,'如何提高额度,'1\n'怎么还款,'怎么注销,'0\n".encode())
    assert frame[TEXT_A].tolist() == ["怎么提额", "怎么还款"]
    assert frame[LABEL].tolist() == [1, 0]


def test_blank_lines_and_trailing_delimiters_are_no_rows():
    report = read_pairs(b"\n\ntext_a,text_b,label,\n\na,b,1,\n,,,\nc,d,0\n \n")
    assert report.frame[TEXT_A].tolist() == ["a", "c"]
    assert (report.total, report.problems) == (2, ())


def test_optional_columns_stay_and_unknown_ones_are_named():
    data = (
        b"id,text_a,text_b,label,purpose,split,note,score,extra,\n1,a,b,1,Review,dev,n,0.25,e,f\n2,c,d,0,,,,inf,,\n"
    )
    report = read_pairs(data)
    assert report.frame.columns.tolist() == [
        *(TEXT_A, TEXT_B, LABEL, KIND, DOMAIN, "id", "split", PURPOSE, "note", SCORE)
    ]
    assert report.frame[PURPOSE].tolist() == ["review", "calibrate"]
    assert report.frame["id"].tolist() == ["1", "2"]
    assert report.frame[SCORE].tolist()[0] == 0.25
    assert np.isnan(report.frame[SCORE].tolist()[1])
    assert report.dropped == ("extra", "#10")
    assert "columns left out: extra, #10" in map(str, report.notes)


def test_domain_comes_from_the_argument_before_the_column_before_the_default():
    data = "text_a,text_b,label,领域\na,b,1, 银行 \nc,d,0,\n".encode()
    assert load_pairs(data)[DOMAIN].tolist() == ["银行", "default"]
    report = read_pairs(data, domain="信贷")
    assert report.frame[DOMAIN].tolist() == ["信贷", "信贷"]
    assert any("领域" in str(note) for note in report.notes)


def test_score_is_never_the_label_beside_one():
    frame = load_pairs("text_a,text_b,score,相似度\na,b,0.9,5\nc,d,0.1,0.5\n".encode())
    assert (frame[SCORE].tolist(), frame[LABEL].tolist()) == ([0.9, 0.1], [5, 0.5])


def test_score_is_the_label_where_it_looks_like_one():
    report = read_pairs(b"sentence1,sentence2,score\na,b,4.2\nc,d,0.0\n")
    assert report.frame[LABEL].tolist() == [4.2, 0]
    assert SCORE not in report.frame
    assert any("score" in str(note) for note in report.notes)
    with pytest.raises(ColumnsMissing, match="label"):
        load_pairs(b"sentence1,sentence2,score\na,b,0.93\nc,d,0.81\n")


def test_excel_reads_the_first_sheet_and_names_the_others():
    report = read_pairs(workbook(("text_a", "text_b", "label"), ("a", "b", 1), sheets=("pairs", "old", "旧")))
    assert len(report.frame) == 1
    assert "only the first sheet, pairs, was read; left out: old, 旧" in map(str, report.notes)


def test_excel_numbers_blanks_and_side_notes():
    report = read_pairs(
        workbook(
            (), ("text_a", "text_b", "label"), (10086, 3.5, 1.0), (), ("c", "d", "是", None, "see me"), ("e", "f")
        )
    )
    assert report.frame[[TEXT_A, TEXT_B]].to_numpy().tolist() == [["10086", "3.5"], ["c", "d"]]
    assert [(problem.row, problem.column, problem.rule) for problem in report.problems] == [
        (6, "label", "has no label")
    ]
    assert any("right of the header" in str(note) for note in report.notes)


def test_content_goes_before_the_name():
    report = read_pairs(workbook(("text_a", "text_b", "label"), ("a", "b", 1)), name="pairs.csv")
    assert (len(report.frame), report.format) == (1, "xlsx")
    assert [str(note) for note in report.notes] == ["by its content the file is xlsx, not csv"]
    assert read_pairs(CSV.encode(), name="pairs.xlsx").format == "csv"
    assert read_pairs(CSV.encode(), name="pairs.txt").notes == ()


def test_text_that_starts_like_json_is_not_json():
    assert load_pairs("[图片]甲\t乙\t1\n{丙}\t丁\t0\n".encode())[TEXT_A].tolist() == ["[图片]甲", "{丙}"]


def zip_of(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/"), data)
    return buffer.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "binary"),
        (bytes(range(256)) * 9, "binary"),
        (b"%PDF-1.7\n%\xe2\xe3", "binary"),
        ("caf\xe9, cr\xe8me\n".encode("latin-1") * 9, "neither UTF-8"),
        (b"\xff\xfe\x00", "neither UTF-8"),
        (gzip.compress(CSV.encode()), "archive"),
        (zip_of(a=b"x"), "archive"),
        (zip_of(**{"xl__workbook.bin": b"x"}), "old or binary"),
        (zip_of(**{"xl__workbook.xml": b"<broken"}), "workbook is damaged"),
        (SAME_CONTENT["xlsx"][:-300], "workbook is damaged"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
        (OLE + "Workbook".encode("utf-16-le"), "old or binary"),
        (SAME_CONTENT["parquet"][:-20], "Parquet file is damaged"),
        (b"PAR1", "Parquet file is damaged"),
    ],
)
def test_what_is_no_table_is_refused_with_its_reason(data, reason):
    with pytest.raises(FileUnreadable, match=reason) as caught:
        read_pairs(data, name="pairs.csv")
    assert str(caught.value).startswith("pairs.csv: ")


def test_a_missing_file_and_a_folder(tmp_path):
    with pytest.raises(FileUnreadable, match="no such file"):
        load_pairs(tmp_path / "no.csv")
    with pytest.raises(FileUnreadable, match="folder"):
        load_pairs(tmp_path)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" \n\n",
        b"\xef\xbb\xbf",
        b"text_a,text_b,label\n",
        b"[]",
        workbook(),
        workbook(("text_a", "text_b", "label")),
    ],
)
def test_no_pairs_is_an_error_of_its_own(data):
    with pytest.raises(EmptyInput, match="holds no pairs"):
        load_pairs(data)


def test_a_parquet_column_of_the_wrong_type_is_named():
    with pytest.raises(ColumnTypeWrong, match="text_b is of type int64"):
        load_pairs(parquet(text_a=["a"], text_b=[1], label=[1]))
    with pytest.raises(ColumnTypeWrong, match="label is of type list"):
        load_pairs(parquet(text_a=["a"], text_b=["b"], label=[[1]]))


def test_parquet_categories_and_truth_values():
    data = parquet(text_a=pd.Categorical(["a", "b"]), text_b=["c", "d"], label=[True, False], more=[[1], [2]])
    report = read_pairs(data)
    assert report.frame[LABEL].tolist() == [1, 0]
    assert report.dropped == ("more",)


def test_limits():
    with pytest.raises(TooLarge, match="the limit is 10"):
        load_pairs(CSV.encode(), limits=Limits(file_bytes=10))
    bomb = workbook(("text_a", "text_b", "label"), *[("a" * 30_000, "b", 1)] * 50)
    packed = len(bomb)
    with pytest.raises(TooLarge, match="bytes"):
        load_pairs(bomb, limits=Limits(file_bytes=packed + 1))
    report = read_pairs(CSV.encode(), limits=Limits(text_characters=4))
    assert [str(problem) for problem in report.problems] == [
        "the data, row 2, column sentence2: must have at most 4 characters, has 6 (got '如何提高额度')"
    ]


def test_arguments_are_checked():
    with pytest.raises(BadArgument, match="kind"):
        load_pairs(CSV.encode(), kind="stars")
    with pytest.raises(BadArgument, match="on_bad_rows"):
        load_pairs(CSV.encode(), on_bad_rows="ignore")


def test_bad_rows_carry_the_good_ones_and_can_be_dropped():
    data = (CSV + "甲,,1\n").encode()
    with pytest.raises(BadRows, match="1 of 3 rows") as caught:
        load_pairs(data)
    assert len(caught.value.good) == 2
    assert len(caught.value.problems) == 1
    assert len(load_pairs(data, on_bad_rows="drop")) == 2
    with pytest.raises(BadRows):
        load_pairs(b"text_a,text_b,label\n,b,1\n", on_bad_rows="drop")


def test_needs_no_model_and_no_database(tmp_path):
    import subprocess
    import sys

    code = (
        "import sys; sys.modules.update(torch=None, sqlalchemy=None, transformers=None)\n"
        "import calibration.pairs, calibration.text.cleaning"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


def test_many_rows_that_look_alike_are_all_kept():
    rows = "\n".join(f"怎么提高额度{i},如何提升额度{i},{i % 2}" for i in range(20_000))
    report = read_pairs(f"text_a,text_b,label\n{rows}\n".encode())
    assert len(report.frame) == 20_000
    assert report.duplicates.total == 0


@pytest.mark.parametrize(
    "header",
    [
        *(
            "问法1,问法2,是否相同",
            "句A,句B,标签",
            "utt_a,utt_b,label",
            "文本甲,文本乙,相似",
            "title_a,title_b,y_true",
        ),
        *("用户query,标准query,标签", "标准问法,用户问法,标注", "会话问题,知识标题,是否正确", "faq,query,label"),
        *("query,matched_question,judge", "原始问题,相似问题,标签", "original,rewrite,label", "first,second,label"),
        *(
            "text_a,text_b,标签（0/1）",
            "text(1),text(2),label(1相似0不相似)",
            "句子1：,句子2：,是否一致？",
            "text_a,text_b,类型",
        ),
    ],
)
def test_headers_that_people_write(header: str) -> None:
    report = read_pairs(f"{header}\n怎么还款,如何还款,1\n天气,气温,0\n".encode())
    assert report.frame[LABEL].tolist() == [1, 0]
    assert set(report.frame[TEXT_A]) | set(report.frame[TEXT_B]) == {"怎么还款", "如何还款", "天气", "气温"}


def test_a_reference_and_a_hypothesis_are_no_inference() -> None:
    assert read_pairs("reference,hypothesis,label\n还款,还钱,1\n天气,气温,0\n".encode()).kind == BINARY
