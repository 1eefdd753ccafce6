"""Places as they are compared: the codes from the town down, and the names a text may call them by."""

from __future__ import annotations

from collections.abc import Iterable

from genmai.directory.territory.queries import codes_of

_TAILS = ("街道", "社区", "镇", "乡", "村")
SHORTEST = 2
TOWN_DIGITS = 9  # of a statistical code


def line_of(path: str) -> tuple[str, ...]:
    """The codes of a place's path from the town down; () for what lies above a town: no place to compare by."""
    codes = codes_of(path)
    return next((tuple(codes[at:]) for at, code in enumerate(codes) if len(code) == TOWN_DIGITS), ())


def names_of(names: Iterable[str]) -> tuple[str, ...]:
    """Names with and without their tail (姜山镇, 姜山): said from everywhere in a place, they tell no two matters apart."""
    found: dict[str, None] = {}
    for name in names:
        found[name] = None
        for tail in _TAILS:
            short = name.removesuffix(tail)
            if short != name and len(short) >= SHORTEST:
                found[short] = None
    return tuple(found)
