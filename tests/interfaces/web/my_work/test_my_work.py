"""My work: what waits for my organisation, overdue first, done with one tap where nothing has to be said."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.factories.cases import LADDER
from tests.interfaces.web.handle_case.desk_people import Desks, text
from tests.interfaces.web.handle_case.test_case_page import queries

from genmai.interfaces.jobs.hourly import climbing
from genmai.processes.cases.models import Case

pytestmark = pytest.mark.django_db


def buttons(page: str) -> list[str]:
    """The words on the buttons of the lines, in order."""
    lines = re.findall(r'<li class="work-line".*?</li>', page, re.S)
    return [re.findall(r'class="button[^"]*"[^>]*>([^<]+)<', line)[0] for line in lines]


def work(d: Desks, who: Any) -> str:
    answer = d.as_(who).get("/inbox/")
    assert answer.status_code == 200
    return text(answer)


def test_each_thing_is_said_in_plain_words_and_offers_its_next_step(d: Desks) -> None:
    for state in ("dispatched", "in_hand", "objected", "suspended"):
        d.world.at_state(state)
    assert sorted(buttons(work(d, d.world.village))) == ["接单", "看看", "联系反映人"]
    assert "审核异议" in work(d, d.world.office)


def test_the_town_dispatches_verifies_and_visits(d: Desks) -> None:
    for state in ("received", "replied", "verified"):
        d.world.at_state(state)
    assert sorted(buttons(work(d, d.world.town))) == sorted(["分派", "核实", "回访"])


def test_accepting_takes_one_tap_and_stays_on_the_list(d: Desks) -> None:
    case = d.world.at_state("dispatched")
    page = work(d, d.world.village)
    form = re.search(r'<form method="post" action="([^"]+/do/accept)">(.*?)</form>', page, re.S)
    assert form is not None
    posted = dict(re.findall(r'name="(key|seen|next)" value="([^"]*)"', form[2]))
    answer = d.as_(d.world.village).post(form[1], posted)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/inbox/"
    assert Case.objects.get(pk=case.pk).state == "in_hand"
    assert "已接单" in work(d, d.world.village)


def test_overdue_first_and_named_so(d: Desks) -> None:
    d.world.at_state("dispatched", text="早先的那一件")
    d.world.later(days=3)
    d.world.at_state("dispatched", text="刚来的这一件")
    page = work(d, d.world.village)
    late, rest = page.index('aria-label="已经超时"'), page.index('aria-label="等着办"')
    assert late < page.index("早先的那一件") < rest < page.index("刚来的这一件")
    assert "其中 1 件已经超时" in page
    assert "超时未接" in page


def test_the_list_leads_nowhere_else(d: Desks) -> None:
    """A posted `next` to another site is not followed."""
    case = d.world.at_state("dispatched")
    answer = d.do(d.world.village, case, "accept", next="https://elsewhere.example/")
    assert answer.headers["Location"] == f"/cases/{case.public_id}/"


def test_a_leader_reads_the_inbox_without_buttons_that_refuse(d: Desks) -> None:
    d.world.at_state("received")
    d.world.do("ask_extension", d.world.at_state("in_hand"))
    leader = d.world.actor("镇长", "town_leader", d.world.district.north)
    assert sorted(buttons(work(d, leader))) == ["批准延期", "看看"]


def test_empty_says_what_will_come(d: Desks) -> None:
    page = work(d, d.world.dept)
    assert "没有等着办的事" in page
    assert "button primary" not in page
    assert "看全部事项" in page


def test_who_sees_no_cases_is_offered_no_list_of_them(d: Desks) -> None:
    organiser = d.world.actor("组织员", "party_organiser", d.world.district.north)
    page = work(d, organiser)
    assert "没有等着办的事" in page
    assert "看全部事项" not in page


def test_what_we_were_told_in_the_last_days(d: Desks) -> None:
    d.world.at_state("dispatched", text="护栏断了")
    page = work(d, d.world.village)
    assert re.search(r"<strong>交给我们办</strong> 护栏断了", page)
    d.world.later(days=9)
    assert "交给我们办" not in work(d, d.world.village)


def test_queries_do_not_grow_and_the_page_stays_small(d: Desks, django_assert_num_queries: Any) -> None:
    for state in ("dispatched", "in_hand", "objected"):
        d.world.at_state(state)
    for who in (d.world.village, d.world.office):
        asked = queries(d.as_(who), "/inbox/")
        assert asked <= 12  # one for calls that wait for a word, one for the cases by themselves
        for state in ("dispatched", "in_hand", "objected"):
            for _ in range(4):
                d.world.at_state(state)
        with django_assert_num_queries(asked):
            page = d.as_(who).get("/inbox/")
        assert len(page.content) < 150_000


def test_what_is_asked_of_the_town_or_the_district_stands_there_with_its_button(d: Desks) -> None:
    w = d.world
    w.do("ask_bank", w.at_state("in_hand"))
    w.do("flag_call", w.do("call_in", w.at_state("in_hand")))
    assert {"批准挂账", "答复“不该叫”"} <= set(buttons(work(d, w.town)))
    w.do("insist_call", w.do("flag_call", w.do("call_in", w.at_state("in_hand"))))
    assert "裁定该不该叫" in buttons(work(d, w.office))
    w.at_state("banked")
    assert "复查挂账" in buttons(work(d, w.village))
    w.mechanism = LADDER
    w.at_state("in_hand")
    w.later(days=9)
    climbing.run(at=w.at)
    assert "决定提不提级" in buttons(work(d, w.town))


def test_calls_that_wait_for_a_word_are_told_to_both_sides_until_they_have_spoken(d: Desks) -> None:
    w = d.world
    case = w.do("conclude", w.do("arrive", w.do("call_in", w.at_state("in_hand"))))
    where = f"/cases/{case.public_id}/?do=rate_call#do-rate_call"
    assert where in work(d, w.town)
    assert where in work(d, w.dept)
    assert "do=rate_call" not in work(d, w.south)
    w.do("rate_call", case)
    assert where not in work(d, w.town)
