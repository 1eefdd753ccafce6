"""People with a truth that is known: members of a city, and a residents' list some of whose rows are members.

Made from a seed; nobody is real. Surnames by their shares among the living (the forty most frequent, two thirds of the
people, then a tail); given names of one or two characters drawn by a steep law from characters of their generation and
sex, so that the most frequent full names are borne by hundreds in a city, as they are; 3 % belong to minorities and most
of those have names with a point. Cohorts are planted besides: people of one name and one birth year, and of one name and
one birth date, who are not the same. A resident who is a member differs from the member's record by SLIPS, each drawn
on its own: the rates are our assumption, not a measurement of any registry, and stand in the result.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta

from genmai.directory.roster.linkage.records import Record
from genmai.kernel import secrets
from genmai.kernel.identity_numbers import identity_check_character

_KEY = bytes(range(32))
SLIPS = {
    "new phone": 0.35, "no phone on the list": 0.05, "no identity number on the list": 0.40,
    "identity number mistyped": 0.02, "name written by its sound": 0.03, "one character wrong": 0.01,
    "point left out or written otherwise (of names with one)": 0.50, "name cut at the point (of names with one)": 0.10,
    "month and day swapped": 0.005, "one digit of the birth date": 0.015, "wrong sex": 0.003,
}  # fmt: skip
MEMBERS_AMONG = 0.045  # of the residents
MINORITY = 0.03

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金"
    "石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤竺励邬应虞裘"
)
_SURNAME_SHARES = (7.2, 7.1, 6.8, 5.4, 4.5, 3.1, 2.3, 2.1, 2.0, 1.9, 1.7, 1.5, 1.3, 1.3, 1.2, 1.2, 1.1, 1.1, 1.0, 1.0)
_MALE = (
    "伟强磊军洋勇杰涛超明刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林欢建国志文海峰东成荣新永春生德福祥安庆忠良根法"
    "子豪泽轩博晨阳天佑睿嘉铭一诺梓涵"
)
_FEMALE = (
    "芳娜敏静丽艳娟霞秀英玲燕红梅兰萍云莉洁琴雪慧婷颖倩欣佳怡悦琳璐月珍凤仙娥亚美君晓菊爱香彩素"
    "雨萱诗涵梦瑶思语欣怡可馨紫"
)
_POINTED = (
    "买买提", "阿布都拉", "古丽娜尔", "艾力", "吐尔逊", "阿依古丽", "木拉提", "努尔古丽", "艾山江", "帕提古丽", "卡德尔",
    "沙吉旦", "热依汗", "玉素甫", "麦麦提", "哈斯木", "尼加提", "迪丽努尔",
)  # fmt: skip
_SOUNDS = (
    "伟玮炜",
    "丽莉俐",
    "军君钧",
    "洋阳扬",
    "明铭鸣",
    "静婧靖",
    "芳方",
    "娟涓",
    "英瑛莹",
    "国帼",
    "志智",
    "峰锋丰",
    "华桦",
    "建健",
    "慧惠",
)
_SAME_SOUND = {sign: group for group in _SOUNDS for sign in group}


@dataclass(frozen=True, slots=True)
class Planted:
    """Both lists and the truth: row of the residents' list → member."""

    members: list[Record]
    residents: list[Record]
    truth: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Body:
    """A person as they are: numbers in clear, since both lists are made of them."""

    name: str
    born: date
    sex: str
    phone: str
    identity: str
    place: str


def planted(*, members: int, residents: int, seed: int, slips: dict[str, float] | None = None) -> Planted:
    """Members and residents, with so many of the residents members (MEMBERS_AMONG)."""
    draw, rates = random.Random(seed), {**SLIPS, **(slips or {})}  # noqa: S311  a sequence, no secret
    bodies = _cohorts(draw, [_body(draw, 1938, 2006) for _ in range(members)])
    shared = min(int(residents * MEMBERS_AMONG), members)
    chosen = draw.sample(range(members), shared)
    member_rows = [_row(f"m{at}", body, known=False) for at, body in enumerate(bodies)]
    truth, rows = {}, []
    for at, member in enumerate(chosen):
        body = bodies[member]
        member_rows[member] = _row(f"m{member}", body, known=True)
        rows.append(_slipped(draw, rates, f"r{at}", body))
        truth[f"r{at}"] = f"m{member}"
    others = (_row(f"r{at}", _body(draw, 1945, 2008), known=True) for at in range(shared, residents))
    rows += [_without(draw, rates, row) for row in others]
    draw.shuffle(rows)
    return Planted(member_rows, rows, truth)


def duplicated(*, people: int, twice: float, seed: int) -> tuple[list[Record], set[tuple[str, str]]]:
    """One registry in which a share of the people stand twice, the second time with slips; and those pairs."""
    draw = random.Random(seed)  # noqa: S311  a sequence, no secret
    bodies = _cohorts(draw, [_body(draw, 1938, 2006) for _ in range(people)])
    rows = [_row(f"p{at}", body, known=True) for at, body in enumerate(bodies)]
    pairs = set()
    for at in draw.sample(range(people), int(people * twice)):
        again = f"q{at}"
        rows.append(_slipped(draw, SLIPS, again, bodies[at]))
        pairs.add((f"p{at}", again))
    return rows, pairs


def _cohorts(draw: random.Random, bodies: list[_Body]) -> list[_Body]:
    """Per thousand people: six of one name and birth year, and two pairs of one name and birth date."""
    for at in range(0, len(bodies) - 20, 1000):
        first = bodies[at]
        for step in range(1, 6):
            bodies[at + step] = _renumbered(draw, replace(first, born=_in_year(draw, first.born.year)))
        for step in (6, 8):
            bodies[at + step + 1] = _renumbered(draw, bodies[at + step])
    return bodies


