"""Seals: whoever changes one byte, with triggers off and all rights, is found and the deed is named."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import connection

from genmai.interfaces.cli.commands import records
from genmai.interfaces.jobs.hourly import seal as hourly
from genmai.kernel import ids
from genmai.kernel.viewer import NOBODY, Actor
from genmai.records.deeds import canonical, kinds
from genmai.records.deeds.commands import NewDeed, record
from genmai.records.deeds.models import Deed
from genmai.records.seals import tree
from genmai.records.seals.commands import seal
from genmai.records.seals.models import Seal
from genmai.records.seals.queries import Fault, Finding, verify

AT = datetime(2026, 3, 2, 1, 30, 0, 654321, tzinfo=UTC)
SYSTEM = Actor.system("test")


class Sealed(kinds.Payload):
    word: str = ""


if "sealed.step" not in kinds.registered():
    kinds.register("sealed.step", Sealed, "示例")


def write(number: int, count: int = 3) -> list[Deed]:
    news = [
        NewDeed(
            "sealed.step", "sample", ids.key_of("source", number), "default/sample@1",
            quantity=number, path="/1/7/", outcome="on_time", due_at=AT + timedelta(days=number),
            subject_id=ids.key_of("subject", number), payload={"word": f"字{number}"},
        )
        for _ in range(count)
    ]  # fmt: skip
    return record(actor=SYSTEM, at=AT, key=ids.key_of("seals", number), deeds=news)


@pytest.fixture
def sealed(transactional_db: None) -> list[Deed]:
    """Nine deeds under three seals."""
    deeds: list[Deed] = []
    for number in range(3):
        deeds += write(number)
        assert seal(at=AT + timedelta(hours=number)) is not None
    assert verify(NOBODY).findings == []
    return deeds


def tamper(owner_url: str, table: str, statement: str, *params: object) -> None:
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        owner.execute(statement, params)  # type: ignore[arg-type]
        owner.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only_rows")


# One byte, or one value, of every column; `id` and `digest` too.
CHANGES = {
    "public_id": "public_id = overlay(public_id::text placing 'f' from 36)::uuid",
    "kind": "kind = 'sealed.stop'",
    "at": "at = at + interval '1 microsecond'",
    "recorded_at": "recorded_at = recorded_at + interval '1 microsecond'",
    "key": "key = overlay(key::text placing 'f' from 36)::uuid",
    "ordinal": "ordinal = 9",
    "actor_kind": "actor_kind = 'systen'",
    "path": "path = '/1/8/'",
    "source_kind": "source_kind = 'samplf'",
    "source_id": "source_id = overlay(source_id::text placing 'f' from 36)::uuid",
    "mechanism": "mechanism = 'default/sample@2'",
    "quantity": "quantity = quantity + 1",
    "category": "category = 'a'",
    "level": "level = 3",
    "milestone": "milestone = 'a'",
    "due_at": "due_at = due_at + interval '1 second'",
    "outcome": "outcome = 'on_tine'",
    "reason": "reason = 'x'",
    "subject_id": "subject_id = overlay(subject_id::text placing 'f' from 36)::uuid",
    "payload": """payload = '{"word": "X1"}'""",
    "digest": "digest = overlay(digest placing '\\x00'::bytea from 1)",
    "transaction": "transaction = (transaction::text::bigint + 1000)::text::xid8",
}


def test_one_changed_byte_names_its_deed_and_column(sealed: list[Deed], owner_url: str) -> None:
    deed = sealed[4]
    tamper(owner_url, "deeds_deed", "CREATE TABLE kept AS SELECT * FROM deeds_deed")
    for column, change in CHANGES.items():
        tamper(owner_url, "deeds_deed", f"UPDATE deeds_deed SET {change} WHERE id = %s", deed.pk)
        now = Deed.objects.get(pk=deed.pk)
        named = Finding(Fault.CHANGED, 2, deed.pk, now.public_id, now.kind, column)
        assert verify(NOBODY).findings == [named], f"{column}: that deed, and no other"
        back = f"UPDATE deeds_deed d SET {column} = k.{column} FROM kept k WHERE k.id = d.id AND d.id = %s"
        tamper(owner_url, "deeds_deed", back, deed.pk)
    assert verify(NOBODY).findings == []


def test_a_column_is_not_guessed_when_two_were_changed(sealed: list[Deed], owner_url: str) -> None:
    tamper(
        owner_url, "deeds_deed", "UPDATE deeds_deed SET reason = 'other', category = 'x' WHERE id = %s", sealed[4].pk
    )
    (finding,) = verify(NOBODY).findings
    assert (finding.deed_id, finding.column) == (sealed[4].pk, "")


def test_a_removed_and_an_inserted_deed_are_found(sealed: list[Deed], owner_url: str) -> None:
    tamper(owner_url, "deeds_deed", "DELETE FROM deeds_deed WHERE id = %s", sealed[1].pk)
    columns = ", ".join(name for name in canonical.COLUMNS if name not in {"public_id", "key"})
    new_id = ids.key_of("forged")
    tamper(
        owner_url,
        "deeds_deed",
        f"INSERT INTO deeds_deed (public_id, key, {columns}, digest, transaction)"
        f" SELECT %s, %s, {columns}, digest, transaction FROM deeds_deed WHERE id = %s",
        new_id, new_id, sealed[7].pk,
    )  # fmt: skip
    found = verify(NOBODY).findings
    assert [(f.fault, f.seal_number) for f in found] == [(Fault.MISSING, 1), (Fault.INSERTED, 3)]
    assert found[0].deed_id == sealed[1].pk
    assert found[1].public_id == new_id


def test_a_deed_changed_together_with_its_digest_is_still_found(sealed: list[Deed], owner_url: str) -> None:
    deed = Deed.objects.get(pk=sealed[4].pk)
    deed.outcome = "late"
    forged = canonical.digest([getattr(deed, name) for name in canonical.COLUMNS])
    tamper(
        owner_url, "deeds_deed", "UPDATE deeds_deed SET outcome = 'late', digest = %s WHERE id = %s", forged, deed.pk
    )
    (finding,) = verify(NOBODY).findings
    assert (finding.public_id, finding.column) == (deed.public_id, "outcome"), "told from what its siblings hold"


SEAL_CHANGES = {
    "leaves": "overlay(leaves placing '\\x00'::bytea from 20)",
    "root": "overlay(root placing '\\x00'::bytea from 1)",
    "previous": "overlay(previous placing '\\x01'::bytea from 1)",
    "chain": "overlay(chain placing '\\x00'::bytea from 1)",
    "count": "4",
    "sealed_at": "sealed_at + interval '1 second'",
    "first_transaction": "first_transaction + 1",
    "last_transaction": "last_transaction - 1",
}


def test_a_changed_seal_is_named(sealed: list[Deed], owner_url: str) -> None:
    tamper(owner_url, "seals_seal", "CREATE TABLE kept AS SELECT * FROM seals_seal")
    for column, change in SEAL_CHANGES.items():
        tamper(owner_url, "seals_seal", f"UPDATE seals_seal SET {column} = {change} WHERE number = 2")
        faults = {(f.fault, f.seal_number) for f in verify(NOBODY).findings}
        assert (Fault.SEAL, 2) in faults, column
        back = f"UPDATE seals_seal d SET {column} = k.{column} FROM kept k WHERE k.id = d.id"
        tamper(owner_url, "seals_seal", back)
    assert verify(NOBODY).findings == []


def test_a_seal_taken_out_of_the_middle_breaks_the_chain(sealed: list[Deed], owner_url: str) -> None:
    tamper(owner_url, "seals_seal", "DELETE FROM seals_seal WHERE number = 2")
    assert verify(NOBODY).findings[0] == Finding(Fault.SEAL, 3)


def test_an_unsealed_deed_is_checked_against_its_own_digest(transactional_db: None, owner_url: str) -> None:
    (deed,) = write(1, count=1)
    tamper(owner_url, "deeds_deed", "UPDATE deeds_deed SET reason = 'x'")
    result = verify(NOBODY)
    assert (result.seals, result.unsealed) == (0, 1)
    assert result.findings == [Finding(Fault.CHANGED, None, deed.pk, deed.public_id, deed.kind, "reason")]


def test_a_transaction_still_running_waits_for_the_next_seal(sealed: list[Deed]) -> None:
    settings = connection.settings_dict
    with psycopg.connect(
        dbname=settings["NAME"], user=settings["USER"], password=settings["PASSWORD"], host=settings["HOST"],
        port=settings["PORT"] or None,
    ) as other:  # fmt: skip
        other.execute("SELECT pg_current_xact_id()")
        write(7)
        assert seal(at=AT) is None, "a later transaction is not sealed before the one still running has ended"
    made = seal(at=AT)
    assert made is not None
    assert (made.number, made.count) == (4, 3)
    assert verify(NOBODY).findings == []


def test_sealing_twice_seals_once(sealed: list[Deed]) -> None:
    assert hourly.run(at=AT) == "nothing to seal"
    write(8)
    assert hourly.run(at=AT) == "sealed 3 deeds as number 4"
    assert Seal.objects.count() == 4


def test_the_tree_is_the_documented_one() -> None:
    """RFC 6962's shape, by hand for three leaves: node(node(a, b), c)."""
    entries = [(n, bytes([n]) * 32) for n in (1, 2, 3)]
    a, b, c = (canonical.sm3(b"\x00" + n.to_bytes(8, "big") + digest) for n, digest in entries)
    expected = canonical.sm3(b"\x01" + canonical.sm3(b"\x01" + a + b) + c)
    assert tree.root(tree.pack(entries)) == expected
    assert tree.root(b"") == tree.NOTHING
    assert list(tree.unpack(tree.pack(entries))) == entries


class _Args:
    what = "verify"


def test_the_command_says_in_plain_words_and_exits_1(
    sealed: list[Deed], owner_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert records.run(_Args()) == 0  # type: ignore[arg-type]
    assert "9 条记录、3 次封存" in capsys.readouterr().out
    tamper(owner_url, "deeds_deed", "UPDATE deeds_deed SET reason = 'x' WHERE id = %s", sealed[4].pk)
    assert records.run(_Args()) == 1  # type: ignore[arg-type]
    said = capsys.readouterr().out
    assert str(sealed[4].public_id) in said
    assert "reason" in said
