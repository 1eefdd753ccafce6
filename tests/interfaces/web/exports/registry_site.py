"""Two towns' Party offices and whoever else signs in, and what their files hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from tests.factories.flowing import Two
from tests.interfaces.web.exports.files import body, book, content

from genmai.kernel.viewer import Actor


@dataclass
class Site:
    """Two towns' Party offices and whoever else signs in; the clock is the world's."""

    t: Two
    clients: dict[int, Client] = field(default_factory=dict)

    def as_(self, who: Actor) -> Client:
        account = next(one for one in self.t._accounts.values() if one.person_id == who.viewer.person_id)
        if account.pk not in self.clients:
            self.clients[account.pk] = Client()
            self.clients[account.pk].force_login(account)
        return self.clients[account.pk]

    def ask(self, who: Actor, what: str, query: str = "", purpose: str = "年终核对", **more: str) -> Any:
        data = {"what": what, "query": query, "purpose": purpose, "key": str(self.t.key()), **more}
        return self.as_(who).post("/exports/ask", data)

    def file(self, who: Actor, what: str, query: str = "", **more: str) -> bytes:
        answer = self.ask(who, what, query, **more)
        assert "attachment" in answer.headers.get("Content-Disposition", ""), content(answer)[:2000].decode()
        return content(answer)

    def rows(self, who: Actor, what: str, query: str = "", **more: str) -> list[list[Any]]:
        """The body; a list without rows has none."""
        return [row for row in body(book(self.file(who, what, query, **more)).worksheets[0]) if row[0] is not None]


def everything(data: bytes) -> str:
    return " ".join(str(v) for page in book(data) for row in page.iter_rows(values_only=True) for v in row)
