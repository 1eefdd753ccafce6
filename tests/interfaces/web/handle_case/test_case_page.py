"""The case page in every state, for everybody: drawn, small, a constant number of queries."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.cases import WAYS
from tests.factories.residents import resident
from tests.interfaces.web.handle_case.desk_people import Desks, text

from genmai.processes.cases.models import Attachment, Case, Milestone

pytestmark = pytest.mark.django_db
STATES = sorted(WAYS)
SMALL = 150_000


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_drawn_for_everybody_in_scope(d: Desks, state: str) -> None:
    case = d.world.at_state(state)
    for who, language in ((d.world.village, "zh-hans"), (d.world.town, "zh-hans"), (d.world.office, "en")):
        client = d.as_(who)
        client.cookies["genmai_language"] = language
        for page in ("", "why"):
            answer = client.get(f"/cases/{case.public_id}/{page}")
            assert answer.status_code == 200, (who.name, page)
            assert len(answer.content) < SMALL
            assert text(answer).count("button primary") <= 1
            assert "style=" not in text(answer)


def busy(d: Desks, case: Case, n: int) -> None:
    """More of everything: callers, repeats, notes, pictures, requests, guests."""
    for i in range(n):
        repeat = d.world.receive(text=f"同样的事 {i}", person_id=resident(f"1380000{i:04d}", "李四").pk)
        d.world.do("merge", repeat, into=case.public_id)
        d.world.do("note", case)
        Attachment.objects.create(
            case=case, sha256=f"{case.pk:032x}{i:032x}", media_type="image/jpeg", width=1, height=1, size=1,
            added_at=d.world.at, stage="before",
        )  # fmt: skip
        if i % 2:
            d.world.do("ask_extension", case)
            d.world.do("refuse_extension", case)
        else:
            d.world.do("assist", case)
            d.world.do("release", case)


def queries(client: Any, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_the_number_of_queries_does_not_grow(d: Desks, django_assert_num_queries: Any) -> None:
    few, many = d.world.at_state("in_hand"), d.world.at_state("in_hand")
    busy(d, few, 2)
    busy(d, many, 8)
    for who in (d.world.village, d.world.town):
        client = d.as_(who)
        asked = queries(client, f"/cases/{few.public_id}/")
        assert asked <= 34
        with django_assert_num_queries(asked):
            page = client.get(f"/cases/{many.public_id}/")
        assert len(page.content) < SMALL


def test_merged_repeats_are_named_in_the_history_and_everybody_is_listed(d: Desks) -> None:
    case = d.world.at_state("in_hand", person_id=resident("13800009999", "赵六").pk)
    busy(d, case, 2)
    page = text(d.page(d.world.town, case))
    for merged in Case.objects.filter(merged_into=case):
        assert f"{merged.number}（已并入）：收到反映" in page
        assert f"来自已并入的 {merged.number}" in page
    assert page.count("再分出来") == 2


def test_a_deadline_is_explained_day_by_day(d: Desks) -> None:
    case = d.world.at_state("in_hand")
    resolve = Milestone.objects.get(case=case, key="resolve")
    url = f"/cases/{case.public_id}/limits/{resolve.public_id}"
    page = text(d.as_(d.world.village).get(url))
    assert "5 个工作日，当天不算" in page
    assert "当天不算，次日起算" in page
    assert page.count("周末不算") == 2
    assert "到 17:00 为止" in page
    part = d.as_(d.world.village).get(url, headers={"HX-Request": "true"})
    assert "<html" not in text(part)
    assert "次日起算" in text(part)


def test_a_pause_and_an_extension_stand_in_the_explanation(d: Desks) -> None:
    case = d.world.at_state("suspended")
    d.world.later(days=2)
    d.world.do("resume", case)
    d.world.do("ask_extension", case)
    d.world.do("extend", case)
    resolve = Milestone.objects.get(case=case, key="resolve")
    page = text(d.as_(d.world.village).get(f"/cases/{case.public_id}/limits/{resolve.public_id}"))
    assert "批准延期 2 工作日" in page
    assert "有暂停" in page
    assert "暂停" in page


def test_the_page_says_whose_move_it_is(d: Desks) -> None:
    case = d.world.at_state("dispatched")
    assert "等北一村接单" in text(d.page(d.world.town, case))


def test_why_names_the_grant_that_reaches_and_the_one_that_lacks(d: Desks) -> None:
    case = d.world.at_state("in_hand")
    page = text(d.as_(d.world.village).get(f"/cases/{case.public_id}/why"))
    assert "您是北一村的村社书记，在北一村及其下级可以“办理事项”" in page
    assert "不含“合并同类事项”" in page
