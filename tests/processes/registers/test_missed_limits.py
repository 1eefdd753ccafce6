"""A step's limit that passes is a deed, told once to whoever must act; done in time and written late, it is taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.factories.dossiers import SYSTEM, Files, files, noon

from genmai.processes.registers.models import Dossier
from genmai.processes.registers.procedures.commands import closing
from genmai.processes.registers.procedures.commands.watching import miss_limits
from genmai.records.deeds.models import Deed
from genmai.records.notices.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def f(db: None) -> Files:
    return files()


def missed(dossier: Dossier) -> list[Deed]:
    return list(Deed.objects.filter(source_id=dossier.public_id, kind="dossier.missed").order_by("id"))


def test_a_missed_limit_is_written_once_and_told_to_whose_turn_it_is(f: Files) -> None:
    dossier = f.walk(f.open(), "application")
    until = dossier.next_until
    assert until is not None
    assert miss_limits(actor=SYSTEM, at=noon(until)) == 0
    assert [miss_limits(actor=SYSTEM, at=noon(until + timedelta(days=n))) for n in (1, 1, 30)] == [1, 0, 0]
    (deed,) = missed(dossier)
    assert (deed.reason, deed.at.date(), deed.due_at) == (dossier.next_step, until, deed.at)
    assert deed.person_id == dossier.subject_id
    notice = Notice.objects.get(kind="dossier.missed")
    assert notice.organisation_id == dossier.branch_id
    assert Dossier.objects.get(pk=dossier.pk).version == dossier.version  # the file itself has not moved


def test_done_in_time_and_written_late_the_miss_is_taken_back(f: Files) -> None:
    dossier = f.walk(f.open(), "application")
    step, until = dossier.next_step, dossier.next_until
    assert until is not None
    f.on(until + timedelta(days=5))
    miss_limits(actor=SYSTEM, at=f.at)
    f.close(dossier, step, day=until)
    lifted = Deed.objects.get(kind="dossier.miss_lifted")
    assert lifted.corrects_id == missed(dossier)[0].pk


def test_done_late_the_miss_stands(f: Files) -> None:
    dossier = f.walk(f.open(), "application")
    step, until = dossier.next_step, dossier.next_until
    assert until is not None
    f.on(until + timedelta(days=5))
    miss_limits(actor=SYSTEM, at=f.at)
    f.close(dossier, step, day=until + timedelta(days=5))
    assert len(missed(dossier)) == 1
    assert not Deed.objects.filter(kind="dossier.miss_lifted").exists()


def test_more_time_makes_another_limit_with_a_miss_of_its_own_and_a_batch_starves_nobody(f: Files) -> None:
    dossier = f.walk(f.open(), "upper_talk")
    was = dossier.next_until
    assert was is not None
    closing.extend(actor=f.town, at=f.at, key=f.key(), dossier=dossier.public_id, months=2, reason="特殊")
    assert miss_limits(actor=SYSTEM, at=noon(was + timedelta(days=1))) == 0
    longer = Dossier.objects.get(pk=dossier.pk).next_until
    assert longer is not None
    assert miss_limits(actor=SYSTEM, at=noon(longer + timedelta(days=1))) == 1
    assert Notice.objects.get(kind="dossier.missed").organisation_id == f.tree.north.pk
    other = f.walk(f.open("另一位"), "application")
    late = noon(max(longer, other.next_until or longer) + timedelta(days=2))
    assert miss_limits(actor=SYSTEM, at=late, limit=1) == 1
    assert len(missed(other)) == 1
