"""Terms, posts and assignments, honours and discipline, corrections, mistakes and letters: each with its way back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories.branches import PartyTree, identity, member, party_tree, party_viewer
from tests.factories.organisations import AT, SETUP

from genmai.directory.roster import sealing
from genmai.directory.roster.commands import assignments, letters, posting
from genmai.directory.roster.commands.corrections import correct, purpose_of
from genmai.directory.roster.commands.members import NewMember, change
from genmai.directory.roster.commands.mistakes import restore_membership, withdraw_membership
from genmai.directory.roster.commands.proposals import propose_due
from genmai.directory.roster.commands.standing import record_standing, withdraw_standing
from genmai.directory.roster.commands.terms import Chosen, begin_term, withdraw_term
from genmai.directory.roster.commands.transfers import accept, ask, expire_due
from genmai.directory.roster.flow import LETTER
from genmai.directory.roster.models import (
    Assignment,
    Correction,
    Letter,
    Membership,
    Organisation,
    Person,
    Post,
    Proposal,
    Standing,
    Term,
)
from genmai.directory.roster.queries import posts as queries
from genmai.directory.roster.queries.members import members
from genmai.directory.roster.queries.membership_sql import Asked
from genmai.kernel.ids import key_of
from genmai.kernel.refusal import BadInput, NotFound, NotPermitted, Refused
from genmai.kernel.viewer import NOBODY, Actor
from genmai.records.deeds.models import Deed
from genmai.records.notices.models import Notice

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)
LATER = AT + timedelta(days=2)


@pytest.fixture
def tree() -> PartyTree:
    return party_tree()


def begun(body: Organisation, number: int, on: date, *who: tuple[int, str], **more: Any) -> Term:
    chosen = [Chosen(person, post, post) for person, post in who]
    return begin_term(
        actor=SETUP, at=more.pop("at", AT), key=key_of("term", number), organisation=body, number=number, on=on,
        planned_end=on.replace(year=on.year + 5), document="选举结果", chosen=chosen, **more,
    )  # fmt: skip


def holding(body: Organisation, day: date = TODAY, **more: Any) -> set[tuple[str, str]]:
    return {
        (post.person.display_name, post.key)
        for post in queries.posts(NOBODY, organisation=body, day=day, **more)
    }  # fmt: skip


def test_a_term_taken_back_leaves_what_stood_before_it_and_what_was_known_of_it(tree: PartyTree) -> None:
    old, new = member("旧", tree.n1, 1).person_id, member("新", tree.n1, 2).person_id
    begun(tree.n1, 11, date(2021, 1, 20), (old, "secretary"))
    loose = posting.appoint(
        actor=SETUP, at=AT, key=key_of("p"), organisation=tree.n1, person=Person.objects.get(pk=old), post="committee_member",
        title="委员", on=date(2022, 1, 1), document="任命",
    )  # fmt: skip
    Post.objects.filter(pk=loose.pk).update(term=None)
    before = holding(tree.n1)
    second = begun(tree.n1, 12, date(2026, 1, 20), (new, "secretary"), whole_team=True, at=LATER)
    assert holding(tree.n1) == {("新", "secretary")}
    with pytest.raises(Refused) as early:
        withdraw_term(actor=SETUP, at=LATER, key=key_of("w1"), term=Term.objects.get(number=11), reason="错")
    assert early.value.code == "later_term"
    for _ in range(2):
        withdraw_term(actor=SETUP, at=LATER + timedelta(days=1), key=key_of("w2"), term=second, reason="届次写错")
    assert holding(tree.n1) == before == {("旧", "secretary"), ("旧", "committee_member")}
    assert holding(tree.n1, known_at=LATER + timedelta(hours=1)) == {("新", "secretary")}, "as known then"
    assert holding(tree.n1, known_at=LATER - timedelta(hours=1)) == before
    assert [one.number for one in queries.terms(NOBODY, organisation=tree.n1)] == [11]
    begun(tree.n1, 13, date(2026, 1, 20), (new, "secretary"), at=LATER + timedelta(days=2))
    assert holding(tree.n1) == {("新", "secretary"), ("旧", "committee_member")}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(numbers=st.integers(1, 4), wholes=st.lists(st.booleans(), min_size=4, max_size=4))
def test_terms_taken_back_one_by_one_leave_every_day_as_it_was(
    tree: PartyTree, numbers: int, wholes: list[bool]
) -> None:
    point = transaction.savepoint()
    try:
        people = [member(f"人{n}", tree.n2, n).person_id for n in range(numbers + 1)]
        days = [date(2020 + n, 6, 1) for n in range(numbers + 2)]
        stood, made = [], []
        for n in range(numbers):
            stood.append([holding(tree.n2, day) for day in days])
            made.append(begun(tree.n2, n + 1, date(2020 + n, 3, 1), (people[n], "secretary"), whole_team=wholes[n]))
        for n, (term, before) in enumerate(zip(reversed(made), reversed(stood), strict=True)):
            withdraw_term(actor=SETUP, at=AT, key=key_of("back", n), term=term, reason="撤")
            assert [holding(tree.n2, day) for day in days] == before
    finally:
        transaction.savepoint_rollback(point)


def test_posts_a_sheet_brought_in_become_the_terms_and_stay_when_it_is_taken_back(tree: PartyTree) -> None:
    row, other, on = member("书记", tree.n1, 1), member("委员", tree.n1, 2), date(2026, 1, 20)
    Post.objects.create(
        person=row.person, organisation=tree.n1, key="secretary", title="书记", valid_from=on, recorded_at=AT - timedelta(days=1)
    )  # fmt: skip
    term = begun(tree.n1, 1, on, (row.person_id, "secretary"), (other.person_id, "committee_member"), whole_team=True)
    assert Post.objects.filter(organisation=tree.n1, valid_to=None, term=term).count() == 2
    withdraw_term(actor=SETUP, at=LATER, key=key_of("w"), term=term, reason="届次写错")
    assert holding(tree.n1) == {("书记", "secretary")}
    assert Post.objects.filter(term=None, valid_to=None).count() == 1


def test_who_keeps_the_village_branch_keeps_its_committee_and_nobody_elses(tree: PartyTree) -> None:
    from tests.factories.organisations import small_district

    bodies = small_district().bodies
    row = member("主任", tree.n1, 1)
    secretary = Actor.staff(party_viewer("n1", "branch_secretary", tree.n1))
    given = {"at": AT, "person": row.person, "post": "director", "title": "主任", "on": TODAY, "document": "选举"}
    committee = next(one for one in bodies.values() if f"party-{one.code}" == tree.n1.code)
    elsewhere = next(one for one in bodies.values() if f"party-{one.code}" == tree.s1.code)
    posting.appoint(actor=secretary, key=key_of("a"), organisation=committee, **given)
    for body in (elsewhere, tree.s1, tree.north):
        with pytest.raises(NotFound):
            posting.appoint(actor=secretary, key=key_of("b", body.pk), organisation=body, **given)
    office = Actor.staff(party_viewer("bei", "party_office", tree.north))
    with pytest.raises(Refused) as held:
        posting.appoint(actor=office, key=key_of("c"), organisation=committee, **given)
    assert held.value.code == "held"


def test_a_post_ends_stays_and_was_never_held(tree: PartyTree) -> None:
    row = member("书记", tree.n1, 1)
    post = posting.appoint(
        actor=SETUP, at=AT, key=key_of("a"), organisation=tree.n1, person=row.person, post="secretary", title="书记",
        on=date(2024, 1, 1), document="任命",
    )  # fmt: skip
    with pytest.raises(BadInput) as late:
        posting.leave_post(
            actor=SETUP, at=AT, key=key_of("l"), post=post, on=TODAY + timedelta(days=1), document="免职"
        )
    assert (late.value.field, late.value.allowed) == ("on", "2024-01-01 – 2026-03-02")
    posting.leave_post(actor=SETUP, at=AT, key=key_of("l"), post=post, on=TODAY, document="免职")
    assert holding(tree.n1) == set()
    again = posting.stay_in_post(actor=SETUP, at=LATER, key=key_of("s"), post=post)
    assert holding(tree.n1) == {("书记", "secretary")}
    posting.withdraw_post(actor=SETUP, at=LATER, key=key_of("w"), post=again, reason="不是他")
    assert holding(tree.n1, date(2025, 1, 1)) == set()
    assert holding(tree.n1, date(2025, 1, 1), known_at=AT + timedelta(hours=1)) == {("书记", "secretary")}


def test_an_assignment_is_reviewed_ended_resumed_and_never_changed(tree: PartyTree) -> None:
    row = member("第一书记", tree.n1, 1)
    given = {
        "person": row.person, "host": tree.n2, "kind": "first_secretary", "title": "驻村第一书记", "on": date(2025, 1, 1),
        "planned_end": date(2027, 1, 1), "document": "派出通知", "home": "区农业农村局",
    }  # fmt: skip
    made = assignments.assign(actor=SETUP, at=AT, key=key_of("a"), **given)
    with pytest.raises(BadInput) as unknown:
        assignments.assign(actor=SETUP, at=AT, key=key_of("b"), **{**given, "kind": "holiday"})
    assert "第一书记" in unknown.value.allowed
    assignments.review_assignment(
        actor=SETUP, at=AT, key=key_of("r"), assignment=made, grade="excellent", on=TODAY, said="好", document="考核"
    )
    end = {"actor": SETUP, "at": AT, "assignment": made, "on": TODAY, "outcome": "recalled", "document": "召回"}
    assignments.end_assignment(key=key_of("e"), **end)
    with pytest.raises(Refused) as twice:
        assignments.end_assignment(key=key_of("e2"), **end)
    assert twice.value.code == "assignment_ended"
    (sent,) = queries.assignments(NOBODY, person_id=row.person_id)
    assert (sent.ended is not None and sent.ended.outcome, len(sent.reviews)) == ("recalled", 1)
    assignments.resume_assignment(actor=SETUP, at=LATER, key=key_of("s"), assignment=made)
    assert queries.assignments(NOBODY, host=tree.n2)[0].ended is None
    assignments.withdraw_assignment(actor=SETUP, at=LATER, key=key_of("w"), assignment=made, reason="人写错")
    assert queries.assignments(NOBODY, host=tree.n2) == []
    assert len(queries.assignments(NOBODY, host=tree.n2, known_at=AT + timedelta(hours=1))) == 1
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE roster_assignment SET title = 'x'")
    assert Assignment.objects.get().title == "驻村第一书记"


def honoured(person: int, key: str = "h", **more: Any) -> Standing:
    given = {"kind": "honour", "code": "province_master", "body": "省委组织部", "document": "表彰"} | more
    return record_standing(
        actor=more.pop("actor", SETUP), at=AT, key=key_of(key), person_id=person, decided_on=TODAY,
        **{name: value for name, value in given.items() if name != "actor"},
    )  # fmt: skip


def test_an_honour_takes_name_and_level_from_the_mechanism_and_is_given_once_a_year(tree: PartyTree) -> None:
    row = member("名师", tree.n1, 1)
    made = honoured(row.person_id)
    assert (made.name, made.level, made.year, made.mechanism) == (
        "省兴村（治社）名师",
        "province",
        2026,
        "ningbo/rongyu@1",
    )
    with pytest.raises(Refused) as twice:
        honoured(row.person_id, "h2")
    assert twice.value.code == "honoured"
    withdraw_standing(actor=SETUP, at=AT, key=key_of("w"), standing=made, reason="登错人")
    honoured(row.person_id, "h3")
    with pytest.raises(BadInput) as unknown:
        honoured(row.person_id, "h4", code="star_of_stars")
    assert "省千名好支书" in unknown.value.allowed


def test_a_discipline_needs_its_right_and_only_proposes(tree: PartyTree) -> None:
    row = member("受处分的", tree.n1, 1)
    given = {"kind": "discipline", "code": "warning", "body": "镇纪委", "until": date(2027, 3, 2)}
    branch = Actor.staff(party_viewer("n1", "branch_secretary", tree.n1))
    with pytest.raises(NotPermitted):
        honoured(row.person_id, "d0", actor=branch, **given)
    office = Actor.staff(party_viewer("bei", "party_office", tree.north))
    made = honoured(row.person_id, "d", actor=office, **given)
    honoured(row.person_id, "d", actor=office, **given)
    proposal = Proposal.objects.get()
    assert (proposal.timer, proposal.body_id, proposal.since) == ("disciplined", tree.north.pk, TODAY)
    assert Membership.objects.get(person_id=row.person_id, valid_to=None).status == "normal"
    with pytest.raises(NotPermitted):
        withdraw_standing(actor=branch, at=AT, key=key_of("w"), standing=made, reason="x")
    system = Actor.system("timers")
    assert propose_due(actor=system, at=AT + timedelta(days=364)) == 0
    assert propose_due(actor=system, at=AT + timedelta(days=365)) == 1
    assert Proposal.objects.filter(timer="discipline_over", since=date(2027, 3, 2)).exists()


def test_particulars_are_put_right_and_the_old_ones_stay_sealed(tree: PartyTree) -> None:
    row = member("张实例", tree.n1, 1, phone="13800005678")
    put = {"name": "张示例", "identity": identity(3, "19910307"), "phone": "13800009999"}
    with pytest.raises(BadInput):
        correct(actor=SETUP, at=AT, key=key_of("x"), person_id=row.person_id, given=put, reason="")
    with pytest.raises(BadInput) as wrong:
        correct(actor=SETUP, at=AT, key=key_of("x"), person_id=row.person_id, given={"born_on": date(1999, 1, 1)},
                reason="核对")  # fmt: skip
    assert wrong.value.field == "born_on"
    for _ in range(2):
        correct(actor=SETUP, at=AT, key=key_of("c"), person_id=row.person_id, given=put, reason="身份证核对")
    person = Person.objects.select_related("profile", "sealing_key").get(pk=row.person_id)
    assert (person.display_name, person.profile.initials, person.profile.born_on) == ("张示例", "zsl", date(1991, 3, 7))
    assert sealing.open_identity(person) == put["identity"]
    old = {
        one.field: sealing.open_words(person, purpose=purpose_of(one.field), sealed=one.old_sealed)
        for one in Correction.objects.all()
    }
    assert old == {"name": "张实例", "identity": identity(1), "phone": "13800005678", "born_on": "1990-03-07"}
    assert not any("1990" in str(values) or "5678" in str(values) for values in Correction.objects.values_list())
    viewer = party_viewer("n1", "branch_secretary", tree.n1)
    assert members(viewer, asked=Asked(TODAY, TODAY), text="9999")[1] == 1
    assert members(viewer, asked=Asked(TODAY, TODAY), text="5678")[1] == 0
    other = member("李样本", tree.n2, 5)
    with pytest.raises(Refused) as known:
        correct(actor=SETUP, at=AT, key=key_of("d"), person_id=other.person_id, given={"identity": put["identity"]},
                reason="核对")  # fmt: skip
    assert known.value.code == "known_member"


def test_a_change_entered_by_mistake_is_taken_back_and_an_enrolment_restored(tree: PartyTree) -> None:
    row = member("甲", tree.n1, 1)
    change(actor=SETUP, at=AT, key=key_of("c"), person_id=row.person_id, on=TODAY, document="x", status="suspended")
    viewer = party_viewer("n1", "branch_secretary", tree.n1)

    def status(known_at: Any = None) -> list[str]:
        return [one.status for one in members(viewer, asked=Asked(TODAY, TODAY, known_at=known_at))[0]]

    assert status() == ["suspended"]
    withdraw_membership(actor=SETUP, at=LATER, key=key_of("w"), person_id=row.person_id, reason="写错人")
    assert (status(), status(AT + timedelta(hours=1))) == (["normal"], ["suspended"])
    withdraw_membership(actor=SETUP, at=LATER, key=key_of("w2"), person_id=row.person_id, reason="重复登记")
    assert status() == []
    restored = restore_membership(actor=SETUP, at=LATER, key=key_of("r"), person_id=row.person_id)
    assert (status(), restored.valid_from) == (["normal"], row.valid_from)
    transfer = ask(actor=SETUP, at=LATER, key=key_of("t"), person_id=row.person_id, to=tree.s1, reason="home")
    accept(actor=SETUP, at=LATER, key=key_of("a"), transfer=transfer, arrived="within_county")
    with pytest.raises(Refused) as moved:
        withdraw_membership(actor=SETUP, at=LATER, key=key_of("w3"), person_id=row.person_id, reason="x")
    assert moved.value.code == "by_transfer"


def letter(row: Membership, key: str = "letter", **more: Any) -> Letter:
    given = {"place": "中共杭州市某街道支部", "reach": "within_province", "number": "浙组介〔2026〕8 号", "issued_on": TODAY,
             "reason": "home"} | more  # fmt: skip
    return letters.issue_letter(actor=SETUP, at=AT, key=key_of(key), person_id=row.person_id, **given)


def test_who_leaves_by_letter_stays_until_the_receipt(tree: PartyTree) -> None:
    row = member("要走", tree.n1, 1)
    made = letter(row)
    assert Membership.objects.filter(person=row.person, valid_to=None).exists()
    for key in ("other", "again"):
        with pytest.raises(Refused) as twice:
            letter(row, key)
        assert twice.value.code == "letter_open"
    with pytest.raises(Refused):
        ask(actor=SETUP, at=AT, key=key_of("t"), person_id=row.person_id, to=tree.s1, reason="home")
    letters.receipt_letter(actor=SETUP, at=LATER, key=key_of("r"), letter=made, receipt="回执 3", on=TODAY, seen=1)
    assert not Membership.objects.filter(person=row.person, valid_to=None).exists()
    letters.reopen_letter(actor=SETUP, at=LATER, key=key_of("o"), letter=made)
    assert Membership.objects.filter(person=row.person, valid_to=None, branch=tree.n1).count() == 1
    assert letters.lapse_due(actor=Actor.system("t"), at=AT + timedelta(days=90)) == 0
    assert letters.lapse_due(actor=Actor.system("t"), at=AT + timedelta(days=91)) == 1
    assert Notice.objects.filter(kind="letter.lapsed", organisation=tree.n1).count() == 1
    with pytest.raises(Refused) as late:
        letters.receipt_letter(
            actor=SETUP, at=AT + timedelta(days=95), key=key_of("r2"), letter=made, receipt="9", on=TODAY + timedelta(days=93)
        )  # fmt: skip
    assert late.value.code == "letter_lapsed"


def test_who_comes_by_letter_is_enrolled_if_it_is_still_good_and_comes_back_as_themself(tree: PartyTree) -> None:
    given: dict[str, Any] = {
        "actor": SETUP, "at": AT, "branch": tree.n1, "stage": "full", "on": TODAY, "place": "上海某支部",
        "reach": "across_provinces", "number": "沪 7", "issued_on": TODAY - timedelta(days=30), "valid_days": 30,
        "receipt": "回执 1", "joined_on": date(2014, 5, 1), "member": NewMember("新来的", identity(9)),
    }  # fmt: skip
    with pytest.raises(Refused) as late:
        letters.take_by_letter(key=key_of("x"), **{**given, "valid_days": 29})
    assert late.value.code == "letter_lapsed_in"
    made = [letters.take_by_letter(key=key_of("i"), **given) for _ in range(2)]
    assert Membership.objects.get(person=made[0].person, valid_to=None).arrived == "across_provinces"
    out = letters.issue_letter(
        actor=SETUP, at=AT, key=key_of("out"), person_id=made[0].person_id, place="上海某支部", reach="across_provinces",
        number="甬 1", issued_on=TODAY, reason="home",
    )  # fmt: skip
    letters.receipt_letter(actor=SETUP, at=AT, key=key_of("r"), letter=out, receipt="2", on=TODAY)
    back = letters.take_by_letter(key=key_of("back"), **given)
    assert back.person_id == made[0].person_id
    with pytest.raises(Refused) as other:
        letters.take_by_letter(key=key_of("z"), **{**given, "member": NewMember("别人", identity(9))})
    assert other.value.code == "known_member"


LETTER_VERBS = {
    "receipt": lambda row, key: letters.receipt_letter(actor=SETUP, at=AT, key=key, letter=row, receipt="1", on=TODAY),
    "withdraw": lambda row, key: letters.withdraw_letter(actor=SETUP, at=AT, key=key, letter=row),
    "reopen": lambda row, key: letters.reopen_letter(actor=SETUP, at=AT, key=key, letter=row),
}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(verbs=st.lists(st.sampled_from(sorted(LETTER_VERBS)), max_size=5))
def test_whatever_is_done_with_a_letter_the_member_is_here_or_gone(tree: PartyTree, verbs: list[str]) -> None:
    point = transaction.savepoint()
    try:
        row = member("要走", tree.n1, 1)
        made, state = letter(row), "issued"
        for number, verb in enumerate(verbs):
            allowed = LETTER.allows(state, verb)
            try:
                LETTER_VERBS[verb](made, key_of("try", number))
            except Refused:
                assert not allowed
            state = LETTER.step(state, verb) if allowed else state
            assert Letter.objects.get(pk=made.pk).state == state
            here = Membership.objects.filter(person=row.person, valid_to=None).count()
            assert here == (0 if state == "receipted" else 1)
    finally:
        transaction.savepoint_rollback(point)


def test_both_bodies_are_told_of_a_transfer_and_one_of_many_proposals(tree: PartyTree) -> None:
    row = member("要转", tree.n1, 1)
    transfer = ask(actor=SETUP, at=AT, key=key_of("t"), person_id=row.person_id, to=tree.s1, reason="home")

    def told() -> set[tuple[str, int]]:
        return set(Notice.objects.values_list("kind", "organisation_id"))

    assert told() == {("transfer.asked", tree.s1.pk)}
    expire_due(actor=Actor.system("t"), at=AT + timedelta(days=91))
    assert told() == {
        ("transfer.asked", tree.s1.pk),
        ("transfer.expired", tree.n1.pk),
        ("transfer.expired", tree.s1.pk),
    }
    assert Deed.objects.filter(source_id=transfer.public_id).count() == 2
    for number in (2, 3):
        member(f"预备{number}", tree.n1, number, stage="probationary", joined_on=date(2025, 3, 1), full_on=None)
    assert propose_due(actor=Actor.system("t"), at=AT) == 2
    assert Notice.objects.filter(kind="proposal.raised", organisation=tree.n1).count() == 1
