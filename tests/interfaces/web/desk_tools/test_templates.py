"""Ready answers: kept by an organisation, offered down its line, filled with what is known; unknown places refused."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.interfaces.web.handle_case.desk_people import Desks, text

from genmai.processes.cases import mechanism
from genmai.processes.cases.models import ReplyTemplate
from genmai.processes.cases.wording import CHINESE, ENGLISH, Facts, filled, unknown_places

FACTS = Facts("260302-1", "三号楼", "北一村", "2026年3月2日", "路灯坏了")


def add(d: Desks, title: str, words: str, who: Any = None, **more: str) -> Any:
    data = {"key": str(d.world.key()), "title": title, "text": words, **more}
    return d.as_(who or d.world.town).post("/desk/answers/", data)


@given(st.text(max_size=80))
def test_what_is_kept_fills_without_a_trace_of_braces(words: str) -> None:
    if not unknown_places(words):
        assert not set(filled(words, FACTS)) & set("{}")


def test_both_languages_name_the_same_places() -> None:
    chinese = filled("|".join(f"{{{one}}}" for one in CHINESE), FACTS)
    assert chinese == filled("|".join(f"{{{one}}}" for one in ENGLISH), FACTS)
    assert chinese == "260302-1|三号楼|北一村|2026年3月2日|路灯坏了"


def test_the_mechanisms_answers_have_only_places_that_are_filled() -> None:
    known = mechanism.definition_of(mechanism.loop()).templates
    assert known
    for one in known.values():
        assert not unknown_places(one.text.zh) + unknown_places(one.text.en)


@pytest.mark.django_db
def test_an_unknown_place_is_refused_by_name(d: Desks) -> None:
    answer = add(d, "坏的", "请打{电话}")
    assert answer.status_code == 422
    assert "“{电话}”这个空没有东西可填" in text(answer)
    assert "请打{电话}" in text(answer)
    assert add(d, "坏的", "没有关上的{编号").status_code == 422
    assert not ReplyTemplate.objects.exists()


@pytest.mark.django_db
def test_offered_to_the_organisation_and_below_and_filled_for_the_matter(d: Desks) -> None:
    add(d, "镇里的话", "{单位}办了{编号}\n第二行")
    add(d, "路灯专用", "路灯修好了", category="010203")
    add(d, "南镇的话", "南镇", who=d.world.south)
    case = d.world.at_state("in_hand", text="走道堵了")
    page = text(d.as_(d.world.village).get(f"/desk/?case={case.public_id}"))
    offered = re.findall(r'data-text="([^"]*)"', page)
    assert f"北一村办了{case.number}\n第二行" in offered
    assert "路灯修好了" not in offered
    assert not any("南镇" in one for one in offered)
    key = ReplyTemplate.objects.get(title="镇里的话").public_id
    prefilled = text(d.as_(d.world.village).get(f"/desk/?case={case.public_id}&do=reply&ready={key}"))
    assert re.search(rf'<textarea[^>]*id="reply_text"[^>]*>\s*北一村办了{case.number}', prefilled)


@pytest.mark.django_db
def test_changed_by_two_the_second_is_told_and_removed_ones_come_back(d: Desks) -> None:
    add(d, "常用", "第一版")
    kept = ReplyTemplate.objects.get()
    url = f"/desk/answers/{kept.public_id}/"
    town = d.as_(d.world.town)
    change = {"key": str(d.world.key()), "title": "常用", "category": "", "seen": "1"}
    assert town.post(url, {**change, "text": "第二版"}).status_code == 302
    late = town.post(url, {**change, "text": "另一版"})
    assert late.status_code == 409
    assert "另一版" in text(late)
    assert ReplyTemplate.objects.get().text == "第二版"
    town.post(f"{url}remove", {"key": str(d.world.key())})
    assert "第二版" not in text(town.get("/desk/answers/"))
    town.post(f"{url}restore", {"key": str(d.world.key())})
    assert "第二版" in text(town.get("/desk/answers/"))


@pytest.mark.django_db
def test_tried_on_a_sample_before_it_is_kept(d: Desks) -> None:
    answer = add(d, "试试", "{编号}", **{"try": "1"})
    assert "260302-88" in text(answer)
    assert not ReplyTemplate.objects.exists()


@pytest.mark.django_db
def test_another_organisations_answers_are_not_to_be_touched(d: Desks) -> None:
    add(d, "北镇的", "北镇的秘密话")
    kept = ReplyTemplate.objects.get()
    assert "北镇的秘密话" not in text(d.as_(d.world.south).get("/desk/answers/"))
    assert d.as_(d.world.south).get(f"/desk/answers/{kept.public_id}/").status_code == 404
    for verb in ("remove", "restore"):
        answer = d.as_(d.world.south).post(f"/desk/answers/{kept.public_id}/{verb}", {"key": str(d.world.key())})
        assert answer.status_code == 404
    assert d.as_(d.world.village).get(f"/desk/answers/{kept.public_id}/").status_code == 404
