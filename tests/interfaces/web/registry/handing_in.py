"""Sheets of the registry handed in as people hand them in, and what the pages then say."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from tests.coordination.test_registry import Row, sheet
from tests.factories.accounts import account
from tests.factories.party import PartyTree

from genmai.directory.roster.models import RegistryImport, Tree
from genmai.interfaces import registry_import

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def browser(tree: PartyTree, role: str, body: str) -> Client:
    client = Client()
    client.force_login(account(f"{role}-{body}", role, tree.bodies[body], tree=Tree.PARTY))
    return client


def text(response: HttpResponse) -> str:
    main = re.search(r"<main.*?</main>", response.content.decode(), re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main.group() if main else response.content.decode()))


def send(client: Client, rows: list[Row] | bytes, kind: str = "members") -> RegistryImport:
    data = rows if isinstance(rows, bytes) else sheet(kind, rows).getvalue()
    file = SimpleUploadedFile("全区党员.xlsx", data)
    response = client.post("/registry/", {"key": str(uuid4()), "kind": kind, "file": file})
    assert response.status_code == 302, text(response)
    return RegistryImport.objects.get(public_id=response["Location"].split("/")[2])


def confirm(client: Client, upload: RegistryImport) -> RegistryImport:
    client.post(f"/registry/{upload.public_id}/confirm", {"key": str(uuid4())})
    upload.refresh_from_db()
    return registry_import.carry(at=NOW, upload=upload, clock=lambda: NOW)
