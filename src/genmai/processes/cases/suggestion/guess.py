"""A matter as it is looked at, and what came of looking: a subject, how sure, from which words, or why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

WORDS_ONLY = "words"  # the version told where no model has been learned

# Why a suggestion is not decided, or names no body. Msgids, shown by the page.
DOUBTS: Mapping[str, str] = {
    "no_words": "没有认出说明是哪一类的词",
    "several": "提到的词指向几类，不能确定是哪一类",
    "unsure": "把握不够，请您来定",
    "split": "下级分类分属不同单位，先定到下级分类",
    "no_duty": "派单目录中没有这一类",
    "no_place": "目录指的是村社或镇街，地点还没有定到那里",
    "no_body": "目录里写的单位这里没有",
}


@dataclass(frozen=True, slots=True)
class Matter:
    """What somebody wrote. `label`: the code of a subject a person has already given; it is a fact."""

    text: str
    title: str = ""
    label: str = ""
    on: date = date.min

    @property
    def whole(self) -> str:
        return f"{self.title} {self.text}".strip()


@dataclass(frozen=True, slots=True)
class Guess:
    """A subject as a code; shares in thousandths, None where nothing was measured.

    `duty_row`: the row of the duty list that holds, empty when none does; `doubt`: a key of DOUBTS.
    """

    basis: str  # model, words, label
    version: str = WORDS_ONLY
    category: str = ""
    decided: bool = False
    confidence: int | None = None
    second: str = ""
    second_confidence: int | None = None
    words: tuple[str, ...] = ()
    duty_row: str = ""
    doubt: str = ""


__all__ = ["DOUBTS", "WORDS_ONLY", "Guess", "Matter"]
