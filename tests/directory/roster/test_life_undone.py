"""What is entered of a life can be taken back exactly: revocations, the days of admission and of becoming full."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories import party
from tests.factories.branches import PartyTree, member, party_tree, party_viewer
from tests.factories.organisations import AT, SETUP

from genmai.directory.roster import mechanism
from genmai.directory.roster.commands.corrections import correct, undo_correction
from genmai.directory.roster.commands.members import change
from genmai.directory.roster.commands.mistakes import withdraw_membership
from genmai.directory.roster.commands.standing import (
    end_standing,
    record_standing,
    resume_standing,
    withdraw_standing,
)
from genmai.directory.roster.models import Membership, Standing, StandingBack
from genmai.directory.roster.queries import file_then, honours
from genmai.directory.roster.queries.members import member_file, members
from genmai.directory.roster.queries.membership_sql import Asked
from genmai.kernel.ids import key_of
from genmai.kernel.refusal import BadInput, Changed, NotFound, NotPermitted, Refused
from genmai.kernel.viewer import Actor
from genmai.records.deeds.models import Deed

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)


def hours(n: int) -> Any:
    return AT + timedelta(hours=n)


@pytest.fixture
def tree() -> PartyTree:
    return party_tree()


def honoured(row: Membership, name: str = "h", **more: Any) -> Standing:
    given: dict[str, Any] = {
        "code": "province_master",
        "body": "省委组织部",
        "decided_on": date(2026, 1, 5),
        "document": "表彰",
    } | more
    return record_standing(actor=SETUP, at=AT, key=key_of(name), person_id=row.person_id, kind="honour", **given)


def revoked(standing: Standing, name: str, at: Any) -> None:
    end_standing(
        actor=SETUP, at=at, key=key_of(name), standing=standing, on=date(2026, 2, 1), body="省委", document="撤"
    )


def test_a_revocation_taken_back_was_valid_all_along_and_both_stay(tree: PartyTree) -> None:
    row = member("名师", tree.n1, 1)
    given = honoured(row)
    viewer = party_viewer("bei", "party_office", tree.north)

    def held(day: date | None = None, known: Any = None) -> tuple[int, bool]:
        rows = honours.standings(viewer, kind="honour", at=hours(9), as_at=day, known_at=known)
        one = honours.seen_as(rows, as_at=day, known_at=known)
        counted = {c.code: c.given for c in honours.counts(rows, as_at=day, known_at=known)}
        return counted["province_master"], bool(one) and one[0].ended is not None

    with pytest.raises(Refused) as nothing:
        resume_standing(actor=SETUP, at=hours(1), key=key_of("n"), standing=given, reason="x")
    assert nothing.value.code == "not_ended"
    revoked(given, "e", hours(1))
    assert (held(), held(date(2026, 1, 20)), held(date(2026, 2, 1))) == ((0, True), (1, False), (0, True))
    with pytest.raises(Refused) as twice:
        revoked(given, "e2", hours(2))
    assert twice.value.code == "ended"
    with pytest.raises(BadInput):
        resume_standing(actor=SETUP, at=hours(2), key=key_of("b"), standing=given, reason=" ")
    for _ in range(2):
        resume_standing(actor=SETUP, at=hours(2), key=key_of("b"), standing=given, reason="撤错了人", document="更正")
    assert StandingBack.objects.count() == 1
    assert (held(), held(date(2026, 2, 1))) == ((1, False), (1, False))
    assert held(date(2026, 2, 20), hours(1)) == (0, True), "as known between, it was revoked"
    assert held(None, AT) == (1, False)
    file = member_file(viewer, public_id=row.person.public_id, at=hours(9))
    assert (file.standings[0].ended, len(file.standings[0].taken_back)) == (None, 1)
    then = file_then.as_known(viewer, file=file, made=[], known_at=hours(1)).standings[0]
    assert (then.ended is not None, then.taken_back) == (True, [])
    revoked(given, "again", hours(3))
    assert held() == (0, True), "it can be revoked anew"
    assert set(Deed.objects.filter(kind__startswith="member.standing").values_list("kind", flat=True)) == {
        "member.standing_ended", "member.standing_resumed",
    }  # fmt: skip
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM roster_standingback")


def test_an_entry_withdrawn_as_wrong_stands_again_unless_it_was_given_anew(tree: PartyTree) -> None:
    row = member("名师", tree.n1, 1)
    given = honoured(row)
    withdraw_standing(actor=SETUP, at=hours(1), key=key_of("w"), standing=given, reason="登错人")
    honoured(row, "second")
    with pytest.raises(Refused) as twice:
        resume_standing(actor=SETUP, at=hours(2), key=key_of("b"), standing=given, reason="没有登错")
    assert twice.value.code == "honoured"
    withdraw_standing(
        actor=SETUP, at=hours(2), key=key_of("w2"), standing=Standing.objects.get(key=key_of("second")), reason="多"
    )
    resume_standing(actor=SETUP, at=hours(3), key=key_of("b"), standing=given, reason="没有登错")
    viewer = party_viewer("bei", "party_office", tree.north)
    assert list(honours.standings(viewer, kind="honour", at=hours(4))) == [given]
    south = Actor.staff(party_viewer("nan", "party_office", tree.south))
    revoked(given, "e", hours(4))
    with pytest.raises(NotFound):
        resume_standing(actor=south, at=hours(5), key=key_of("s"), standing=given, reason="x")
    own = Actor.staff(party_viewer("n1", "branch_secretary", tree.n1))
    with pytest.raises(NotPermitted):
        resume_standing(
            actor=own, at=hours(5), key=key_of("o"), standing=honoured_self(own), reason="x"
        )  # fmt: skip


def honoured_self(actor: Actor) -> Standing:
    """An honour of the actor's own."""
    from genmai.directory.roster.models import Organisation, Person

    person = Person.objects.get(pk=actor.person_id or 0)
    branch = Organisation.objects.get(code="party-330299001201")
    Membership.objects.create(
        person=person, branch=branch, stage="full", joined_on=date(2014, 5, 1), valid_from=date(2020, 6, 1), recorded_at=AT
    )  # fmt: skip
    made = honoured(Membership.objects.get(person=person, valid_to=None), "own")
    revoked(made, "own end", hours(1))
    return made


