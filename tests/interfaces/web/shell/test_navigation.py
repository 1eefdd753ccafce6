"""Each role finds its places; a place whose page is not built is left out rather than broken."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.urls import path

from genmai.directory.access.roles import ROLES
from genmai.interfaces.web.shell.navigation import ENTRIES, entries_for

urlpatterns = [path("mine", lambda request: None, name="my_work")]


@pytest.mark.urls(__name__)
def test_only_built_places_are_shown_with_what_waits_there():
    items = entries_for("town_desk", {"inbox": 12})
    assert [(item.key, item.url, item.count) for item in items] == [("inbox", "/mine", 12)]


@pytest.mark.urls(__name__)
def test_a_place_is_hidden_from_other_roles():
    assert entries_for("administrator") == []
    assert entries_for("nobody") == []


def test_every_role_named_exists():
    assert {role for entry in ENTRIES for role in entry.roles} <= set(ROLES)


def test_counts_come_from_the_request_and_may_be_absent():
    from genmai.interfaces.web.shell.navigation import counts_of

    assert counts_of(SimpleNamespace(nav_counts=lambda: {"inbox": 3})) == {"inbox": 3}
    assert counts_of(SimpleNamespace()) == {}
