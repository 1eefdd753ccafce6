"""Everything a person may read about a sheet is in the English catalogue, with the same places to fill."""

import re

import pytest

from genmai.interfaces.cli import catalogue
from genmai.kernel.sheets import PROBLEMS, REFUSALS

ENGLISH = catalogue.LOCALE / "en" / "LC_MESSAGES" / "django.po"
PLACE = re.compile(r"\{\w+\}")


@pytest.fixture(scope="module")
def english() -> dict[str, catalogue.Entry]:
    return {entry.id: entry for entry in catalogue.read(ENGLISH)}


@pytest.mark.parametrize("words", [*REFUSALS.values(), *PROBLEMS.values()])
def test_sentence_has_an_english_form_with_the_same_places(words: str, english: dict[str, catalogue.Entry]) -> None:
    assert words in english
    assert english[words].complete
    assert sorted(PLACE.findall(english[words].texts[0])) == sorted(PLACE.findall(words))
