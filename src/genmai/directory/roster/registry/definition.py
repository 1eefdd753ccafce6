"""The sheets of the registry as data: columns, other names for them, code sets; typed, read once from `definitions/`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal, cast

from pydantic import BaseModel, ConfigDict

from genmai.kernel.sheets import Field, Kind

KINDS = ("organisations", "units", "members", "posts", "grids")
SheetKind = Literal["organisations", "units", "members", "posts", "grids"]


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(_Data):
    """One column: `label` and `aliases` as people head it; `known = "not_kept"` is recognised and left out."""

    key: str
    label: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    kind: Kind
    codes: str = ""
    nothing: tuple[str, ...] = ()  # words for "has none"
    max_length: int = 0
    known: Literal["kept", "not_kept"] = "kept"
    note: str = ""
    example: str = ""


class About(_Data):
    """What the sheet as a whole is; `identified_by` names the columns by which a row is known again."""

    key: SheetKind
    title: str
    about: str
    identified_by: tuple[str, ...]


class SheetDefinition(_Data):
    """One kind of sheet."""

    sheet: About
    columns: tuple[Column, ...]

    @property
    def kept(self) -> tuple[Column, ...]:
        """The columns that are taken in."""
        return tuple(column for column in self.columns if column.known == "kept")

    @property
    def fields(self) -> tuple[Field, ...]:
        """As the sheet reader wants them, the ones not kept too: so that they are recognised and take no other's place."""
        return tuple(_field(column) for column in self.columns)

    def column(self, key: str) -> Column:
        """Raises KeyError."""
        return next(column for column in self.columns if column.key == key)


def _field(column: Column) -> Field:
    return Field(
        key=column.key,
        label=column.label,
        aliases=column.aliases,
        required=column.required,
        kind=column.kind,
        max_length=column.max_length,
        choices=choices(column.codes) if column.codes else None,
    )


@cache
def definition(kind: str) -> SheetDefinition:
    """The definition of one kind of sheet. Raises KeyError for a kind that is not one."""
    if kind not in KINDS:
        raise KeyError(kind)
    return SheetDefinition.model_validate(_read(kind))


@cache
def code_set(name: str) -> Mapping[str, tuple[str, ...]]:
    """Code → words, the first of them the one that is shown."""
    return {code: tuple(words) for code, words in cast(Mapping[str, list[str]], _read("codes")[name]).items()}


@cache
def choices(name: str) -> Mapping[str, tuple[str, ...]]:
    """Word shown → the code itself and other ways to write it, as a choice field wants it."""
    return {words[0]: (code, code.lstrip("0") or code, *words[1:]) for code, words in code_set(name).items()}


@cache
def code_of(name: str) -> Mapping[str, str]:
    """Word shown → code."""
    return {words[0]: code for code, words in code_set(name).items()}


def word_of(name: str, code: str) -> str:
    """The word for a code; the code itself where the set does not have it."""
    words = code_set(name).get(code)
    return words[0] if words else code


@cache
def _read(name: str) -> Mapping[str, object]:
    return tomllib.loads((files(__package__) / "definitions" / f"{name}.toml").read_text(encoding="utf-8"))
