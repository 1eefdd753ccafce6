"""Deeds: written once, in one insert, with ids from the key, a digest over what stands in the row, never changed."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from pydantic import BaseModel

from genmai.kernel import ids
from genmai.kernel.refusal import Changed, Refused
from genmai.kernel.viewer import NOBODY, Actor, Viewer
from genmai.records.deeds import canonical, kinds
from genmai.records.deeds.commands import NewDeed, correct, record
from genmai.records.deeds.models import Deed
from genmai.records.deeds.queries import of_key, of_source

AT = datetime(2026, 3, 2, 1, 30, 0, 123456, tzinfo=UTC)
KEY = ids.key_of("record", 1)
SOURCE = ids.key_of("source", 1)
SYSTEM = Actor.system("test")


class Sample(kinds.Payload):
    word: str = ""
    names: list[str] = []


class Other(BaseModel):
    word: str = ""


if "sample.kept" not in kinds.registered():
    kinds.register("sample.kept", Sample, "示例")
    kinds.register("sample.bare", kinds.Nothing, "示例")


def new(kind: str = "sample.bare", **values: object) -> NewDeed:
    return NewDeed(kind=kind, source_kind="sample", source_id=SOURCE, mechanism="default/sample@1", **values)  # type: ignore[arg-type]


def write(*deeds: NewDeed, key: UUID = KEY, start: int = 0) -> list[Deed]:
    return record(actor=SYSTEM, at=AT, key=key, deeds=deeds, start=start)


@pytest.mark.django_db
def test_a_command_writes_all_its_deeds_in_one_insert(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        written = write(new(), new(quantity=3, level=2), new("sample.kept", payload={"word": "根脉"}), start=4)
    assert [deed.ordinal for deed in written] == [4, 5, 6]
    assert [deed.public_id for deed in written] == [ids.derive(AT, KEY, "deed", n) for n in (4, 5, 6)]
    assert [deed.pk for deed in Deed.objects.order_by("ordinal")] == [deed.pk for deed in written]
    assert of_key(NOBODY, key=KEY) == written
    assert of_source(NOBODY, source_ids=[SOURCE]) == written


@pytest.mark.django_db
def test_what_was_returned_is_what_stands_in_the_table() -> None:
    (written,) = write(
        new(
            "sample.kept",
            quantity=Decimal("2.5"),
            due_at=AT,
            subject_id=KEY,
            payload=Sample(word="𠮷😀", names=["b", "a"]),
        )
    )
    kept = Deed.objects.get()
    for field in Deed._meta.concrete_fields:
        value = getattr(kept, field.attname)
        assert (bytes(value) if isinstance(value, memoryview) else value) == getattr(written, field.attname), field.name
    assert canonical.digest([getattr(kept, name) for name in canonical.COLUMNS]) == bytes(kept.digest)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("quantity", 1), ("level", 1), ("path", "/1/"), ("category", "a"), ("milestone", "a"), ("due_at", AT),
        ("outcome", "a"), ("reason", "a"), ("subject_id", SOURCE), ("happened_at", AT.replace(day=1)),
    ],
)  # fmt: skip
def test_every_column_moves_the_digest(column: str, value: object) -> None:
    (plain,) = write(new())
    (other,) = write(new(**{column: value}), start=1)
    values = [getattr(other, name) for name in canonical.COLUMNS]
    values[canonical.COLUMNS.index("public_id")] = plain.public_id
    values[canonical.COLUMNS.index("ordinal")] = 0
    assert canonical.digest(values) != plain.digest


def test_the_byte_form_is_the_documented_one() -> None:
    """The form is a promise to whoever checks a seal in ten years: written out here by hand."""
    values = [None] * len(canonical.COLUMNS)
    for name, value in {
        "public_id": UUID("018e0000-0000-7000-8000-000000000001"), "kind": "sample.kept", "at": AT,
        "quantity": Decimal("2.5"), "path": "/1/", "payload": {"b": "根", "a": [1, "x"]},
    }.items():  # fmt: skip
        values[canonical.COLUMNS.index(name)] = value  # type: ignore[call-overload]
    assert canonical.encode([canonical.plain(value) for value in values]).decode() == (
        '["genmai-deed",1,"018e0000-0000-7000-8000-000000000001","sample.kept",1772415000123456,null,null,null,null,null,'
        'null,null,"/1/",null,null,null,null,null,null,"2.5000",null,null,null,null,null,null,null,'
        '{"a":[1,"x"],"b":"根"},null]'
    )


def test_sm3_is_the_standard_one() -> None:
    # GB/T 32905-2016, annex A.1
    assert canonical.sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


@pytest.mark.django_db
def test_the_same_key_twice_is_refused_and_writes_nothing() -> None:
    write(new())
    with pytest.raises(Changed) as refused, transaction.atomic():
        write(new())
    assert refused.value.code == "already_recorded"
    assert Deed.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("deed", "code"),
    [
        (new("sample.unknown"), "unknown_deed_kind"),
        (new(payload={"word": "x"}), "bad_payload"),
        (new("sample.kept", payload={"words": "x"}), "bad_payload"),
        (new("sample.kept", payload={"word": 1}), "bad_payload"),
        (new("sample.kept", payload=Other(word="x")), "bad_payload"),
    ],
)
def test_unknown_kinds_and_payload_keys_are_refused(deed: NewDeed, code: str) -> None:
    with pytest.raises(Refused) as refused:
        write(deed)
    assert refused.value.code == code
    assert not Deed.objects.exists()


def test_a_kind_is_registered_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        kinds.register("sample.bare", kinds.Nothing, "又一个")


@pytest.mark.django_db
def test_a_deed_is_corrected_by_a_later_one_and_stays_as_it_was() -> None:
    (wrong,) = write(new(quantity=3))
    right = correct(actor=SYSTEM, at=AT, key=ids.key_of(2), deed=wrong, by=new(quantity=2))
    struck = correct(actor=SYSTEM, at=AT, key=ids.key_of(3), deed=right, by=None)
    assert (right.corrects_id, struck.corrects_id, struck.kind) == (wrong.pk, right.pk, "deed.struck")
    assert Deed.objects.get(pk=wrong.pk).quantity == 3
    with pytest.raises(Changed):
        correct(actor=SYSTEM, at=AT, key=ids.key_of(4), deed=wrong, by=None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "verb", ["UPDATE deeds_deed SET reason = 'x'", "DELETE FROM deeds_deed", "TRUNCATE deeds_deed CASCADE"]
)
def test_the_application_may_not_change_or_remove_deeds(verb: str) -> None:
    write(new())
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(verb)
    assert Deed.objects.count() == 1


@pytest.mark.parametrize(
    "verb", ["UPDATE deeds_deed SET reason = 'x'", "DELETE FROM deeds_deed", "TRUNCATE deeds_deed CASCADE"]
)
def test_even_the_owner_is_refused_by_trigger(owner_url: str, verb: str) -> None:
    write(new())
    with psycopg.connect(owner_url) as owner, pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
        owner.execute(verb)
    assert Deed.objects.count() == 1


@pytest.mark.django_db
def test_a_replay_by_somebody_else_does_not_learn_what_the_key_wrote() -> None:
    write(new())
    assert of_key(Viewer(account_id=9, person_id=9), key=KEY) == []


def test_floats_have_no_place_in_a_payload() -> None:
    with pytest.raises(TypeError):
        canonical.plain({"a": [0.1]})
