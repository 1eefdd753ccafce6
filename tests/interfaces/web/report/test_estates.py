"""A resident may name the estate where the village has any; nobody else is asked one thing more."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from tests.factories import estates as make
from tests.factories.accounts import account
from tests.factories.cases import new_world
from tests.interfaces.web.report.test_reporting import fields

from genmai.interfaces.web.report import views
from genmai.processes.cases.models import Case

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _as_if_nobody_wrote(settings, tmp_path) -> None:  # type: ignore[no-untyped-def]
    settings.MEDIA_ROOT = tmp_path
    views.PACE.forget()


def test_a_resident_may_name_the_estate_where_there_is_one_and_nobody_else_is_asked(client: Client) -> None:
    world = new_world()
    estate = make.register(world)
    community = world.district.n2.code
    assert client.get(f"/report/estates/{community}").content.decode() == (
        f'<option value="{estate.place.code}">春江花城</option>'
    )
    assert client.get(f"/report/estates/{world.district.n1.code}").content == b"", "a village without estates"
    page = client.get("/report").content.decode()
    assert re.search(r'<div data-below hidden data-below-url="/report/estates/VILLAGE">', page), "hidden until then"
    town = world.district.north.code
    sent = fields(town=town, village=community, estate=estate.place.code)
    assert client.post("/report", sent).status_code == 302
    case = Case.objects.get()
    assert case.place_id == estate.place_id
    assert case.home_id == world.district.n2.pk, "whose matter it is stays the community's"


def test_an_estate_of_another_village_or_a_wrong_one_is_passed_over(client: Client) -> None:
    world = new_world()
    estate = make.register(world)
    for typed in (estate.place.code, "x' or 1=1", "330299001201x99"):
        sent = fields(town=world.district.north.code, village=world.district.n1.code, estate=typed)
        assert client.post("/report", sent).status_code == 302
        newest = Case.objects.order_by("-id").first()
        assert newest is not None
        assert newest.place_id == world.district.places["n1"].pk


def test_whoever_takes_it_down_for_somebody_goes_by_the_grid(client: Client) -> None:
    world = new_world()
    make.register(world)
    client.force_login(account("cun", "village_secretary", world.district.n2))
    page = client.get("/report").content.decode()
    assert "/report/estates/" not in page
    assert "/report/grids/" in page
