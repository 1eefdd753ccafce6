"""The problem bank as a page: late looks first, filters in the address, nobody else's, a constant number of queries."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.interfaces.web.handle_case.desk_people import Desks, text
from tests.interfaces.web.handle_case.test_case_page import queries

from genmai.processes.cases.models import Case

pytestmark = pytest.mark.django_db


def southern(d: Desks) -> Case:
    w = d.world
    case = w.receive(text="南边的路", place_id=w.district.places["s1"].pk)
    w.do("accept", w.do("dispatch", case, actor=w.south, to=w.district.south.public_id))
    w.do("ask_bank", case, text="南边的秘密")
    return w.do("bank", case, actor=w.office)


def rows(page: str) -> list[str]:
    return re.findall(r'class="row-link" href="/cases/([0-9a-f-]+)/"', page)


def test_empty_says_what_will_come(d: Desks) -> None:
    page = text(d.as_(d.world.town).get("/bank/"))
    assert "没有挂账的事" in page
    assert "就会出现在这里" in page


def test_late_looks_first_and_the_sums_are_of_ones_own_scope(d: Desks) -> None:
    late = d.world.at_state("banked")
    d.world.later(days=40)
    fresh = d.world.at_state("banked")
    other = southern(d)
    page = text(d.as_(d.world.town).get("/bank/"))
    assert rows(page) == [str(late.public_id), str(fresh.public_id)]
    assert "挂账 2 件，1 件到期没复查" in page
    for secret in ("南边的路", "南边的秘密", d.world.district.south.short_name, str(other.public_id)):
        assert secret not in page
    whole = text(d.as_(d.world.office).get("/bank/"))
    assert rows(whole)[0] == str(late.public_id)
    assert len(rows(whole)) == 3


def test_filters_stand_in_the_address_and_make_no_hole_in_the_scope(d: Desks) -> None:
    late = d.world.at_state("banked")
    d.world.later(days=40)
    d.world.at_state("banked")
    southern(d)
    client = d.as_(d.world.town)
    assert rows(text(client.get("/bank/?late=1"))) == [str(late.public_id)]
    assert rows(text(client.get("/bank/?old=1"))) == []
    assert "没有符合条件的事项" in text(client.get("/bank/?old=1"))
    assert len(rows(text(client.get(f"/bank/?owner={d.world.district.n1.code}&reason=funds")))) == 2
    assert rows(text(client.get("/bank/?reason=policy"))) == []
    for odd in (f"owner={d.world.district.south.code}", "owner=%00", "reason=whim", "page=9", "late=yes"):
        page = text(client.get(f"/bank/?{odd}"))
        assert len(rows(page)) == 2
        assert "南边" not in page


def test_the_number_of_queries_is_constant_and_the_page_small(d: Desks, django_assert_num_queries: Any) -> None:
    d.world.at_state("banked")
    client = d.as_(d.world.town)
    client.get("/bank/")
    asked = queries(client, "/bank/")
    for _ in range(4):
        d.world.at_state("banked")
    with django_assert_num_queries(asked):
        page = client.get("/bank/")
    assert len(page.content) < 150_000


def test_it_needs_a_log_in(d: Desks, client: Any) -> None:
    assert client.get("/bank/").status_code in (302, 403)
