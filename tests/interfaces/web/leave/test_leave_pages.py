"""Leave in the browser: entered, ended, stood in for with 代某某 on every act, told about on the first day back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from tests.factories.organisations import KEY, OPENED, SETUP
from tests.interfaces.web.handle_case.desk_people import Desks, text
from tests.interfaces.web.handle_case.test_case_page import queries

from genmai.directory.roster.commands import add_post
from genmai.directory.roster.models import Away, AwayEnd, Organisation
from genmai.kernel.viewer import Actor
from genmai.processes.cases.models import Case
from genmai.records.deeds.models import Deed

pytestmark = pytest.mark.django_db


def post(client: Client, url: str, **typed: Any) -> Any:
    return client.post(url, {"key": str(uuid4()), **typed})


def employed(d: Desks, actor: Actor, organisation: Organisation, post_key: str) -> Client:
    add_post(
        actor=SETUP, at=d.world.at, key=KEY, person_id=actor.person_id or 0, organisation_id=organisation.pk,
        post=post_key, title=post_key, valid_from=OPENED,
    )  # fmt: skip
    return d.as_(actor)


@pytest.fixture
def office(d: Desks) -> tuple[Client, Client]:
    """The village secretary and the town's desk, at work."""
    w = d.world
    secretary = employed(d, w.village, w.district.n1, "village_secretary")
    return secretary, employed(d, w.town, w.district.north, "town_desk")


def entered(d: Desks, secretary: Client, days: int = 2) -> Any:
    today = d.world.at.date()
    return post(
        secretary, "/leave/", person=d.world.village.person_id, first_day=str(today),
        last_day=str(today + timedelta(days=days)), stand_in=d.world.town.person_id,
    )  # fmt: skip


def test_a_secretary_goes_on_leave_and_the_town_stands_in(d: Desks, office: tuple[Client, Client]) -> None:
    secretary, desk = office
    case = d.world.at_state("dispatched")
    assert entered(d, secretary).status_code == 302
    page = text(desk.get("/inbox/"))
    assert "书记外出到 2026-03-04，由您代班" in page
    assert "那边有 1 件等着办" in page
    assert post(desk, "/leave/act", away=str(Away.objects.get().pk)).status_code == 302
    acting = text(desk.get("/inbox/"))
    assert "镇指挥室（代书记）" in acting
    assert "接单" in acting
    answer = desk.post(f"/cases/{case.public_id}/do/accept", {"key": str(uuid4()), "seen": str(case.version)})
    assert answer.status_code == 302
    deed = Deed.objects.get(kind="case.accepted")
    assert (deed.actor_id, deed.actor_organisation_id) == (d.world.town.person_id, d.world.district.n1.pk)
    assert "镇指挥室（代书记）" in text(secretary.get(f"/cases/{case.public_id}/"))
    assert post(desk, "/leave/act").status_code == 302
    assert "（代书记）" not in text(desk.get("/inbox/"))


def test_when_the_leave_is_over_so_is_standing_in(d: Desks, office: tuple[Client, Client]) -> None:
    secretary, desk = office
    entered(d, secretary)
    post(desk, "/leave/act", away=str(Away.objects.get().pk))
    d.world.later(days=3)
    assert "（代书记）" not in text(desk.get("/inbox/"))
    assert post(desk, "/leave/act", away=str(Away.objects.get().pk)).status_code == 403


def test_nobody_else_takes_the_place(d: Desks, office: tuple[Client, Client]) -> None:
    entered(d, office[0])
    for who in (d.world.south, d.world.grid, d.world.village):
        client = d.as_(who)
        assert post(client, "/leave/act", away=str(Away.objects.get().pk)).status_code == 403
        assert "由您代班" not in text(client.get("/inbox/"))


def test_the_first_day_back_tells_what_happened(d: Desks, office: tuple[Client, Client]) -> None:
    secretary, _ = office
    entered(d, secretary)
    d.world.later(hours=2)
    for _ in range(2):
        d.world.at_state("in_hand")
    assert "您外出期间" not in text(secretary.get("/inbox/"))
    d.world.later(days=3)
    page = text(secretary.get("/inbox/"))
    assert "您外出期间（2026-03-02 到 2026-03-04）" in page
    assert "镇指挥室代班" in page
    assert 'number">2<' in page.split("您外出期间")[1].split("</div>")[0]
    d.world.later(days=1)
    assert "您外出期间" not in text(secretary.get("/inbox/")), "only the first working day back"


def test_back_earlier_and_overlaps_are_said_plainly(d: Desks, office: tuple[Client, Client]) -> None:
    secretary, _ = office
    entered(d, secretary, days=5)
    again = entered(d, secretary, days=1)
    assert again.status_code == 422
    assert "日子重了" in text(again)
    d.world.later(days=1)
    away = Away.objects.get()
    assert "今天回来了" in text(secretary.get("/leave/"))
    assert post(secretary, "/leave/end", away=str(away.pk), last_day="2026-03-02").status_code == 302
    assert AwayEnd.objects.count() == 1
    assert "没有人登记外出" in text(secretary.get("/leave/"))
    assert post(d.as_(d.world.south), "/leave/end", away=str(away.pk), last_day="2026-03-02").status_code == 403


def test_a_stand_in_without_the_rights_is_refused_with_the_reason(d: Desks, office: tuple[Client, Client]) -> None:
    secretary, _ = office
    cadre = d.world.actor("村干部", "village_cadre", d.world.district.n1)
    employed(d, cadre, d.world.district.n1, "village_cadre")
    answer = post(
        secretary, "/leave/", person=d.world.village.person_id, first_day="2026-03-03", last_day="2026-03-03",
        stand_in=cadre.person_id,
    )  # fmt: skip
    assert answer.status_code == 422
    assert "他还不能代：缺少" in text(answer)
    assert not Away.objects.exists()


def test_queries_stay_the_same_and_nothing_of_another_town_is_seen(d: Desks, office: tuple[Client, Client]) -> None:
    secretary, _ = office
    few = queries(secretary, "/leave/")
    for number in range(12):
        person = d.world.actor(f"干部{number}", "village_cadre", d.world.district.n1)
        employed(d, person, d.world.district.n1, "village_cadre")
    assert queries(secretary, "/leave/") == few
    entered(d, secretary)
    assert "书记" not in text(d.as_(d.world.south).get("/leave/")).split("<main")[1]
    assert Case.objects.count() == 0
    assert Client().get("/leave/").status_code == 302
