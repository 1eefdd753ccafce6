"""Browsers of the people of two towns, and somebody a grid worker tells of."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.factories.flowing import Two, two
from tests.factories.organisations import AT

from genmai.kernel.viewer import Actor
from genmai.processes.registers.flowing.commands import candidates
from genmai.processes.registers.models import Candidate


class Site:
    """Browsers of the people of `two()`; the clock is the world's."""

    def __init__(self) -> None:
        self.t = two()
        self._clients: dict[int, Client] = {}

    def as_(self, actor: Actor) -> Client:
        account = next(one for one in self.t._accounts.values() if one.person_id == actor.person_id)
        if account.pk not in self._clients:
            self._clients[account.pk] = Client()
            self._clients[account.pk].force_login(account)
        return self._clients[account.pk]

    def get(self, actor: Actor, url: str, status: int = 200) -> str:
        page = self.as_(actor).get(url)
        assert page.status_code == status, (url, page.status_code, page.content.decode()[:600])
        assert len(page.content) < 150_000
        return str(page.content.decode())

    def post(self, actor: Actor, url: str, **typed: Any) -> HttpResponse:
        return self.as_(actor).post(url, {"key": str(self.t.key()), **typed})

    def queries(self, actor: Actor, url: str) -> int:
        self.get(actor, url)
        with CaptureQueriesContext(connection) as caught:
            self.get(actor, url)
        return len(caught)


def told(t: Two, number: int = 0, name: str = "王建国") -> Candidate:
    return candidates.tell(
        actor=t.grid_worker(), at=AT, key=t.key(), source="visit", host_id=t.district.s1a.pk, name=name,
        phone=f"1380574{number:04d}",
    )  # fmt: skip
