"""A small district whose people sign in: the same persons as the builders', with accounts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.test import Client
from tests.factories.accounts import grant
from tests.factories.cases import MONDAY, World, new_world
from tests.factories.organisations import AT, SETUP

from genmai.directory.access import commands as access
from genmai.directory.access.models import Account
from genmai.directory.roster.models import Person
from genmai.kernel.ids import key_of
from genmai.kernel.viewer import Actor
from genmai.processes.cases.models import Case


@dataclass
class Desks:
    """`as_(actor)` is a browser signed in as that person; the edge's clock is the world's."""

    world: World
    clients: dict[int, Client] = field(default_factory=dict)

    def as_(self, actor: Actor) -> Client:
        person_id = actor.viewer.person_id
        assert person_id is not None
        if person_id not in self.clients:
            client = Client()
            client.force_login(self._account(actor))
            self.clients[person_id] = client
        return self.clients[person_id]

    def _account(self, actor: Actor) -> Account:
        person = Person.objects.get(pk=actor.viewer.person_id)
        login = f"p{person.pk}"
        made = access.create_account(actor=SETUP, at=AT, key=key_of("desk", login), login=login, person_id=person.pk)
        organisation = next(o for o in self.world.district.bodies.values() if o.pk == actor.viewer.organisation_id)
        grant(made, actor.viewer.role, organisation)
        return made

    def page(self, actor: Actor, case: Case, query: str = "") -> HttpResponse:
        return self.as_(actor).get(f"/cases/{case.public_id}/{query}")

    def do(self, actor: Actor, case: Case, verb: str, *, seen: int | None = None, **typed: Any) -> HttpResponse:
        """Post a verb's form as the page would."""
        fresh = Case.objects.get(pk=case.pk)
        data = {"key": str(self.world.key()), "seen": str(fresh.version if seen is None else seen), **typed}
        return self.as_(actor).post(f"/cases/{case.public_id}/do/{verb}", data)


class Clock:
    """The edge's clock: the world's time."""

    def __init__(self, world: World) -> None:
        self.world = world

    def __call__(self) -> datetime:
        return self.world.at


def desks() -> Desks:
    return Desks(new_world(at=MONDAY))


def text(response: HttpResponse) -> str:
    return response.content.decode()
