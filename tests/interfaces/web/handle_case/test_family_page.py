"""On the case page: children and parent, the bank, disputed calls; each to those who may see it, in few queries."""

from __future__ import annotations

from typing import Any

import pytest
from tests.interfaces.web.handle_case.desk_people import Desks, text
from tests.interfaces.web.handle_case.test_case_page import queries

from genmai.processes.cases.commands import family
from genmai.processes.cases.models import Case

pytestmark = pytest.mark.django_db


def split(d: Desks, parent: Case, *bodies: str) -> list[Case]:
    parts = [family.Part(to=getattr(d.world.district, one).public_id, text=f"{one} 的一份") for one in bodies]
    d.world.do("split", parent, parts=parts)
    return list(parent.children.order_by("id"))


def test_the_parent_shows_its_children_with_state_and_next_limit_and_they_lead_back(d: Desks) -> None:
    parent = d.world.at_state("in_hand")
    first, second = split(d, parent, "n1a", "dept")
    page = text(d.page(d.world.village, parent))
    assert "2 件，还有 2 件没办结" in page
    for child in (first, second):
        assert f'href="/cases/{child.public_id}/"' in page
        assert child.number in page
    below = text(d.page(d.world.grid, first))
    assert parent.number in below
    assert "这一件是从下面这件拆出来的" in below
    assert "反映人在上一件里" in below


def test_a_child_elsewhere_is_a_line_without_words_or_link(d: Desks) -> None:
    w = d.world
    parent = w.at_state("in_hand")
    south = w.receive(text="南边的秘密", place_id=w.district.places["s1"].pk)
    w.do("attach", south, to=parent.public_id, actor=w.office)
    page = text(d.page(w.village, parent))
    assert south.number in page
    assert "南边的秘密" not in page
    assert str(south.public_id) not in page
    above = text(d.page(w.south, south))
    assert parent.number in above
    assert str(parent.public_id) not in above
    assert parent.text not in above


def test_a_refusal_over_open_children_names_them_with_links_and_keeps_the_words(d: Desks) -> None:
    parent = d.world.at_state("in_hand")
    (child,) = split(d, parent, "n1a")
    answer = d.do(d.world.village, parent, "reply", outcome="solved", reached="on", text="我写的答复在这里")
    assert answer.status_code == 400
    page = text(answer)
    notice = page[page.index('class="notice notice-late"') : page.index('class="page-head"')]
    assert child.number in notice
    assert f'href="/cases/{child.public_id}/"' in notice
    assert "我写的答复在这里" in page


def test_own_children_come_along_from_the_form(d: Desks) -> None:
    w = d.world
    parent = w.at_state("in_hand")
    (child,) = split(d, parent, "n1")
    w.do("accept", child)
    name = f"child_{child.public_id}"
    assert f'name="{name}"' in text(d.page(w.village, parent))
    d.do(w.village, parent, "reply", outcome="solved", reached="on", text="都好了", **{name: "solved"})
    d.do(w.town, parent, "verify")
    assert f'name="{name}"' in text(d.page(w.town, parent))
    done = d.do(w.town, parent, "close", reason="solved", **{name: "explained"})
    assert done.status_code == 302
    child.refresh_from_db()
    assert (child.state, child.closing_reason) == ("closed", "explained")


def test_an_attached_matter_can_be_taken_out_again_at_once(d: Desks) -> None:
    w = d.world
    child, parent = w.receive(), w.at_state("in_hand")
    d.do(w.town, child, "attach", number=parent.number)
    page = text(d.page(w.town, child))
    assert f"/cases/{child.public_id}/do/detach" in page
    wrong = d.do(w.town, w.receive(), "attach", number="260101-999999")
    assert wrong.status_code == 422
    assert "没有找到这个编号的事项" in text(wrong)


def test_a_half_filled_part_is_asked_for(d: Desks) -> None:
    parent = d.world.at_state("in_hand")
    half = d.do(d.world.town, parent, "split", to_1=str(d.world.district.n1a.public_id), text_1="灯", text_2="还有路")
    assert half.status_code == 422
    assert "选了单位的，请写明办什么" in text(half)
    assert not parent.children.exists()


def test_what_the_other_side_said_is_not_on_the_page_before_it_is_open(d: Desks) -> None:
    w = d.world
    case = w.do("conclude", w.do("arrive", w.do("call_in", w.at_state("in_hand"))))
    w.do("rate_call", case, answers={"in_time": "poor", "stayed": "good", "solved": "good"}, text="来了一小会儿就走了")
    assert "来了一小会儿就走了" in text(d.page(w.town, case))
    for other in (w.dept, w.office, w.village):
        assert "来了一小会儿就走了" not in text(d.page(other, case))
    w.do("rate_call", case, actor=w.dept, side="department", answers={"needed": "good", "prepared": "good"})
    for everybody in (w.dept, w.office, w.village, w.town):
        page = text(d.page(everybody, case))
        assert "来了一小会儿就走了" in page
        assert "已公开" in page


def test_the_bank_is_told_on_the_page(d: Desks) -> None:
    w = d.world
    case = w.at_state("in_hand")
    w.do("ask_bank", case, text="工程款没有到")
    assert "挂账申请" in text(d.page(w.town, case))
    w.do("bank", case)
    page = text(d.page(w.village, case))
    for words in ("一时办不了，已挂账", "缺资金", "工程款没有到", "下次复查", "已复查 0 次，最多 3 次"):
        assert words in page
    w.later(days=40)
    assert "该在" in text(d.page(w.village, case))


def test_a_disputed_call_is_marked(d: Desks) -> None:
    w = d.world
    case = w.do("flag_call", w.do("call_in", w.at_state("in_hand")))
    assert "说不该叫，等答复" in text(d.page(w.village, case))


def test_many_children_take_the_same_queries(d: Desks, django_assert_num_queries: Any) -> None:
    parent = d.world.at_state("in_hand")
    split(d, parent, "n1a")
    client, url = d.as_(d.world.office), f"/cases/{parent.public_id}/"
    client.get(url)
    asked = queries(client, url)
    split(d, parent, "n1a", "n1", "dept")
    with django_assert_num_queries(asked):
        page = client.get(url)
    assert len(page.content) < 150_000
