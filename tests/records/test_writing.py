"""What one command puts on record: collected in order, written together, found again by its key."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from genmai.kernel import ids
from genmai.kernel.viewer import Actor
from genmai.records.deeds import kinds
from genmai.records.deeds.models import Deed
from genmai.records.notices.models import Notice
from genmai.records.writing import Writing, done_before

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
KEY = ids.key_of("writing", 1)
SOURCE, OTHER = ids.key_of("writing source", 1), ids.key_of("writing source", 2)

if "sample.collected" not in kinds.registered():
    kinds.register("sample.collected", kinds.Nothing, "示例")


class Sample(Writing):
    source: UUID = SOURCE

    def common(self) -> dict[str, Any]:
        return {"source_kind": "sample", "source_id": self.source, "mechanism": "default/sample@1", "path": "/1/"}


def sample() -> Sample:
    return Sample(actor=Actor.system("test"), at=AT, key=KEY)


@pytest.mark.django_db
def test_nothing_stands_there_before_the_end_and_then_all_of_it_in_order() -> None:
    writing = sample()
    assert [writing.deed("sample.collected", quantity=n) for n in (3, 4)] == [0, 1]
    writing.tell(None, "sample.told")
    writing.notify("sample.told", person_id=None, caller_id=OTHER, urgency="urgent")
    assert not Deed.objects.exists()
    assert not Notice.objects.exists()
    assert done_before(KEY) is None
    deeds = writing.finish()
    assert [(deed.quantity, deed.source_id, deed.path) for deed in deeds] == [(3, SOURCE, "/1/"), (4, SOURCE, "/1/")]
    told = Notice.objects.get()
    assert (told.kind, told.source_kind, told.source_id) == ("sample.told", "sample", SOURCE)
    assert (told.caller_id, told.urgency) == (OTHER, "urgent")


@pytest.mark.django_db
def test_a_deeds_own_fields_go_before_the_common_ones_and_a_run_is_found_by_its_first() -> None:
    writing = sample()
    writing.deed("sample.collected", source_id=OTHER, path="/2/")
    writing.source = OTHER  # what is common is read when a deed is added
    writing.deed("sample.collected")
    first, second = writing.finish()
    assert (first.source_id, first.path, second.source_id, second.path) == (OTHER, "/2/", OTHER, "/1/")
    assert done_before(KEY) == OTHER
    assert done_before(ids.key_of("writing", 2)) is None


def test_a_room_says_what_its_deeds_have_in_common() -> None:
    with pytest.raises(NotImplementedError):
        Writing(actor=Actor.system("test"), at=AT, key=KEY).deed("sample.collected")
