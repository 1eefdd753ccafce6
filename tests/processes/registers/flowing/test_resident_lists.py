"""A residents' list: one purpose, a basis, a key of its own; compared in memory; after its time nothing can be read."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from tests.factories.flowing import Two, two

from genmai.directory.roster.models import Person
from genmai.directory.roster.sealing import index_of_phone
from genmai.kernel.refusal import BadInput, Changed, NotFound, NotPermitted
from genmai.kernel.viewer import Actor
from genmai.processes.registers.flowing import queries, sealing
from genmai.processes.registers.flowing.commands import candidates, lists
from genmai.processes.registers.flowing.commands.lists import NewResident
from genmai.processes.registers.flowing.sealing import KeyDestroyed
from genmai.processes.registers.models import Candidate, FlowRecord, ListEvent, ListPart, ResidentList
from genmai.records.deeds.models import Deed

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("residents")
NAMES = ["王建国", "李秀英", "张海燕", "刘志强", "陈桂兰", "杨国庆", "黄晓东", "赵春梅", "买买提·艾力", "励玮涵"]


@pytest.fixture
def t(db: None) -> Two:
    return two()


def born(number: int) -> date:
    return date(1950 + 3 * number, 1 + number, 11 + number)


def registry(t: Two) -> list[Person]:
    """Ten members of the north with a phone each."""
    found = []
    for number, name in enumerate(NAMES):
        person = t.member(name, number=number, born=f"{born(number):%Y%m%d}")
        Person.objects.filter(pk=person.pk).update(phone_index=index_of_phone(f"1380574{number:04d}"))
        found.append(person)
    return found


def rows(t: Two) -> list[NewResident]:
    """Three of them live in the south now, one under a new number, one with the point left out; and others."""
    here = t.district.s1.pk
    same = [
        NewResident("王建国", "13805740000", "", born(0), "1", here),
        NewResident("励玮涵", "13805740009", "", born(9), "1", here),
        NewResident("买买提艾力", "13805740008", "", born(8), "1", here),
    ]
    others = [NewResident(f"外来{n}", f"1390000{n:04d}", "", date(1980, 1, 1 + n % 28), "2", here) for n in range(120)]
    return [*others, *same]


def taken_in(t: Two, **more: Any) -> ResidentList:
    given = {
        "organisation_id": t.district.south.pk, "title": "南镇新居民", "basis": "duty", "document": "公安函〔2026〕5号",
        "rows": rows(t),
    } | more  # fmt: skip
    return lists.take_in(actor=t.organiser(), at=t.at, key=t.key(), **given)


def test_found_and_offered_to_the_grid_without_the_members_name(t: Two) -> None:
    registry(t)
    made = taken_in(t)
    assert lists.compare(actor=SYSTEM, at=t.at, key=t.key(), residents=made.public_id) == 3
    viewer = t.actor("cunshuji", "village_secretary", t.district.s1).viewer
    found, total = queries.waiting(viewer)
    shown = queries.masked(viewer, of=found)
    assert (total, {who.name for who in shown.values()}) == (3, {"王**", "励**", "买***"})
    assert {who.phone for who in shown.values()} == {"138****0000", "138****0008", "138****0009"}
    assert all({"member_id", "parts"} <= one.get_deferred_fields() for one in found)
    assert made.keep_until == t.at.date() + timedelta(days=30)
    assert FlowRecord.objects.count() == 0  # an offer, nothing more
    assert lists.compare(actor=SYSTEM, at=t.at, key=t.key(), residents=made.public_id) == 0


def test_nothing_of_a_row_stands_in_the_database_in_clear(t: Two) -> None:
    made = taken_in(t)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t::text FROM registers_listpart t UNION ALL SELECT t::text FROM registers_residentlist t"
        )
        text = "\n".join(row[0] for row in cursor.fetchall())
        cursor.execute("SELECT string_agg(encode(sealed, 'escape'), '') FROM registers_listpart")
        text += cursor.fetchone()[0]
    for secret in ("励玮涵", "13805740009", "1977-10-20", index_of_phone("13805740009").hex()):
        assert secret not in text
    assert [row.name for _n, row in sealing.rows_of(made)][-3:] == ["王建国", "励玮涵", "买买提艾力"]
    assert ListPart.objects.count() == 2


def test_after_its_time_nothing_can_be_read_and_the_record_says_so(t: Two) -> None:
    registry(t)
    made = taken_in(t, keep_days=10)
    lists.compare(actor=SYSTEM, at=t.at, key=t.key(), residents=made.public_id)
    waiting = Candidate.objects.order_by("id").first()
    assert waiting is not None
    copied = list(ListPart.objects.all())  # somebody kept a copy of the rows: a back-up
    assert lists.destroy_due(actor=SYSTEM, at=t.later(days=9)) == 0
    assert lists.destroy_due(actor=SYSTEM, at=t.later(days=1)) == 1
    gone = ResidentList.objects.get()
    assert (gone.wrapped, gone.destroyed_at, ListPart.objects.count()) == (None, t.at, 0)
    ListPart.objects.bulk_create(ListPart(residents=gone, number=p.number, sealed=p.sealed) for p in copied)
    with pytest.raises(KeyDestroyed):
        list(sealing.rows_of(gone))
    with pytest.raises(KeyDestroyed):
        sealing.one_row(gone, 0)
    assert sealing.parts_of([(gone, 0)]) == {}
    with pytest.raises(Changed):
        candidates.look(
            actor=t.organiser_at_host(), at=t.at, key=t.key(), candidate=waiting.public_id, purpose="上门联系"
        )
    left = Candidate.objects.values_list("state", "member", "weight", "parts")
    assert set(map(str, left)) == {"('expired', None, None, [])"}
    assert list(ListEvent.objects.order_by("id").values_list("kind", "quantity")) == [
        ("listed", 123), ("compared", 3), ("destroyed", 123),
    ]  # fmt: skip
    assert Deed.objects.filter(kind="residents.destroyed", quantity=123).count() == 1
    with pytest.raises(NotFound):
        lists.compare(actor=SYSTEM, at=t.at, key=t.key(), residents=made.public_id)


def test_the_record_that_it_went_cannot_be_changed(t: Two) -> None:
    taken_in(t)
    for change in ("UPDATE registers_listevent SET quantity = 0", "DELETE FROM registers_listevent"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


def test_who_declared_themselves_is_kept_though_the_list_is_gone(t: Two) -> None:
    registry(t)
    made = taken_in(t)
    lists.compare(actor=SYSTEM, at=t.at, key=t.key(), residents=made.public_id)
    mine = Candidate.objects.order_by("id").first()
    assert mine is not None
    record = candidates.declare(
        actor=t.organiser_at_host(),
        at=t.at,
        key=t.key(),
        candidate=mine.public_id,
        way="visit",
        home_said="北一村党支部",
    )
    assert (record.home, record.thought) == (t.party.n1, mine.member)
    lists.destroy(actor=t.organiser(), at=t.at, key=t.key(), residents=made.public_id)
    again = FlowRecord.objects.get(pk=record.pk)
    assert again.resident is not None
    assert (again.state, Candidate.objects.get(pk=mine.pk).state) == ("declared", "declared")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"basis": "因为想用"}, "basis"),
        ({"document": " "}, "document"),
        ({"keep_days": 91}, "keep_days"),
        ({"keep_days": -1}, "keep_days"),
        ({"rows": []}, "file"),
    ],
)
def test_no_list_without_a_basis_a_paper_and_an_end(t: Two, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as told:
        taken_in(t, **wrong)
    assert told.value.field == field
    assert ResidentList.objects.count() == 0


def test_no_list_is_longer_than_the_mechanism_says(t: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = lists.rules_of(lists.current().ref)
    short = rules.screening.model_copy(update={"rows_most": len(rows(t)) - 1})
    monkeypatch.setattr(lists, "rules_of", lambda ref: rules.model_copy(update={"screening": short}))
    with pytest.raises(BadInput) as told:
        taken_in(t)
    assert told.value.field == "file"
    assert taken_in(t, rows=rows(t)[1:]).rows == short.rows_most


def test_only_who_may_screen_takes_in_and_destroys(t: Two) -> None:
    made = taken_in(t)
    with pytest.raises(NotPermitted):
        lists.take_in(
            actor=t.grid_worker(), at=t.at, key=t.key(), organisation_id=t.district.south.pk, title="", basis="duty",
            document="x", rows=rows(t),
        )  # fmt: skip
    with pytest.raises(NotPermitted):
        lists.destroy(actor=t.grid_worker(), at=t.at, key=t.key(), residents=made.public_id)
    with pytest.raises(BadInput):  # a job doesn't destroy before the time
        lists.destroy(actor=SYSTEM, at=t.at, key=t.key(), residents=made.public_id)
    assert queries.lists(t.grid_worker().viewer) == []
    assert [one.pk for one in queries.lists(t.organiser().viewer)] == [made.pk]
