"""A round of inspection: entered once, sent once, put right with proof, looked at by others, counted from deeds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.factories.cases import World, new_world, written
from tests.factories.rounds import MECHANISM, Rounds

from genmai.kernel.refusal import BadInput, Changed, NotFound, NotPermitted, Refused
from genmai.kernel.viewer import Actor
from genmai.processes.cases.commands import findings, requests, rounds, verifying
from genmai.processes.cases.commands.findings import NewFinding
from genmai.processes.cases.commands.intake import Picture
from genmai.processes.cases.models import Attachment, Case, Finding, Milestone, Round
from genmai.processes.cases.queries import rounds as read
from genmai.processes.cases.round_figures import Tally, behind, tally
from genmai.records.deeds.models import Deed
from genmai.records.notices.models import Notice

pytestmark = pytest.mark.django_db
PICTURE = Picture("ab" * 32, "image/jpeg", 8, 8, 100)


@pytest.fixture
def w() -> World:
    return new_world()


@pytest.fixture
def r(w: World) -> Rounds:
    return Rounds(w)


def counted(r: Rounds, viewer: Any = None) -> Tally:
    seen = viewer or r.world.office.viewer
    return tally(read.standings(seen, round=r.round, known_at=r.world.at), at=r.world.at)


def test_a_round_is_opened_by_who_may_inspect_and_its_number_is_its_own(w: World, r: Rounds) -> None:
    assert r.round.state == "preparing"
    assert Deed.objects.get(source_id=r.round.public_id).kind == "round.opened"
    with pytest.raises(BadInput, match="用过了"):
        r.open(number=r.round.number)
    with pytest.raises(BadInput):
        r.open(inspected_from=date(2026, 3, 2), inspected_to=date(2026, 3, 1))
    for stranger in (w.town, w.dept, w.village):
        with pytest.raises((NotPermitted, NotFound)):
            rounds.open_round(
                actor=stranger, at=w.at, key=w.key(), mechanism=MECHANISM, organisation=w.district.district.pk,
                number="另一期", title="x", inspected_from=date(2026, 3, 1), inspected_to=date(2026, 3, 1),
            )  # fmt: skip
    with pytest.raises(Refused, match="没有暗访督查"):
        r.open(number="又一期", mechanism="default/calls@1")


def test_a_finding_is_entered_once_whatever_is_sent_twice(w: World, r: Rounds) -> None:
    key = w.key()
    given = {"actor": w.office, "at": w.at, "key": key, "round": r.round.public_id}
    found = NewFinding("楼道堆物", "environment", w.district.dept.pk)
    first = findings.enter(**given, found=found, pictures=[PICTURE])
    before = written()
    assert findings.enter(**given, found=found, pictures=[PICTURE]) == first
    assert written() == before
    with_number = r.enter(ref="7")
    before = written()
    assert r.enter(ref="7") == with_number, "the sheet's own number, under another key"
    assert written() == before
    assert (first.no, with_number.no) == (1, 2)
    case = Case.objects.get(pk=first.case_id)
    assert (case.state, case.service, case.channel, case.urgency) == ("received", "environment", "inspection", "normal")
    assert (case.home_id, case.desk_id) == (w.district.district.pk,) * 2
    assert Attachment.objects.filter(case=case, stage="before").count() == 1


def test_whose_place_it_is_does_not_make_it_the_villages(w: World, r: Rounds) -> None:
    finding = r.enter(place_id=w.district.places["n1"].pk, place_text="北一村桥头")
    assert finding.case.place_id == w.district.places["n1"].pk
    assert finding.case.reach == [w.district.district.pk], "neither village nor town sees what a department must do"


@pytest.mark.parametrize("over", [{"service": "weather"}, {"body_id": 0}, {"body_id": "self"}, {"text": " "}])
def test_what_is_missing_is_named(w: World, r: Rounds, over: dict[str, Any]) -> None:
    if over.get("body_id") == "self":
        over = {"body_id": w.district.district.pk}
    with pytest.raises(BadInput) as wrong:
        r.enter(**over)
    assert wrong.value.field
    assert not Finding.objects.exists()


def test_one_notice_a_body_lists_its_findings_each_with_its_limit(w: World, r: Rounds) -> None:
    mine = [r.enter("垃圾"), r.enter("断头路", service="project")]
    theirs = r.enter("值班空岗", service="party", body_id=w.district.north.pk)
    sent = Notice.objects.filter(kind="case.dispatched").count()
    done = r.notify()
    assert [one.done for one in done] == [True] * 3
    assert Notice.objects.filter(kind="case.dispatched").count() == sent, "no notice a finding"
    told = Notice.objects.filter(kind="round.notified").order_by("id")
    assert [(n.organisation_id, n.payload) for n in told] == [
        (w.district.dept.pk, {"count": 2}), (w.district.north.pk, {"count": 1}),
    ]  # fmt: skip
    limits = {m.case_id: (m.clock, int(m.amount)) for m in Milestone.objects.filter(key="resolve")}
    assert [limits[f.case_id] for f in (*mine, theirs)] == [
        ("working_days", 7), ("working_days", 30), ("working_days", 10),
    ]  # fmt: skip
    assert r.round.state == "notified"
    with pytest.raises(Refused, match="没有等着下发"):
        r.notify()


def test_notices_may_go_to_some_first_and_the_same_key_sends_nothing_twice(w: World, r: Rounds) -> None:
    r.enter()
    r.enter(body_id=w.district.north.pk)
    key = w.key()
    given = {"actor": w.office, "at": w.at, "key": key, "round": r.round.public_id}
    _, first = rounds.notify(**given, bodies=[w.district.north.public_id])
    before = written()
    _, again = rounds.notify(**given, bodies=[w.district.north.public_id])
    assert written() == before
    assert [one.finding for one in again] == [one.finding for one in first]
    assert read.waiting(w.office.viewer, round=r.round) == {w.district.dept.pk: 1}
    w.later(hours=1)
    assert len(r.notify()) == 1
    late_one = r.enter("后来又发现一处")
    w.later(minutes=1)
    assert [one.finding for one in r.notify()] == [late_one]
    assert r.round.state == "notified"


def test_a_finding_that_a_rule_refuses_waits_with_the_reason_and_the_others_go(w: World, r: Rounds) -> None:
    refused = r.enter("店外占道经营", body_id=w.district.north.pk)
    Case.objects.filter(pk=refused.case_id).update(category="010202")  # department work by the duty list
    good = r.enter()
    done = {one.finding.no: one for one in r.notify()}
    assert done[refused.no].refused is not None
    assert "不能派给基层" in str(done[refused.no].refused)
    assert done[good.no].done
    assert Case.objects.get(pk=refused.case_id).state == "received"


def test_a_body_takes_all_of_its_own_in_hand_and_the_round_is_under_way(w: World, r: Rounds) -> None:
    r.enter()
    r.enter("第二处")
    other = r.enter(body_id=w.district.north.pk)
    r.notify()
    assert len(r.accept(w.dept)) == 2
    assert Case.objects.get(pk=other.case_id).state == "dispatched"
    assert rounds.catch_up(actor=Actor.system("rounds"), at=w.at) == 1
    assert rounds.catch_up(actor=Actor.system("rounds"), at=w.at) == 0
    assert Round.objects.get().state == "rectifying"


def test_put_right_with_words_and_pictures_then_passed_it_is_closed(w: World, r: Rounds) -> None:
    finding = r.enter()
    r.notify()
    r.accept(w.dept)
    w.later(days=2)
    case = r.put_right(finding, pictures=[PICTURE])
    assert (case.state, case.holder_id) == ("replied", w.district.district.pk)
    assert Attachment.objects.get(case=case).stage == "after"
    w.later(days=1)
    closed = r.look(finding)
    assert (closed.state, closed.fixed, closed.closing_reason) == ("closed", True, "rectified")
    look = Deed.objects.get(kind="case.reinspected")
    assert (look.outcome, look.reason, look.organisation_id, look.subject_id) == (
        "passed", "on_site", w.district.dept.pk, r.round.public_id,
    )  # fmt: skip
    assert counted(r) == Tally(found=1, on_time=1, checked=1, passed=1)


def test_no_class_demands_a_picture(w: World, r: Rounds) -> None:
    done = []
    for service in ("environment", "opinion", "project", "party"):
        finding = r.enter(service=service)
        r.notify()
        r.accept(w.dept)
        done.append(r.put_right(finding).state)
        w.later(hours=1)
    assert done == ["replied"] * 4


def test_never_by_the_body_itself_and_never_by_an_onlooker(w: World, r: Rounds) -> None:
    finding = r.enter()
    r.notify()
    r.accept(w.dept)
    r.put_right(finding)
    before = written()
    for who in (w.dept, w.town, w.village, w.actor("区领导", "district_leader", w.district.district)):
        with pytest.raises((NotPermitted, NotFound)):
            r.look(finding, actor=who)
    borrowed = replace(w.office_too.viewer, organisation_id=w.district.north.pk)
    with pytest.raises(NotPermitted, match="组织这次督查的单位"):
        r.look(finding, actor=Actor.staff(borrowed))  # the right alone is not enough: it is the inspecting body's step
    assert written() == before


def test_not_passed_goes_back_with_the_reason_and_counts_as_reworked(w: World, r: Rounds) -> None:
    finding = r.enter()
    r.notify()
    r.accept(w.dept)
    r.put_right(finding)
    with pytest.raises(BadInput, match="写明哪里没改好"):
        r.look(finding, passed=False, text=" ")
    back = r.look(finding, passed=False)
    assert (back.state, back.returns) == ("in_hand", 1)
    assert counted(r) == Tally(found=1, open=1, checked=1, reworked=1)
    w.later(hours=3)
    r.put_right(finding)
    w.later(hours=3)
    key = w.key()
    given = {"actor": w.office, "at": w.at, "key": key, "case": finding.case.public_id, "passed": True}
    how: Any = "on_site" if findings.is_drawn(finding) else "on_paper"
    findings.check_again(**given, how=how)
    before = written()
    findings.check_again(**given, how=how)
    assert written() == before, "the same look twice is one"
    assert counted(r) == Tally(found=1, on_time=1, checked=1, passed=0, reworked=1)


def test_a_look_recorded_on_the_cases_own_page_counts_the_same(w: World, r: Rounds) -> None:
    finding = r.enter()
    r.notify()
    r.accept(w.dept)
    r.put_right(finding)
    case = finding.case.public_id
    verifying.rework(actor=w.office, at=w.at, key=w.key(), case=case, text="还有一堆")
    w.later(hours=1)
    r.put_right(finding)
    verifying.verify(actor=w.office, at=w.at, key=w.key(), case=case)
    verifying.close(actor=w.office, at=w.at, key=w.key(), case=case, reason="rectified")
    assert counted(r) == Tally(found=1, on_time=1, checked=1, passed=0, reworked=1)


def test_a_promise_is_not_put_right_and_ends_with_its_own_word(w: World, r: Rounds) -> None:
    finding = r.enter(service="project")
    r.notify()
    r.accept(w.dept)
    r.put_right(finding, promised_until=date(2026, 9, 1), text="要等征迁，九月底前完成")
    assert counted(r).open == 1
    with pytest.raises(Refused, match="答应"):
        r.look(finding)
    closed = r.look(finding, closing="long_term", text="列入长期整改")
    assert (closed.state, closed.fixed) == ("closed", False)
    assert counted(r) == Tally(found=1, open=1, checked=1, passed=1)


def test_what_turned_out_not_to_exist_leaves_the_figures_and_is_told_apart(w: World, r: Rounds) -> None:
    r.enter()
    wrong = r.enter("看错了")
    r.notify()
    r.accept(w.dept)
    r.put_right(wrong, text="现场没有这回事")
    r.look(wrong, closing="not_found", text="复核：当天已拆")
    assert counted(r) == Tally(found=1, open=1, left_out=1)


def test_late_is_late_even_when_a_second_try_was_in_time(w: World, r: Rounds) -> None:
    finding = r.enter()
    r.notify()
    r.accept(w.dept)
    w.later(days=14)
    assert counted(r).overdue == 1, "the clock says it before the job has written the miss"
    r.put_right(finding)
    r.look(finding, passed=False)
    w.later(hours=1)
    r.put_right(finding)
    assert counted(r) == Tally(found=1, late=1, checked=1, reworked=1)


def test_more_time_is_asked_before_the_limit_and_then_it_is_in_time(w: World, r: Rounds) -> None:
    finding = r.enter()
    r.notify()
    r.accept(w.dept)
    w.later(days=4)
    asked = {"key": w.key(), "case": finding.case.public_id, "at": w.at}
    requests.ask_extension(actor=w.dept, amount=Decimal(3), text="连着下雨，设备进不去", **asked)  # type: ignore[arg-type]
    requests.extend(actor=w.office_too, at=w.at, key=w.key(), case=finding.case.public_id)
    w.later(days=8)
    r.put_right(finding)
    assert counted(r) == Tally(found=1, on_time=1)


def test_chasing_says_for_each_why_not(w: World, r: Rounds) -> None:
    one, two = r.enter(), r.enter("第二处")
    r.enter("还没下发")
    r.notify(bodies=[w.district.dept.public_id])
    r.accept(w.dept)
    r.put_right(two)
    w.later(days=1)
    args = {"actor": w.office, "round": r.round.public_id}
    done = findings.chase(**args, at=w.at, key=w.key(), text="请抓紧")
    assert [(c.finding.no, c.done) for c in done] == [(one.no, True), (3, True)]
    w.later(minutes=5)
    again = findings.chase(**args, at=w.at, key=w.key(), cases=[one.case.public_id])
    assert [c.refused.code for c in again if c.refused] == ["too_soon"]
    assert Deed.objects.filter(kind="case.chased").count() == 2
    with pytest.raises((NotPermitted, NotFound)):
        findings.chase(actor=w.dept, round=r.round.public_id, at=w.at, key=w.key())


def test_the_round_ends_step_by_step_and_refuses_to_skip(w: World, r: Rounds) -> None:
    finding = r.enter()
    other = r.enter("第二处")
    with pytest.raises(Refused, match="现在是"):
        r.step(rounds.issue, document="鄞督〔2026〕3号")
    r.notify()
    r.accept(w.dept)
    rounds.catch_up(actor=Actor.system("rounds"), at=w.at)
    r.put_right(finding)
    with pytest.raises(Refused, match="还有 1 条等复查"):
        r.step(rounds.finish_check)
    r.look(finding)
    version = Round.objects.get().version
    r.step(rounds.finish_check, seen=version)
    with pytest.raises(Changed):
        r.step(rounds.issue, document="鄞督〔2026〕3号", seen=version)
    w.later(days=1)
    key = w.key()
    r.step(rounds.issue, document="鄞督〔2026〕3号", key=key)
    before = written()
    r.step(rounds.issue, document="鄞督〔2026〕3号", key=key)
    assert written() == before
    assert (r.round.state, r.round.issued_at) == ("issued", w.at)
    with pytest.raises(Refused, match="还有 1 条没有销号"):
        r.step(rounds.archive)
    w.later(days=1)
    r.put_right(other)
    r.look(other)
    assert r.step(rounds.archive).state == "archived"
    as_issued = tally(read.standings(w.office.viewer, round=r.round, known_at=r.round.issued_at), at=r.round.issued_at)  # type: ignore[arg-type]
    assert as_issued == Tally(found=2, on_time=1, open=1, checked=1, passed=1), "the circular's figures stay as issued"
    assert counted(r) == Tally(found=2, on_time=2, checked=2, passed=2)


def test_a_body_sees_only_its_own_and_strangers_nothing(w: World, r: Rounds) -> None:
    r.enter()
    theirs = r.enter(body_id=w.district.north.pk)
    assert read.rounds(w.dept.viewer) == [], "nothing before the notice"
    with pytest.raises(NotFound):
        read.one(w.dept.viewer, public_id=r.round.public_id)
    r.notify()
    lines, more = read.findings(w.town.viewer, round=r.round)
    assert ([line.finding for line in lines], more) == ([theirs], False)
    assert counted(r, w.town.viewer) == Tally(found=1, open=1)
    assert counted(r, w.dept.viewer) == Tally(found=1, open=1)
    assert counted(r).found == 2
    assert [(line.findings, line.ours) for line in read.rounds(w.town.viewer)] == [(1, False)]
    assert [(line.findings, line.ours) for line in read.rounds(w.office.viewer)] == [(2, True)]
    for stranger in (w.south, w.village, w.grid):
        assert read.rounds(stranger.viewer) == []
        assert counted(r, stranger.viewer) == Tally()
        with pytest.raises(NotFound):
            read.one(stranger.viewer, public_id=r.round.public_id)
        with pytest.raises(NotFound):
            read.of_case(stranger.viewer, case=theirs.case.public_id)


def test_every_number_opens_to_as_many_deeds(w: World, r: Rounds) -> None:
    one, two = r.enter(), r.enter("第二处", service="party")
    r.notify()
    r.accept(w.dept)
    r.put_right(one)
    r.look(one, passed=False)
    w.later(hours=1)
    r.put_right(one)
    rows = read.standings(w.office.viewer, round=r.round, known_at=w.at)
    counts = tally(rows, at=w.at)
    for cell in ("found", "on_time", "late", "open", "overdue", "checked", "passed", "reworked", "rectified"):
        found = behind(rows, cell, at=w.at)
        assert len(found) == getattr(counts, cell), cell
        deeds = read.deeds_by_id(w.office.viewer, ids=[deed for _, deed in found])
        assert len(deeds) == len(found), cell
    assert [s.case for s, _ in behind(rows, "open", at=w.at, service="party")] == [two.case.public_id]


def test_findings_are_left_out_of_where_residents_matters_are_solved(w: World, r: Rounds) -> None:
    from genmai.measures.scores.case_figures import board, month_of

    finding = r.enter()
    r.notify()
    r.accept(w.dept)
    r.put_right(finding)
    r.look(finding)
    month = month_of(w.at)
    path = w.office.viewer.path
    made = board(w.office.viewer, path=path, months=(month,), known_at=w.at)
    assert made.figure(path, month, "solved_at_5").denominator == 0
    assert made.figure(path, month, "overdue").denominator == 1, "what a body owes in time counts all the same"
