"""A list whose comparison breaks off: written down, tried anew, given up aloud, asked for again or thrown away."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
from django.test import Client
from tests.factories.flowing import Two, two

from genmai.interfaces.cli.commands import residents as command
from genmai.interfaces.jobs.continuous import residents as job
from genmai.interfaces.jobs.one_child import OneChild
from genmai.kernel.refusal import NotFound, NotPermitted, Refused
from genmai.kernel.secrets import SealBroken
from genmai.processes.registers.flowing import queries
from genmai.processes.registers.flowing.attempts import to_compare
from genmai.processes.registers.flowing.commands import lists, tries
from genmai.processes.registers.flowing.commands.lists import NewResident
from genmai.processes.registers.flowing.mechanism import rules_of
from genmai.processes.registers.models import Candidate, ListEvent, ListPart, ResidentList
from genmai.records.deeds.models import Deed
from genmai.records.notices.models import Notice

pytestmark = pytest.mark.django_db
TRIES = 3  # as the shipped mechanism says; `test_how_often_is_the_mechanisms_own` looks


@pytest.fixture
def t(db: None) -> Iterator[Two]:
    made = two()
    with patch("genmai.interfaces.web.edge.viewing.timezone.now", lambda: made.at):
        yield made


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch) -> OneChild:
    """Children that die before they begin."""
    monkeypatch.setitem(os.environ, "PYTHONPATH", "/nowhere")
    monkeypatch.setitem(os.environ, "PYTHONHOME", "/nowhere")
    made = OneChild("residents")
    monkeypatch.setattr(job, "_child", made)
    return made


def taken_in(t: Two) -> ResidentList:
    return lists.take_in(
        actor=t.organiser(), at=t.at, key=t.key(), organisation_id=t.district.south.pk, title="南镇新居民", basis="duty",
        document="公安函〔2026〕5号", rows=[NewResident("王建国", "13805740000", host_id=t.district.s1.pk)],
    )  # fmt: skip


def breaks(t: Two, child: OneChild, code: int | None = None) -> None:
    """The job begins, the child ends badly, the job takes note."""
    assert "begun" in job.run(at=t.at)
    assert child._at_work is not None
    process = child._at_work[0]
    assert process.wait(30) != 0
    if code is not None:
        process.returncode = code
    assert "ended with" in job.run(at=t.at)
    t.later(minutes=1)


def failed(t: Two, made: ResidentList, reason: str = tries.BROKEN, times: int = TRIES) -> None:
    for _ in range(times):
        tries.note_failed(actor=job.SYSTEM, at=t.at, key=t.key(), residents=made.public_id, reason=reason)


def browser(t: Two) -> Client:
    t.organiser()
    client = Client()
    client.force_login(t._accounts["zuzhibu"])
    return client


def test_three_times_by_itself_then_a_person_says_how_it_goes_on(t: Two, child: OneChild) -> None:
    made, client = taken_in(t), browser(t)
    url = f"/flowing/lists/{made.public_id}/"
    for times in range(TRIES):
        page = client.get(url).content.decode()
        assert "正在和党员名册比对" in page
        assert (f"前面 {times} 次没有成" in page) == bool(times)
        breaks(t, child, code=-9 if times == 2 else None)
    assert job.run(at=t.at) == ""  # not again by itself, whatever worker comes
    assert list(ListEvent.objects.order_by("id").values_list("kind", "reason")) == [
        ("listed", ""), ("failed", "broken"), ("failed", "broken"), ("failed", "stopped"),
    ]  # fmt: skip
    assert Deed.objects.filter(kind="residents.failed").count() == 3
    assert Notice.objects.filter(kind="residents.failed", organisation=t.district.south).count() == 1
    page = client.get(url).content.decode()
    for words in ("试了 3 次，都没有比对成", "多半是电脑内存不够", "什么都没有留下", "再比对一次", "不比了，销毁名单"):
        assert words in page, words
    assert "正在和党员名册比对" not in page
    assert "没有比对成" in client.get("/flowing/lists/").content.decode()
    assert "HX-Refresh" in client.get(f"{url}compared").headers
    assert Candidate.objects.count() == 0

    again = client.post(f"{url}again", {"key": str(t.key())})
    assert again.status_code == 302
    assert "正在和党员名册比对" in client.get(url).content.decode()
    breaks(t, child)
    assert "前面 1 次没有成" in client.get(url).content.decode()
    failed(t, made, times=2)
    gone = client.post(f"{url}destroy", {"key": str(t.key())})
    assert gone.status_code == 302
    made.refresh_from_db()
    assert (made.wrapped, made.destroyed_at is None, ListPart.objects.count()) == (None, False, 0)
    page = client.get(url).content.decode()
    assert "已销毁" in page
    assert "再比对一次</button>" not in page
    assert Deed.objects.filter(kind="residents.destroyed").count() == 1
    assert job.run(at=t.at) == ""


def test_after_it_was_asked_for_again_it_can_still_be_compared(t: Two) -> None:
    made = taken_in(t)
    failed(t, made)
    assert to_compare() == []
    key = t.key()
    for _ in range(2):  # a double click asks once
        tries.try_again(actor=t.organiser(), at=t.at, key=key, residents=made.public_id)
    assert ListEvent.objects.filter(kind="again").count() == 1
    assert [one.pk for one in to_compare()] == [made.pk]
    lists.compare(actor=job.SYSTEM, at=t.at, key=t.key(), residents=made.public_id, limit_memory="512MB")
    with pytest.raises(Refused, match="不用再试"):
        tries.try_again(actor=t.organiser(), at=t.at, key=t.key(), residents=made.public_id)
    assert tries.note_failed(actor=job.SYSTEM, at=t.at, key=t.key(), residents=made.public_id, reason="broken") == 0


def test_who_may_ask_again_and_when(t: Two) -> None:
    made = taken_in(t)
    failed(t, made, times=2)
    with pytest.raises(Refused):
        tries.try_again(actor=t.organiser(), at=t.at, key=t.key(), residents=made.public_id)
    failed(t, made, times=1)
    stranger = t.actor("bei", "party_office", t.district.north)
    for actor in (t.grid_worker(), stranger):
        with pytest.raises((NotPermitted, NotFound)):
            tries.try_again(actor=actor, at=t.at, key=t.key(), residents=made.public_id)
    assert queries.lists(stranger.viewer) == []


def test_how_often_is_the_mechanisms_own(t: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    for version in (1, 2):  # the first does not say it
        assert rules_of(f"shangyu/liudong-dangyuan@{version}").screening.tries == TRIES
    made = taken_in(t)
    assert made.mechanism == "shangyu/liudong-dangyuan@2"
    rules = rules_of(made.mechanism)
    once = rules.model_copy(update={"screening": rules.screening.model_copy(update={"tries": 1})})
    failed(t, made, times=1)
    assert to_compare() == [made]
    monkeypatch.setattr("genmai.processes.registers.flowing.attempts.rules_of", lambda ref: once)
    assert to_compare() == []
    assert "试了 1 次，都没有比对成" in browser(t).get(f"/flowing/lists/{made.public_id}/").content.decode()
    tries.try_again(actor=t.organiser(), at=t.at, key=t.key(), residents=made.public_id)
    failed(t, made, times=1)
    assert Notice.objects.filter(kind="residents.failed").count() == 1


def test_one_list_that_broke_does_not_hold_up_the_next(t: Two) -> None:
    first, second = taken_in(t), taken_in(t)
    failed(t, first)
    assert [one.pk for one in to_compare()] == [second.pk]


def test_a_comparison_that_breaks_halfway_leaves_nothing(t: Two) -> None:
    made = taken_in(t)
    with (
        patch("genmai.processes.registers.flowing.commands.lists.standing_of", side_effect=MemoryError),
        pytest.raises(MemoryError),
    ):
        lists.compare(actor=job.SYSTEM, at=t.at, key=t.key(), residents=made.public_id, limit_memory="512MB")
    made.refresh_from_db()
    assert (made.compared_at, Candidate.objects.count()) == (None, 0)
    assert ListEvent.objects.filter(kind="compared").count() == 0


class OutOfMemoryException(Exception):
    """As the engine's own."""


@pytest.mark.parametrize(
    ("broken", "reason"),
    [(MemoryError(), "memory"), (OutOfMemoryException(), "memory"), (SealBroken(), "sealed"), (LookupError(), None)],
)
def test_the_process_says_by_its_end_what_broke_it(broken: Exception, reason: str | None) -> None:
    outer = RuntimeError("while comparing")
    outer.__cause__ = broken
    assert command.REASONS.get(command.code_of(outer)) == reason
    with patch.object(command.lists, "compare", side_effect=broken):
        args: Any = type("Args", (), {"residents": UUID(int=1)})()
        if reason is None:
            with pytest.raises(LookupError):
                command.run(args)
        else:
            assert command.REASONS[command.run(args)] == reason
