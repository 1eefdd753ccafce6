"""Who can open one matter, one member's file, and by which grant: asked by whoever can open it, and by who keeps the accounts there."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.accounts import account
from tests.factories.branches import PartyTree, member, party_account, party_tree
from tests.factories.organisations import SmallDistrict, small_district
from tests.interfaces.web.handle_case.desk_people import Clock, Desks, desks
from tests.interfaces.web.pages import CLOCK, NOW, signed, text_of

from genmai.directory.access.models import Grant

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground() -> SmallDistrict:
    return small_district()


@pytest.fixture
def tree(ground: SmallDistrict) -> Iterator[PartyTree]:
    with patch(CLOCK, lambda: NOW):
        yield party_tree()


def test_who_opens_a_members_file_and_by_which_grant(ground: SmallDistrict, tree: PartyTree) -> None:
    row = member("张实例", tree.n1, 1)
    secretary = party_account("n1", "branch_secretary", tree.n1)
    office = party_account("bei", "party_office", tree.north)
    party_account("nan", "party_office", tree.south)
    party_account("n2", "branch_secretary", tree.n2)
    blind = party_account("mang", "branch_secretary", tree.n1, view=False)
    Grant.objects.filter(account=secretary).update(document="组〔2026〕3 号")
    page = f"/people/who?about=https://house/members/{row.person.public_id}/"
    for who in (secretary, office):
        told = text_of(signed(who).get(page))
        for words in ("张实例的档案", "北一村党支部", "n1的人", "组〔2026〕3 号", "bei的人", "本人一直打得开"):
            assert words in told
        for name in ("nan的人", "n2的人", "mang的人"):
            assert name not in told
        assert "按单位看" not in told
    for login in ("nan", "n2"):
        other = text_of(signed(party_account(f"{login}2", "party_office", tree.south)).get(page))
        assert "没有找到" in other
        assert "张实例" not in other
        assert "北一村" not in other
    assert "没有找到" in text_of(signed(blind).get(page))
    keeper = text_of(signed(account("an", "security_administrator", ground.north)).get(page))
    assert "一份党员档案 北一村党支部" in keeper
    assert "张实例" not in keeper
    assert "n1的人" in keeper
    far = text_of(signed(account("an2", "security_administrator", ground.south)).get(page))
    assert "没有找到" in far
    assert "n1的人" not in far
    assert signed(secretary).get("/people/who").status_code == 403
    for nonsense in ("members/x", "", "members/00000000-0000-0000-0000-000000000000", "%00", "99999999999999999999"):
        assert signed(office).get("/people/who", {"about": nonsense}).status_code == 422


def test_the_answer_takes_the_same_queries_for_many(ground: SmallDistrict, tree: PartyTree) -> None:
    row = member("张实例", tree.n1, 1)
    office = signed(party_account("bei", "party_office", tree.north))
    counts = []
    for start, n in ((0, 1), (1, 12)):
        for number in range(start, start + n):
            party_account(f"shuji{number}", "branch_secretary", tree.n1)
        address = f"/people/who?about=members/{row.person.public_id}"
        office.get(address)
        with CaptureQueriesContext(connection) as queries:
            response = office.get(address)
        assert response.status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1], counts


@pytest.fixture
def d(db: None) -> Iterator[Desks]:
    found = desks()
    with patch(CLOCK, Clock(found.world)):
        yield found


def test_who_opens_a_matter_is_asked_by_its_number(d: Desks) -> None:
    world = d.world
    case = world.receive()
    bodies = world.district.bodies
    town = signed(account("zhen", "town_desk", bodies["north"]))
    south = signed(account("nanzhen", "town_desk", bodies["south"]))
    told = text_of(town.get("/people/who", {"about": case.number}))
    assert case.number in told
    assert "zhen的人" in told
    assert "nanzhen的人" not in told
    assert town.get("/people/who", {"about": f"/cases/{case.public_id}/"}).status_code == 200
    missing = south.get("/people/who", {"about": case.number})
    assert (missing.status_code, "没有找到" in text_of(missing)) == (422, True)
    keeper = text_of(
        signed(account("an", "security_administrator", bodies["district"])).get("/people/who", {"about": case.number})
    )
    assert "zhen的人" in keeper
    assert case.text[:6] not in keeper
    far = signed(account("an2", "security_administrator", bodies["south"])).get("/people/who", {"about": case.number})
    assert far.status_code == 422
    link = f"/people/who?about={case.number}"
    assert link in town.get(f"/cases/{case.public_id}/why").content.decode()
