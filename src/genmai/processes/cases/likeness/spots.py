"""Where, in a reporter's own words: building numbers, gates, landmarks, and names of roads, rivers and bridges.

What two texts tell of the same kind may disagree (三号楼 and 12 幢, 东门 and 西门): then it is the same trouble elsewhere. A name
both tell may stand on the border of two villages (中山路): then it may be one trouble seen from both sides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from genmai.kernel.text import fold

BUILDING, UNIT, LANE, GATE, LANDMARK = "building", "unit", "lane", "gate", "landmark"
LONGEST = 4000  # signs of one text that are looked at
_FIGURES = {sign: n for n, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_NUMBER = r"(\d{1,4}|[零〇一二两三四五六七八九十百]{1,5})\s?#?"
_COUNTED = (
    (BUILDING, re.compile(_NUMBER + r"(?:号?楼(?!梯|道|上|下水)|幢|栋|号房)(?!层)")),
    (UNIT, re.compile(_NUMBER + r"单元")),
    (LANE, re.compile(_NUMBER + r"弄")),
)
_FLOOR = re.compile(r"[在到停上住]" + _NUMBER + "楼")  # 停在七楼 is a floor, no building
_GATE = re.compile(r"([东南西北])(?:边|面|侧|部)?的?(?:大|小|侧)?门")
_NAMED = re.compile(r"[\u4e00-\u9fff]{1,6}?(?:路(?![灯人过况程])|大道|街|大桥|高架|隧道|江|河|浦|渠)")
# Words a run begins with before a name stands: 就在中山路; and what stands before 路 or 河 in speech without being one.
_BEFORE = re.compile(r"[的了在是有条段这那哪个到从往走让过堵占修铺补挡和与跟就被把给没不很也都又还旁边里沿]")
_NO_NAME = re.compile(
    r"(?:水泥|柏油|沥青|石子|砂石|乡村|机耕|门口|村口|进村|出村|小区|主干|必经|回家|上学|上班|下班|桥头|校门|厂门|村头|村尾|前面|后面|中间|人行|非机动车)$"
)
NAME_SIGNS = 2  # a name has at least so many before its 路 or 河


@dataclass(frozen=True, slots=True)
class Spots:
    """`marks`: kind → what the text names of it; `names`: roads, rivers and bridges by their proper names."""

    marks: Mapping[str, frozenset[str]] = field(default_factory=dict)
    names: frozenset[str] = frozenset()

    def elsewhere(self, other: Spots) -> bool:
        """Whether both name something of one kind and nothing of it is the same, while no kind agrees."""
        both = self.marks.keys() & other.marks.keys()
        return bool(both) and not any(self.marks[kind] & other.marks[kind] for kind in both) and not self.meets(other)

    def told_otherwise(self, other: Spots) -> bool:
        """Whether both name a spot, but by kinds that can't be compared: a gate here, a building there."""
        named = bool(self.marks) and bool(other.marks)
        return named and not self.marks.keys() & other.marks.keys() and not self.meets(other)

    def meets(self, other: Spots) -> bool:
        """Whether both tell the same road, river or bridge by name; words run into its beginning don't hide it."""
        return any(one.endswith(two) or two.endswith(one) for one in self.names for two in other.names)


NOWHERE = Spots()


@lru_cache(maxsize=8192)
def spots_of(text: str, landmarks: tuple[tuple[str, ...], ...] = ()) -> Spots:
    """What a text names. `landmarks`: groups of words, each group one kind of spot."""
    plain = fold(text[:LONGEST])
    counted = _FLOOR.sub("|", plain)
    marks: dict[str, set[str]] = {}
    for kind, pattern in _COUNTED:
        for number in pattern.findall(counted):
            marks.setdefault(kind, set()).add(str(_number(number)))
    for side in _GATE.findall(plain):
        marks.setdefault(GATE, set()).add(side)
    for group in landmarks:
        if any(fold(word) in plain for word in group):
            marks.setdefault(LANDMARK, set()).add(group[0])
    return Spots({kind: frozenset(found) for kind, found in marks.items()}, frozenset(_names(plain)))


def _names(plain: str) -> Iterable[str]:
    """Names cut back to what stands after the last sign that belongs to no name: 就在中山路 is 中山路."""
    for found in _NAMED.findall(plain):
        tail = next(tail for tail in ("大道", "大桥", "高架", "隧道", found[-1]) if found.endswith(tail))
        head = found[: len(found) - len(tail)]
        cut = max((each.end() for each in _BEFORE.finditer(head)), default=0)
        if len(head) - cut >= NAME_SIGNS and not _NO_NAME.search(head):
            yield head[cut:] + tail


def _number(text: str) -> int:
    """三 is 3, 十二 is 12, 一百零五 is 105."""
    if text.isdigit():
        return int(text)
    whole = digit = 0
    for sign in text:
        if sign in "十百":
            whole += (digit or 1) * (10 if sign == "十" else 100)
            digit = 0
        else:
            digit = digit * 10 + _FIGURES[sign] if digit and whole == 0 else _FIGURES[sign]
    return whole + digit