def put(row: Membership, name: str, at: Any = AT, **days: date | None) -> None:
    correct(
        actor=SETUP, at=at, key=key_of(name), person_id=row.person_id, given=days, reason="档案写的是另一天",
        document="入党志愿书",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("days", "field", "allowed"),
    [
        ({"joined_on": date(2020, 6, 2)}, "joined_on", "≤ 2020-06-01"),
        ({"joined_on": date(2008, 3, 6)}, "joined_on", "≥ 2008-03-07"),
        ({"joined_on": None}, "joined_on", ""),
        ({"joined_on": date(2014, 5, 2)}, "full_on", "≥ 2015-05-02"),
        ({"full_on": date(2020, 6, 2)}, "full_on", "≤ 2020-06-01"),
        ({"full_on": date(2014, 4, 30)}, "full_on", "≥ 2015-05-01"),
    ],
)
def test_the_days_keep_their_order_their_intervals_and_the_age(
    tree: PartyTree, days: dict[str, date | None], field: str, allowed: str
) -> None:
    row = member("老党员", tree.n1, 1)
    with pytest.raises(BadInput) as wrong:
        put(row, "c", **days)
    assert (wrong.value.field, wrong.value.allowed or "") == (field, allowed)
    assert Membership.objects.get(person=row.person).joined_on == date(2014, 5, 1)


def test_when_there_was_no_probation_the_same_day_is_right_and_a_document_is_asked_for(tree: PartyTree) -> None:
    row = member("老同志", tree.n1, 1, born="19480101")
    put(row, "c", joined_on=date(1970, 7, 1), full_on=date(1970, 7, 1))
    assert mechanism.members().probation_of(date(1970, 7, 1)).months == 0  # type: ignore[union-attr]
    with pytest.raises(BadInput) as missing:
        correct(
            actor=SETUP,
            at=AT,
            key=key_of("d"),
            person_id=row.person_id,
            given={"full_on": date(1971, 7, 1)},
            reason="改",
        )
    assert missing.value.code == "document_missing"
    learner = member("预备", tree.n1, 2, stage="probationary", full_on=None)
    with pytest.raises(BadInput) as early:
        put(learner, "e", full_on=date(2016, 5, 1))
    assert early.value.code == "not_full"


def test_what_is_left_as_a_sheet_told_it_stands_in_nobodys_way(tree: PartyTree) -> None:
    row = member("甲", tree.n1, 1)
    Membership.objects.filter(pk=row.pk).update(full_on=date(2021, 5, 1))  # later than the roll has them as full
    put(row, "c", joined_on=date(2013, 5, 1))
    now = Membership.objects.get(person=row.person, valid_to=None)
    assert (now.joined_on, now.full_on) == (date(2013, 5, 1), date(2021, 5, 1))


