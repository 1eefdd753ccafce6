"""A member's way: enrolled once, moved on by documents, found within one's branches only; deeds without personal data."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from tests.factories.branches import PartyTree, identity, member, names, party_account, party_tree, party_viewer
from tests.factories.organisations import AT, SETUP

from genmai.directory.access.queries import viewer_for
from genmai.directory.roster import sealing
from genmai.directory.roster.commands.corrections import correct
from genmai.directory.roster.commands.members import NewMember, change, enrol
from genmai.directory.roster.models import Membership, Person, Profile, Stage, Status
from genmai.directory.roster.queries.members import member_file, members
from genmai.directory.roster.queries.membership_sql import Asked
from genmai.kernel.ids import key_of
from genmai.kernel.refusal import BadInput, NotFound, NotPermitted, Refused
from genmai.kernel.viewer import Actor
from genmai.records.deeds.models import Deed

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)
ALL = Asked(TODAY, TODAY)


@pytest.fixture
def tree() -> PartyTree:
    return party_tree()


def test_who_is_enrolled_stands_once_with_sealed_numbers(tree: PartyTree) -> None:
    row = member("张示例", tree.n1, 1, phone="13800005678", education="31")
    again = member("张示例", tree.n1, 1, phone="13800005678", education="31")
    assert again.pk == row.pk
    person = Person.objects.get(pk=row.person_id)
    assert (person.kind, person.display_name) == ("member", "张示例")
    number = identity(1).encode()
    assert number not in bytes(person.identity_sealed)
    assert person.phone_index is not None
    profile = Profile.objects.get(person=person)
    assert (profile.letters, profile.initials, profile.sex, profile.born_on) == (
        "zhangshili", "zsl", "1", date(1990, 3, 7),
    )  # fmt: skip
    assert Deed.objects.filter(kind="member.enrolled", person=person, organisation=tree.n1).count() == 1


@pytest.mark.parametrize("typed", ["138 0000 5678", "+86 138-0000-5678", "１３８００００５６７８"])
def test_a_telephone_number_is_one_however_it_is_typed(tree: PartyTree, typed: str) -> None:
    person = Person.objects.get(pk=member("张示例", tree.n1, 1, phone=typed).person_id)
    assert bytes(person.phone_index or b"") == sealing.index_of_phone("13800005678")
    assert sealing.open_person(person).phone == "13800005678"
    with pytest.raises(BadInput) as refused:
        member("李四", tree.n1, 2, phone="1380000")
    assert refused.value.field == "phone"


def test_a_number_enrolled_anywhere_is_refused_without_saying_where(tree: PartyTree) -> None:
    member("张示例", tree.s1, 1)
    with pytest.raises(Refused) as refused:
        member("别名", tree.n1, 1)
    assert refused.value.code == "known_member"
    assert "东村" not in refused.value.text()
    assert Membership.objects.count() == 1
    assert Person.objects.filter(display_name="别名").count() == 0


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"identity": "330299199003070012"}, "bad_identity"),
        ({"sex": "2"}, "identity_disagrees"),
        ({"born_on": date(1991, 1, 1)}, "identity_disagrees"),
        ({"name": " "}, "name_missing"),
    ],
)
def test_a_wrong_particular_is_refused_and_nothing_is_written(tree: PartyTree, wrong: dict, code: str) -> None:
    given = {"name": "张示例", "identity": identity(1), **wrong}
    if wrong.get("identity"):
        given["identity"] = identity(1)[:-1] + ("1" if identity(1)[-1] != "1" else "2")
    with pytest.raises(BadInput) as refused:
        enrol(
            actor=SETUP, at=AT, key=key_of("x"), branch=tree.n1, member=NewMember(**given), stage="full", on=TODAY,
            joined_on=date(2014, 5, 1),
        )  # fmt: skip
    assert refused.value.code == code
    assert not Person.objects.filter(kind="member").exists()


def test_who_is_not_yet_eighteen_is_not_taken(tree: PartyTree) -> None:
    young = NewMember("小王", identity(1, "20080303"))
    with pytest.raises(BadInput) as refused:
        enrol(actor=SETUP, at=AT, key=key_of("y"), branch=tree.n1, member=young, stage="applicant", on=TODAY)
    assert refused.value.code == "too_young"
    old_enough = NewMember("小王", identity(1, "20080302"))  # eighteen today
    row = enrol(actor=SETUP, at=AT, key=key_of("y"), branch=tree.n1, member=old_enough, stage="applicant", on=TODAY)
    assert row.stage == Stage.APPLICANT


def test_a_change_is_a_new_row_by_a_document_and_the_past_stands(tree: PartyTree) -> None:
    row = member(
        "预备", tree.n1, 2, stage="probationary", joined_on=date(2025, 2, 1), full_on=None, on=date(2025, 2, 1)
    )
    with pytest.raises(BadInput):
        change(actor=SETUP, at=AT, key=key_of("c"), person_id=row.person_id, on=TODAY, document=" ", stage="full")
    new = change(
        actor=SETUP, at=AT, key=key_of("c"), person_id=row.person_id, on=TODAY, document="支部大会 2026-03-01",
        stage="full", full_on=date(2026, 2, 1),
    )  # fmt: skip
    row.refresh_from_db()
    assert (row.stage, row.valid_to, row.departed) == ("probationary", TODAY, "stage")
    assert (new.stage, new.valid_from, new.valid_to, new.arrived) == ("full", TODAY, None, "stage")
    again = change(
        actor=SETUP, at=AT + timedelta(hours=1), key=key_of("c"), person_id=row.person_id, on=TODAY, document="支部大会",
        stage="full",
    )  # fmt: skip
    assert again.pk == new.pk
    viewer = party_viewer("zuzhi", "party_organiser", tree.committee)
    then, _ = members(viewer, asked=Asked(date(2026, 3, 1), TODAY))
    now, _ = members(viewer, asked=ALL)
    assert ([one.stage for one in then], [one.stage for one in now]) == (["probationary"], ["full"])


def test_a_change_on_the_first_day_of_a_row_is_its_correction(tree: PartyTree) -> None:
    row = member("更正", tree.n1, 3)
    change(
        actor=SETUP, at=AT, key=key_of("fix"), person_id=row.person_id, on=row.valid_from, document="更正单",
        status="suspended",
    )  # fmt: skip
    row.refresh_from_db()
    assert row.valid_to == row.valid_from, "a row recorded by mistake has an empty span"
    viewer = party_viewer("zuzhi", "party_organiser", tree.committee)
    found, _ = members(viewer, asked=Asked(date(2021, 1, 1), TODAY))
    assert [one.status for one in found] == ["suspended"]


def test_who_died_or_left_is_counted_no_more_but_found_by_status(tree: PartyTree) -> None:
    row = member("已故", tree.n1, 4)
    change(
        actor=SETUP, at=AT, key=key_of("d"), person_id=row.person_id, on=TODAY, document="死亡证明", status="deceased"
    )
    viewer = party_viewer("zuzhi", "party_organiser", tree.committee)
    assert members(viewer, asked=ALL)[1] == 0
    assert members(viewer, asked=Asked(TODAY, TODAY, statuses=(Status.DECEASED,)))[1] == 1


def test_one_town_sees_nothing_of_another(tree: PartyTree) -> None:
    member("北人", tree.n1, 1)
    there = member("南人", tree.s1, 2, phone="13900001234")
    north = party_viewer("bei", "party_office", tree.north)
    found, total = members(north, asked=ALL)
    assert (names(found), total) == ({"北人"}, 1)
    for text in ("南人", "nanren", "nr", "1234", identity(2)):
        assert members(north, asked=ALL, text=text) == ([], 0)
    with pytest.raises(NotFound):
        member_file(north, public_id=there.person.public_id, at=AT)
    theirs = Asked(TODAY, TODAY, path=f"/{tree.committee.pk}/{tree.south.pk}/")
    assert members(north, asked=theirs) == ([], 0)
    actor = Actor.staff(north)
    with pytest.raises(NotFound):
        change(actor=actor, at=AT, key=key_of("n"), person_id=there.person_id, on=TODAY, document="x", stage="full")


def test_a_grant_of_the_administrative_tree_opens_no_member(tree: PartyTree) -> None:
    member("北人", tree.n1, 1)
    from tests.factories.accounts import account

    clerk = viewer_for(account("xz", "party_organiser", tree.committee), at=AT)
    assert members(clerk, asked=ALL) == ([], 0)


def test_who_may_only_look_is_told_so(tree: PartyTree) -> None:
    row = member("北人", tree.n1, 1)
    looking = party_viewer("kan", "party_office", tree.north, capture=False)
    assert members(looking, asked=ALL)[1] == 1
    with pytest.raises(NotPermitted):
        change(
            actor=Actor.staff(looking), at=AT, key=key_of("n"), person_id=row.person_id, on=TODAY, document="x",
            status="suspended",
        )  # fmt: skip


@pytest.mark.parametrize("text", ["示例", "zhangsh", "zsl", "5678", "ZSL"])
def test_a_member_is_found_by_name_pinyin_initials_phone_tail(tree: PartyTree, text: str) -> None:
    member("张示例", tree.n1, 1, phone="13800005678")
    member("李四", tree.n1, 2, phone="13800005679")
    viewer = party_viewer("zuzhi", "party_organiser", tree.committee)
    assert names(members(viewer, asked=ALL, text=text)[0]) == {"张示例"}
    assert names(members(viewer, asked=ALL, text=identity(2))[0]) == {"李四"}
    assert members(viewer, asked=ALL, text="%")[1] == 0


def test_buckets_narrow_a_list(tree: PartyTree) -> None:
    member(
        "青年", tree.n1, 1, born="19980101", education="21", occupation="worker", joined_on=date(2018, 5, 1),
        full_on=date(2019, 5, 1),
    )  # fmt: skip
    member("老人", tree.n1, 2, born="19500101", education="81", sex=0)
    viewer = party_viewer("zuzhi", "party_organiser", tree.committee)

    def found(**buckets: str) -> set[str]:
        return names(members(viewer, asked=Asked(TODAY, TODAY, buckets=buckets))[0])

    assert found(age="upto_30") == {"青年"}
    assert found(age="from_61", sex="female") == {"老人"}
    assert found(education="below") == {"老人"}
    assert found(occupation="unknown") == {"老人"}
    assert found(age="upto_30", sex="female") == set()


def test_a_correction_says_what_was_put_right_and_not_how(tree: PartyTree) -> None:
    row = member("张示例", tree.n1, 1, education="31")
    correct(
        actor=SETUP, at=AT, key=key_of("k"), person_id=row.person_id, given={"education": "21"}, reason="学历证书核对"
    )
    assert Profile.objects.get(person_id=row.person_id).education == "21"
    deed = Deed.objects.get(kind="member.corrected")
    assert (deed.reason, deed.payload) == ("education", {})


def test_no_deed_of_the_registry_holds_a_name_or_number(tree: PartyTree) -> None:
    row = member("张示例", tree.n1, 1, phone="13800005678", education="31")
    change(
        actor=SETUP,
        at=AT,
        key=key_of("c"),
        person_id=row.person_id,
        on=TODAY,
        document="张示例的文件",
        status="suspended",
    )
    columns = [json.dumps(list(values), default=str, ensure_ascii=False) for values in Deed.objects.values_list()]
    assert len(columns) == 2
    assert not any(word in line for line in columns for word in ("张示例", "5678", identity(1), "1990"))


def test_a_member_reads_their_own_file_and_nobody_elses(tree: PartyTree) -> None:
    other = member("别人", tree.n1, 1)
    account = party_account("wo", "branch_secretary", tree.s1)
    mine = enrol(
        actor=SETUP, at=AT, key=key_of("own"), branch=tree.n2, member=NewMember(account.person.display_name),
        stage="full", on=TODAY, joined_on=date(2014, 5, 1), person=account.person,
    )  # fmt: skip
    viewer = viewer_for(account, at=AT)
    assert member_file(viewer, public_id=mine.person.public_id, at=AT).current.branch_id == tree.n2.pk
    with pytest.raises(NotFound):
        member_file(viewer, public_id=other.person.public_id, at=AT)
