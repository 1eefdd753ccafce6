"""The outbox: written once, claimed by one worker at a time, every try kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from genmai.kernel import ids
from genmai.kernel.viewer import NOBODY
from genmai.records.notices.commands import LONGEST_PAUSE, NewNotice, claim, send, tried
from genmai.records.notices.models import Attempt, Notice
from genmai.records.notices.queries import mine, of_callers

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
KEY = ids.key_of("notice", 1)
CALLER = ids.key_of("caller")


def new(**values: object) -> NewNotice:
    return NewNotice(kind="sample", source_kind="sample", source_id=CALLER, **values)  # type: ignore[arg-type]


@pytest.mark.django_db
def test_notices_go_out_in_one_insert_with_ids_of_the_key(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        sent = send(at=AT, key=KEY, notices=[new(caller_id=CALLER), new(payload={"n": 1})], start=2)
    assert [n.public_id for n in sent] == [ids.derive(AT, KEY, "notice", 2), ids.derive(AT, KEY, "notice", 3)]
    assert [n.pk for n in of_callers(NOBODY, caller_ids=[CALLER])] == [sent[0].pk]
    assert mine(NOBODY) == []


@pytest.mark.django_db
def test_only_what_is_due_and_not_yet_sent_is_claimed() -> None:
    early, late = send(at=AT, key=KEY, notices=[new(), new(not_before=AT + timedelta(hours=1))])
    assert claim(at=AT) == [early]
    tried(at=AT, notice=early, channel="page", delivered=True)
    assert claim(at=AT) == []
    assert claim(at=AT + timedelta(hours=1)) == [late]


@pytest.mark.django_db
def test_a_failed_notice_waits_longer_each_time_and_is_never_dropped() -> None:
    (notice,) = send(at=AT, key=KEY, notices=[new()])
    pauses = []
    for _ in range(14):
        tried(at=AT, notice=notice, channel="sms", delivered=False, detail="no signal")
        pauses.append(notice.not_before - AT)
    assert pauses[:4] == [timedelta(minutes=m) for m in (1, 2, 4, 8)]
    assert pauses[-1] == LONGEST_PAUSE
    assert Attempt.objects.count() == 14
    assert claim(at=AT + LONGEST_PAUSE) == [notice]


@pytest.mark.django_db
def test_a_try_is_never_changed() -> None:
    (notice,) = send(at=AT, key=KEY, notices=[new()])
    tried(at=AT, notice=notice, channel="sms", delivered=False)
    with pytest.raises(DatabaseError), transaction.atomic():
        Attempt.objects.update(delivered=True)


def test_two_workers_never_claim_the_same_notice(transactional_db: None) -> None:
    first, second = send(at=AT, key=KEY, notices=[new(), new()])
    settings = connection.settings_dict
    with (
        psycopg.connect(
            dbname=settings["NAME"], user=settings["USER"], password=settings["PASSWORD"], host=settings["HOST"],
            port=settings["PORT"] or None,
        ) as other,
        transaction.atomic(),
    ):  # fmt: skip
        other.execute("SELECT 1 FROM notices_notice WHERE id = %s FOR UPDATE", [first.pk])
        assert claim(at=AT) == [second]
    assert Notice.objects.filter(sent_at=None).count() == 2
