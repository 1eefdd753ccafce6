"""Rows by one statement: the same rows as Django's own insert makes, keys set, promises of the database kept."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from tests.factories.organisations import small_district

from genmai.directory.territory.models import Place
from genmai.kernel.rows import insert
from genmai.records.notices.models import Notice

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def notice(**more: object) -> Notice:
    given = {"public_id": uuid4(), "kind": "case.received", "at": AT, "not_before": AT, "source_kind": "case"}
    return Notice(**{**given, "source_id": uuid4(), "payload": {"字": "路灯", "n": [1, None]}, **more})


def test_rows_are_those_that_django_writes(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    body = small_district().north
    ours, theirs = [notice(organisation=body), notice(caller_id=uuid4())], [notice(organisation=body)]
    with django_assert_num_queries(1):
        insert(ours)
    Notice.objects.bulk_create(theirs)
    assert [row.pk for row in ours] == sorted(row.pk for row in ours)
    for row in (*ours, *theirs):
        assert not row._state.adding
        kept = Notice.objects.get(pk=row.pk)
        assert {f.attname: getattr(kept, f.attname) for f in Notice._meta.concrete_fields} == {
            f.attname: getattr(row, f.attname) for f in Notice._meta.concrete_fields
        }


def test_promises_of_the_database_hold_and_nothing_is_written_of_a_statement_that_breaks_one() -> None:
    place = {"name": "北镇", "kind": "town", "path": "/1/", "valid_from": date(2020, 1, 1)}
    with pytest.raises(IntegrityError), transaction.atomic():
        insert([Place(code="1", **place), Place(code="1", **place)])
    assert not Place.objects.filter(code="1").exists()


def test_no_rows_no_statement(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    with django_assert_num_queries(0):
        insert([])
