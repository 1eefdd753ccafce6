"""Long work in a child of the worker: one at a time, and what breaks again and again is given up with a word."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.conf import settings
from tests.factories.accounts import account
from tests.factories.organisations import small_district

from genmai.directory.roster.models import RegistryImport
from genmai.interfaces.jobs.continuous import registry
from genmai.interfaces.jobs.one_child import TRIES, OneChild

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def wait(child: OneChild) -> str:
    assert child._at_work is not None
    child._at_work[0].wait(30)
    return child.ended() or ""


def test_how_it_ended_is_told_once_and_what_breaks_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "PYTHONPATH", str(settings.SOURCE.parent))
    child = OneChild("sample")
    assert child.ended() == ""
    child.start("--help")
    assert wait(child) == "sample --help: ended with 0"
    assert child.broken == {}
    child.start("no-such-command")
    assert wait(child) == "sample no-such-command: ended with 2"
    assert child.ended() == ""
    assert child.given_up() == frozenset()
    for _ in range(TRIES - 1):
        child.start("no-such-command")
        wait(child)
    assert child.given_up() == {"no-such-command"}


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> OneChild:
    """Children that die before they begin."""
    monkeypatch.setitem(os.environ, "PYTHONPATH", "/nowhere")
    monkeypatch.setitem(os.environ, "PYTHONHOME", "/nowhere")
    child = OneChild("registry")
    monkeypatch.setattr(registry, "_child", child)
    return child


@pytest.mark.django_db
def test_a_sheet_that_breaks_its_process_is_not_tried_for_ever(broken: OneChild) -> None:
    by = account("zuzhibu", "party_organiser", small_district().district).person
    upload = RegistryImport.objects.create(
        public_id=uuid4(), state="queued", kind="members", filename="全区.xlsx", stored="none", by=by, at=NOW
    )
    for _ in range(TRIES):
        assert registry.run(at=NOW) == f"registry {upload.public_id}: queued"
        assert broken._at_work is not None
        assert broken._at_work[0].wait(30) != 0
        assert "ended with" in registry.run(at=NOW)
    assert "given up" in registry.run(at=NOW)
    upload.refresh_from_db()
    assert upload.state == "failed"
    assert "什么也没有写入" in upload.problems[0]["message"]
    assert registry.run(at=NOW) == ""
