"""The dispatch desk: whose it is, by which row, and what the duty list refuses."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import HttpResponse
from tests.interfaces.web.handle_case.desk_people import Desks, text
from tests.interfaces.web.handle_case.test_case_page import queries

from genmai.processes.cases.models import Body, Case

pytestmark = pytest.mark.django_db
FOR_TOWN, FOR_DEPARTMENT = "010203", "010201"


def desk(d: Desks, query: str = "", who: Any = None) -> str:
    answer = d.as_(who or d.world.town).get(f"/desk/{query}")
    assert answer.status_code == 200
    return text(answer)


def post(d: Desks, case: Case, verb: str, **typed: Any) -> HttpResponse:
    fresh = Case.objects.get(pk=case.pk)
    data = {"key": str(d.world.key()), "seen": str(fresh.version), **typed}
    return d.as_(d.world.town).post(f"/desk/{case.public_id}/do/{verb}", data)


def test_what_waits_stands_left_and_the_first_is_open(d: Desks) -> None:
    first, second = d.world.receive(text="先来的一件"), d.world.receive(text="后来的一件")
    d.world.at_state("dispatched", text="已经派了的")
    page = desk(d)
    assert page.index(first.number) < page.index(second.number)
    assert "已经派了的" not in re.findall(r'<ol class="desk-rows".*?</ol>', page, re.S)[0]
    assert re.search(r'<h2 class="matter-head"[^>]*>先来的一件</h2>', page)
    assert "has-matter" not in page
    assert "has-matter" in desk(d, f"?case={second.public_id}")


def test_the_duty_list_names_the_body_its_row_and_that_it_is_an_example(d: Desks) -> None:
    case = d.world.receive()
    page = desk(d, f"?case={case.public_id}&category={FOR_TOWN}")
    assert "派单目录 L004" in page
    assert "示例目录" in page
    assert re.search(r'data-do="dispatch"[^>]*>\s*交给北镇', page)
    assert re.search(rf'<option value="{d.world.district.north.public_id}"[^>]* selected', page)


def test_undecided_says_why_and_suggests_nobody(d: Desks) -> None:
    case = d.world.receive(text="说不清的一件")
    page = desk(d, f"?case={case.public_id}")
    assert "还没有分类" in page
    assert re.search(r'data-do="dispatch"[^>]*>\s*交出去', page)
    broad = desk(d, f"?case={case.public_id}&category=01")
    assert "须先定到下级分类" in broad


def test_department_work_for_the_base_is_refused_at_the_field_with_the_rule(d: Desks) -> None:
    case = d.world.receive()
    page = desk(d, f"?case={case.public_id}&category={FOR_DEPARTMENT}")
    assert "国办函〔2025〕66号" in page
    answer = post(
        d, case, "dispatch", to=str(d.world.district.n1.public_id), category=FOR_DEPARTMENT, text="请村里去办"
    )
    assert answer.status_code == 400
    at_field = re.search(r'id="dispatch_to_error">.*?</p>', text(answer), re.S)
    assert at_field is not None
    assert "国办函〔2025〕66号" in at_field.group()
    assert "请村里去办" in text(answer)
    assert Case.objects.get(pk=case.pk).state == "received"


def test_dispatching_classifies_asks_assistants_and_opens_the_next(d: Desks) -> None:
    case, following = d.world.receive(), d.world.receive(text="下一件")
    answer = post(
        d, case, "dispatch", to=str(d.world.district.north.public_id), category=FOR_TOWN,
        assisting=[str(d.world.district.n1.public_id)],
    )  # fmt: skip
    assert answer.headers["Location"].endswith(f"case={following.public_id}")
    done = Case.objects.get(pk=case.pk)
    assert (done.state, done.category, done.duty_row) == ("dispatched", FOR_TOWN, "L004")
    assert Body.objects.filter(case=case, part="assist", organisation=d.world.district.n1).exists()
    assert "已交给北镇" in desk(d)


def test_a_desk_without_a_body_chosen_says_so(d: Desks) -> None:
    case = d.world.receive()
    answer = post(d, case, "dispatch", to="")
    assert answer.status_code == 422
    assert 'id="dispatch_to_error"' in text(answer)


def test_declining_names_the_lawful_channel(d: Desks) -> None:
    case = d.world.receive()
    assert "请在诉讼中提出" in desk(d, f"?case={case.public_id}")
    assert post(d, case, "decline", reason="court").status_code == 302
    assert Case.objects.get(pk=case.pk).state == "declined"


def test_alike_ones_nearby_are_offered_and_merging_can_be_taken_back(d: Desks) -> None:
    older = d.world.receive(text="三号楼路灯坏了", category=FOR_TOWN)
    elsewhere = d.world.receive(text="别村的路灯", category=FOR_TOWN, place_id=d.world.district.places["n2"].pk)
    d.world.receive(text="同一个村的别的事", category="0201")
    case = d.world.receive(text="三号楼没有路灯", category=FOR_TOWN)
    beside = re.findall(r'<ul class="alike">.*?</ul>', desk(d, f"?case={case.public_id}"), re.S)[0]
    assert str(older.public_id) in beside
    assert str(elsewhere.public_id) not in beside
    assert "同一个村的别的事" not in beside
    assert post(d, case, "merge", into=str(older.public_id)).status_code == 302
    assert f"/desk/{case.public_id}/do/unmerge" in desk(d)


def test_subjects_are_found_by_a_few_letters_and_level_by_level(d: Desks) -> None:
    case = d.world.receive(text="说不清的一件")
    found = desk(d, f"?case={case.public_id}&find=路灯")
    assert "category=010204" in found
    assert "village" not in found
    assert "没有这一类" in desk(d, f"?case={case.public_id}&find=没有的类")
    top = desk(d, f"?case={case.public_id}&within=top")
    assert "within=01" in top
    assert "within=0102" in desk(d, f"?case={case.public_id}&within=01")
    assert "category=010204" in desk(d, f"?case={case.public_id}&within=0102")


def test_two_at_the_desk_the_second_is_told(d: Desks) -> None:
    case = d.world.receive()
    stale = case.version
    post(d, case, "take_on")
    late = post(d, case, "dispatch", to=str(d.world.district.n1.public_id), seen=str(stale))
    assert late.status_code in (400, 409)
    assert "这一件已经不在分派台上了" in text(late)


def test_nonsense_in_the_address_finds_nothing(d: Desks) -> None:
    client = d.as_(d.world.town)
    assert client.get("/desk/?case=nonsense").status_code == 404
    case = d.world.receive()
    assert client.get(f"/desk/?case={case.public_id}&category=999999&within=zz&find=%00").status_code == 200
    assert client.get(f"/desk/{case.public_id}/do/dispatch").status_code == 405
    assert client.post(f"/desk/{case.public_id}/do/judge", {}).status_code == 404
    assert client.post(f"/desk/{case.public_id}/do/nothing", {}).status_code == 404


def test_an_empty_desk_says_what_will_come(d: Desks) -> None:
    assert "都派完了" in desk(d)


def test_the_keyboard_map_names_the_desk_keys(d: Desks) -> None:
    d.world.receive(category=FOR_TOWN)
    keys = dict(re.findall(r'data-key="(\w)" data-target="([^"]+)"', desk(d)))
    assert set(keys) >= {"d", "e", "o", "m", "t", "r", "c"}


def test_queries_do_not_grow(d: Desks, django_assert_num_queries: Any) -> None:
    cases = [d.world.receive(text=f"第 {n} 件", category=FOR_TOWN) for n in range(3)]
    url = f"/desk/?case={cases[0].public_id}"
    asked = queries(d.as_(d.world.town), url)
    assert asked <= 42
    for n in range(30):
        d.world.receive(text=f"又来 {n} 件", category=FOR_TOWN)
    with django_assert_num_queries(asked):
        page = d.as_(d.world.town).get(url)
    assert len(page.content) < 150_000


def test_by_script_the_next_matter_comes_and_the_finished_row_keeps_its_place(d: Desks) -> None:
    first, following = d.world.receive(text="先来的一件"), d.world.receive(text="下一件")
    data = {
        "key": str(d.world.key()),
        "seen": "1",
        "to": str(d.world.district.n1.public_id),
        "next": str(following.public_id),
    }
    client = d.as_(d.world.town)
    answer = client.post(f"/desk/{first.public_id}/do/dispatch", data, headers={"HX-Request": "true"})
    page = text(answer)
    assert answer.status_code == 200
    assert f'data-matter="{following.public_id}"' in page
    assert re.search(rf'<li class="desk-row finished" id="row-{first.public_id}" hx-swap-oob="true"', page)
    assert f"/desk/{first.public_id}/do/take_back" in page
    assert answer.headers["HX-Replace-Url"].endswith(f"case={following.public_id}")
    fields = dict(re.findall(r'name="(key|seen)" value="([^"]+)"', page.split('id="undoing"')[1]))
    back = client.post(f"/desk/{first.public_id}/do/take_back", fields, headers={"HX-Request": "true"})
    assert f'data-matter="{first.public_id}"' in text(back)
    assert Case.objects.get(pk=first.pk).state == "received"


def test_by_script_a_refusal_is_a_piece_too_and_the_last_one_brings_the_list_anew(d: Desks) -> None:
    case = d.world.receive()
    client, url = d.as_(d.world.town), f"/desk/{case.public_id}/do/dispatch"
    refused = client.post(url, {"key": str(d.world.key()), "to": ""}, headers={"HX-Request": "true"})
    assert refused.status_code == 422
    assert "<html" not in text(refused)
    data = {"key": str(d.world.key()), "seen": "1", "to": str(d.world.district.n1.public_id), "query": "late=1"}
    last = client.post(url, data, headers={"HX-Request": "true"})
    assert last.headers["HX-Redirect"] == "/desk/?late=1"
    assert "已交给北一村" in text(client.get("/desk/?late=1"))


def test_the_next_matter_of_another_town_is_not_shown(d: Desks) -> None:
    hidden = d.world.receive(text="南镇的秘密", place_id=d.world.district.places["s1"].pk)
    case = d.world.receive()
    data = {
        "key": str(d.world.key()),
        "seen": "1",
        "to": str(d.world.district.n1.public_id),
        "next": str(hidden.public_id),
    }
    answer = d.as_(d.world.town).post(f"/desk/{case.public_id}/do/dispatch", data, headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == "/desk/"
    assert "南镇的秘密" not in text(answer)


def test_a_full_body_is_said_before_the_hand_over_and_never_bars_it(d: Desks, monkeypatch: Any) -> None:
    monkeypatch.setattr("genmai.processes.cases.queries.load.cap_of", lambda kind: 1)
    d.world.at_state("in_hand")
    case = d.world.receive(text="说不清的一件")
    page = desk(d, f"?case={case.public_id}&to={d.world.district.n1.public_id}")
    assert "北一村手上已有 1 件，到了 1 件这条线，仍可以交。" in page
    assert "北二社区同样能办，手上 0 件。" in page
    assert post(d, case, "dispatch", to=str(d.world.district.n1.public_id)).status_code == 302


def test_every_subject_is_found_by_its_letters(d: Desks) -> None:
    rows = d.as_(d.world.town).get("/desk/subjects.json").json()
    lamp = next(row for row in rows if row[0] == "010204")
    assert {"ludeng", "ld"} & set(lamp[2].split())
    assert len(rows) > 600
    assert d.as_(d.world.grid).get("/desk/subjects.json").status_code == 404
