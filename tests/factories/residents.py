"""Residents with sealed names and numbers."""

from __future__ import annotations

from tests.factories.organisations import AT

from genmai.directory.roster.commands import find_or_add_resident
from genmai.directory.roster.models import Person
from genmai.kernel.ids import key_of
from genmai.kernel.viewer import Actor


def resident(phone: str = "13805741234", name: str = "王大明") -> Person:
    """Found by the number, or new."""
    person = find_or_add_resident(
        actor=Actor.reporter(), at=AT, key=key_of("resident", phone, name), phone=phone, name=name
    )
    assert person is not None
    return person
