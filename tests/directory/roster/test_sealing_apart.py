"""Numbers sealed in a process of their own are the numbers sealed one by one; when that process dies, nothing comes in."""

from __future__ import annotations

import io
from datetime import date
from uuid import UUID, uuid4

import pytest
from tests.coordination.test_registry import member, number, sheet
from tests.factories.organisations import AT, SETUP
from tests.factories.party import party_tree

from genmai.coordination import registry
from genmai.directory.roster import sealing
from genmai.directory.roster.models import Person
from genmai.directory.roster.registry import members
from genmai.directory.roster.sealing_apart import Apart, Sealing, line
from genmai.kernel import secrets
from genmai.records.deeds.models import Deed

FRESH = bytes(range(32))
PEOPLE = [
    (UUID("018f0000-0000-7000-8000-00000000000a"), "33021219800105001X", "13805740001"),
    (UUID("018f0000-0000-7000-8000-00000000000b"), "330212197508200024", ""),
]


@pytest.mark.parametrize("apart", [False, True])
def test_the_same_bytes_as_one_by_one(apart: bool) -> None:
    lines = [
        line(identity, phone, at, str(public), "member\t阿不都·热西提", "2026-01-01")
        for at, (public, identity, phone) in enumerate(PEOPLE, 7)
    ]
    many = sealing.sealing_of_many(FRESH, apart=apart)
    assert isinstance(many, Apart if apart else Sealing)
    answers = [many.submit("\n".join(lines)), many.submit(lines[1])]
    found, alone = answers[0](), answers[1]()
    many.close()
    assert found.persons.splitlines()[1:] == alone.persons.splitlines()
    for at, (public, identity, phone) in enumerate(PEOPLE):
        key = secrets.derive_key(FRESH, str(at + 7))
        one = sealing.seal_member(public.bytes, identity=identity, phone=phone, person_key=key)
        told = [one.phone, one.phone_index, one.identity, one.identity_index]
        assert found.persons.decode().splitlines()[at].split("\t") == [
            str(at + 7), str(public), "member", "阿不都·热西提",
            *("\\N" if value is None else "\\\\x" + value.hex() for value in told), "2026-01-01",
        ]  # fmt: skip
        assert found.keys.decode().splitlines()[at] == f"{at + 7}\t\\\\x{one.wrapped.hex()}"


@pytest.mark.django_db
def test_a_long_sheet_comes_in_through_it_and_not_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    party_tree()
    monkeypatch.setattr(members, "_LONG", 1)
    rows = [member(identity=number(f"3302121980010{at % 9 + 1}{at:03d}"[:17]), born_on="", sex="") for at in range(40)]
    begun: list[Apart] = []

    def start(fresh: bytes, *, apart: bool) -> Apart:
        assert apart
        begun.append(Apart(sealing.Keys(*[bytes(32)] * 3, fresh)))
        begun[0]._child.kill()
        begun[0]._child.wait()
        return begun[0]

    with monkeypatch.context() as broken:
        broken.setattr(sealing, "sealing_of_many", start)
        with pytest.raises((EOFError, BrokenPipeError)):
            bring(sheet("members", rows))
    assert begun
    assert not Person.objects.filter(identity_index__isnull=False).exists()
    assert not Deed.objects.filter(kind="member.enrolled").exists()
    assert bring(sheet("members", rows)).new == 40
    assert (
        sealing.open_identity(Person.objects.filter(identity_index__isnull=False).order_by("id")[3])
        == rows[3]["identity"]
    )


def bring(file: io.BytesIO) -> registry.Brought:
    return registry.bring_in(actor=SETUP, at=AT, key=uuid4(), kind="members", file=file, on=date(2026, 3, 2))
