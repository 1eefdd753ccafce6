"""Anybody with a role over any organisation, signed in; forms posted as the pages would."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.factories.accounts import grant
from tests.factories.cases import World, new_world
from tests.factories.organisations import AT, SETUP

from genmai.directory.access import commands as access
from genmai.directory.roster.models import Organisation
from genmai.kernel.ids import key_of
from genmai.kernel.viewer import Actor


@dataclass
class Browsers:
    """`as_(actor)` is a browser signed in as that person."""

    world: World
    clients: dict[int, Client] = field(default_factory=dict)

    def as_(self, actor: Actor) -> Client:
        person_id = actor.person_id
        assert person_id is not None
        if person_id not in self.clients:
            login = f"p{person_id}"
            made = access.create_account(
                actor=SETUP, at=AT, key=key_of("browser", login), login=login, person_id=person_id
            )
            grant(made, actor.viewer.role, Organisation.objects.get(pk=actor.organisation_id))
            self.clients[person_id] = Client()
            self.clients[person_id].force_login(made)
        return self.clients[person_id]

    def get(self, actor: Actor, url: str) -> str:
        page = self.as_(actor).get(url)
        assert page.status_code == 200, (url, page.status_code, page.headers)
        assert len(page.content) < 150_000
        return str(page.content.decode())

    def post(self, actor: Actor, url: str, **typed: Any) -> HttpResponse:
        return self.as_(actor).post(url, {"key": str(self.world.key()), **typed})

    def queries(self, actor: Actor, url: str) -> int:
        client = self.as_(actor)
        client.get(url)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert client.get(url).status_code == 200
        return len(caught)


def browsers() -> Browsers:
    return Browsers(new_world())


def rows(page: str) -> list[str]:
    """The titles of a list's rows."""
    return re.findall(r'class="row-link"[^>]*>([^<]+)</a>', page)