def _renumbered(draw: random.Random, body: _Body) -> _Body:
    """Another person with this one's name and birth date."""
    return replace(body, phone=_phone(draw), identity=_identity(draw, body.born, body.sex), place=_place(draw))


def _body(draw: random.Random, first: int, last: int) -> _Body:
    sex = "1" if draw.random() < 0.6 else "2"
    born = _in_year(draw, draw.randint(first, last))
    return _Body(_name(draw, sex), born, sex, _phone(draw), _identity(draw, born, sex), _place(draw))


def _in_year(draw: random.Random, year: int) -> date:
    return date(year, 1, 1) + timedelta(days=draw.randrange(365))


def _name(draw: random.Random, sex: str) -> str:
    if draw.random() < MINORITY:
        parts = draw.sample(_POINTED, 2)
        return "·".join(parts) if draw.random() < 0.8 else parts[0]
    weights = _SURNAME_SHARES + (0.8,) * 20 + (0.25,) * (len(_SURNAMES) - 40)
    surname = draw.choices(_SURNAMES, weights)[0]
    pool = _MALE if sex == "1" else _FEMALE
    signs = draw.choices(pool, _steep(len(pool)), k=1 if draw.random() < 0.18 else 2)
    return surname + "".join(signs)


def _steep(length: int) -> list[float]:
    return [1 / (8 + at) for at in range(length)]


def _phone(draw: random.Random) -> str:
    return f"1{draw.choice('35789')}{draw.randrange(10**9):09d}"


def _identity(draw: random.Random, born: date, sex: str) -> str:
    serial = draw.randrange(100) * 10 + draw.choice((1, 3, 5, 7, 9) if sex == "1" else (0, 2, 4, 6, 8))
    first = f"{draw.choice(('330203', '330205', '330212', '330282', '342221', '522401', '411524'))}{born:%Y%m%d}"
    first += f"{serial:03d}"
    return first + identity_check_character(first)


def _place(draw: random.Random) -> str:
    return f"3302{draw.choice(('03', '05', '06', '11', '12', '13', '25', '26', '81', '82'))}{draw.randrange(1, 21):03d}"


def _row(id_: str, body: _Body, *, known: bool) -> Record:
    """As a record. `known`: its numbers' real blind indexes; else bytes of its own, which no list can meet."""
    if known:
        phone, identity = _index(body.phone, "phone"), _index(body.identity, "identity")
    else:
        phone = identity = id_.encode().rjust(16, b"\0")
    return Record(id_, body.name, body.born, body.sex, phone, identity, body.place)


def _index(number: str, kind: str) -> bytes:
    return secrets.blind_index(number, _KEY, kind="phone" if kind == "phone" else "identity")


def _without(draw: random.Random, rates: dict[str, float], row: Record) -> Record:
    """Numbers the list doesn't have, for members and others alike."""
    if draw.random() < rates["no phone on the list"]:
        row = replace(row, phone_index=None)
    if draw.random() < rates["no identity number on the list"]:
        row = replace(row, identity_index=None)
    return row


def _slipped(draw: random.Random, rates: dict[str, float], id_: str, body: _Body) -> Record:
    """The same person as a hurried clerk wrote them down, living elsewhere now."""
    phone, identity, born, sex = body.phone, body.identity, body.born, body.sex
    if draw.random() < rates["new phone"]:
        phone = _phone(draw)
    if draw.random() < rates["identity number mistyped"]:
        at = draw.randrange(6, 17)
        identity = identity[:at] + str((int(identity[at]) + 1) % 10) + identity[at + 1 :]
    name = _slip_name(draw, rates, body.name)
    if draw.random() < rates["month and day swapped"] and born.day <= 12:
        born = date(born.year, born.day, born.month)
    if draw.random() < rates["one digit of the birth date"]:
        born = _one_digit(draw, born)
    if draw.random() < rates["wrong sex"]:
        sex = "2" if sex == "1" else "1"
    slipped = _Body(name, born, sex, phone, identity, _place(draw))
    return _without(draw, rates, _row(id_, slipped, known=True))


def _slip_name(draw: random.Random, rates: dict[str, float], name: str) -> str:
    if "·" in name:
        if draw.random() < rates["name cut at the point (of names with one)"]:
            return name.split("·")[0]
        if draw.random() < rates["point left out or written otherwise (of names with one)"]:
            return name.replace("·", draw.choice(("", "•", ".", " ")))
        return name
    if draw.random() < rates["name written by its sound"]:
        at = len(name) - 1
        group = _SAME_SOUND.get(name[at], "")
        return name[:at] + draw.choice(group) if group else name
    if draw.random() < rates["one character wrong"] and len(name) == 3:
        at = draw.choice((1, 2))
        return name[:at] + draw.choice(_MALE + _FEMALE) + name[at + 1 :]
    return name


def _one_digit(draw: random.Random, born: date) -> date:
    """One of its eight digits another, and still a day."""
    digits = f"{born:%Y%m%d}"
    for _try in range(20):
        at = draw.choice((3, 5, 7))
        other = digits[:at] + str(draw.randrange(10)) + digits[at + 1 :]
        try:
            made = date(int(other[:4]), int(other[4:6]), int(other[6:]))
        except ValueError:
            continue
        if other != digits:
            return made
    return born
