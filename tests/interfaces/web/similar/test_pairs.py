"""Two matters side by side: what is alike is marked, what is decided is remembered, nothing out of sight is shown."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.interfaces.web.handle_case.desk_people import Desks, text

from genmai.kernel.viewer import Actor
from genmai.processes.cases.commands import root_causes
from genmai.processes.cases.models import Case, CaseLink

LAMP = "小区东门外的路灯坏了一个多星期，晚上一片黑，请派人修。"
AGAIN = "东门口路灯不亮好多天了，夜里黑漆漆的，老人不敢走。<img src=x onerror=alert(1)>"


def two(d: Desks) -> tuple[Case, Case]:
    one = d.world.receive(text=LAMP)
    d.world.later(days=1)
    return one, d.world.receive(text=AGAIN)


def url(one: Case, other: Case, verb: str = "") -> str:
    return f"/cases/{one.public_id}/similar/{other.public_id}/{verb}"


def test_side_by_side_with_the_score_explained_and_the_shared_words_marked(d: Desks) -> None:
    one, other = two(d)
    d.world.later(hours=1)
    listed = text(d.as_(d.world.town).get(f"/cases/{one.public_id}/similar/"))
    assert other.number in listed
    page = text(d.as_(d.world.town).get(url(one, other)))
    assert "<mark>路灯</mark>" in page
    assert "同一个地方" in page
    assert "<img src=x" not in page
    assert page.count("data-do=") >= 3


def test_the_case_page_fetches_the_list_when_merging_is_opened(d: Desks) -> None:
    one, other = two(d)
    client = d.as_(d.world.town)
    assert f'hx-get="/cases/{one.public_id}/similar/"' in text(d.page(d.world.town, one))
    part = text(client.get(f"/cases/{one.public_id}/similar/", headers={"HX-Request": "true"}))
    assert "<html" not in part
    assert url(one, other) in part


def test_not_the_same_is_remembered_and_can_be_taken_back(d: Desks) -> None:
    one, other = two(d)
    w, client = d.world, d.as_(d.world.town)
    done = client.post(url(one, other, "not-same"), {"key": str(w.key())}, follow=True)
    assert "以后不再提示" in text(done)
    assert other.number not in text(client.get(f"/cases/{one.public_id}/similar/"))
    assert one.number not in text(client.get(f"/cases/{other.public_id}/similar/"))
    link = CaseLink.objects.get()
    assert "有人看过：不是一件事" in text(client.get(url(other, one)))
    client.post(f"/similar/links/{link.public_id}/undo", {"key": str(w.key())})
    assert other.number in text(client.get(f"/cases/{one.public_id}/similar/"))


def test_merging_from_side_by_side_keeps_both_callers(d: Desks) -> None:
    one, other = two(d)
    w = d.world
    answer = d.do(w.town, other, "merge", into=str(one.public_id), next=f"/cases/{one.public_id}/")
    assert answer.status_code == 302
    assert Case.objects.get(pk=other.pk).merged_into_id == one.pk
    assert "2 人反映" in text(d.page(w.town, one))


def test_linked_shows_on_both_pages(d: Desks) -> None:
    one, other = two(d)
    d.as_(d.world.town).post(url(one, other, "link"), {"key": str(d.world.key())})
    assert other.number in text(d.page(d.world.town, one))
    assert one.number in text(d.page(d.world.town, other))


def test_what_lies_out_of_sight_is_as_if_it_were_not_there(d: Desks) -> None:
    w = d.world
    one, other = two(d)
    south = w.receive(text=LAMP, place_id=w.district.places["s1"].pk)
    for address in (url(one, south), url(south, one), f"/cases/{south.public_id}/similar/"):
        answer = d.as_(w.town).get(address)
        assert answer.status_code == 404
        assert south.number not in text(answer)
    assert d.as_(w.south).post(url(one, other, "not-same"), {"key": str(w.key())}).status_code == 404
    assert not CaseLink.objects.exists()


def test_who_may_not_merge_may_compare_and_decides_nothing(d: Desks) -> None:
    one, other = two(d)
    w = d.world
    page = text(d.as_(w.village).get(url(one, other)))
    assert "data-do=" not in page
    assert "由负责分派的单位定" in page
    assert d.as_(w.village).post(url(one, other, "link"), {"key": str(w.key())}).status_code == 403
    assert d.as_(w.town).post(url(one, other, "burn"), {"key": str(w.key())}).status_code == 404


def test_a_root_cause_shows_its_events_and_they_show_it(d: Desks) -> None:
    w = d.world
    made = []
    for _ in range(3):
        made.append(w.receive(text=LAMP))
        w.later(days=4)
    key = root_causes.key_for(made[2].public_id)
    root = root_causes.open_root_cause(actor=Actor.system("test"), at=w.at, key=key, case=made[2].public_id)
    assert root is not None
    page = text(d.page(w.town, root))
    assert "先前的几件" in page
    assert all(case.number in page for case in made)
    assert root.number in text(d.page(w.town, made[0]))
    assert "没有留反映人" in page


@pytest.mark.parametrize("address", ["/cases/{one}/similar/", "/cases/{one}/similar/{other}/"])
def test_as_many_questions_for_few_as_for_many(d: Desks, address: str) -> None:
    one, other = two(d)
    w, client = d.world, d.as_(d.world.town)
    path = address.format(one=one.public_id, other=other.public_id)
    client.get(path)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        counts.append(len(asked))
        for _ in range(5):
            w.receive(text=LAMP)
    assert counts[0] == counts[1] <= 25
