"""The sections of GB/T 4754 as the top of the industry tree: units stand below theirs, Party bodies below their unit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final
from uuid import UUID

from genmai.directory.roster.commands.organisations import NewOrganisation, open_organisations
from genmai.directory.roster.models import Level, OrganisationKind, Tree
from genmai.directory.roster.registry.bodies import Bodies, Body
from genmai.directory.roster.registry.definition import code_set
from genmai.kernel.viewer import Actor

TOP: Final = "gb4754"
TITLE: Final = "国民经济行业"
_SINCE = date(1985, 1, 1)  # the classification's first issue


def code_of(letter: str) -> str:
    """The body of a section."""
    return f"{TOP}-{letter}"


def ensure(*, at: datetime, key: UUID) -> None:
    """Open those that are not there; a vocabulary, so by the house whoever brings units in."""
    rows = [
        NewOrganisation(code, name, OrganisationKind.INDUSTRY, Level.CITY, parent, tree=Tree.INDUSTRY)
        for code, name, parent in _all()
    ]
    open_organisations(
        actor=Actor.system("registry import"), at=at, key=key, rows=rows, opened_on=_SINCE, document="GB/T 4754"
    )


def suppose(bodies: Bodies) -> None:
    """For a dry run before the first import: as if they were there."""
    for code, name, parent in _all():
        if code not in bodies.by_code:
            above = bodies.by_code[parent].path if parent else "/"
            bodies.add(Body(0, code, name, "", f"{above}0/", False))


def _all() -> Iterator[tuple[str, str, str]]:
    yield TOP, TITLE, ""
    for letter, words in code_set("industry").items():
        yield code_of(letter), words[0], TOP
