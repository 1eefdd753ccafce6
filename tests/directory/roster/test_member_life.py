"""Transfers move nothing before acceptance; dues follow dated rates; timers only propose; later rows correct earlier ones."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories.branches import PartyTree, member, party_tree, party_viewer
from tests.factories.organisations import AT, SETUP

from genmai.directory.roster.commands.dues import NewDues, record_dues, take_back_dues
from genmai.directory.roster.commands.members import change
from genmai.directory.roster.commands.proposals import decide, propose, propose_due
from genmai.directory.roster.commands.standing import end_standing, record_standing
from genmai.directory.roster.commands.transfers import accept, ask, expire_due, refuse, withdraw
from genmai.directory.roster.flow import TRANSFER
from genmai.directory.roster.models import (
    DuesMonth,
    Membership,
    Organisation,
    Profile,
    Proposal,
    Standing,
    Transfer,
)
from genmai.directory.roster.queries.members import member_file, proposals, transfers
from genmai.directory.roster.queries.timers import months_before
from genmai.kernel.ids import key_of
from genmai.kernel.refusal import Changed, NotFound, NotPermitted, Refused
from genmai.kernel.viewer import Actor
from genmai.records.deeds.models import Deed

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)
VERBS = {
    "accept": lambda t, k: accept(actor=SETUP, at=AT, key=k, transfer=t, arrived="within_county"),
    "refuse": lambda t, k: refuse(actor=SETUP, at=AT, key=k, transfer=t, answer="人户不在本村"),
    "withdraw": lambda t, k: withdraw(actor=SETUP, at=AT, key=k, transfer=t),
    "expire": lambda t, k: expire_due(actor=SETUP, at=AT + timedelta(days=91)),
}


@pytest.fixture
def tree() -> PartyTree:
    return party_tree()


def asked(row: Membership, to: Organisation, key: str = "t") -> Transfer:
    return ask(actor=SETUP, at=AT, key=key_of(key), person_id=row.person_id, to=to, reason="home", document="介绍信")


def branch_of(row: Membership) -> int:
    return Membership.objects.get(person_id=row.person_id, valid_to=None).branch_id


def test_nothing_moves_before_acceptance_and_both_sides_see_it(tree: PartyTree) -> None:
    row = member("要转", tree.n1, 1)
    transfer = asked(row, tree.s1)
    assert asked(row, tree.s1).pk == transfer.pk
    assert branch_of(row) == tree.n1.pk
    for login, body in (("n1", tree.n1), ("s1", tree.s1)):
        found, _paths = transfers(party_viewer(login, "branch_secretary", body), at=AT)
        assert [one.person.display_name for one in found] == ["要转"]
    assert transfers(party_viewer("n2", "branch_secretary", tree.n2), at=AT)[0] == []
    with pytest.raises(Refused) as refused:
        asked(row, tree.n2, "other")
    assert refused.value.code == "already_asked"
    accept(actor=SETUP, at=AT, key=key_of("a"), transfer=transfer, arrived="within_county", seen=1)
    assert branch_of(row) == tree.s1.pk
    row.refresh_from_db()
    assert (row.valid_to, row.departed) == (TODAY, "within_county")
    kinds = list(Deed.objects.filter(source_id=transfer.public_id).order_by("id").values_list("kind", "organisation"))
    assert kinds == [("transfer.asked", tree.n1.pk), ("transfer.accepted", tree.s1.pk)]


def test_only_the_branch_that_takes_accepts_and_only_the_one_that_gives_takes_back(tree: PartyTree) -> None:
    transfer = asked(member("要转", tree.n1, 1), tree.s1)
    giving = Actor.staff(party_viewer("n1", "branch_secretary", tree.n1))
    taking = Actor.staff(party_viewer("s1", "branch_secretary", tree.s1))
    with pytest.raises(NotFound):
        accept(actor=giving, at=AT, key=key_of("a"), transfer=transfer, arrived="within_county")
    with pytest.raises(NotFound):
        withdraw(actor=taking, at=AT, key=key_of("w"), transfer=transfer)
    with pytest.raises(Changed):
        accept(actor=taking, at=AT, key=key_of("a"), transfer=transfer, arrived="within_county", seen=7)
    assert Transfer.objects.get().state == "asked"


def test_who_changed_meanwhile_is_not_taken_over(tree: PartyTree) -> None:
    row = member("要转", tree.n1, 1)
    transfer = asked(row, tree.s1)
    change(actor=SETUP, at=AT, key=key_of("c"), person_id=row.person_id, on=TODAY, document="x", status="suspended")
    with pytest.raises(Refused) as refused:
        accept(actor=SETUP, at=AT, key=key_of("a"), transfer=transfer, arrived="within_county")
    assert refused.value.code == "moved_meanwhile"
    assert Transfer.objects.get().state == "asked"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(verbs=st.lists(st.sampled_from(sorted(VERBS)), max_size=4))
def test_whatever_is_tried_in_whatever_order_the_flow_holds(tree: PartyTree, verbs: list[str]) -> None:
    """The member stands in exactly one branch, and in the other one only if it accepted."""
    point = transaction.savepoint()
    try:
        row = member("要转", tree.n1, 1)
        transfer, state = asked(row, tree.s1), "asked"
        for number, verb in enumerate(verbs):
            allowed = TRANSFER.allows(state, verb)
            try:
                VERBS[verb](transfer, key_of("try", number))
            except Refused:
                assert not allowed
            state = TRANSFER.step(state, verb) if allowed else state
            assert Transfer.objects.get(pk=transfer.pk).state == state
        assert branch_of(row) == (tree.s1.pk if state == "accepted" else tree.n1.pk)
        assert Membership.objects.filter(person_id=row.person_id, valid_to=None).count() == 1
    finally:
        transaction.savepoint_rollback(point)


def test_dues_follow_the_rate_and_the_last_row_counts(tree: PartyTree) -> None:
    row = member("甲", tree.n1, 1)

    def told(key: str, status: str, base: str) -> None:
        record_dues(
            actor=SETUP, at=AT, key=key_of(key), branch=tree.n1, month=date(2026, 1, 15),
            rows=[NewDues(row.person_id, status, "salaried", Decimal(base))],
        )  # fmt: skip

    told("one", "due", "3000.01")
    told("one", "due", "3000.01")
    told("two", "paid", "3000")
    viewer = party_viewer("n1", "branch_secretary", tree.n1)
    file = member_file(viewer, public_id=row.person.public_id, at=AT)
    assert [(one.month, one.status, one.amount) for one in file.dues] == [(date(2026, 1, 1), "paid", Decimal("15.00"))]
    assert DuesMonth.objects.count() == 2
    other = member("乙", tree.s1, 2)
    with pytest.raises(NotFound):
        record_dues(
            actor=SETUP,
            at=AT,
            key=key_of("x"),
            branch=tree.n1,
            month=TODAY,
            rows=[NewDues(other.person_id, "paid", "low")],
        )


def unpaid(row: Membership, branch: Organisation, months: int) -> None:
    for number in range(months):
        month = months_before(date(2026, 2, 1), months - 1 - number)
        record_dues(
            actor=SETUP, at=AT, key=key_of("due", row.person_id, number), branch=branch, month=month,
            rows=[NewDues(row.person_id, "due", "low")],
        )  # fmt: skip


def test_a_timer_proposes_once_to_the_named_body_and_changes_nothing(tree: PartyTree) -> None:
    """Red line: nothing computed decides about a person."""
    late, three = member("六个月", tree.n1, 1), member("两个月", tree.n1, 2)
    unpaid(late, tree.n1, 6)
    unpaid(three, tree.n1, 2)
    before = (list(Membership.objects.order_by("id").values()), list(Profile.objects.order_by("pk").values()))
    assert propose_due(actor=SETUP, at=AT) == 2
    assert propose_due(actor=SETUP, at=AT + timedelta(days=1)) == 0
    assert (list(Membership.objects.order_by("id").values()), list(Profile.objects.order_by("pk").values())) == before
    rows = {(one.timer, one.body_id, one.person_id, one.since) for one in Proposal.objects.all()}
    assert rows == {
        ("dues_3", tree.n1.pk, late.person_id, date(2025, 9, 1)),
        ("dues_6", tree.north.pk, late.person_id, date(2025, 9, 1)),
    }
    proposal = Proposal.objects.get(timer="dues_6")
    below = Actor.staff(party_viewer("n1", "branch_secretary", tree.n1))
    with pytest.raises(NotFound):
        decide(actor=below, at=AT, key=key_of("d"), proposal=proposal, outcome="talk", reason="谈过")
    north = party_viewer("bei", "party_office", tree.north)
    decide(actor=Actor.staff(north), at=AT, key=key_of("d"), proposal=proposal, outcome="help", reason="住院三个月")
    assert [one.timer for one in proposals(north, at=AT)] == ["dues_3"]
    assert (list(Membership.objects.order_by("id").values()), list(Profile.objects.order_by("pk").values())) == before


def test_a_paid_month_ends_the_run(tree: PartyTree) -> None:
    row = member("补交", tree.n1, 1)
    unpaid(row, tree.n1, 6)
    record_dues(
        actor=SETUP, at=AT, key=key_of("paid"), branch=tree.n1, month=date(2026, 2, 1),
        rows=[NewDues(row.person_id, "paid", "low")],
    )  # fmt: skip
    assert propose_due(actor=SETUP, at=AT) == 0


def test_a_month_said_paid_by_mistake_and_taken_back_does_not_end_it(tree: PartyTree) -> None:
    row = member("没交", tree.n1, 1)
    unpaid(row, tree.n1, 4)
    given = {"actor": SETUP, "at": AT, "branch": tree.n1}
    for month in (date(2026, 2, 1), date(2025, 10, 1)):  # said of before, and never said of
        paid = key_of("paid", month.month)
        record_dues(key=paid, month=month, rows=[NewDues(row.person_id, "paid", "low")], **given)
        for _ in range(2):
            (back,) = take_back_dues(key=key_of("back", month.month), sheet=paid, **given)
        assert back.status == ("none" if month.month == 10 else "due")
        with pytest.raises(Refused):
            take_back_dues(key=key_of("again", month.month), sheet=paid, **given)
    file = member_file(party_viewer("n1", "branch_secretary", tree.n1), public_id=row.person.public_id, at=AT)
    assert [(one.month.month, one.status) for one in file.dues] == [(2, "due"), (1, "due"), (12, "due"), (11, "due")]
    with pytest.raises(NotFound):
        take_back_dues(key=key_of("other"), sheet=paid, **given | {"branch": tree.s1})
    assert propose_due(actor=SETUP, at=AT) == 1


def test_a_person_cannot_propose_nor_decide_on_themself(tree: PartyTree) -> None:
    row = member("甲", tree.n1, 1)
    viewer = party_viewer("bei", "party_office", tree.north)
    with pytest.raises(NotPermitted):
        propose(actor=Actor.staff(viewer), at=AT, key=key_of("p"), timer="lost_6", since={row.person_id: TODAY})
    assert propose(actor=SETUP, at=AT, key=key_of("p"), timer="lost_6", since={row.person_id: TODAY}) == 1
    from dataclasses import replace

    self_ = Actor.staff(replace(viewer, person_id=row.person_id))
    with pytest.raises(NotPermitted):
        decide(actor=self_, at=AT, key=key_of("d"), proposal=Proposal.objects.get(), outcome="none", reason="好的")


def test_an_honour_withdrawn_stands_with_its_end_and_the_tables_only_grow(tree: PartyTree) -> None:
    row = member("甲", tree.n1, 1)
    made = record_standing(
        actor=SETUP, at=AT, key=key_of("s"), person_id=row.person_id, kind="honour", name="优秀共产党员", level="town",
        body="北镇党委", decided_on=date(2025, 7, 1), document="北镇〔2025〕1号",
    )  # fmt: skip
    end_standing(actor=SETUP, at=AT, key=key_of("e"), standing=made, on=TODAY, body="北镇党委", document="2号")
    with pytest.raises(Refused):
        end_standing(actor=SETUP, at=AT, key=key_of("f"), standing=made, on=TODAY, body="北镇党委", document="3号")
    assert Standing.objects.get().ends.get().document == "2号"
    for table in (
        "roster_standing",
        "roster_standingend",
        "roster_duesmonth",
        "roster_proposal",
        "roster_proposaldecision",
    ):
        for sql in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
            with pytest.raises(ProgrammingError, match=r"permission denied|append-only"), transaction.atomic():
                connection.cursor().execute(sql)


def test_the_database_itself_refuses_a_second_open_transfer(tree: PartyTree) -> None:
    row = member("甲", tree.n1, 1)
    transfer = asked(row, tree.s1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Transfer.objects.create(
            public_id=key_of("p"), key=key_of("q"), person_id=row.person_id, from_branch=tree.n1, to_branch=tree.n2,
            reason="home", asked_on=TODAY, expires_on=TODAY, mechanism=transfer.mechanism,
        )  # fmt: skip


def test_probation_and_suspension_run_out_on_the_day_they_are_due(tree: PartyTree) -> None:
    due = member(
        "满一年", tree.n1, 1, stage="probationary", joined_on=date(2025, 3, 2), full_on=None, on=date(2025, 3, 2)
    )
    member("差一天", tree.n1, 2, stage="probationary", joined_on=date(2025, 3, 3), full_on=None, on=date(2025, 3, 3))
    held = member("停止两年", tree.n1, 3)
    change(
        actor=SETUP, at=AT, key=key_of("s"), person_id=held.person_id, on=date(2024, 3, 2), document="x",
        status="suspended",
    )  # fmt: skip
    assert propose_due(actor=SETUP, at=AT) == 2
    rows = {(one.timer, one.person_id, one.since) for one in Proposal.objects.all()}
    assert rows == {
        ("probation_12", due.person_id, date(2025, 3, 2)), ("suspended_24", held.person_id, date(2024, 3, 2)),
    }  # fmt: skip
