"""The telephone card: thirty seconds, nothing lost, nothing twice, and a number tells only what one may search."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client
from tests.factories.accounts import account, grant
from tests.factories.organisations import OPENED, SETUP, SmallDistrict, small_district
from tests.interfaces.web.pages import CLOCK, NOW, text_of

from genmai.directory.access.models import Account
from genmai.directory.roster import commands as roster
from genmai.directory.roster.models import Away, Organisation, Person
from genmai.kernel.ids import key_of
from genmai.kernel.viewer import Actor
from genmai.processes.cases.commands import intake
from genmai.processes.cases.models import Caller, Case, Entry

pytestmark = pytest.mark.django_db
PHONE = "13805741234"


@pytest.fixture
def district() -> Iterator[SmallDistrict]:
    with patch(CLOCK, lambda: NOW):
        yield small_district()


def signed_in(login: str, role: str, organisation: Organisation) -> Client:
    client = Client()
    client.force_login(account(login, role, organisation))
    return client


@pytest.fixture
def village(district: SmallDistrict) -> Client:
    return signed_in("beicun", "village_secretary", district.n1)


@pytest.fixture
def town(district: SmallDistrict) -> Client:
    return signed_in("beizhen", "town_desk", district.north)


def call(district: SmallDistrict, key: str = "one", **more: Any) -> dict[str, Any]:
    given = {
        "key": str(key_of("call", key)), "phone": PHONE, "name": "王大爷", "service": "hardship", "text": "家里没米了",
        "place": district.places["n1"].code, "doing": "desk",
    }  # fmt: skip
    return {**given, **more}


def test_a_call_left_to_the_desk_waits_at_the_desk_under_the_hotlines_own_mechanism(
    village: Client, district: SmallDistrict
) -> None:
    assert village.post("/hotline/", call(district)).status_code == 302
    case = Case.objects.get()
    assert case.mechanism == "yinzhou/shuji-yidiantong@2"
    assert (case.state, case.channel, case.service, case.urgency) == ("received", "hotline", "hardship", "normal")
    assert case.holder_id == district.north.pk
    assert case.home_id == district.n1.pk


def test_a_call_taken_on_is_in_hand_with_who_took_it(village: Client, district: SmallDistrict) -> None:
    village.post("/hotline/", call(district, doing="mine"))
    case = Case.objects.get()
    assert (case.state, case.lead_id) == ("in_hand", district.n1.pk)


def test_a_call_answered_on_the_spot_waits_for_somebody_else_to_verify(
    village: Client, district: SmallDistrict
) -> None:
    given = call(district, doing="answered", service="errand", answer="已经帮他交了电费", outcome="solved")
    assert village.post("/hotline/", given).status_code == 302
    case = Case.objects.get()
    assert (case.state, case.holder_id, case.replied_at) == ("replied", district.north.pk, NOW)


def test_a_kind_that_needs_work_cannot_be_closed_in_the_call_and_nothing_is_written(
    village: Client, district: SmallDistrict
) -> None:
    given = call(district, doing="answered", service="emergency", answer="知道了", outcome="solved")
    response = village.post("/hotline/", given)
    assert response.status_code == 422
    assert "这一类不能当场办结" in text_of(response)
    assert "家里没米了" in response.content.decode()
    assert Case.objects.count() == 0
    assert Person.objects.filter(kind="resident").count() == 0


def test_urgency_follows_the_kind_unless_it_is_said(village: Client, district: SmallDistrict) -> None:
    village.post("/hotline/", call(district, "a", service="emergency"))
    village.post("/hotline/", call(district, "b", service="emergency", urgency="complex"))
    assert list(Case.objects.order_by("id").values_list("urgency", flat=True)) == ["urgent", "complex"]


def test_a_card_posted_twice_is_one_matter_even_without_a_number(village: Client, district: SmallDistrict) -> None:
    given = call(district, phone="", doing="answered", service="errand", answer="办好了", outcome="solved")
    assert [village.post("/hotline/", given).status_code for _ in range(3)] == [302] * 3
    assert Case.objects.count() == Caller.objects.count() == 1
    assert Person.objects.filter(kind="resident").count() == 1


def test_a_second_post_that_saw_nothing_of_the_first_still_makes_one_matter(
    district: SmallDistrict, village: Client
) -> None:
    from genmai.interfaces.web.hotline import saving

    for _ in range(2):
        with patch.object(saving, "done_before", lambda key: None):
            assert village.post("/hotline/", call(district, doing="mine")).status_code == 302
    assert Case.objects.count() == Caller.objects.count() == 1


def test_old_people_need_neither_number_nor_name(village: Client, district: SmallDistrict) -> None:
    village.post("/hotline/", call(district, phone="", name=""))
    assert Caller.objects.get().person_id is None


def test_what_is_missing_is_said_beside_it_and_what_was_typed_stays(village: Client, district: SmallDistrict) -> None:
    response = village.post("/hotline/", call(district, text="", service=""))
    page = response.content.decode()
    assert response.status_code == 422
    assert "还没有填" in page
    assert "请选一项" in page
    assert f'value="{PHONE}"' in page
    assert Case.objects.count() == 0


@pytest.mark.parametrize("odd", [{"text": "灯\x00坏"}, {"text": "长" * 2001}, {"place": "330212999999"}, {"service": "x"},
                                 {"urgency": "now"}, {"phone": "1\x00"}])  # fmt: skip
def test_odd_input_is_refused_in_words(village: Client, district: SmallDistrict, odd: dict[str, str]) -> None:
    assert village.post("/hotline/", call(district, **odd)).status_code == 422
    assert Case.objects.count() == 0


def test_emoji_and_rare_characters_are_kept(village: Client, district: SmallDistrict) -> None:
    village.post("/hotline/", call(district, text="路灯坏了😡𠮷家门口"))
    assert Case.objects.get().text == "路灯坏了😡𠮷家门口"


# -- the caller ------------------------------------------------------------------------------------------------------


def earlier(district: SmallDistrict, place: str, text: str, phone: str = PHONE) -> Case:
    key = key_of("earlier", place, text)
    person = roster.find_or_add_resident(actor=SETUP, at=NOW, key=key, phone=phone, name="王大明")
    report = intake.Report(text=text, place_id=district.places[place].pk, person_id=person.pk if person else None)
    return intake.receive(actor=Actor.reporter(), at=NOW, key=key, mechanism="default/calls@1", report=report)


def test_the_number_shows_what_this_caller_brought_before_open_ones_first(
    village: Client, district: SmallDistrict
) -> None:
    first, second = earlier(district, "n1", "路灯坏了"), earlier(district, "n1", "水管漏了")
    Case.objects.filter(pk=second.pk).update(state="closed", closed_at=NOW, closing_reason="solved")
    page = village.post("/hotline/caller", {"phone": "138 0574 1234"}).content.decode()
    assert page.index("路灯坏了") < page.index("水管漏了")
    assert page.count("还是这件事") == 1
    assert str(first.public_id) in page
    assert "王**" in page
    assert PHONE not in page


def test_a_number_known_only_elsewhere_looks_like_one_nobody_knows(village: Client, district: SmallDistrict) -> None:
    earlier(district, "s1", "南边的事")
    known = village.post("/hotline/caller", {"phone": PHONE}).content
    unknown = village.post("/hotline/caller", {"phone": "13900000000"}).content
    assert known == unknown
    assert "没有反映过别的事" in known.decode()


def test_without_a_script_the_button_looks_the_number_up_and_keeps_the_card(
    village: Client, district: SmallDistrict
) -> None:
    earlier(district, "n1", "路灯坏了")
    response = village.post("/hotline/", {**call(district), "look": "1"})
    assert "路灯坏了" in text_of(response)
    assert "家里没米了" in response.content.decode()
    assert Case.objects.count() == 1


def test_the_desk_joins_a_repeated_call_to_the_open_matter(town: Client, district: SmallDistrict) -> None:
    open_one = earlier(district, "n1", "路灯坏了")
    given = {**call(district, text="怎么还没修"), "same": str(open_one.public_id)}
    assert [town.post("/hotline/", given).status_code for _ in range(2)] == [302, 302]
    repeat = Case.objects.exclude(pk=open_one.pk).get()
    assert (repeat.state, repeat.merged_into_id, repeat.text) == ("merged", open_one.pk, "怎么还没修")
    assert Caller.objects.count() == 2


def test_who_may_not_merge_notes_the_call_on_the_matter_in_hand(village: Client, district: SmallDistrict) -> None:
    village.post("/hotline/", call(district, doing="mine"))
    case = Case.objects.get()
    given = {**call(district, "again", text="还没有人来"), "same": str(case.public_id)}
    assert [village.post("/hotline/", given).status_code for _ in range(2)] == [302, 302]
    assert Case.objects.count() == 1
    assert list(Entry.objects.values_list("text", flat=True)) == ["来电再次反映：还没有人来"]


def test_where_neither_is_allowed_the_call_still_reaches_the_desk_with_the_number(
    village: Client, district: SmallDistrict
) -> None:
    open_one = earlier(district, "n1", "路灯坏了")  # held by the town's desk
    village.post("/hotline/", {**call(district, text="催一下"), "same": str(open_one.public_id)})
    repeat = Case.objects.exclude(pk=open_one.pk).get()
    assert (repeat.state, repeat.holder_id) == ("received", district.north.pk)
    assert open_one.number in repeat.text


def test_a_matter_outside_ones_view_cannot_be_called_about(village: Client, district: SmallDistrict) -> None:
    other = earlier(district, "s1", "南边的事")
    response = village.post("/hotline/", {**call(district), "same": str(other.public_id)})
    assert response.status_code == 422
    assert "不在您能看的范围内" in text_of(response)
    assert Case.objects.count() == 1


# -- who answers -----------------------------------------------------------------------------------------------------


def post(login: str, organisation: Organisation, key: str, rank: int) -> Person:
    person = Account.objects.get(login=login).person if Account.objects.filter(login=login).exists() else None
    person = person or roster.add_person(actor=SETUP, at=NOW, key=key_of(login), name=login)
    roster.add_post(actor=SETUP, at=NOW, key=key_of(login, key), person_id=person.pk, organisation_id=organisation.pk,
                    post=key, title=key, valid_from=OPENED, rank=rank)  # fmt: skip
    return person


@pytest.fixture
def team(district: SmallDistrict) -> dict[str, Person]:
    return {
        name: post(name, where, key, rank)
        for rank, (name, where, key) in enumerate(
            (("张书记", district.n1, "village_secretary"), ("李干部", district.n1, "village_cadre"),
             ("赵组长", district.n1, "group_leader"), ("钱值班", district.north, "town_desk"))
        )
    }  # fmt: skip


def now_ringing(page: str) -> str:
    found = re.search(r"rung-now.*?</li>", page, re.S)
    return re.sub(r"<[^>]+>|\s+", " ", found[0]) if found else ""


@pytest.mark.parametrize(
    ("seconds", "who"), [(0, "张书记"), (19, "张书记"), (20, "李干部"), (40, "赵组长"), (60, "钱值班"), (999, "钱值班")]
)
def test_it_rings_from_the_secretary_over_cadre_and_group_leader_to_the_towns_duty(
    village: Client, team: dict[str, Person], seconds: int, who: str
) -> None:
    since = int(NOW.timestamp()) - seconds
    page = village.get(f"/hotline/rota?since={since}", headers={"HX-Request": "true"}).content.decode()
    assert who in now_ringing(page)
    assert ("every 2s" in page) is (seconds < 140)


def test_who_is_away_is_passed_over_or_stood_in_for(village: Client, team: dict[str, Person]) -> None:
    given = {"key": str(key_of("away")), "person": team["张书记"].pk, "first_day": "2026-03-02", "last_day": "2026-03-03",
             "stand_in": team["李干部"].pk}  # fmt: skip
    assert [village.post("/hotline/team/", given).status_code for _ in range(2)] == [302, 302]
    assert Away.objects.count() == 1
    page = text_of(village.get("/hotline/"))
    assert re.search(r"最先 李干部 外出：张书记", page), page
    assert "李干部 代班" in text_of(village.get("/hotline/team/"))


def test_a_cadre_registers_only_their_own_absence(district: SmallDistrict, team: dict[str, Person]) -> None:
    client = signed_in("李干部二", "village_cadre", district.n1)
    own = post("李干部二", district.n1, "village_cadre", 9)
    given = {"key": str(key_of("a")), "person": team["张书记"].pk, "first_day": "2026-03-02", "last_day": "2026-03-02"}
    assert client.post("/hotline/team/", given).status_code == 422
    assert Away.objects.count() == 0
    assert client.post("/hotline/team/", {**given, "person": own.pk}).status_code == 302


def test_days_that_end_before_they_begin_are_refused(village: Client, team: dict[str, Person]) -> None:
    given = {"key": str(key_of("a")), "person": team["张书记"].pk, "first_day": "2026-03-05", "last_day": "2026-03-02"}
    response = village.post("/hotline/team/", given)
    assert (response.status_code, "结束日期不能早于开始日期" in text_of(response)) == (422, True)


# -- who may ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/hotline/", "/hotline/rota", "/hotline/team/"])
def test_who_takes_in_no_matters_gets_nothing(district: SmallDistrict, address: str) -> None:
    assert Client().get(address).headers["Location"].startswith("/sign-in")
    for role in ("administrator", "district_leader", "security_auditor"):
        client = signed_in(f"x-{role}", role, district.district)
        assert client.get(address).status_code == 403
        assert client.post("/hotline/caller", {"phone": PHONE}).status_code == 403
        assert client.post("/hotline/", call(district)).status_code == 403
    assert Case.objects.count() == 0


def test_a_grant_that_has_ended_takes_in_no_calls(district: SmallDistrict) -> None:
    client = Client()
    made = account("qian", "grid_worker", district.n2a)
    made.grants.update(valid_to=date(2026, 1, 1))
    client.force_login(made)
    assert client.post("/hotline/", call(district)).status_code == 403
    grant(made, "village_secretary", district.n2, since=date(2026, 1, 1))
    assert client.post("/hotline/", call(district, place=district.places["n2"].code)).status_code == 302


def test_a_village_takes_no_call_for_another_towns_ground(village: Client, district: SmallDistrict) -> None:
    assert village.post("/hotline/", call(district, place=district.places["s1"].code)).status_code == 422
    assert Case.objects.count() == 0


def test_the_card_costs_the_same_however_many_callers_and_matters(
    town: Client, district: SmallDistrict, team: dict[str, Person], django_assert_max_num_queries: Any
) -> None:
    for n in range(12):
        earlier(district, "n1", f"第 {n} 件事")
    with django_assert_max_num_queries(12):
        response = town.get("/hotline/")
    with django_assert_max_num_queries(9):
        town.post("/hotline/caller", {"phone": PHONE})
    assert len(response.content) < 150_000