def test_statistics_and_lists_follow_the_day_and_remember_what_was_known(tree: PartyTree) -> None:
    row = member("甲", tree.n1, 1, stage="probationary", full_on=None)
    change(actor=SETUP, at=AT, key=key_of("f"), person_id=row.person_id, on=date(2021, 6, 1), document="转正", stage="full",
           full_on=date(2021, 6, 1))  # fmt: skip
    viewer = party_viewer("bei", "party_office", tree.north)
    table = mechanism.statistics().tables["joined"]
    old, new = table.bucket_of(date(2014, 5, 1)), table.bucket_of(date(2011, 5, 1))
    assert old != new, "the two days lie in different periods"

    def bucket(day: date = TODAY, known: Any = None) -> set[str]:
        asked: dict[str, Any] = {"day": day, "today": TODAY, "known_at": known}
        return {key for key in (old, new) if members(viewer, asked=Asked(**asked, buckets={"joined": key}))[1]}

    assert bucket() == {old}
    put(row, "c", hours(1), joined_on=date(2011, 5, 1))
    assert (bucket(), bucket(date(2020, 7, 1)), bucket(TODAY, AT)) == ({new}, {new}, {old})
    live = Membership.objects.filter(person=row.person, withdrawn_at=None).order_by("valid_from")
    assert [(one.stage, one.joined_on, one.full_on, one.document) for one in live] == [
        ("probationary", date(2011, 5, 1), None, ""), ("full", date(2011, 5, 1), date(2021, 6, 1), "转正"),
    ]  # fmt: skip
    undo_correction(
        actor=SETUP, at=hours(2), key=key_of("u"), person_id=row.person_id, correction=key_of("c"), reason="没错"
    )
    assert (bucket(), bucket(TODAY, hours(1))) == ({old}, {new})
    withdraw_membership(actor=SETUP, at=hours(3), key=key_of("w"), person_id=row.person_id, reason="还没转正")
    now = Membership.objects.get(person=row.person, valid_to=None)
    assert (now.stage, now.joined_on) == ("probationary", date(2014, 5, 1))
    kinds = set(Deed.objects.filter(source_kind="member").values_list("kind", flat=True))
    assert {"member.corrected", "member.correction_undone"} <= kinds


def test_a_correction_is_undone_last_first_and_numbers_go_back_too(tree: PartyTree) -> None:
    row = member("甲", tree.n1, 1, phone="13800005678")
    put(row, "c1", hours(1), joined_on=date(2013, 5, 1))
    put(row, "c2", hours(2), joined_on=date(2012, 5, 1))
    undo: dict[str, Any] = {"actor": SETUP, "person_id": row.person_id, "reason": "没错"}
    with pytest.raises(Changed):
        undo_correction(at=hours(3), key=key_of("u1"), correction=key_of("c1"), **undo)
    undo_correction(at=hours(3), key=key_of("u2"), correction=key_of("c2"), **undo)
    with pytest.raises(NotFound):
        undo_correction(at=hours(3), key=key_of("u3"), correction=key_of("nothing"), **undo)
    assert Membership.objects.get(person=row.person, valid_to=None).joined_on == date(2013, 5, 1)


DAYS = st.one_of(st.none(), st.dates(date(2010, 5, 1), date(2020, 5, 31)))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(joined=st.dates(date(2009, 1, 1), date(2019, 5, 31)), full=DAYS, first=DAYS)
def test_whatever_days_are_put_right_undoing_leaves_every_row_as_it_was(
    tree: PartyTree, joined: date, full: date | None, first: date | None
) -> None:
    point = transaction.savepoint()
    try:
        row = member("甲", tree.n1, 1, stage="probationary", full_on=None)
        Membership.objects.filter(pk=row.pk).update(joined_on=first)  # a sheet may have told another day, or none
        change(actor=SETUP, at=AT, key=key_of("f"), person_id=row.person_id, on=date(2020, 7, 1), document="转正",
               stage="full", joined_on=date(2014, 5, 1), full_on=date(2020, 7, 1))  # fmt: skip
        before = party.registry()["members"]
        try:
            put(row, "c", hours(1), joined_on=joined, full_on=full)
        except (BadInput, Refused):
            assert party.registry()["members"] == before
            return
        after = party.registry()["members"]
        assert after != before
        undo_correction(
            actor=SETUP, at=hours(2), key=key_of("u"), person_id=row.person_id, correction=key_of("c"), reason="撤"
        )
        assert party.registry()["members"] == before
    finally:
        transaction.savepoint_rollback(point)
