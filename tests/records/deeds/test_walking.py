"""Walking in the order of commit: a transaction that began earlier and commits later is not skipped."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest
from django.db import connection

from genmai.kernel import ids
from genmai.kernel.refusal import NotPermitted
from genmai.kernel.viewer import NOBODY, Actor, Viewer
from genmai.records.deeds import kinds
from genmai.records.deeds.commands import NewDeed, advance, record
from genmai.records.deeds.models import Deed
from genmai.records.deeds.queries import Position, after, position_of, since

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)

if "walked.step" not in kinds.registered():
    kinds.register("walked.step", kinds.Nothing, "示例")


def write(number: int) -> Deed:
    new = NewDeed("walked.step", "sample", ids.key_of("source", number), "default/sample@1")
    return record(actor=Actor.system("test"), at=AT, key=ids.key_of("walk", number), deeds=[new])[0]


@pytest.fixture
def other(transactional_db: None) -> Iterator[psycopg.Connection]:
    """A second session of the application, beside the test's own."""
    settings = connection.settings_dict
    with psycopg.connect(
        dbname=settings["NAME"],
        user=settings["USER"],
        password=settings["PASSWORD"],
        host=settings["HOST"],
        port=settings["PORT"] or None,
    ) as session:
        yield session


def copy_in(session: psycopg.Connection, deed: Deed, number: int) -> None:
    """The same deed under another key, written by the other session without committing."""
    columns = [
        f.column for f in Deed._meta.concrete_fields if f.column not in {"id", "transaction", "public_id", "key"}
    ]
    names = ", ".join(columns)
    session.execute(
        f"INSERT INTO deeds_deed (public_id, key, {names}) SELECT %s, %s, {names} FROM deeds_deed WHERE id = %s",
        [ids.key_of("late", number), ids.key_of("late key", number), deed.pk],
    )


def test_an_earlier_transaction_that_commits_later_is_still_walked(other: psycopg.Connection) -> None:
    first = write(1)
    copy_in(other, first, 1)  # begins now, commits below
    later = write(2)  # begins after it, commits at once
    assert since(NOBODY, position=Position()) == [first], "the later deed waits for the transaction still running"
    position = after(first)
    other.commit()
    walked = since(NOBODY, position=position)
    assert [deed.public_id for deed in walked] == [ids.key_of("late", 1), later.public_id]
    assert since(NOBODY, position=after(walked[-1])) == []


def test_a_transaction_rolled_back_holds_nothing_up(other: psycopg.Connection) -> None:
    first = write(1)
    copy_in(other, first, 1)
    later = write(2)
    other.rollback()
    assert since(NOBODY, position=Position()) == [first, later]


def test_a_consumer_goes_on_where_it_stopped(transactional_db: None) -> None:
    deeds = [write(number) for number in range(5)]
    seen: list[Deed] = []
    while batch := since(NOBODY, position=position_of(NOBODY, consumer="sample"), limit=2):
        seen += batch
        advance(consumer="sample", to=after(batch[-1]))
    assert seen == deeds
    assert position_of(NOBODY, consumer="another") == Position()


def test_nobody_signed_in_may_walk_everything() -> None:
    with pytest.raises(NotPermitted):
        since(Viewer(account_id=1), position=Position())
