"""`standards.toml`: what bodies of a kind are to show or do, how often, with what proof. Pure; nothing here is scored."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from genmai.mechanisms.schema import Bool, Code, Count, Fault, Frozen, House, Positive, Section, Text, unknown_keys

Every = Literal["once", "month", "quarter", "half_year", "year"]
EVER = date(1921, 7, 1)
_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


def period_start(every: str, day: date) -> date:
    """The first day of the calendar period that `day` lies in; `once` has one period for ever."""
    if every == "once":
        return EVER
    length = _MONTHS[every]
    return date(day.year, (day.month - 1) // length * length + 1, 1)


class UnitClass(Frozen):
    """Which bodies: every condition given must hold; `posts`: only while one of them is filled; `named`: one by one."""

    title: Text
    kinds: tuple[Code, ...] = ()
    categories: tuple[Code, ...] = ()
    sectors: tuple[Code, ...] = ()
    levels: tuple[Positive, ...] = ()
    posts: tuple[Code, ...] = ()
    named: Bool = False

    def fits(self, about: Mapping[str, Any]) -> bool:
        """Whether a body (`kind`, `category`, `sector`, `level`, `posts` filled, classes it is `named` into) belongs."""
        if self.named and not about.get("named"):
            return False
        if self.posts and not set(self.posts) & set(about.get("posts", ())):
            return False
        wanted = (("kind", self.kinds), ("category", self.categories), ("sector", self.sectors), ("level", self.levels))
        return all(not allowed or about.get(field) in allowed for field, allowed in wanted)


class Item(Frozen):
    """One thing to show or do. `known`: its words stand in a public text; else they are ours, to be replaced."""

    title: Text
    group: Code
    order: Positive
    for_: Annotated[tuple[Code, ...], Field(alias="for", min_length=1)]
    every: Every = "once"
    target: Positive = 1
    unit: Text | None = None
    proof: Text
    known: Bool = False


class Standard(Frozen):
    """One list. `text`: whether its items are published. `review`: the body above looks at each proof."""

    title: Text
    about: Text
    tree: Literal["party", "administrative"]
    order: Count = 0
    text: Literal["public", "reconstructed", "blank"]
    review: Bool
    groups: Annotated[Mapping[Code, Text], Field(min_length=1)]
    classes: Annotated[Mapping[Code, UnitClass], Field(min_length=1)]
    items: Annotated[Mapping[Code, Item], Field(min_length=1)]

    def in_order(self) -> list[tuple[str, Item]]:
        """Items by group as listed, then by their own order."""
        groups = list(self.groups)
        return sorted(self.items.items(), key=lambda one: (groups.index(one[1].group), one[1].order, one[0]))

    def owed_by(self, about: Mapping[str, Any]) -> list[str]:
        """The items a body owes, in order."""
        classes = {key for key, unit_class in self.classes.items() if unit_class.fits(_in_class(about, key))}
        return [key for key, item in self.in_order() if classes & set(item.for_)]

    @property
    def named_classes(self) -> list[str]:
        """Classes whose bodies are named one by one."""
        return [key for key, unit_class in self.classes.items() if unit_class.named]

    def faults(self, place: str) -> Iterator[Fault]:
        for key, item in self.items.items():
            yield from unknown_keys(f"{place}.items.{key}.group", [item.group], self.groups)
            yield from unknown_keys(f"{place}.items.{key}.for", item.for_, self.classes)
            if item.target > 1 and item.unit is None:
                yield Fault(f"{place}.items.{key}.unit", None, "the unit in which more than one is counted")
            if item.known and self.text != "public":
                yield Fault(f"{place}.items.{key}.known", True, "false while the text of the list is not public")
        used = {name for item in self.items.values() for name in item.for_}
        yield from (Fault(f"{place}.classes", key, "a class of some item") for key in self.classes if key not in used)
        spent = {item.group for item in self.items.values()}
        yield from (Fault(f"{place}.groups", key, "a group of some item") for key in self.groups if key not in spent)


def _in_class(about: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    named: Collection[str] = about.get("named", ())
    return {**about, "named": key in named}


class StandardsSection(Section):
    """`standards.toml`."""

    standards: Annotated[Mapping[Code, Standard], Field(min_length=1)]

    def check(self, house: House) -> Iterator[Fault]:
        for key, standard in self.standards.items():
            yield from standard.faults(f"standards.{key}")

    def answer(self, given: Mapping[str, Any]) -> str:
        """Of a body's attributes: the items it owes; of `item` and `on`: since when its period runs."""
        standard = self.standards[given["standard"]]
        if "item" in given:
            return period_start(standard.items[given["item"]].every, given["on"]).isoformat()
        return " ".join(standard.owed_by(given)) or "nothing"
