"""One's own data, and why one sees a thing: what is elsewhere is answered like what does not exist."""

from __future__ import annotations

from datetime import date
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client
from tests.factories.accounts import account
from tests.factories.branches import party_account, party_tree
from tests.factories.cases import World, new_world
from tests.factories.organisations import AT, SETUP

from genmai.directory.access import commands, queries
from genmai.directory.access.models import Account
from genmai.directory.roster.commands.members import NewMember, enrol
from genmai.kernel.ids import key_of
from genmai.kernel.viewer import Actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return new_world()


def page(world: World, who: Account, path: str, **asked: str) -> Any:
    client = Client()
    client.force_login(who)
    with patch("genmai.interfaces.web.edge.viewing.timezone.now", lambda: world.at):
        return client.get(path, asked)


def why(world: World, who: Account, what: str, which: str) -> str:
    answer = page(world, who, "/my-data/why", what=what, which=which)
    assert answer.status_code == 200
    return str(answer.content.decode().split('aria-live="polite">')[1].split("</section>")[0])


def test_whoever_was_looked_at_reads_who_when_and_why(world: World) -> None:
    d = world.district
    looker, seen = account("desk", "town_desk", d.north), account("n1", "village_secretary", d.n1)
    actor = Actor.staff(queries.viewer_for(looker, at=world.at))
    commands.record_look(
        actor=actor, at=world.at, key=key_of("x"), person_id=seen.person_id, fields="name,phone", purpose="排班联系"
    )
    mine = page(world, seen, "/my-data/").content.decode()
    assert "desk的人" in mine
    assert "排班联系" in mine
    assert "排班联系" not in page(world, looker, "/my-data/").content.decode()
    assert Client().get("/my-data/").status_code == 302


def test_what_is_elsewhere_and_what_is_nowhere_get_one_answer(world: World) -> None:
    d = world.district
    north = account("desk", "town_desk", d.north)
    own = world.receive(place_id=d.places["n1"].pk)
    foreign = world.receive(place_id=d.places["s1"].pk)
    assert "看得到" in why(world, north, "case", own.number)
    assert "看不到" in why(world, north, "case", foreign.number)
    assert why(world, north, "case", foreign.number) == why(world, north, "case", "260302-999999")
    assert "看得到" in why(world, north, "unit", "北一村")
    for there, nowhere in (("东村", "没有这个村"), (d.s1.code, "x-1")):
        assert why(world, north, "unit", there) == why(world, north, "unit", nowhere)


def test_who_lacks_the_permission_is_told_who_has_it(world: World) -> None:
    keeper = account("anquan", "security_administrator", world.district.district)
    assert "不含" in why(world, keeper, "case", "260302-1")
    assert page(world, keeper, "/my-data/why", what="case", which="").status_code == 422


def test_a_member_reads_who_may_see_them(world: World) -> None:
    tree = party_tree()
    seen = party_account("shuji", "branch_secretary", tree.n1)
    party_account("beizhen", "party_office", tree.north)
    party_account("nanzhen", "party_office", tree.south)
    enrol(
        actor=SETUP, at=AT, key=key_of("member"), branch=tree.n1, member=NewMember("甲"), person=seen.person,
        stage="full", arrived="first_entry", on=date(2020, 6, 1), joined_on=date(2014, 5, 1), full_on=date(2015, 5, 1),
    )  # fmt: skip
    mine = page(world, seen, "/my-data/").content.decode()
    assert "看得到我的党员信息" in mine
    assert "beizhen的人" in mine
    assert "nanzhen的人" not in mine
    other = account("n2", "village_secretary", world.district.n2)
    assert "看得到我的党员信息" not in page(world, other, "/my-data/").content.decode()
