"""Very many deeds at once are the same rows as one by one, to the byte."""

from __future__ import annotations

from uuid import UUID

import pytest
from tests.factories.organisations import AT, SETUP, small_district

from genmai.kernel import ids
from genmai.records.deeds import bulk, canonical
from genmai.records.deeds.commands import NewDeed, record
from genmai.records.deeds.models import Deed

pytestmark = pytest.mark.django_db
KEY, KIND = UUID(int=77), "member.enrolled"


def test_bulk_writes_what_record_writes() -> None:
    body = small_district().n1
    source = ids.key_of("someone")
    key = ids.subkey(KEY, "deeds", 0)
    one = record(
        actor=SETUP, at=AT, key=key,
        deeds=[
            NewDeed(
                kind=KIND, source_kind="person", source_id=source, mechanism="national/x@1", organisation_id=body.pk,
                path="/1/2/", category="branch", outcome="moved", subject_id=KEY,
            ),
            NewDeed(kind=KIND, source_kind="person", source_id=source, mechanism="national/x@1", subject_id=KEY),
        ],
    )  # fmt: skip
    rows = [
        bulk.Varying(str(source), body.pk, "/1/2/", None, "branch", "moved"),
        bulk.Varying(str(source), None, "", None),
    ]
    lines = list(
        bulk.copy_lines(
            actor=SETUP,
            at=AT,
            key=key,
            kind=KIND,
            mechanism="national/x@1",
            source_kind="person",
            subject_id=KEY,
            rows=rows,
        )
    )
    assert [line.split("\t")[0] for line in lines] == [str(deed.public_id) for deed in one]
    assert [line.rstrip("\n").rpartition("\\\\x")[2] for line in lines] == [bytes(deed.digest).hex() for deed in one]
    count = bulk.record_many(
        actor=SETUP, at=AT, key=UUID(int=78), kind=KIND, mechanism="national/x@1", source_kind="person", subject_id=KEY,
        rows=rows,
    )  # fmt: skip
    assert count == 2
    for deed in Deed.objects.filter(kind=KIND):
        values = [getattr(deed, name) for name in canonical.COLUMNS]
        assert canonical.digest(values) == bytes(deed.digest), "a digest can be checked from the row"
