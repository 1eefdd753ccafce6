"""A text as what it says: weighted signs and pairs of signs, without the phrases every matter has.

Chinese has no blanks between words, so single signs and pairs stand for words; what many texts hold weighs little. Pairs
never reach across a mark or a phrase left out. Figures and Latin words count whole ("805" is not "80" and "05").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import fsum, log, sqrt

from genmai.kernel.text import fold

RARE = 0.02  # what fewer texts than this share hold is not told apart any further: it weighs the same
_RUN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+|[^\W_\u3400-\u9fff\U00020000-\U0003ffff]+")
_CUT = "|"
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
# Since when and how long: everybody says it, and it tells no two matters apart.
_SINCE = re.compile(
    r"从?[上这前去昨今]?个?(?:[一二三四五六七八九十两几半好多数]+|\d+)个?多?(?:天|星期|礼拜|周|月|年|小时)"
    r"(?:多|了|以来|前|开始|起)*|从?上个?(?:月|周|星期|礼拜)|[昨今前]天(?:早上|上午|下午|晚上)?|早上|上午|下午"
)
LONGEST = 4000  # signs of one text that are looked at


@dataclass(frozen=True, slots=True)
class Commonness:
    """In how many of `texts` texts a sign or pair stands; what is not named is rare. Empty: all weigh the same."""

    texts: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)

    def weight(self, gram: str) -> float:
        """The rarer the more: the logarithm of one over its share."""
        if not self.texts:
            return 1.0
        share = min(1.0, self.counts.get(gram, 0) / self.texts)
        return log(1 / max(share, RARE)) + 0.01  # what stands in every text still tells a text from none


@dataclass(frozen=True, slots=True)
class Said:
    """Weights of what a text says; `size` is the length of that vector."""

    weights: Mapping[str, float]
    size: float

    def like(self, other: Said) -> float:
        """The cosine of the two, 0 (nothing in common) to 1."""
        few, many = (
            (self.weights, other.weights) if len(self.weights) < len(other.weights) else (other.weights, self.weights)
        )
        if not few or not many:
            return 0.0
        shared = fsum(weight * many[gram] for gram, weight in few.items() if gram in many)
        return min(1.0, round(shared / (self.size * other.size), 6))


class Reader:
    """Reads texts under one set of rules: phrases left out, words taken as one, how common each sign is."""

    def __init__(
        self, *, stop: Iterable[str] = (), same_words: Iterable[tuple[str, ...]] = (), common: Commonness = Commonness()
    ) -> None:
        self.common = common
        self._stop = _any_of(tuple(stop))
        groups = [tuple(fold(word) for word in group) for group in same_words]
        self._first = {word: group[0] for group in groups for word in group}
        self._groups = {group[0]: group for group in groups}
        self._rare = common.weight("")  # nothing weighs more than what no text holds
        self._same = _any_of(tuple(self._first))

    def counts(self, text: str) -> dict[str, int]:
        """How often each sign and pair stands in a text."""
        plain = self._stop.sub(_CUT, _SINCE.sub(_CUT, fold(text[:LONGEST])))
        plain = self._same.sub(lambda found: self._first[found.group()], plain)
        counted: dict[str, int] = {}
        for run in _RUN.findall(plain):
            for gram in _grams(run):
                counted[gram] = counted.get(gram, 0) + 1
        return counted

    def read(self, text: str, title: str = "") -> Said:
        """What a matter says; its title, being the gist, counts twice."""
        counted = self.counts(text)
        for gram, n in self.counts(title).items() if title else ():
            counted[gram] = counted.get(gram, 0) + 2 * n
        weights = {gram: self.common.weight(gram) * (1 + log(n)) for gram, n in counted.items()}
        return Said(weights, sqrt(fsum(weight * weight for weight in weights.values())))

    def telling(self, text: str, *, most: int) -> list[str]:
        """The pairs that tell this text from others, rarest first, with those of words meaning the same.

        Pairs as they stand in texts (nothing replaced): what a search through the index of pairs goes by.
        """
        plain = self._stop.sub(_CUT, _SINCE.sub(_CUT, fold(text[:LONGEST])))
        said = [plain, *(word for found in self._same.findall(plain) for word in self._groups[self._first[found]])]
        pairs = {run[at : at + 2] for one in said for run in _RUN.findall(one) for at in range(len(run) - 1)}
        usual = {gram for gram in pairs if self.common.weight(gram) < self._rare}
        return sorted(pairs - usual)[:most] or sorted(usual)[:most]


def _grams(run: str) -> Iterable[str]:
    if not _HAN.match(run):
        return (run,)
    return (*run, *(run[at : at + 2] for at in range(len(run) - 1)))


@lru_cache(maxsize=64)
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """Any of these, the longest first; nothing when there are none."""
    longest_first = sorted({fold(word) for word in words if fold(word)}, key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")
