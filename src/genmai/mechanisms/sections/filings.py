"""`filings.toml`: forms admitted, with number, owner, cycle and expiry, and where each element is already known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from genmai.mechanisms.schema import Code, Fault, Frozen, House, Rhythm, Section, Text, unknown_roles


class Element(Frozen):
    """One cell. Only what is `asked` is typed by a person; everything else is filled from where it is known."""

    title: Text
    unit: Literal["yuan", "count", "share", "text", "date"]
    known_from: Literal["asked", "roster", "territory", "cases", "activities", "partnerships", "registers", "funds"]


class Form(Frozen):
    title: Text
    number: Annotated[str, StringConstraints(min_length=1)]
    owner: Code
    why: Annotated[str, StringConstraints(min_length=1)]
    cycle: Rhythm
    expires: date
    columns: tuple[Code, ...] = ()
    elements: Annotated[Mapping[Code, Element], Field(min_length=1)]

    def asked(self) -> tuple[str, ...]:
        """Elements a person must type: the form's burden."""
        return tuple(key for key, element in self.elements.items() if element.known_from == "asked")


class FilingsSection(Section):
    forms: Mapping[Code, Form]

    def check(self, house: House) -> Iterator[Fault]:
        for key, form in self.forms.items():
            yield from unknown_roles(house, f"forms.{key}.owner", [form.owner])
            if not form.asked():
                yield Fault(f"forms.{key}", form.number, "a form that asks nothing new is a report, not a form")
