"""Subjects of what people bring, on three levels. Two digits a level: `010203`; 99 is "other".

Looking up never guesses: a label or a text that fits several subjects equally well finds none, and says why.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from genmai.kernel.refusal import BadInput
from genmai.mechanisms.problems import Problem, shown
from genmai.mechanisms.reasons import Reason
from genmai.mechanisms.tables import LINE, missing_columns

CODE = re.compile(r"^(\d\d){1,3}$")
COLUMNS = ("code", "zh", "en", "keywords")
SEPARATORS = re.compile(r"[/>＞、,，\-—|\\]+")


@dataclass(frozen=True, slots=True)
class Category:
    """One subject. `path` holds the Chinese names from the first level down, `path_en` the English ones."""

    code: str
    path: tuple[str, ...]
    path_en: tuple[str, ...]
    keywords: tuple[str, ...] = ()

    @property
    def level(self) -> int:
        return len(self.code) // 2

    @property
    def name(self) -> str:
        return self.path[-1]

    @property
    def title(self) -> str:
        """城乡建设 / 安全生产 / 安全隐患"""
        return " / ".join(self.path)

    @property
    def title_en(self) -> str:
        return " / ".join(self.path_en)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look-up gave. `category` is None when undecided; `reason` is for people; `candidates` are codes."""

    category: Category | None
    reason: Reason
    candidates: tuple[str, ...] = ()


class Taxonomy:
    """All subjects of a mechanism, by code."""

    def __init__(self, categories: Iterable[Category]) -> None:
        self.categories: Mapping[str, Category] = {c.code: c for c in categories}

    def __len__(self) -> int:
        return len(self.categories)

    def __contains__(self, code: object) -> bool:
        return code in self.categories

    def lookup(self, code: str) -> Category:
        """The subject of a code. Raises BadInput('unknown_category')."""
        try:
            return self.categories[code]
        except KeyError:
            raise BadInput(
                "unknown_category",
                "没有“{category}”这个分类",
                field="category",
                allowed="分类表中的编码",
                category=code,
            ) from None

    def children(self, code: str = "") -> tuple[Category, ...]:
        """Subjects one level below `code` (the first level for ''), in code order."""
        size = len(code) + 2
        return tuple(c for key, c in sorted(self.categories.items()) if len(key) == size and key.startswith(code))

    @cached_property
    def leaves(self) -> tuple[Category, ...]:
        """Subjects of the third level, in code order."""
        return tuple(c for _, c in sorted(self.categories.items()) if c.level == 3)

    def find(self, text: str, *, within: str = "") -> Finding:
        """The subject a label or a text names, among those under the code `within`; never a guess between equals."""
        wanted = _plain(text)
        if not wanted:
            return Finding(None, Reason("没有文字"))
        by_label = self._by_label(wanted, within)
        return by_label if by_label is not None else self._by_keywords(wanted, within)

    def _by_label(self, wanted: str, within: str) -> Finding | None:
        parts = tuple(part for part in SEPARATORS.split(wanted) if part)
        same = self._by_tail.get(wanted, ()) or self._by_tail.get("/".join(parts), ())
        same = tuple(code for code in same if code.startswith(within))
        if not same:
            return None
        if all(code.startswith(same[0]) for code in same):  # 交通运输 names the first level and one below it
            same = same[:1]
        if len(same) > 1:
            return Finding(
                None, Reason("“{name}”有 {n} 处同名分类，不能确定是哪一个", {"name": wanted, "n": len(same)}), same
            )
        return Finding(self.categories[same[0]], Reason("分类名称相同"), same)

    @cached_property
    def _by_tail(self) -> Mapping[str, tuple[str, ...]]:
        """Name, or end of path joined by '/', or the path run together → codes."""
        found: dict[str, set[str]] = {}
        for code, category in self.categories.items():
            names = tuple(_plain(name) for name in category.path)
            for start in range(len(names)):
                tail = names[start:]
                for label in {"/".join(tail), "/".join("/".join(tail).replace("、", "/").split("/"))}:
                    found.setdefault(label, set()).add(code)
        return {label: tuple(sorted(codes)) for label, codes in found.items()}

    def _by_keywords(self, wanted: str, within: str) -> Finding:
        hits: dict[str, set[str]] = {}
        for word in self._words_in(wanted, within):
            for code in self._by_word[word]:
                if code.startswith(within):
                    hits.setdefault(code, set()).add(word)
        hits = _deepest(hits)
        if not hits:
            return Finding(None, Reason("没有认出关键词"))
        codes = tuple(sorted(hits))
        words = sorted({word for found in hits.values() for word in found})
        said = {"words": "、".join(words), "n": len(codes)}
        if len(codes) == 1:
            return Finding(self.categories[codes[0]], Reason("关键词：{words}", said), codes)
        shared = _shared_prefix(codes)
        if len(shared) >= 4:
            return Finding(self.categories[shared], Reason("关键词：{words}；只能定到上一级", said), codes)
        return Finding(None, Reason("关键词（{words}）指向 {n} 个分类，不能确定是哪一个", said), codes)

    @cached_property
    def _by_word(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, set[str]] = {}
        for code, category in self.categories.items():
            for word in category.keywords:
                found.setdefault(_plain(word), set()).add(code)
        return {word: tuple(sorted(codes)) for word, codes in found.items()}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self._by_word, key=lambda word: (-len(word), word))
        return re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def _words_in(self, wanted: str, within: str) -> set[str]:
        """Keywords of `within` in the text. Longest first over all subjects' words: 出租车 never counts as 出租."""
        found = {match.group() for match in self._pattern.finditer(wanted)}
        return {word for word in found if any(code.startswith(within) for code in self._by_word[word])}


def _deepest(hits: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Without a subject whose own sub-subject was hit too: that one says the same more exactly."""
    return {code: words for code, words in hits.items() if not any(o != code and o.startswith(code) for o in hits)}


def _shared_prefix(codes: Sequence[str]) -> str:
    size = 0
    while size + 2 <= len(codes[0]) and len({code[: size + 2] for code in codes}) == 1:
        size += 2
    return codes[0][:size]


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()


def read_taxonomy(rows: tuple[Mapping[str, str], ...], file: str, problems: list[Problem]) -> Taxonomy:
    """The taxonomy of `taxonomy.csv`: code, zh, en, keywords (separated by blanks)."""
    if missing_columns(rows, COLUMNS, file, problems):
        return Taxonomy(())
    by_code = {row["code"]: row for row in rows}
    categories = []
    for row in rows:
        code, line = row["code"], int(row[LINE])
        above = [code[:size] for size in range(2, len(code) + 1, 2)]
        if not CODE.match(code):
            problems.append(Problem(file, line, "code", shown(code), "two, four or six digits"))
        elif by_code[code] is not row:
            problems.append(Problem(file, line, "code", shown(code), "each code once"))
        elif any(part not in by_code for part in above):
            problems.append(Problem(file, line, "code", shown(code), "a row for each level above it"))
        elif not row["zh"] or not row["en"]:
            problems.append(Problem(file, line, "zh, en", shown(row["zh"]), "a name in both languages"))
        else:
            names = [by_code[part] for part in above]
            path, path_en = tuple(n["zh"] for n in names), tuple(n["en"] for n in names)
            categories.append(Category(code, path, path_en, tuple(row["keywords"].split())))
    return Taxonomy(categories)
