"""Many matters at once: the preview says what will happen, each row has its outcome, nothing is done twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from django.http import HttpResponse
from tests.factories.cases import written
from tests.interfaces.web.handle_case.desk_people import Desks, text
from tests.interfaces.web.handle_case.test_case_page import queries

from genmai.interfaces.jobs.continuous import bulk_runs
from genmai.processes.cases.commands import bulk
from genmai.processes.cases.models import BulkRow, BulkRun, Case, Entry

pytestmark = pytest.mark.django_db
FOR_TOWN = "010203"


def preview(d: Desks, verb: str, cases: list[Case], who: Any = None, **more: str) -> str:
    ticked = [f"{one.public_id}:{Case.objects.get(pk=one.pk).version}" for one in cases]
    answer = d.as_(who or d.world.town).post("/desk/bulk/preview", {"verb": verb, "case": ticked, **more})
    assert answer.status_code == 200
    return text(answer)


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None
    return found.group(1)


def run(d: Desks, page: str, who: Any = None, **typed: str) -> HttpResponse:
    data = {name: field(page, name) for name in ("key", "verb", "query", "rows")}
    return d.as_(who or d.world.town).post("/desk/bulk/run", {**data, **typed})


def outcomes(run: BulkRun) -> list[str]:
    return list(BulkRow.objects.filter(run=run).order_by("position").values_list("outcome", flat=True))


def test_each_gets_its_outcome_and_a_failing_row_stops_no_other(d: Desks) -> None:
    first, gone, last = (d.world.receive(text=f"第 {n} 件", category=FOR_TOWN) for n in range(3))
    moved = d.world.receive(text="被人先改的", category=FOR_TOWN)
    page = preview(d, "dispatch", [first, gone, moved, last])
    d.world.do("dispatch", gone)
    d.world.do("classify", moved)
    answer = run(d, page, to=str(d.world.district.north.pk))
    done = BulkRun.objects.get()
    assert outcomes(done) == ["done", "changed", "changed", "done"]
    shown = text(d.as_(d.world.town).get(answer.headers["Location"]))
    assert "办好 2 件，没办 0 件，别人先改了 2 件" in shown
    assert "刚才有别人先办了这件事" in shown
    assert re.findall(r'name="case" value="([0-9a-f-]+):', shown) == [str(gone.public_id), str(moved.public_id)]
    assert Case.objects.get(pk=last.pk).lead == d.world.district.north


def test_a_replay_changes_nothing(d: Desks) -> None:
    cases = [d.world.receive(text=f"第 {n} 件") for n in range(3)]
    page = preview(d, "dispatch", cases)
    answer = run(d, page, to=str(d.world.district.n1.pk))
    before = written()
    again = run(d, page, to=str(d.world.district.n1.pk))
    assert again.headers["Location"] == answer.headers["Location"]
    assert written() == before


def test_refused_rows_say_why_in_plain_words(d: Desks) -> None:
    ours, theirs = d.world.receive(), d.world.at_state("in_hand")
    page = preview(d, "chase", [ours, theirs])
    assert "能办 1 件" in page
    run(d, page, text="请抓紧")
    assert outcomes(BulkRun.objects.get()) == ["refused", "done"]
    words = Entry.objects.get(case=theirs, kind="case.chased")
    assert words.text == "请抓紧"
    page = preview(d, "chase", [theirs])
    shown = text(d.as_(d.world.town).get(run(d, page).headers["Location"]))
    assert "刚催过" in shown


def test_each_to_its_own_suggestion_and_undecided_ones_stay(d: Desks) -> None:
    lamp = d.world.receive(text="三号楼的路灯不亮了，路灯坏了好几天")
    unclear = d.world.receive(text="说不清的一件")
    page = preview(d, "dispatch", [lamp, unclear])
    run(d, page)
    kept = dict(zip([lamp.pk, unclear.pk], outcomes(BulkRun.objects.get()), strict=True))
    assert kept[unclear.pk] == "refused"
    row = BulkRow.objects.get(case=unclear)
    assert row.reason["code"] == "no_body"


def test_an_answer_is_filled_for_each_matter(d: Desks) -> None:
    cases = [d.world.at_state("in_hand", text=f"第 {n} 件事") for n in range(2)]
    page = preview(d, "reply", cases, who=d.world.village)
    run(d, page, who=d.world.village, outcome="solved", text="“{事项}”（{编号}）办好了")
    assert outcomes(BulkRun.objects.get()) == ["done", "done"]
    said = {e.text for e in Entry.objects.filter(kind="case.replied")}
    assert said == {f"“{one.text}”（{one.number}）办好了" for one in cases}


def test_an_unknown_place_is_refused_before_anything_is_sent(d: Desks) -> None:
    page = preview(d, "reply", [d.world.at_state("in_hand")], who=d.world.village)
    answer = run(d, page, who=d.world.village, outcome="solved", text="{电话}办好了")
    assert answer.status_code == 422
    assert "{电话}" in text(answer)
    assert not BulkRun.objects.exists()


@pytest.fixture
def few() -> Iterator[None]:
    """Two rows are done at once, the rest by the worker."""
    from genmai.processes.cases import mechanism

    small = mechanism.desk_rules().model_copy(update={"bulk_inline": 2, "bulk_most": 25})
    with (
        patch("genmai.processes.cases.mechanism.desk_rules", lambda: small),
        patch("genmai.processes.cases.commands.bulk.desk_rules", lambda: small),
    ):
        yield


def test_a_long_run_goes_on_after_a_kill_and_does_nothing_twice(d: Desks, few: None) -> None:
    cases = [d.world.receive(text=f"第 {n} 件") for n in range(23)]
    answer = run(d, preview(d, "dispatch", cases), to=str(d.world.district.n1.pk))
    url = answer.headers["Location"]
    assert BulkRun.objects.get().state == "queued"
    assert "0 / 23" in text(d.as_(d.world.town).get(f"{url}progress"))
    turns = iter([0.0, 0.0, 99.0])
    bulk_runs.run(at=d.world.at, clock=lambda: next(turns))  # one batch, then its time is up
    assert outcomes(BulkRun.objects.get()).count("done") == bulk.BATCH
    with patch("genmai.processes.cases.commands.bulk._VERBS", {"dispatch": _killed}), pytest.raises(KeyboardInterrupt):
        bulk_runs.run(at=d.world.at)
    assert outcomes(BulkRun.objects.get()).count("done") == bulk.BATCH
    assert "dispatch" in bulk_runs.run(at=d.world.at)
    assert outcomes(BulkRun.objects.get()) == ["done"] * 23
    assert all(len(d.world.deeds(one, "case.dispatched")) == 1 for one in cases)
    assert d.as_(d.world.town).get(f"{url}progress").headers["HX-Refresh"] == "true"
    assert bulk_runs.run(at=d.world.at) == ""


def _killed(common: dict[str, Any], given: Any) -> Case:
    raise KeyboardInterrupt


def test_rights_taken_away_meanwhile_refuse_the_rows_left(d: Desks, few: None) -> None:
    cases = [d.world.receive(text=f"第 {n} 件") for n in range(4)]
    run(d, preview(d, "dispatch", cases), to=str(d.world.district.n1.pk))
    done = BulkRun.objects.get()
    done.account.is_active = False
    done.account.save()
    bulk_runs.run(at=d.world.at)
    assert outcomes(done) == ["refused"] * 4
    assert {one.state for one in Case.objects.all()} == {"received"}


def test_a_run_can_be_stopped(d: Desks, few: None) -> None:
    cases = [d.world.receive(text=f"第 {n} 件") for n in range(4)]
    url = run(d, preview(d, "dispatch", cases), to=str(d.world.district.n1.pk)).headers["Location"]
    d.as_(d.world.town).post(f"{url}stop", {"key": str(d.world.key())})
    assert bulk_runs.run(at=d.world.at) == ""
    assert outcomes(BulkRun.objects.get()) == ["waiting"] * 4


def test_all_that_match_are_taken_up_to_the_cap_and_it_is_said(d: Desks, few: None) -> None:
    for n in range(27):
        d.world.receive(text=f"第 {n} 件")
    page = preview(d, "dispatch", [], all="1", query="mine=1&state=received&order=oldest")
    assert "一次最多 25 件" in page
    assert len(field(page, "rows").split()) == 25


def test_another_towns_matters_are_as_if_not_there(d: Desks) -> None:
    case = d.world.receive(text="北镇的秘密")
    page = preview(d, "dispatch", [case], who=d.world.south)
    assert "一件也没有选" in page
    assert "北镇的秘密" not in page
    forged = {"verb": "dispatch", "query": "", "rows": f"{case.public_id}:1:0:", "key": str(d.world.key())}
    d.as_(d.world.south).post("/desk/bulk/run", {**forged, "to": str(d.world.district.s1.pk)})
    assert Case.objects.get(pk=case.pk).state == "received"
    mine = run(d, preview(d, "dispatch", [case]), to=str(d.world.district.n1.pk)).headers["Location"]
    for url in (mine, f"{mine}progress"):
        assert d.as_(d.world.south).get(url).status_code == 404
    assert d.as_(d.world.south).post(f"{mine}stop", {"key": str(d.world.key())}).status_code == 404


def test_the_number_of_queries_does_not_grow(d: Desks, django_assert_num_queries: Any) -> None:
    cases = [d.world.receive(text=f"第 {n} 件", category=FOR_TOWN) for n in range(2)]
    url = run(d, preview(d, "dispatch", cases), to=str(d.world.district.n1.pk)).headers["Location"]
    asked = queries(d.as_(d.world.town), url)
    many = [d.world.receive(text=f"又 {n} 件", category=FOR_TOWN) for n in range(12)]
    url = run(d, preview(d, "dispatch", many), to=str(d.world.district.n1.pk)).headers["Location"]
    with django_assert_num_queries(asked):
        d.as_(d.world.town).get(url)


def test_a_run_of_dispatches_is_taken_back_while_nobody_took_it_up(d: Desks) -> None:
    cases = [d.world.receive(text=f"第 {n} 件") for n in range(3)]
    answer = run(d, preview(d, "dispatch", cases), to=str(d.world.district.n1.pk))
    page = text(d.as_(d.world.town).get(answer.headers["Location"]))
    assert "收回刚分派的 3 件" in page
    d.world.do("accept", cases[1])
    begun = BulkRun.objects.get()
    for stranger in (d.world.village, d.world.south):
        assert (
            d.as_(stranger).post(f"/desk/bulk/{begun.public_id}/back", {"key": field(page, "key")}).status_code == 404
        )
    key = str(d.world.key())
    undone = d.as_(d.world.town).post(f"/desk/bulk/{begun.public_id}/back", {"key": key})
    back = BulkRun.objects.exclude(pk=begun.pk).get()
    assert outcomes(back)[::2] == ["done", "done"]
    assert outcomes(back)[1] != "done"
    assert [Case.objects.get(pk=one.pk).state for one in cases] == ["received", "in_hand", "received"]
    shown = text(d.as_(d.world.town).get(undone.headers["Location"]))
    assert "收回刚分派的" not in shown, "what was taken back is given anew, not taken back again"
    assert "看看再办" not in shown
    before = written()
    d.as_(d.world.town).post(f"/desk/bulk/{begun.public_id}/back", {"key": key})
    assert written() == before


def test_only_dispatches_and_only_soon_after_can_be_taken_back(d: Desks) -> None:
    mine = d.world.at_state("in_hand")
    run(d, preview(d, "chase", [mine]), text="请抓紧")
    chased = BulkRun.objects.get()
    town = d.as_(d.world.town)
    assert "收回刚分派的" not in text(town.get(f"/desk/bulk/{chased.public_id}/"))
    assert town.post(f"/desk/bulk/{chased.public_id}/back", {"key": str(d.world.key())}).status_code == 302
    assert BulkRun.objects.count() == 1
    run(d, preview(d, "dispatch", [d.world.receive()]), to=str(d.world.district.n1.pk))
    given = BulkRun.objects.latest("id")
    assert "收回刚分派的" in text(town.get(f"/desk/bulk/{given.public_id}/"))
    d.world.later(hours=2)
    assert "收回刚分派的" not in text(town.get(f"/desk/bulk/{given.public_id}/"))
