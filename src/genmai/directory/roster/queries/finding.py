"""Finding members by what somebody types, as SQL: each way is one index, in one order, so that a few letters cost milliseconds.

Comparisons are plain ranges (`~>=~`, `~<~`), which PostgreSQL holds leakproof: they use their index behind row security too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from genmai.directory.roster import sealing
from genmai.directory.roster.queries.membership_sql import Clause
from genmai.kernel.identity_numbers import normalise_identity

PROFILE, PERSON = "roster_profile AS p", "roster_person AS n"
_DIGITS = re.compile(r"[0-9]{4}")
_LETTERS = re.compile(r"[a-z]{1,40}")
_LAST = "\U0010ffff"  # sorts behind whatever a name may go on with


@dataclass(frozen=True, slots=True)
class Way:
    """One way to be found: what is looked through (`p` the profile, `n` the person), the test, what those found stand in order of."""

    table: str
    test: Clause
    order: str = ""
    rare: bool = False  # finds a handful in a whole city
    by_order: bool = True  # an index gives them in this order; else the first that are found are put into it

    @property
    def alias(self) -> str:
        """What it is called in the test."""
        return self.table[-1]

    @property
    def person(self) -> str:
        """The column that says whose row it is."""
        return "p.person_id" if self.table == PROFILE else "n.id"


def ways(text: str) -> list[Way]:
    """How members are found by a text, the likeliest first; nobody is found by two. Empty for an empty text."""
    text = text.strip()
    if not text:
        return []
    identity = normalise_identity(text)
    if identity:
        return [Way(PERSON, Clause("n.identity_index = %s", (sealing.index_of_identity(identity),)), rare=True)]
    if _DIGITS.fullmatch(text):
        return [Way(PROFILE, Clause("p.tail_index = %s", (sealing.index_of_tail(text),)), rare=True)]
    letters = text.lower()
    return _by_letters(letters) if _LETTERS.fullmatch(letters) else _by_name(text)


def _by_letters(letters: str) -> list[Way]:
    """First letters of the name (zw), then its sound from the beginning (zhangw). One letter is the same either way."""
    sound = _begins("p.letters", letters)
    if len(letters) == 1:
        return [Way(PROFILE, sound, "p.letters USING ~<~, ")]
    heads = _begins("p.initials", letters)
    return [
        Way(PROFILE, heads, "p.initials USING ~<~, p.letters USING ~<~, "),
        Way(PROFILE, _but(sound, heads), "p.letters USING ~<~, "),
    ]


def _by_name(name: str) -> list[Way]:
    """Names that begin so, then those that hold it anywhere: found by their characters, however short the name is."""
    begins = _begins("n.display_name", name)
    plain = name.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    holds = Clause(
        "string_to_array(n.display_name, NULL) @> %s::text[] AND n.display_name LIKE %s",
        (sorted(set(name)), f"%{plain}%"),
    )
    order = "n.display_name USING ~<~, "
    return [Way(PERSON, begins, order), Way(PERSON, _but(holds, begins), order, by_order=False)]


def _begins(column: str, head: str) -> Clause:
    return Clause(f"{column} ~>=~ %s AND {column} ~<~ %s", (head, head + _LAST))


def _but(test: Clause, other: Clause) -> Clause:
    return Clause(f"{test.sql} AND NOT ({other.sql})", (*test.values, *other.values))


def either(by: Sequence[Way]) -> Clause:
    """Found by any of these ways."""
    sql = " OR ".join(f"({way.test.sql})" for way in by)
    return Clause(f"({sql})", tuple(value for way in by for value in way.test.values))
