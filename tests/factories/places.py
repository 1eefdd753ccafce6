"""Ground for tests: one small district with two towns, without reading the real table."""

from __future__ import annotations

from datetime import date

from genmai.directory.territory.divisions import initials, kind_of
from genmai.directory.territory.models import Place

FROM = date(2020, 1, 1)


def place(code: str, name: str, parent: Place | None = None) -> Place:
    """A place of the kind its code says, inside `parent`."""
    return Place.objects.create(
        code=code,
        name=name,
        initials=initials(name),
        kind=kind_of(code),
        parent=parent,
        path=f"{parent.path if parent else '/'}{code}/",
        valid_from=FROM,
    )
