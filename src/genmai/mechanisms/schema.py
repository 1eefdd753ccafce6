"""Words shared by every section of a mechanism: texts, limits, spans, shares, roles, where a rule comes from.

Each model is frozen and refuses unknown keys. A section derives from `Section` and may add `check`, which sees the rest
of the mechanism and yields every fault it finds instead of raising at the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal, Protocol

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Int = Annotated[int, Field(strict=True)]
Count = Annotated[int, Field(strict=True, ge=0)]
Positive = Annotated[int, Field(strict=True, gt=0)]
Bool = Annotated[bool, Field(strict=True)]
MechanismKey = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+/[a-z0-9-]+$")]
MechanismRef = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+/[a-z0-9-]+@[1-9][0-9]*$")]
VersionedName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*@[1-9][0-9]*$")]
DeedKind = Annotated[str, StringConstraints(pattern=r"^[a-z_]+\.[a-z_]+$")]
ClockKind = Literal["urgent_hours", "urgent_days", "working_hours", "working_days", "calendar_days"]
Status = Literal["official", "default", "example"]

HOURS: frozenset[str] = frozenset({"urgent_hours", "working_hours"})


def _share(value: object) -> Fraction:
    """'2/3' or '0.8', above 0. Written as text so that a third stays a third."""
    if isinstance(value, Fraction):
        return value
    if not isinstance(value, str):
        raise ValueError("a share is written as text, like '2/3' or '0.8'")
    try:
        share = Fraction(value)
    except (ValueError, ZeroDivisionError):
        raise ValueError("a share is written like '2/3' or '0.8'") from None
    if share <= 0:
        raise ValueError("a share is above 0")
    return share


Share = Annotated[Fraction, BeforeValidator(_share)]


class Frozen(BaseModel):
    """A value read once from data: unknown keys are errors, nothing changes afterwards."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Text(Frozen):
    """Words people read, in both languages of the screens."""

    zh: Annotated[str, StringConstraints(min_length=1)]
    en: Annotated[str, StringConstraints(min_length=1)]

    def __str__(self) -> str:
        return self.zh


class Limit(Frozen):
    """How long something may take, and on which of the five clocks (kernel.worktime). Days are whole."""

    clock: ClockKind
    amount: Annotated[Decimal, Field(gt=0, le=3660)]

    @model_validator(mode="after")
    def _whole_days(self) -> Limit:
        if self.clock not in HOURS and self.amount != self.amount.to_integral_value():
            raise ValueError(f"{self.clock} is counted in whole days")
        return self


class Span(Frozen):
    """A length of calendar time: a term, a batch, the wait before a follow-up."""

    unit: Literal["day", "week", "month", "year"]
    amount: Positive


class Rhythm(Frozen):
    """How often: `every` with `times` within it, or `at` a named point. Words from a closed list, no date formula."""

    every: (
        Literal["weekday", "weekend", "day", "week", "month", "quarter", "half_year", "year", "batch", "programme"]
        | None
    ) = None
    times: Positive = 1
    on: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"] | None = None
    at: Literal["start", "end"] | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Rhythm:
        if (self.every is None) == (self.at is None):
            raise ValueError("give either 'every' or 'at'")
        return self


class Basis(Frozen):
    """Where a rule comes from. An empty `number` says that no public document is known."""

    title: Annotated[str, StringConstraints(min_length=1)]
    number: str = ""
    issuer: str = ""
    issued: date | None = None
    effective: date | None = None
    expires: date | None = None
    note: str = ""


class Role(Frozen):
    """Who does a thing in this mechanism, as kinds of post in the roster."""

    title: Text
    posts: Annotated[tuple[Code, ...], Field(min_length=1)]


class MechanismInfo(Frozen):
    """The head of a mechanism: `mechanism.toml`."""

    key: MechanismKey
    version: Positive
    title: Text
    owner: Annotated[str, StringConstraints(min_length=1)]
    status: Status
    formerly: tuple[MechanismKey, ...] = ()
    extends: MechanismRef | None = None
    basis: Annotated[tuple[Basis, ...], Field(min_length=1)]
    roles: Mapping[Code, Role] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _official_needs_a_number(self) -> MechanismInfo:
        if self.status == "official" and not all(b.number for b in self.basis):
            raise ValueError("an official mechanism names the number of each document under [[basis]]")
        return self

    @property
    def ref(self) -> str:
        """`key@version`, as a case pins it."""
        return f"{self.key}@{self.version}"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something a section's own check found: at which key, what stands there, what is allowed."""

    key: str
    value: object
    allowed: str


class House(Protocol):
    """What a section may see of its mechanism while it is checked."""

    @property
    def info(self) -> MechanismInfo: ...

    @property
    def sections(self) -> Mapping[str, Section]: ...

    def rows(self, file: str) -> Sequence[Mapping[str, str]] | None:
        """The rows of a CSV file of the mechanism; None when there is no such file."""


class Section(Frozen):
    """One `<section>.toml`. `check` yields faults that one field alone can't show."""

    def check(self, house: House) -> Iterator[Fault]:
        return iter(())

    def answer(self, given: Mapping[str, Any]) -> str:
        """What this section makes of an example's question. Raises KeyError where it answers none."""
        raise KeyError(f"answer to {', '.join(given)}")


def unknown_roles(house: House, key: str, roles: Sequence[str]) -> Iterator[Fault]:
    """A fault for each name that `[roles.…]` doesn't define."""
    known = sorted(house.info.roles)
    for role in roles:
        if role not in house.info.roles:
            yield Fault(key, role, f"a role of mechanism.toml: {', '.join(known) or 'none is defined'}")


def unknown_keys(key: str, values: Sequence[str], allowed: Mapping[str, Any]) -> Iterator[Fault]:
    """A fault for each value that is not a key of `allowed`."""
    for value in values:
        if value not in allowed:
            yield Fault(key, value, f"one of: {', '.join(sorted(allowed)) or 'nothing is defined'}")


def bad_ref(house: House, key: str, ref: str) -> Iterator[Fault]:
    """A fault when `section.key` names nothing (looked up in the section's `kinds` or `lists`)."""
    section, _, name = ref.partition(".")
    target = house.sections.get(section)
    defined: dict[str, Any] = {}
    for group in ("kinds", "lists", "indices", "programmes", "forms"):
        defined |= getattr(target, group, {})
    if target is None or name not in defined:
        choices = ", ".join(f"{section}.{k}" for k in sorted(defined)) or "nothing is defined there"
        yield Fault(key, ref, f"section.key of this mechanism: {choices}")


def out_of_order(key: str, items: Mapping[str, Any]) -> Iterator[Fault]:
    """Faults where `order` does not run 1, 2, 3 … without gaps or doubles."""
    orders = sorted(item.order for item in items.values())
    if orders != list(range(1, len(orders) + 1)):
        yield Fault(key, orders, f"'order' running 1 to {len(orders)}, each once")
