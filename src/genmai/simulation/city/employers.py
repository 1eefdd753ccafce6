"""The units in which the city's Party bodies stand: a credit code that is valid and nobody's, a section of industry each.

Villages, towns' own committees and bodies by area ("other") stand in no unit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from genmai.kernel.identity_numbers import credit_check_character
from genmai.simulation.city.organisations import Body
from genmai.simulation.city.units import WORDS

_OF_A_UNIT: Final = re.compile(r"(party-\d+-[jqs]\d+)(?:-\d\d)?")
# Who registers, and what kind of body (GB 32100): organs by the office of posts, enterprises by the market office,
# social organisations by civil affairs.
_KINDS: Final[Mapping[str, str]] = {"organ": "12", "enterprise": "91", "social": "52"}
_OURS: Final = "GM"  # no organisation code given out begins like this
_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Employer:
    """One unit; `section` is a letter of GB/T 4754."""

    code: str
    name: str
    sector: str
    division: str
    section: str


def employers(bodies: Iterable[Body]) -> dict[str, Employer]:
    """By the code of its uppermost Party body, in the order of the sheet."""
    found: dict[str, Employer] = {}
    for body in bodies:
        base = unit_of(body.code)
        if base and base not in found:
            code = credit_code(_KINDS[body.sector], body.division, len(found) + 1)
            found[base] = Employer(code, body.unit, body.sector, body.division, section_of(body.unit, body.sector))
    return found


def unit_of(code: str) -> str:
    """The uppermost Party body of the unit a body is in; "" for one in none."""
    matched = _OF_A_UNIT.fullmatch(code)
    return matched[1] if matched else ""


def credit_code(kind: str, division: str, number: int) -> str:
    """Valid by both check characters, GB 11714's of the organisation and GB 32100's of the whole."""
    body = f"{_OURS}{number:06d}"
    total = sum(_ALPHABET.index(char) * weight for char, weight in zip(body, _WEIGHTS, strict=True))
    check = (11 - total % 11) % 11
    first = f"{kind}{division[:6]:0<6}{body}{'X' if check == 10 else check}"
    return first + credit_check_character(first)


def section_of(name: str, sector: str) -> str:
    """By the longest word in the name."""
    words = [(len(word), letter) for word, letter in _words() if word in name]
    fallback: str = WORDS["sections"][sector]
    return max(words)[1] if words else fallback


@cache
def _words() -> tuple[tuple[str, str], ...]:
    return tuple((word, letter) for letter, words in WORDS["sections"]["words"].items() for word in words)
