"""The page about suggestions: without a model, with one, paused, damaged; scope, queries, and learning anew."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.factories.cases import MONDAY
from tests.factories.messages import labelled_messages
from tests.interfaces.web.handle_case.desk_people import Desks, text
from tests.interfaces.web.handle_case.test_case_page import queries

from genmai.kernel.viewer import Actor
from genmai.processes.cases.commands import suggesting
from genmai.processes.cases.models import Case, Learning, PausedExtra, Suggestion
from genmai.processes.cases.queries import extras
from genmai.processes.cases.suggestion import current, model_file, training

pytestmark = pytest.mark.django_db
WORKER = Actor.system("suggestions")


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.GENMAI_DATA = tmp_path


@pytest.fixture(scope="module")
def model() -> Any:
    rows = [training.Labelled(text, code) for text, code in labelled_messages()]
    facts = {
        "learned_at": "2026-03-01T01:00:00+00:00", "from_cases": 0, "from_sheets": len(rows),
        "sheets": [{"sheet": "去年的工单.xlsx", "sha256": "ab", "rows": len(rows)}],
    }  # fmt: skip
    targets = training.Targets(least_rows=100, least_decided=20)
    return training.learn(rows, version="20260301-090000-abcdef", targets=targets, habits=[], facts=facts)


def page(d: Desks, who: Any = None, address: str = "/suggestions/") -> str:
    answer = d.as_(who or d.world.office).get(address)
    assert answer.status_code == 200
    return text(answer)


def dispatched(d: Desks, said: str, category: str) -> Case:
    case = d.world.receive(text=said)
    suggesting.make(actor=WORKER, at=d.world.at, limit=10)
    return d.world.do("dispatch", case, to=d.world.district.dept.public_id, category=category)


def test_before_anything_is_learned_it_says_so(d: Desks) -> None:
    found = page(d)
    assert "现在凭分类表里的词给建议" in found
    assert "这里还没有照着建议派过单" in found
    assert "还没有可看的" in found
    assert "第一次学之前" in found


def test_a_model_shows_what_it_was_made_of_and_how_it_was_measured(d: Desks, model: Any) -> None:
    model_file.save(current.folder(), model)
    found = page(d)
    assert model.version in found
    assert "去年的工单.xlsx" in found
    head = model.heads[0]
    assert f"{head.decided}/{head.held_out}" in found.replace(",", "")
    assert "达到 97% 准才算有把握" in found


def test_taken_and_changed_stand_with_numerator_and_denominator(d: Desks) -> None:
    for _ in range(6):
        dispatched(d, "楼上邻居搭了一间违章建筑", "010502")
        Suggestion.objects.update(category="010502", body=None)
    dispatched(d, "楼上邻居搭了一间违章建筑", "0601")
    d.world.later(hours=1)
    found = page(d)
    taken = sum(len(d.world.deeds(case, "case.suggestion_taken")) for case in Case.objects.all())
    assert f"带建议派出的 7 件里，{taken} 件照建议办了" in found
    assert "样本不足" in found


def test_a_town_sees_its_own_desks_only(d: Desks) -> None:
    dispatched(d, "楼上邻居搭了一间违章建筑", "010502")
    d.world.later(hours=1)
    assert "带建议派出的 1 件" in page(d, d.world.town)
    assert "这里还没有照着建议派过单" in page(d, d.world.south)
    assert "去年的工单" not in page(d, d.world.south)


def test_who_sees_no_cases_sees_no_such_page(d: Desks) -> None:
    keeper = d.world.actor("管理员", "administrator", d.world.district.district)
    for address in ("/suggestions/", "/suggestions/learning"):
        assert d.as_(keeper).get(address).status_code == 404
    assert d.as_(keeper).post("/suggestions/learn", {"key": str(d.world.key())}).status_code == 404


def test_the_district_has_it_learned_anew_once(d: Desks) -> None:
    assert "重新学一遍" in page(d)
    answer = d.as_(d.world.office).post("/suggestions/learn", {"key": str(d.world.key())})
    assert answer.status_code == 302
    d.as_(d.world.office).post("/suggestions/learn", {"key": str(d.world.key())})
    assert Learning.objects.count() == 1
    found = page(d)
    assert 'hx-get="/suggestions/learning"' in found
    assert "排队中" in page(d, address="/suggestions/learning")


def test_others_have_no_button_and_are_refused(d: Desks) -> None:
    assert "重新学一遍" not in page(d, d.world.town)
    answer = d.as_(d.world.town).post("/suggestions/learn", {"key": str(d.world.key())})
    assert answer.status_code == 403
    assert not Learning.objects.exists()


def test_how_a_run_ended_is_said(d: Desks) -> None:
    run = suggesting.start_learning(actor=WORKER, at=d.world.at, key=d.world.key())
    assert "正在学" in page(d)
    suggesting.end_learning(
        actor=WORKER, at=d.world.later(minutes=1), key=d.world.key(), learning=run, trouble="too_little"
    )
    found = page(d)
    assert "学过的文字还太少" in found
    assert "hx-trigger" not in found.split('id="learning"')[1].split(">")[0]


def test_a_damaged_model_and_a_pause_are_announced(d: Desks, model: Any) -> None:
    path = model_file.save(current.folder(), model)
    path.write_bytes(path.read_bytes()[:-50])
    PausedExtra.objects.create(extra=extras.SUGGESTIONS, since=MONDAY - timedelta(hours=1))
    found = page(d)
    assert "模型文件坏了" in found
    assert "派单建议先停一停" in found


def test_queries_do_not_grow_with_what_there_is(d: Desks) -> None:
    few = queries(d.as_(d.world.office), "/suggestions/")
    for at in range(12):
        dispatched(d, "楼上邻居搭了一间违章建筑", "010502")
        Learning.objects.create(
            public_id=d.world.key(), state=Learning.State.DONE, asked_at=d.world.later(days=at), version=f"v{at}"
        )
    assert queries(d.as_(d.world.office), "/suggestions/") == few
