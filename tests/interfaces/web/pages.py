"""What tests of pages share: the moment they run at, somebody signed in, what a page says, a form's key."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from django.test import Client
from tests.factories.branches import party_account

from genmai.kernel.ids import key_of

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
CLOCK = "genmai.interfaces.web.edge.viewing.timezone.now"


def signed(account: Any) -> Client:
    """A browser in which this account is signed in."""
    client = Client()
    client.force_login(account)
    return client


def browser(login: str, role: str, body: Any, **reaches: bool) -> Client:
    """Somebody new with a role over a subtree of the Party tree, signed in."""
    return signed(party_account(login, role, body, **reaches))


def text_of(response: Any) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def keyed(name: str, /, **more: Any) -> dict[str, Any]:
    """What a form sends, with the key it was given."""
    return {"key": str(key_of(name)), **more}
