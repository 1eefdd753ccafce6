"""Typed values the components draw. Pages fill these from queries; templates take nothing else on trust."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

SMALL_SAMPLE = 10
"""Below this denominator a share is not printed as a percentage (LOOK.md: small samples are drawn as such)."""


@dataclass(frozen=True)
class Identity:
    """Who is signed in, as shown in the head of every page. `place` is the unit they act for."""

    name: str
    role: str
    place: str = ""
    role_key: str = ""


@dataclass(frozen=True)
class NavItem:
    """One entry of the rail or tab bar. `count` is what waits there for this person; `go` the letter after g."""

    key: str
    label: str
    url: str
    icon: str
    count: int = 0
    go: str = ""


@dataclass(frozen=True)
class Crumb:
    """One organisation on the way down the tree; the last one has no address."""

    label: str
    url: str = ""


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    current: bool = False
    count: int | str | None = None


@dataclass(frozen=True)
class Event:
    """One line of a history. `state`: new, in-hand, late, done, noted, or ahead (expected, not yet happened)."""

    at: datetime
    what: str
    by: str = ""
    said: str = ""
    state: str = "noted"
    photos: Sequence[str] = ()
    url: str = ""


@dataclass(frozen=True)
class MatterRow:
    """One matter in a list. `state`: new, in-hand, late or done; `word` is what people read."""

    url: str
    number: str
    title: str
    state: str
    word: str
    place: str = ""
    lead: str = ""
    due_at: datetime | None = None
    working_days: int | None = None
    met_at: datetime | None = None
    suspended: bool = False
    provisional: bool = False
    callers: int = 1
    current: bool = False


@dataclass(frozen=True)
class Figure:
    """A share with its proof: numerator, denominator, as-of time, rule version and the way to its deeds."""

    name: str
    numerator: int
    denominator: int
    as_of: datetime
    rule: str
    url: str = ""
    of_words: str = ""
    previous: tuple[int, int] | None = None
    small_below: int = SMALL_SAMPLE

    @property
    def is_empty(self) -> bool:
        """Nothing counted yet: no share exists, and 0% would be a lie."""
        return self.denominator == 0

    @property
    def is_small(self) -> bool:
        """Too few to print a percentage; n and d still stand."""
        return self.denominator < self.small_below

    @property
    def percent(self) -> str:
        """The share in percent with one decimal, rounded half up in whole numbers."""
        return percent(self.numerator, self.denominator)

    @property
    def change(self) -> str:
        """Signed difference to the previous period in percentage points, or empty when either side is small."""
        if self.previous is None or self.is_small or self.previous[1] < self.small_below:
            return ""
        tenths = _permille(self.numerator, self.denominator) - _permille(*self.previous)
        sign = "+" if tenths > 0 else "−" if tenths < 0 else "±"
        return f"{sign}{abs(tenths) // 10}.{abs(tenths) % 10}"


@dataclass(frozen=True)
class Chart:
    """Question as the title, the answer in a sentence, the drawing, then the table the drawing was made from."""

    question: str
    answer: str
    svg: str
    headers: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""


@dataclass(frozen=True)
class Progress:
    """Long work that can be left and found again. `poll_url` answers with this block anew while `done` is false."""

    title: str
    finished: int
    total: int
    poll_url: str = ""
    done: bool = False
    failed: str = ""
    detail: str = ""
    result_url: str = ""
    result_label: str = ""


@dataclass(frozen=True)
class Step:
    """One step of a resident's matter: past, current or ahead."""

    label: str
    standing: str = "ahead"


@dataclass(frozen=True)
class Key:
    """One key of the keyboard map; `target` is the CSS selector it presses or focuses."""

    press: str
    does: str
    target: str = ""


@dataclass(frozen=True)
class ChosenFilter:
    """A filter in force, with the address of the page without it."""

    label: str
    without_url: str


@dataclass(frozen=True)
class Undo:
    """The way back offered by a toast: where to POST, and the idempotency key of the undoing."""

    url: str
    label: str = ""
    fields: dict[str, str] = field(default_factory=dict)


def percent(numerator: int, denominator: int) -> str:
    """`numerator / denominator` in percent with one decimal, half up; an empty denominator gives a dash."""
    if denominator == 0:
        return "—"
    tenths = _permille(numerator, denominator)
    return f"{tenths // 10}.{tenths % 10}"


def _permille(numerator: int, denominator: int) -> int:
    return (2000 * numerator + denominator) // (2 * denominator)
