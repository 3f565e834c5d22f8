import signal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from calibration.errors import BadArgument
from calibration.messages import catalogues as i18n
from calibration.text.cleaning import (
    BLANKS_MERGED,
    INVISIBLE_REMOVED,
    LINES_JOINED,
    PUNCTUATION_MAPPED,
    STEPS,
    CleaningOptions,
    clean,
    explain_cleaning,
)
from calibration.text.sentences import segment, split_sentences

PUNCTUATION = CleaningOptions(map_punctuation=True)
# Arbitrary text, and text dense in what the cleaner touches.
TEXTS = st.text(st.characters()) | st.text(
    st.sampled_from("你好aB1 \t\n\r\v\x85\u2028\u3000\u00a0\u200b\ufeff\x00\x1f\xad\ud800。，…“”—!?.")
)


def words(texts: list[str]) -> list[int]:
    """A stand-in for a model's counter: a token a character, and two special ones."""
    return [len(text) + 2 for text in texts]


@pytest.mark.parametrize(
    ("dirty", "expected", "changes"),
    [
        ("花呗额度", "花呗额度", ()),
        ("\ufeff花\u200b呗\x00", "花呗", (INVISIBLE_REMOVED,)),
        ("soft\u00adhyphen", "softhyphen", (INVISIBLE_REMOVED,)),
        ("花呗　　额度", "花呗 额度", (BLANKS_MERGED,)),
        ("  a\tb\u00a0 c ", "a b c", (BLANKS_MERGED,)),
        ("怎么\n提额", "怎么提额", (LINES_JOINED,)),
        ("怎么 \r\n　提额", "怎么提额", (LINES_JOINED,)),
        ("他说：“好”\n然后走了", "他说：“好”然后走了", (LINES_JOINED,)),
        ("raise\nthe limit", "raise the limit", (LINES_JOINED,)),
        ("“Yes.”\n“No.”", "“Yes.” “No.”", (LINES_JOINED,)),
        ("用\niPhone", "用 iPhone", (LINES_JOINED,)),
        ("第一段\n\n第二段", "第一段 第二段", (LINES_JOINED, BLANKS_MERGED)),
        ("\u200b \n", "", (INVISIBLE_REMOVED, LINES_JOINED, BLANKS_MERGED)),
        ("ＡＢＣ Abc ①", "ＡＢＣ Abc ①", ()),
        ("broken \ud83d emoji", "broken emoji", (INVISIBLE_REMOVED, BLANKS_MERGED)),
    ],
)
def test_names_what_it_changed(dirty, expected, changes):
    cleaned = explain_cleaning(dirty)
    assert (cleaned.text, cleaned.changes) == (expected, changes)
    assert clean(dirty) == expected


def test_punctuation_is_mapped_only_when_asked():
    text = "好的，（真的）？“是”…ＡＢ"
    assert clean(text) == text
    assert explain_cleaning(text, PUNCTUATION).changes == (PUNCTUATION_MAPPED,)
    assert clean(text, PUNCTUATION) == '好的,(真的)?"是"...ＡＢ'


def test_key_names_every_option_that_changes_text():
    assert CleaningOptions().key() == "1"
    assert PUNCTUATION.key() == "1+punct"


@settings(deadline=None)
@given(text=TEXTS, mapped=st.booleans())
@example(text="你\u200b\n好", mapped=False)
def test_cleaning_twice_changes_nothing_more(text, mapped):
    options = CleaningOptions(map_punctuation=mapped)
    once = clean(text, options)
    assert clean(once, options) == once
    assert explain_cleaning(once, options).changes == ()


@settings(deadline=None)
@given(text=TEXTS)
def test_the_short_cut_agrees_with_the_steps(text):
    assert clean(text) == explain_cleaning(text).text


@settings(deadline=None)
@given(text=TEXTS)
def test_cleaned_text_can_be_written_and_shown(text):
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert cleaned == cleaned.strip()
    assert not set(cleaned) & set("\n\r\t\u3000\u200b\ufeff")


