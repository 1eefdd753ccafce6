"""A refusal speaks the reader's language, in its sentence, in the words filled in and in what it would accept."""

from __future__ import annotations

from genmai.kernel.refusal import BadInput

ENGLISH = {"没有“{what}”，有 {n} 个": "No {what}; {n} there", "村": "village", "镇": "town", "、": ", ", "": "header"}


def english(text: str) -> str:
    return ENGLISH.get(text, text)


def test_words_and_lists_are_looked_up_one_by_one() -> None:
    refused = BadInput("code", "没有“{what}”，有 {n} 个", allowed="村、镇", what="村、A1", n=2)
    assert refused.text(english) == "No village, A1; 2 there"
    assert refused.accepts(english) == "village, town"
    assert str(refused) == "没有“村、A1”，有 2 个（村、镇）"


def test_nothing_stays_nothing() -> None:
    refused = BadInput("code", "没有“{what}”，有 {n} 个", what="", n=0)
    assert refused.text(english) == "No ; 0 there"
    assert refused.accepts(english) == ""


def test_braces_in_what_people_typed_are_shown_as_typed() -> None:
    assert "{0}" in BadInput("code", "没有“{what}”，有 {n} 个", what="{0}", n=0).text()
