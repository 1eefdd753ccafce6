"""Text is kept as written; what can't be held is refused, what deceives is removed."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genmai.kernel.refusal import BadInput
from genmai.kernel.text import bigrams, clean, fold, like_pattern, shorten

anything = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))


@given(anything, st.booleans())
def test_cleaning_twice_changes_nothing_more(text: str, multiline: bool) -> None:
    once = clean(text, multiline=multiline)
    assert clean(once, multiline=multiline) == once
    assert unicodedata.is_normalized("NFC", once)


@given(anything)
def test_cleaned_text_holds_no_character_that_deceives(text: str) -> None:
    cleaned = clean(text, multiline=True)
    assert not set(cleaned) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff\r\x1b\x7f\x85")


@pytest.mark.parametrize("text", ["楼道灯坏了👨‍👩‍👧‍👦🏳️‍🌈", "㑇䶮𠮷𬭼\ue000", "ئۇيغۇرچە\u200cيېزىق", "Ünïcödé"])
def test_emoji_rare_characters_and_joiners_are_kept(text: str) -> None:
    assert clean(text) == text


def test_decomposed_letters_are_composed_before_they_are_counted() -> None:
    assert clean("u\u0308" * 3, 3) == "üüü"


@pytest.mark.parametrize(
    ("text", "code"), [("a\x00b", "text_nul"), ("a\ud800b", "text_surrogate"), ("四个字呀", "text_too_long")]
)
def test_what_cannot_be_kept_is_refused_with_a_code_and_words(text: str, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        clean(text, 3, field="title")
    assert (refused.value.code, refused.value.field) == (code, "title")
    assert "请" in refused.value.text()


def test_length_is_counted_in_code_points_after_trimming() -> None:
    assert clean("  😀😀😀  ", 3) == "😀😀😀"


def test_bidi_override_cannot_turn_a_file_name_round() -> None:
    assert clean("photo\u202egpj.exe") == "photogpj.exe"


def test_single_line_text_has_no_line_breaks_and_single_blanks() -> None:
    assert clean(" 一\r\n\t二　 三 ") == "一 二 三"


def test_paragraphs_keep_their_breaks_and_at_most_one_empty_line() -> None:
    assert clean("一  \r\n二\r\n\r\n\r\n\r\n三\u2028四", multiline=True) == "一\n二\n\n三\n四"


def test_escape_sequences_do_not_reach_a_terminal() -> None:
    assert clean("\x1b[31m红\x07") == "[31m红"


@given(anything, st.integers(1, 30))
def test_shortened_text_is_never_longer_than_asked(text: str, length: int) -> None:
    assert len(shorten(text, length)) <= length
    assert "\n" not in shorten(text, length)


def test_shortening_marks_what_is_left_out_and_keeps_emoji_whole() -> None:
    assert shorten("一二三四五", 4) == "一二三…"
    assert shorten("一二三四", 4) == "一二三四"
    assert shorten("一👨‍👩‍👧‍👦二", 5) == "一…"


@given(anything, st.data())
def test_every_part_of_a_text_is_found_through_its_bigrams(text: str, data: st.DataObject) -> None:
    folded = fold(text)
    start = data.draw(st.integers(0, len(folded)))
    query = folded[start : data.draw(st.integers(start, len(folded)))]
    assert set(bigrams(query)) <= set(bigrams(text))


@given(anything)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_a_mark_behind_a_blank_joins_its_letter() -> None:
    assert fold("0O\u00a8") == "0ö"


def test_search_ignores_width_case_and_line_breaks() -> None:
    assert fold("ＡＢc 路\n灯") == "abc路灯"
    assert bigrams("路灯 路灯") == ("灯路", "路灯")
    assert bigrams("灯") == ()


def test_signs_of_like_are_taken_literally() -> None:
    assert like_pattern("100%_\\") == "%100\\%\\_\\\\%"