@pytest.mark.parametrize("change", [INVISIBLE_REMOVED, LINES_JOINED, BLANKS_MERGED, PUNCTUATION_MAPPED])
def test_every_change_has_a_chinese_name(change):
    assert i18n.translate(change, "zh_CN") != change


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", []),
        (" \n ", []),
        ("没有句号", ["没有句号"]),
        ("你好。再见！", ["你好。", "再见！"]),
        ("他说：“好。”然后走了。", ["他说：“好。”", "然后走了。"]),
        ("真的吗？！我不信……算了", ["真的吗？！", "我不信……", "算了"]),
        ("It costs 3.5 USD. Fine! See a.com?q=1 now", ["It costs 3.5 USD.", "Fine!", "See a.com?q=1 now"]),
        ("Use e.g. this one.", ["Use e.g. this one."]),
        ("1.打开设置 2.点击", ["1.打开设置 2.点击"]),
        ("你好.我来了", ["你好.", "我来了"]),
        ("第一行\n第二行", ["第一行", "第二行"]),
    ],
)
def test_splits_chinese_and_western_sentences(text, sentences):
    assert split_sentences(text) == sentences


@settings(deadline=None)
@given(text=TEXTS)
def test_sentences_join_to_the_text_but_for_blanks(text):
    sentences = split_sentences(text)
    assert all(sentences)
    assert "".join("".join(sentences).split()) == "".join(text.split())


def test_packs_whole_sentences_greedily():
    assert segment("一二三。四五。六七八九。", 9, words) == ["一二三。四五。", "六七八九。"]


def test_cuts_a_long_sentence_between_characters():
    assert segment("一二三四五六七八。", 6, words) == ["一二三四", "五六七八", "。"]


def test_a_text_that_fits_is_one_segment():
    assert segment("一二。三。", 100, words) == ["一二。三。"]


@settings(deadline=None)
@given(text=TEXTS, limit=st.integers(3, 20))
def test_segments_fit_and_lose_nothing(text, limit):
    segments = segment(text, limit, words)
    assert all(segments)
    assert max(words(segments), default=0) <= limit
    assert "".join("".join(segments).split()) == "".join(text.split())


def test_a_limit_below_one_token_is_refused():
    with pytest.raises(BadArgument, match="max_tokens"):
        segment("一", 0, words)


@pytest.fixture
def time_limit():
    """Stops after a minute of this process's own time what would otherwise go on for hours."""

    def stop(*_):
        pytest.fail("takes quadratic time")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, 60)
    yield
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    signal.signal(signal.SIGVTALRM, before)


@pytest.mark.usefixtures("time_limit")
@pytest.mark.parametrize("unit", [" ", "\n", ".", "!", "。", "你 ", "“", ". ", "a.)"])
def test_no_text_takes_quadratic_time(unit):
    text = "x" + unit * (400_000 // len(unit)) + "x"
    assert clean(text).startswith("x")
    assert split_sentences(text)


def test_a_fixed_step_can_be_left_out_to_measure_it() -> None:
    dirty = "花呗\u200b  额度\n提升"
    assert clean(dirty) == "花呗 额度提升"
    assert clean(dirty, CleaningOptions(without=("invisible",))) == "花呗\u200b 额度提升"
    assert clean(dirty, CleaningOptions(without=("lines",))) == "花呗 额度\n提升"
    assert clean(dirty, CleaningOptions(without=("blanks",))) == "花呗  额度提升"
    assert clean(dirty, CleaningOptions(without=tuple(STEPS))) == dirty
    keys = {
        CleaningOptions(punct, left).key() for punct in (False, True) for left in ((), ("lines",), tuple(STEPS))
    }
    assert len(keys) == 6
    assert CleaningOptions(without=("blanks", "lines")).key() == CleaningOptions(without=("lines", "blanks")).key()
    with pytest.raises(BadArgument, match="without"):
        CleaningOptions(without=("case",))
