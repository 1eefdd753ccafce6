"""What is compared about two records, from most alike to unlike; each level with the words people read.

A level's SQL sees columns of the left record as `<name>_l`, of the right as `<name>_r` (`records.COLUMNS`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_noop as _


@dataclass(frozen=True, slots=True)
class Level:
    """One way two values may relate. `first` is the chance among records of one person that training begins with."""

    key: str
    words: str
    sql: str
    first: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """One thing compared. `frequency`: the column whose rare values weigh more when they agree (a rare name)."""

    key: str
    words: str
    unknown: str  # SQL: nothing can be said
    levels: tuple[Level, ...]
    frequency: str = ""
    rare: float | None = None  # chance that two different people agree, where a sample would see none


# DuckDB's own distances count bytes, of which a Chinese character has three; so characters are held one to one.
_DIFFERING = " + ".join(f"CAST(substr(name_l, {at}, 1) <> substr(name_r, {at}, 1) AS INTEGER)" for at in range(1, 13))
_NAME = (
    Level("same", _("姓名相同"), "name_l = name_r", 0.9),
    Level("sound", _("读音相同，字不同"), "letters_l = letters_r", 0.03),
    Level(
        "one",
        _("姓名差一个字"),
        f"length(name_l) = length(name_r) AND length(name_l) >= 3 AND ({_DIFFERING}) = 1",
        0.03,
    ),
    Level(
        "head",
        _("间隔号前面的名字相同"),
        "(pointed_l OR pointed_r) AND (head_l = head_r OR starts_with(name_l, name_r) OR starts_with(name_r, name_l))",
        0.01,
    ),
    Level("else", _("姓名不同"), "ELSE", 0.03),
)
_SWAPPED = (
    "substr(born_l, 1, 4) = substr(born_r, 1, 4) AND substr(born_l, 5, 2) = substr(born_r, 7, 2)"
    " AND substr(born_l, 7, 2) = substr(born_r, 5, 2)"
)
_BORN = (
    Level("same", _("出生日期相同"), "born_l = born_r", 0.94),
    Level("swapped", _("出生的月和日写反了"), _SWAPPED, 0.01),
    Level("digit", _("出生日期差一个数字"), "hamming(born_l, born_r) = 1", 0.03),
    Level("else", _("出生日期不同"), "ELSE", 0.02),
)
_TOWN = "length(place_l) >= 9 AND substr(place_l, 1, 9) = substr(place_r, 1, 9)"

COMPARISONS = (
    Comparison("name", _("姓名"), "name_l IS NULL OR name_r IS NULL", _NAME, frequency="name"),
    Comparison("born", _("出生日期"), "born_l IS NULL OR born_r IS NULL", _BORN),
    Comparison(
        "phone",
        _("电话"),
        "phone_l IS NULL OR phone_r IS NULL",
        (
            Level("same", _("电话相同"), "phone_l = phone_r", 0.7),
            Level("else", _("电话不同（可能换过号）"), "ELSE", 0.3),
        ),
        rare=2e-6,
    ),
    Comparison(
        "identity",
        _("身份证号"),
        "identity_l IS NULL OR identity_r IS NULL",
        (
            Level("same", _("身份证号相同"), "identity_l = identity_r", 0.97),
            Level("else", _("身份证号不同"), "ELSE", 0.03),
        ),
        rare=2e-8,
    ),
    Comparison(
        "sex",
        _("性别"),
        "sex_l IS NULL OR sex_r IS NULL",
        (Level("same", _("性别相同"), "sex_l = sex_r", 0.995), Level("else", _("性别不同"), "ELSE", 0.005)),
    ),
    Comparison(
        "place",
        _("所在地"),
        "place_l IS NULL OR place_r IS NULL",
        (
            Level("town", _("同一个镇街"), _TOWN, 0.3),
            Level("district", _("同一个区"), "substr(place_l, 1, 6) = substr(place_r, 1, 6)", 0.2),
            Level("else", _("不在一个区"), "ELSE", 0.5),
        ),
    ),
)
# Of one person by themselves (`scoring`): where no more than the year of birth is known. Its odds follow from those of the
# birth date and from how many members were born in that year, so no trained version has to hold them.
YEAR = Comparison(
    "year",
    _("出生年份"),
    "year_l IS NULL OR year_r IS NULL",
    (Level("same", _("出生年份相同"), "year_l = year_r", 0.97), Level("else", _("出生年份不同"), "ELSE", 0.03)),
)
BY_KEY: Mapping[str, Comparison] = {comparison.key: comparison for comparison in (*COMPARISONS, YEAR)}

# Which pairs are held side by side at all. Each rule asks for so much that a city's registers give no block of millions;
# together they catch a changed number with a mistyped date, a name written otherwise, and a birthday read the wrong way.
BLOCKS: Mapping[str, str] = {
    "identity": "l.identity = r.identity",
    "phone": "l.phone = r.phone",
    "name_year": "l.name = r.name AND substr(l.born, 1, 4) = substr(r.born, 1, 4)",
    "name_day": "l.name = r.name AND substr(l.born, 5, 4) = substr(r.born, 5, 4)",
    "letters_born": "l.letters = r.letters AND l.born = r.born",
    "surname_born": "l.surname = r.surname AND l.born = r.born",
}
