"""Round trips: what is written is read back, in every format."""

import io

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from calibration.columns import (
    BINARY,
    DOMAIN,
    GRADED,
    ID,
    KIND,
    LABEL,
    LABEL_MAX,
    NOTE,
    PURPOSE,
    SCORE,
    TEXT_A,
    TEXT_B,
    TIER,
)
from calibration.errors import BadArgument, TooLarge
from calibration.pairs import FORMATS, load_pairs, write_pairs
from calibration.tables.cells import no_sentence
from calibration.text.cleaning import clean

# Dense in what delimiters, quotes, line ends, escapes, formulas and headers could break.
NASTY = st.text(st.sampled_from("你a1 ,;|\t\"'\n\r=+@#_x0D{}[]\u200b\u3000\ufeff\x00\x0b\x1f\x85\u2028\U0001f600"))
TEXT = (st.text() | NASTY).filter(lambda text: clean(text) and not no_sentence(text))
LABELS = {
    BINARY: st.sampled_from([0.0, 1.0]),
    TIER: st.sampled_from([0.0, 1.0, 2.0, 3.0]),
    GRADED: st.floats(0, LABEL_MAX[GRADED]),
}
ROW = st.sampled_from(list(LABELS)).flatmap(
    lambda kind: st.fixed_dictionaries(
        {
            TEXT_A: TEXT,
            TEXT_B: TEXT,
            LABEL: LABELS[kind],
            KIND: st.just(kind),
            DOMAIN: TEXT.map(clean),
            ID: st.text() | NASTY,
            PURPOSE: st.sampled_from(["calibrate", "review"]),
            NOTE: st.text() | NASTY,
            SCORE: st.floats(-1, 1) | st.just(np.nan),
        }
    )
)
DTYPES = {
    TEXT_A: "str",
    TEXT_B: "str",
    LABEL: "float64",
    KIND: "str",
    DOMAIN: "str",
    ID: "str",
    PURPOSE: "str",
    NOTE: "str",
    SCORE: "float64",
}
FRAMES = st.lists(ROW, min_size=1, max_size=5).map(
    lambda rows: pd.DataFrame(rows, columns=list(DTYPES)).astype(DTYPES)
)


def round_trip(frame, format, **options):
    buffer = io.BytesIO()
    write_pairs(frame, buffer, format, **options)
    return load_pairs(buffer.getvalue())


WAYS = [*((format, {}) for format in FORMATS), ("csv", {"bom": True}), ("tsv", {"bom": True})]


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=40)
@given(frame=FRAMES)
def test_round_trip(frame):
    """Every format on the same frames: to make one up takes longer than to write and read it."""
    for format, options in WAYS:
        note(f"{format} {options}")
        pd.testing.assert_frame_equal(round_trip(frame, format, **options), frame)


def small():
    return load_pairs(b"text_a,text_b,label\n=1+1,@b,1\nc,d,0\n")


@pytest.mark.parametrize("format", FORMATS)
def test_the_extension_says_the_format(tmp_path, format):
    path = tmp_path / f"pairs.{format.upper()}"
    write_pairs(small(), path)
    pd.testing.assert_frame_equal(load_pairs(path), small())


def test_an_unknown_format_is_refused(tmp_path):
    with pytest.raises(BadArgument, match="format"):
        write_pairs(small(), tmp_path / "pairs.doc")
    with pytest.raises(BadArgument, match="format"):
        write_pairs(small(), io.BytesIO())


def test_whole_labels_are_written_as_people_write_them():
    buffer = io.BytesIO()
    write_pairs(small(), buffer, "csv")
    assert buffer.getvalue().splitlines()[1:] == [b"=1+1,@b,1,binary,default", b"c,d,0,binary,default"]


def test_texts_in_workbooks_are_never_formulas():
    buffer = io.BytesIO()
    write_pairs(small(), buffer, "xlsx")
    cell = openpyxl.load_workbook(buffer).active["A2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_a_text_too_long_for_a_cell_is_refused_not_cut():
    frame = small()
    frame.loc[0, TEXT_A] = "x" * 40_000
    with pytest.raises(TooLarge, match="32767"):
        write_pairs(frame, io.BytesIO(), "xlsx")
