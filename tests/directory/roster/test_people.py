"""People: teams and their order of call, residents sealed under their own key, deletion by destroying it."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import connection
from tests.factories.accounts import staff, viewer
from tests.factories.organisations import AT, KEY, OPENED, SETUP, SmallDistrict, small_district
from tests.factories.residents import resident

from genmai.directory.roster import commands, queries, sealing
from genmai.directory.roster.models import Away, Person, PersonKey, Post
from genmai.kernel.ids import key_of
from genmai.kernel.refusal import BadInput, NotPermitted
from genmai.kernel.secrets import KeyDestroyed, SealBroken
from genmai.kernel.viewer import NOBODY, Actor

pytestmark = pytest.mark.django_db


def post(d: SmallDistrict, name: str, rank: int, key: str = "village_cadre") -> Person:
    person = staff(name)
    commands.add_post(
        actor=SETUP, at=AT, key=KEY, person_id=person.pk, organisation_id=d.n1.pk, post=key, title="村干部",
        rank=rank, valid_from=OPENED,
    )  # fmt: skip
    return person


# -- residents ---------------------------------------------------------------------------------------------------------


def test_one_number_is_one_person_however_it_is_written(django_assert_num_queries) -> None:
    first = resident("138 0574 1234", "王大明")
    with django_assert_num_queries(1):
        assert resident("+86 13805741234", "别的称呼").pk == first.pk
    assert sealing.open_person(first).name == "王大明"


def test_a_new_resident_takes_four_statements(django_assert_num_queries) -> None:
    with django_assert_num_queries(4):
        resident()


def test_a_name_told_later_is_added_and_without_either_there_is_nobody() -> None:
    assert resident(name="").pk == resident(name="王大明").pk
    assert queries.masked_name(NOBODY, person=resident()) == "王**"
    nobody = commands.find_or_add_resident(actor=Actor.reporter(), at=AT, key=KEY, phone=" ", name="")
    assert nobody is None


def test_a_name_alone_is_a_person_of_its_own_and_the_same_post_again_is_the_same_person() -> None:
    one = {"actor": Actor.reporter(), "at": AT, "name": "李阿婆"}
    first, again = (commands.find_or_add_resident(key=UUID(int=5), **one) for _ in range(2))
    other = commands.find_or_add_resident(key=UUID(int=6), **one)
    assert first is not None
    assert again is not None
    assert other is not None
    assert first.pk == again.pk != other.pk


def test_the_database_holds_no_clear_text() -> None:
    resident("13805741234", "王大明")
    with connection.cursor() as cursor:
        cursor.execute("SELECT p::text, k::text FROM roster_person p JOIN roster_personkey k ON k.person_id = p.id")
        stored = str(cursor.fetchall())
        cursor.execute("SELECT name_sealed, phone_sealed, phone_index FROM roster_person")
        raw = b"".join(bytes(column) for column in cursor.fetchone())
    assert "王大明" not in stored
    assert "13805741234" not in stored
    assert "王大明".encode() not in raw
    assert b"13805741234" not in raw


def test_two_residents_never_share_a_key_and_sealed_bytes_open_nowhere_else() -> None:
    first, second = resident("13805741234", "王大明"), resident("13805741235", "王大明")
    assert bytes(first.name_sealed) != bytes(second.name_sealed)
    second.name_sealed = first.name_sealed
    with pytest.raises(SealBroken):
        sealing.open_person(second)


def test_lists_show_stars_in_one_query(django_assert_num_queries) -> None:
    people = [resident(f"1380574{n:04d}", "欧阳小明") for n in range(5)]
    with django_assert_num_queries(1):
        shown = queries.masked_people(NOBODY, ids=[p.pk for p in people])
    assert {(m.name, m.phone[:7]) for m in shown.values()} == {("欧阳**", "138****")}


def test_forgetting_destroys_the_key_and_the_number_finds_nobody() -> None:
    d = small_district()
    person = resident()
    secretary = viewer("shuji", "village_secretary", d.n1)
    assert queries.find_by_phone(secretary, phone="13805741234").pk == person.pk
    backup = Person.objects.get(pk=person.pk)  # sealed bytes as a back-up would still hold them
    commands.forget(actor=SETUP, at=AT, key=KEY, person=person)
    with pytest.raises(KeyDestroyed):
        sealing.open_person(Person.objects.select_related("sealing_key").get(pk=person.pk))
    with pytest.raises(KeyDestroyed):
        sealing.open_person(backup)
    assert queries.masked_people(NOBODY, ids=[person.pk])[person.pk].name == ""
    assert queries.find_by_phone(secretary, phone="13805741234") is None
    key = PersonKey.objects.get(person=person)
    assert (key.wrapped, key.destroyed_at) == (None, AT)
    assert resident().pk == person.pk, "the same command replayed makes nobody new"
    assert resident(name="又来了").pk != person.pk


def test_forgetting_twice_is_once_and_staff_are_not_forgotten() -> None:
    person = resident()
    for later in (0, 5):
        commands.forget(actor=SETUP, at=AT + timedelta(days=later), key=KEY, person=person)
    assert PersonKey.objects.get(person=person).destroyed_at == AT
    with pytest.raises(BadInput, match="工作人员"):
        commands.forget(actor=SETUP, at=AT, key=KEY, person=staff("李书记"))
    with pytest.raises(NotPermitted):
        commands.forget(actor=Actor.reporter(), at=AT, key=KEY, person=person)


def test_who_takes_in_no_matters_finds_nobody_by_number() -> None:
    d = small_district()
    resident()
    for role in ("administrator", "security_auditor", "district_leader"):
        assert queries.find_by_phone(viewer(role, role, d.district), phone="13805741234") is None
    assert queries.find_by_phone(NOBODY, phone="13805741234") is None


def test_odd_names_and_numbers_are_kept_as_told() -> None:
    for number, name in (("13805741299", "阿卜杜拉·买买提"), ("0574-87654321", "😀王"), ("不是号码", "𠮷野家")):
        person = resident(number, name)
        assert sealing.open_person(person) == sealing.Clear(name, number)
    with pytest.raises(BadInput):
        resident("138\x00", "王")
    with pytest.raises(BadInput):
        resident("13805741288", "王" * 41)


# -- teams -------------------------------------------------------------------------------------------------------------


def test_a_team_stands_in_order_of_call_with_who_is_away_and_who_stands_in(django_assert_num_queries) -> None:
    d = small_district()
    second, first, third = post(d, "二", 2), post(d, "一", 1, "secretary"), post(d, "三", 3)
    commands.enter_leave(
        actor=SETUP, at=AT, key=KEY, person_id=first.pk, first_day=AT.date(), last_day=AT.date(), stand_in_id=third.pk
    )
    with django_assert_num_queries(2):
        team = queries.team_of(NOBODY, organisation=d.n1, at=AT)
    assert [(m.name, m.away, m.stand_in_name) for m in team] == [
        ("一", True, "三"),
        ("二", False, ""),
        ("三", False, ""),
    ]
    assert [m.away for m in queries.team_of(NOBODY, organisation=d.n1, at=AT + timedelta(days=1))] == [False] * 3
    assert [m.name for m in queries.team_of(NOBODY, organisation=d.n1, at=AT, posts=["secretary"])] == ["一"]
    assert second.pk != third.pk


def test_a_post_ends_on_a_day_and_the_past_keeps_its_holder() -> None:
    d = small_district()
    post(d, "一", 1)
    held = Post.objects.get()
    with pytest.raises(BadInput):
        commands.end_post(actor=SETUP, at=AT, key=KEY, post=held, on=date(2019, 1, 1))
    commands.end_post(actor=SETUP, at=AT, key=KEY, post=held, on=date(2026, 4, 1))
    assert len(queries.team_of(NOBODY, organisation=d.n1, at=AT)) == 1
    assert queries.team_of(NOBODY, organisation=d.n1, at=AT + timedelta(days=40)) == []


def test_absences_are_set_by_oneself_or_ones_own_secretary_only() -> None:
    d = small_district()
    person = post(d, "一", 1)
    days = {"first_day": date(2026, 3, 3), "last_day": date(2026, 3, 4), "person_id": person.pk, "at": AT, "key": KEY}
    own = viewer("shuji-n1", "village_secretary", d.n1)
    other = viewer("shuji-s1", "village_secretary", d.s1)
    commands.enter_leave(actor=Actor.staff(own), team_path=d.n1.path, **days)
    for actor, path in ((Actor.staff(other), d.n1.path), (Actor.staff(other), d.s1.path), (Actor.reporter(), "")):
        with pytest.raises(NotPermitted):
            commands.enter_leave(actor=actor, team_path=path, **days)
    with pytest.raises(BadInput):
        commands.enter_leave(actor=Actor.staff(own), team_path=d.n1.path, stand_in_id=person.pk, **days)
    assert Away.objects.count() == 1


def test_many_staff_are_added_at_once_and_the_same_list_adds_nobody() -> None:
    rows = [commands.NewPerson(f"第{n}人", f"1390000{n:04d}") for n in range(200)]
    first = commands.add_people(actor=SETUP, at=AT, key=key_of("list"), rows=rows)
    again = commands.add_people(actor=SETUP, at=AT, key=key_of("list"), rows=rows)
    assert [p.pk for p in first] == [p.pk for p in again]
    assert Person.objects.count() == 200
    assert (
        queries.find_by_phone(viewer("v", "town_desk", small_district().north), phone="13900000007").display_name
        == "第7人"
    )
