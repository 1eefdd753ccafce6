"""The register in the browser: list, one estate, facts, the list to zero, pre-review, parties, import; and its bounds."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from tests.factories import estates as make
from tests.factories.cases import World
from tests.interfaces.web.estates.people import Browsers, rows

from genmai.directory.roster.models import Organisation, Post
from genmai.interfaces.web.estates import urls
from genmai.interfaces.web.language import COOKIE
from genmai.processes.cases.commands import bodies, handling
from genmai.processes.cases.models import Body, Case
from genmai.processes.registers.models import Entry, Estate, Matter, Vote

pytestmark = pytest.mark.django_db


def joined(w: World, estate: Estate) -> Case:
    """A matter of the estate in the community's hands, the owners' committee asked to join."""
    case = w.receive(text="车棚漏雨", place_id=estate.place_id)
    case = w.do("dispatch", case, to=w.district.n2.public_id)
    return handling.accept(actor=make.secretary(w), at=w.at, key=w.key(), case=case.public_id)


def ask(w: World, case: Case, estate: Estate) -> Case:
    party = Organisation.objects.get(pk=make.party(w, estate).organisation_id)
    return bodies.assist(
        actor=make.secretary(w), at=w.at, key=w.key(), case=case.public_id, text="请看看", bodies=[party.public_id]
    )


def test_the_list_shows_those_without_management_first_and_narrows(b: Browsers) -> None:
    make.with_parties(b.world, "阳光苑")
    make.register(b.world, "文化北区")
    page = b.get(b.world.town, "/estates/")
    assert rows(page) == ["文化北区", "阳光苑"]
    assert "登记的 2 个小区里，1 个没有物业" in page
    assert rows(b.get(b.world.town, "/estates/?how=none")) == ["文化北区"]
    assert rows(b.get(b.world.town, "/estates/?q=阳光")) == ["阳光苑"]
    assert rows(b.get(b.world.town, "/estates/?q=whbq")) == ["文化北区"]
    assert rows(b.get(b.world.office, f"/estates/?org={b.world.district.north.code}")) == ["文化北区", "阳光苑"]
    assert rows(b.get(b.world.office, f"/estates/?org={b.world.district.south.code}")) == []
    assert "没有符合条件的小区" in b.get(b.world.town, "/estates/?q=没有的%00")


def test_queries_stay_the_same_for_many(b: Browsers) -> None:
    estate = make.with_parties(b.world, "第一苑")
    make.submit(b.world, estate)
    make.register(b.world, "第二苑")
    addresses = (
        "/estates/",
        "/estates/clearing/",
        "/estates/matters/?state=",
        f"/estates/{estate.public_id}/",
        "/estates/clearing/deeds",
    )
    before = {url: b.queries(b.world.town, url) for url in addresses}
    for number in range(12):
        more = make.register(b.world, f"第{number}号小区")
        make.submit(b.world, more, make.cadre(b.world))
    for url, asked in before.items():
        assert b.queries(b.world.town, url) == asked, url
        assert asked <= 22, (url, asked)


def test_a_commissioner_takes_an_estate_in_and_its_facts(b: Browsers) -> None:
    cadre = make.cadre(b.world)
    new = {
        "home": b.world.district.n2.pk,
        "name": "春江花城",
        "estate_type": "commodity",
        "households": 666,
        "management": "none",
        "since": "2025-01-01",
    }
    assert b.post(cadre, "/estates/new", **{**new, "name": ""}).status_code == 422
    answer = b.post(cadre, "/estates/new", **new)
    estate = Estate.objects.get()
    assert answer.headers["Location"] == f"/estates/{estate.public_id}/"
    again = b.post(cadre, "/estates/new", **new)
    assert again.status_code == 422
    assert "已经登记过" in again.content.decode()
    url = f"/estates/{estate.public_id}"
    facts: dict[str, dict[str, Any]] = {
        "profile": {"estate_type": "old", "households": 700, "valid_from": "2026-03-01"},
        "committee": {"members": 7, "party_members": 5, "valid_from": "2026-01-01", "valid_to": "2031-01-01"},
        "management": {
            "management": "professional",
            "party_name": "安居物业",
            "valid_from": "2026-03-01",
            "valid_to": "2026-04-01",
        },
        "commissioner": {"person_id": cadre.person_id, "valid_from": "2026-01-01"},
        "asset": {
            "asset": "room",
            "title": "社区用房",
            "quantity": "120.5",
            "unit": "平方米",
            "valid_from": "2026-01-01",
        },
    }
    from tests.factories.organisations import SETUP

    from genmai.directory.roster.commands import NewPost, add_posts

    add_posts(actor=SETUP, at=b.world.at, key=b.world.key(), valid_from=date(2020, 1, 1), rows=[
        NewPost(cadre.person_id, b.world.district.n2.pk, "village_cadre", "村社干部")  # type: ignore[arg-type]
    ])  # fmt: skip
    for kind, typed in facts.items():
        assert "<form" in b.get(cadre, f"{url}/record/{kind}")
        assert b.post(cadre, f"{url}/record/{kind}", seen=Estate.objects.get().version, **typed).status_code == 302, (
            kind
        )
    page = b.get(cadre, f"{url}/")
    for said in (
        "700 户",
        "7 人，其中党员 5 人",
        "安居物业（春江花城）",
        "快到期",
        "小区专员",
        "120.5 平方米",
        "业主找您要办的事",
    ):
        assert said in page
    assert Post.objects.filter(key="estate_commissioner", person_id=cadre.person_id).count() == 1
    assert "666 户" in b.get(cadre, f"{url}/?on=2025-06-01")
    stale = b.post(cadre, f"{url}/record/profile", seen=1, **facts["profile"])
    assert "刚才有别人先改了" in stale.content.decode()


def test_a_wrong_fact_is_corrected_or_taken_back(b: Browsers) -> None:
    estate = make.register(b.world)
    cadre, entry = make.cadre(b.world), Entry.objects.get(kind="profile")
    url = f"/estates/{estate.public_id}/correct/{entry.public_id}"
    assert 'value="666"' in b.get(cadre, url)
    assert b.post(cadre, url, estate_type="old", households=676, valid_from="2025-01-01").status_code == 302
    assert "已更正" in b.get(cadre, f"/estates/{estate.public_id}/")
    newer = Entry.objects.get(corrects=entry)
    assert b.post(cadre, f"/estates/{estate.public_id}/correct/{newer.public_id}", take_back="1").status_code == 302
    assert b.post(cadre, url, take_back="1").status_code == 409


def test_the_list_to_zero_plans_moves_on_and_opens_to_deeds(b: Browsers) -> None:
    estate, cadre = make.register(b.world), make.cadre(b.world)
    make.with_parties(b.world, "阳光苑")
    url = f"/estates/{estate.public_id}"
    plan = {"owner": b.world.district.n2.public_id, "way": "hire", "by": "2026-06-01", "left": "业主表决", "seen": 1}
    assert b.post(cadre, f"{url}/plan", **{**plan, "by": "2020-01-01"}).status_code == 422
    assert b.post(cadre, f"{url}/plan", **plan).status_code == 302
    assert b.post(cadre, f"{url}/progress", text="谈了三家", left="签合同", seen=2).status_code == 302
    b.world.later(minutes=1)
    page = b.get(b.world.town, "/estates/clearing/")
    for said in ("登记的 2 个小区里，还剩 1 个没有物业", "签合同", "选聘物业企业", "2026-06-01"):
        assert said in page
    assert "2 个小区里，1 个没有物业" in b.get(b.world.town, "/estates/clearing/deeds?month=2026-03")
    assert b.as_(b.world.town).get("/estates/clearing/deeds?month=2027-01").status_code == 422
    assert b.as_(b.world.town).get("/estates/clearing/deeds?month=x").status_code == 422


def test_an_owners_request_becomes_a_matter_with_two_weeks_to_tell_them(b: Browsers) -> None:
    estate, cadre = make.with_parties(b.world), make.cadre(b.world)
    answer = b.post(cadre, f"/estates/{estate.public_id}/report", text="电线杆挡着车位", place_text="3 幢东")
    case = Case.objects.get()
    assert answer.headers["Location"] == f"/cases/{case.public_id}/"
    assert (case.service, case.place_id, case.holder_id) == ("estate", estate.place_id, b.world.district.n2.pk)
    case = b.world.do("take_on", case, actor=make.secretary(b.world))
    due = case.milestones.get(key="tell_owners").due_at
    assert 14 <= (due - b.world.at).days <= 15
    assert "电线杆挡着车位" in b.get(cadre, f"/estates/{estate.public_id}/")


def test_the_pre_review_goes_its_way_in_the_browser(b: Browsers) -> None:
    w = b.world
    estate = make.with_parties(w)
    owners, secretary = make.party(w, estate), make.secretary(w)
    new = {"kind": "fell_trees", "title": "砍六棵树", "text": "挡住消防通道", "amount": "3000"}
    assert b.post(owners, f"/estates/{estate.public_id}/matters/new", **{**new, "text": ""}).status_code == 422
    url = b.post(owners, f"/estates/{estate.public_id}/matters/new", **new).headers["Location"]
    assert rows(b.get(secretary, "/estates/matters/")) == ["砍六棵树"]
    assert "审核通过" not in b.get(owners, url)
    assert "审核通过" not in b.get(make.cadre(w), url)
    assert b.post(secretary, f"{url}do/send_back", answer="").status_code == 422
    assert b.post(secretary, f"{url}do/send_back", answer="先问一楼").status_code == 302
    assert "先问一楼" in b.get(owners, url)
    assert b.post(owners, f"{url}do/resubmit", **{**new, "title": "砍五棵树"}).status_code == 302
    assert b.post(secretary, f"{url}do/pass_on", answer="补种六棵", seen=99).status_code == 422
    assert b.post(secretary, f"{url}do/pass_on", answer="补种六棵").status_code == 302
    vote = {
        "voted_on": "2026-03-01",
        "owners_all": 666,
        "owners_voting": 443,
        "owners_for": 443,
        "area_all": "66600",
        "area_voting": "50000",
        "area_for": "50000",
        "reported": "yes",
    }
    assert b.post(owners, f"{url}do/record_vote", **{**vote, "owners_voting": 700}).status_code == 422
    assert b.post(owners, f"{url}do/record_vote", **vote).status_code == 302
    page = b.get(secretary, url)
    for said in ("443/666", "66.5%", "2/3 以上", "多于 1/2", "报来的结果和算出来的不一样", "第二百七十八条"):
        assert said in page
    assert (Matter.objects.get().state, Vote.objects.get().counted) == ("voted", False)
    assert b.post(owners, f"{url}do/nonsense").status_code == 404
    refused = b.post(w.town, f"{url}do/withdraw")
    assert refused.status_code == 422
    assert "不能这样办" in refused.content.decode()


def test_a_party_takes_part_and_never_sees_who_brought_it(b: Browsers) -> None:
    w = b.world
    estate = make.with_parties(w)
    owners, case = make.party(w, estate), joined(w, estate)
    secretary = make.secretary(w)
    page = b.get(secretary, f"/cases/{case.public_id}/")
    assert "春江花城业主委员会" in page
    known = Estate.objects.get().entries.get(kind="committee").organisation
    assert known is not None
    asked = {"bodies": known.public_id, "text": "请业委会看看", "seen": case.version}
    assert (
        b.post(
            secretary, f"/estates/on-case/{case.public_id}/", **{**asked, "bodies": w.district.dept.public_id}
        ).status_code
        == 422
    )
    assert b.post(secretary, f"/estates/on-case/{case.public_id}/", **asked).status_code == 302
    assert rows(b.get(owners, "/estates/together/")) == ["车棚漏雨"]
    url = f"/estates/together/{case.public_id}/"
    assert b.post(owners, f"{url}do/promise", on="2020-01-01", text="修").status_code == 422
    assert b.post(owners, f"{url}do/promise", on="2026-03-20", text="换棚板").status_code == 302
    assert b.post(owners, f"{url}do/arrive").status_code == 302
    assert b.post(owners, f"{url}do/note", text="找了师傅").status_code == 302
    mine = b.get(owners, url)
    assert "换棚板" in mine
    for hidden in ("谁反映的", "没留姓名", "反映人"):
        assert hidden not in mine
    assert "答应：换棚板" in b.get(secretary, f"/cases/{case.public_id}/")
    assert b.post(owners, f"{url}do/conclude", text="换好了").status_code == 302
    assert Body.objects.get(case=case, organisation=known).concluded_at is not None
    for url in (f"/cases/{case.public_id}/", "/desk/", "/hotline/"):
        assert b.as_(owners).get(url).status_code in (403, 404), url
    assert "车棚漏雨" not in b.get(owners, "/cases/")


def addresses(b: Browsers, estate: Estate, matter: Matter, case: Case) -> dict[str, str]:
    """One address for each pattern that names something."""
    e, m = f"/estates/{estate.public_id}", f"/estates/matters/{matter.public_id}"
    return {
        "estate": f"{e}/", "estate_record": f"{e}/record/profile", "estate_plan": f"{e}/plan",
        "estate_correct": f"{e}/correct/{Entry.objects.filter(estate=estate)[0].public_id}",
        "estate_progress": f"{e}/progress", "estate_report": f"{e}/report", "estate_matter_new": f"{e}/matters/new",
        "estate_matter": f"{m}/", "estate_matter_do": f"{m}/do/pass_on",
        "estate_together": f"/estates/together/{case.public_id}/",
        "estate_together_do": f"/estates/together/{case.public_id}/do/arrive",
        "estate_ask_parties": f"/estates/on-case/{case.public_id}/",
    }  # fmt: skip


LISTS = {
    "estates", "estate_new", "estates_import", "estates_import_confirm", "estates_import_failing", "estates_clearing", "estates_behind",
    "estate_matters", "estates_together",
}  # fmt: skip


def test_another_town_sees_nothing_of_it_on_any_address(b: Browsers) -> None:
    w = b.world
    estate = make.with_parties(w)
    matter, case = make.submit(w, estate), ask(w, joined(w, estate), estate)
    named = addresses(b, estate, matter, case)
    assert {p.name for p in urls.urlpatterns} == set(named) | LISTS
    south = b.as_(w.south)
    for name, url in named.items():
        for one in (
            url,
            url.replace(str(estate.public_id), str(UUID(int=7))).replace(str(matter.public_id), str(UUID(int=7))),
        ):
            for answer in (south.get(one), south.post(one, {"key": str(w.key()), "text": "偷看", "bodies": "x"})):
                assert answer.status_code in (404, 405), (name, one, answer.status_code)
                assert "春江" not in answer.content.decode()
    for url in ("/estates/", "/estates/?q=春江", "/estates/clearing/", "/estates/clearing/deeds", "/estates/matters/"):
        page = b.get(w.south, url)
        assert str(estate.public_id) not in page
        assert "砍掉六棵树" not in page
    assert south.get(f"/estates/?org={w.district.n2.code}").status_code == 404
    assert south.get(f"/estates/clearing/?org={w.district.n2.code}").status_code == 404
    for url in (*named.values(), "/estates/", "/estates/together/"):
        assert Client().get(url).status_code in (302, 405)


def test_who_may_not_is_told_and_sees_no_button(b: Browsers) -> None:
    estate = make.with_parties(b.world)
    owners = make.party(b.world, estate)
    assert b.as_(owners).get(f"/estates/{estate.public_id}/record/profile").status_code == 403
    page = b.get(owners, f"/estates/{estate.public_id}/")
    assert "登记变动" not in page
    assert "提交前置审核" in page
    assert b.as_(owners).get("/estates/").headers["Location"] == "/estates/together/"
    assert b.as_(owners).get("/").headers["Location"] == "/estates/"
    assert b.as_(b.world.dept).get("/estates/").status_code == 403
    assert b.as_(b.world.town).get("/estates/together/").status_code == 403


def test_the_empty_pages_say_how_to_begin(b: Browsers) -> None:
    assert "还没有登记小区" in b.get(b.world.town, "/estates/")
    assert "清单上一个也没有" in b.get(b.world.town, "/estates/clearing/")
    assert "没有这样的事项" in b.get(b.world.town, "/estates/matters/")
    assert "没有算进来的小区" in b.get(b.world.town, "/estates/clearing/deeds")


def test_in_english_no_chinese_of_ours_is_left(b: Browsers) -> None:
    from django.db.models import F, Value
    from django.db.models.functions import Concat
    from tests.interfaces.web.test_english_pages import chinese

    from genmai.directory.roster.models import Organisation, Person
    from genmai.directory.territory.models import Place

    w = b.world
    estate = make.register(w, "Spring", management="professional", manager="Home Ltd", manager_until=date(2026, 4, 1))
    make.tell(w, estate, "committee", valid_to=date(2026, 3, 1), members=7, party_members=5)
    make.tell(w, estate, "asset", asset="room", title="Hall", quantity=12, unit="m2")
    bare = make.register(w, "Bare")
    matter = make.submit(w, estate, make.cadre(w), title="Trees", text="Six")
    Place.objects.update(name=Concat(Value("Place "), F("code")))
    Organisation.objects.update(name=Concat(Value("Body "), F("code")), short_name=Concat(Value("Body "), F("code")))
    secretary = make.secretary(w)
    client = b.as_(secretary)
    Person.objects.update(display_name="Somebody")
    client.cookies[COOKIE] = "en"
    left = {}
    for url in (
        "/estates/", "/estates/clearing/", "/estates/clearing/deeds", "/estates/matters/", "/estates/new", "/estates/import",
        f"/estates/{estate.public_id}/", f"/estates/{bare.public_id}/", f"/estates/matters/{matter.public_id}/",
        f"/estates/{estate.public_id}/matters/new",
        *(f"/estates/{estate.public_id}/record/{k}" for k in ("profile", "committee", "management", "commissioner", "asset")),
    ):  # fmt: skip
        found = [one for one in chinese(client.get(url)) if "owners' vote needs" not in one]  # a law, by its title
        if found:
            left[url] = found
    assert left == {}
