"""Files of procedures through their commands: whose step it is, what a mistake costs, what is written and what is not."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from tests.factories.accounts import viewer
from tests.factories.dossiers import BEGIN, Files, files

from genmai.directory.roster.commands import open_organisations
from genmai.directory.roster.commands.organisations import NewOrganisation
from genmai.directory.roster.models import Membership, OrganisationKind
from genmai.kernel.refusal import BadInput, Changed, NotFound, NotPermitted, Refused
from genmai.kernel.viewer import Actor
from genmai.processes.registers.models import Annex, Dossier, DossierEntry
from genmai.processes.registers.procedures import queries
from genmai.processes.registers.procedures.commands import closing, opening, pausing, reviewing
from genmai.processes.registers.procedures.commands.closing import Fact
from genmai.processes.registers.procedures.commands.opening import Paper
from genmai.processes.registers.procedures.queries import Filters
from genmai.processes.registers.procedures.votes import Tally
from genmai.records.deeds.models import Deed
from genmai.records.notices.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def f(db: None) -> Files:
    return files()


def kinds(dossier: Dossier) -> list[str]:
    return list(Deed.objects.filter(source_id=dossier.public_id).order_by("id").values_list("kind", flat=True))


def entries(dossier: Dossier) -> int:
    return DossierEntry.objects.filter(dossier=dossier).count()


def test_a_file_walks_its_twenty_five_steps(f: Files) -> None:
    dossier = f.walk(f.open(), "archive")
    assert (dossier.state, dossier.next_step, dossier.stage) == ("done", "", "full")
    assert dossier.ended_at is not None
    view = queries.file_of(f.branch.viewer, dossier=dossier, day=f.today)
    assert [step.standing for step in view.steps] == ["done"] * 25
    assert kinds(dossier).count("dossier.step_closed") == 25
    assert kinds(dossier)[-1] == "dossier.finished"


def test_each_step_is_closed_on_its_own_rung(f: Files) -> None:
    dossier = f.walk(f.open(), "recommend")
    with pytest.raises(NotPermitted):
        f.close(dossier, "file_activist", who=f.branch)
    with pytest.raises(NotPermitted):
        f.close(dossier, "file_activist", who=f.county)
    assert entries(dossier) == 4
    dossier = f.close(dossier, "file_activist")
    assert dossier.next_step == "contacts"
    with pytest.raises(NotPermitted):
        f.close(dossier, "contacts", who=f.town)


def test_another_town_sees_nothing_and_is_told_nothing(f: Files) -> None:
    dossier = f.walk(f.open(), "recommend")
    with pytest.raises(NotFound):
        f.close(dossier, "file_activist", who=f.south)
    with pytest.raises(NotFound):
        queries.one(f.south.viewer, public_id=dossier.public_id)
    assert queries.page(f.south.viewer, filters=Filters("join"), day=f.today) == ([], 0)
    assert queries.counts(f.south.viewer, filters=Filters("join"), day=f.today) == {}
    assert queries.dues(f.south.viewer, procedure="join", day=f.today)["open"] == 0
    for who in (f.branch, f.town, f.county):
        assert queries.page(who.viewer, filters=Filters("join"), day=f.today)[1] == 1


def test_too_early_is_refused_with_the_day_and_leaves_nothing(f: Files) -> None:
    dossier = f.walk(f.open(), "talk")
    before = entries(dossier)
    with pytest.raises(Refused) as refused:
        f.close(dossier, "recommend", date(2024, 5, 31))
    assert (refused.value.code, refused.value.params["day"]) == ("too_early", date(2024, 6, 1))
    reasons, first = queries.explain(f.branch.viewer, dossier=dossier, step="recommend", day=date(2024, 5, 31))
    assert [one.code for one in reasons] == ["too_early"]
    assert first == date(2024, 6, 1) == dossier.next_from
    assert entries(dossier) == before


def test_a_day_to_come_is_refused(f: Files) -> None:
    dossier = f.open()
    with pytest.raises(BadInput):
        closing.close_step(
            actor=f.branch, at=f.at, key=f.key(), dossier=dossier.public_id, step="application",
            fact=Fact(f.today + timedelta(days=1), {"received_by": "李"}),
        )  # fmt: skip


def test_a_late_talk_is_done_and_says_it_was_late(f: Files) -> None:
    dossier = f.walk(f.open(), "application")
    f.close(dossier, "talk", date(2024, 4, 15))
    assert Deed.objects.get(kind="dossier.step_closed", reason="talk").outcome == "late"
    assert DossierEntry.objects.get(step="talk").late


def test_the_same_form_twice_closes_once(f: Files) -> None:
    dossier = f.open()
    key = f.key()
    first = f.close(dossier, "application", key=key)
    again = f.close(dossier, "application", key=key)
    assert (first.version, entries(dossier)) == (again.version, 2)


def test_somebody_was_first(f: Files) -> None:
    dossier = f.open()
    f.close(dossier, "application", seen=dossier.version)
    with pytest.raises(Changed):
        f.close(dossier, "talk", seen=dossier.version)


def test_a_correction_keeps_the_wrong_entry_and_is_checked_against_all_that_followed(f: Files) -> None:
    dossier = f.walk(f.open(), "recommend")
    wrong = DossierEntry.objects.get(dossier=dossier, step="application")
    with pytest.raises(Refused) as refused:
        closing.correct(
            actor=f.branch, at=f.at, key=f.key(), entry=wrong.public_id, reason="看错了",
            fact=Fact(BEGIN + timedelta(days=5), {"received_by": "李"}),
        )  # fmt: skip
    assert refused.value.code == "correction_breaks"
    before = entries(dossier)
    closing.correct(
        actor=f.branch, at=f.at, key=f.key(), entry=wrong.public_id, reason="写错一天",
        fact=Fact(BEGIN - timedelta(days=1), {"received_by": "王"}),
    )  # fmt: skip
    assert entries(dossier) == before + 1
    assert DossierEntry.objects.get(pk=wrong.pk).happened_on == BEGIN
    view = queries.file_of(f.branch.viewer, dossier=dossier, day=f.today)
    shown = view.steps[0].entry
    assert shown is not None
    assert (shown.happened_on, view.words[shown.number]["received_by"]) == (BEGIN - timedelta(days=1), "王")
    with pytest.raises(Changed):
        closing.correct(
            actor=f.branch, at=f.at, key=f.key(), entry=wrong.public_id, reason="再来", fact=Fact(BEGIN, {})
        )


def test_after_three_months_the_meeting_is_held_again_and_after_six_more_is_redone(f: Files) -> None:
    dossier = f.walk(f.open(), "upper_talk")
    meeting = DossierEntry.objects.get(dossier=dossier, step="meeting").happened_on
    f.on(meeting + timedelta(days=120))
    with pytest.raises(Refused) as refused:
        f.close(dossier, "approval")
    assert refused.value.code == "redo_needed"
    with pytest.raises(Refused) as refused:
        closing.send_back(actor=f.town, at=f.at, key=f.key(), dossier=dossier.public_id, to="upper_talk", reason="过期")
    assert refused.value.code == "not_far_enough"
    dossier = closing.send_back(
        actor=f.town, at=f.at, key=f.key(), dossier=dossier.public_id, to="meeting", reason="三个月没有审批"
    )
    assert (dossier.next_step, dossier.round) == ("meeting", 2)
    dossier = f.walk(dossier, "approval")
    assert DossierEntry.objects.filter(dossier=dossier, step="meeting", kind="closed").count() == 2
    f.on(f.today + timedelta(days=1))


def test_an_approval_may_be_extended_once_and_in_time(f: Files) -> None:
    dossier = f.walk(f.open(), "upper_talk")
    with pytest.raises(BadInput):
        closing.extend(actor=f.town, at=f.at, key=f.key(), dossier=dossier.public_id, months=4, reason="特殊")
    with pytest.raises(NotPermitted):
        closing.extend(actor=f.branch, at=f.at, key=f.key(), dossier=dossier.public_id, months=2, reason="特殊")
    was = dossier.next_until
    dossier = closing.extend(actor=f.town, at=f.at, key=f.key(), dossier=dossier.public_id, months=2, reason="特殊")
    assert was is not None
    assert dossier.next_until is not None
    assert dossier.next_until > was
    with pytest.raises(Refused) as refused:
        closing.extend(actor=f.town, at=f.at, key=f.key(), dossier=dossier.public_id, months=1, reason="再延")
    assert refused.value.code == "extended_before"
    f.close(dossier, "approval", was + timedelta(days=20))


def test_a_lost_vote_does_not_close_the_step(f: Files) -> None:
    dossier = f.walk(f.open(), "form")
    for tally, code in ((Tally(20, 10, 10), "no_quorum"), (Tally(20, 12, 10), "not_carried")):
        with pytest.raises(Refused) as refused:
            f.close(dossier, "meeting", tally=tally)
        assert refused.value.code == code
    f.close(dossier, "meeting", tally=Tally(20, 12, 9, 2))


def test_stopped_nothing_goes_on_until_resumed(f: Files) -> None:
    dossier = f.walk(f.open(), "application")
    with pytest.raises(BadInput):
        pausing.stop(actor=f.branch, at=f.at, key=f.key(), dossier=dossier.public_id, reason=" ")
    pausing.stop(actor=f.branch, at=f.at, key=f.key(), dossier=dossier.public_id, reason="外出两个月")
    with pytest.raises(Refused):
        f.close(dossier, "talk")
    dossier = pausing.resume(actor=f.branch, at=f.at, key=f.key(), dossier=dossier.public_id, reason="回来了")
    dossier = f.close(dossier, "talk")
    dossier = pausing.end(actor=f.town, at=f.at, key=f.key(), dossier=dossier.public_id, reason="本人撤回申请")
    assert dossier.state == "ended"
    with pytest.raises(Refused):
        f.close(dossier, "recommend", date(2024, 8, 1))


def test_one_open_file_a_person(f: Files) -> None:
    dossier = f.open()
    with pytest.raises(Refused) as refused:
        opening.open_file(
            actor=f.branch, at=f.at, key=f.key(), procedure="join", subject=dossier.subject, branch=dossier.branch
        )
    assert refused.value.code == "file_open"
    with pytest.raises(NotFound):
        opening.open_file(
            actor=f.south, at=f.at, key=f.key(), procedure="join", subject=dossier.subject, branch=dossier.branch
        )


def test_what_is_said_is_sealed_and_stands_in_no_deed_or_notice(f: Files) -> None:
    dossier = f.open("钱多多")
    f.close(dossier, "application", answers={"received_by": "孙书记亲手收下"})
    entry = DossierEntry.objects.get(step="application")
    assert "孙书记".encode() not in bytes(entry.words or b"")
    rows = json.dumps([*Deed.objects.values(), *Notice.objects.values()], default=str, ensure_ascii=False)
    assert "孙书记" not in rows
    assert "钱多多" not in rows
    view = queries.file_of(f.branch.viewer, dossier=dossier, day=f.today)
    assert view.words[entry.number] == {"received_by": "孙书记亲手收下"}


def test_the_database_refuses_to_change_what_was_written(f: Files) -> None:
    dossier = f.open()
    opening.add_paper(
        actor=f.branch, at=f.at, key=f.key(), dossier=dossier.public_id,
        paper=Paper("application", "申请书", "ab" * 32, "application/pdf", 100),
    )  # fmt: skip
    for rows in (DossierEntry.objects.all(), Annex.objects.all()):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        DossierEntry.objects.update(happened_on=date(2020, 1, 1))


def test_the_turn_is_told_to_the_body_above(f: Files) -> None:
    f.walk(f.open(), "recommend")
    last = Notice.objects.filter(kind="dossier.turn").order_by("-id").first()
    assert last is not None
    assert last.organisation_id == f.tree.north.pk


# -- the joint review --------------------------------------------------------------------------------------------------


@pytest.fixture
def police(f: Files) -> Actor:
    row = NewOrganisation("police", "公安分局", OrganisationKind.DEPARTMENT, 5, "330299")
    opened = open_organisations(actor=Actor.system("t"), at=f.at, key=f.key(), rows=[row], opened_on=BEGIN)
    return Actor.staff(viewer("police", "department", opened["police"], at=f.at))


def test_all_must_have_answered_and_an_objection_stops_it(f: Files, police: Actor) -> None:
    dossier = f.walk(f.open("周书记", procedure="secretary"), "nominate")
    with pytest.raises(NotFound):
        queries.one(police.viewer, public_id=dossier.public_id)
    reviewing.ask(actor=f.county, at=f.at, key=f.key(), dossier=dossier.public_id)
    assert queries.one(police.viewer, public_id=dossier.public_id) == dossier
    with pytest.raises(BadInput):
        reviewing.answer(actor=police, at=f.at, key=f.key(), dossier=dossier.public_id, body="police", agrees=False)
    reviewing.answer(
        actor=police, at=f.at, key=f.key(), dossier=dossier.public_id, body="police", agrees=False, text="有案未结"
    )
    with pytest.raises(NotPermitted):
        reviewing.answer(
            actor=police, at=f.at, key=f.key(), dossier=dossier.public_id, body="court", agrees=True, document="函"
        )
    for body in ("discipline", "court", "petitions", "environment"):
        with pytest.raises(Refused) as refused:
            f.close(dossier, "joint_review")
        assert refused.value.code == "review_waiting"
        reviewing.answer(
            actor=f.county, at=f.at, key=f.key(), dossier=dossier.public_id, body=body, agrees=True, document="回函"
        )
    with pytest.raises(Refused) as refused:
        f.close(dossier, "joint_review")
    assert refused.value.code == "review_against"
    reviewing.answer(
        actor=police, at=f.at, key=f.key(), dossier=dossier.public_id, body="police", agrees=True, text="已结案"
    )
    assert f.close(dossier, "joint_review").next_step == "opinion"
    with pytest.raises(NotPermitted):
        f.close(dossier, "opinion", who=police)


def test_a_secretary_is_archived_within_thirty_days_or_late(f: Files) -> None:
    dossier = f.walk(f.open("周书记", procedure="secretary"), "appoint")
    assert dossier.next_until == f.today + timedelta(days=30)
    f.close(dossier, "archive", f.today + timedelta(days=31))
    assert Deed.objects.get(kind="dossier.step_closed", reason="archive").outcome == "late"
    assert Membership.objects.filter(person=dossier.subject, valid_to__isnull=True).count() == 1
