"""A closed step changes the membership, from the day it counts, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.factories.dossiers import Files, files

from genmai.coordination import walking
from genmai.directory.roster.models import Membership
from genmai.kernel.viewer import Actor
from genmai.processes.registers.models import Dossier, DossierEntry
from genmai.records.deeds.models import Deed

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("coordination")


@pytest.fixture
def f(db: None) -> Files:
    return files()


def react(f: Files, dossier: Dossier) -> None:
    deeds = Deed.objects.filter(source_id=dossier.public_id).order_by("id")
    walking.react(actor=SYSTEM, at=f.at, deeds=deeds)


def now(dossier: Dossier) -> Membership:
    return Membership.objects.get(person=dossier.subject, valid_to__isnull=True)


def test_each_stage_follows_from_the_day_it_counts(f: Files) -> None:
    dossier = f.walk(f.open(), "recommend")
    react(f, dossier)
    assert now(dossier).stage == "applicant"
    decided = DossierEntry.objects.get(dossier=dossier, step="recommend").happened_on
    f.on(f.today + timedelta(days=9))
    f.close(dossier, "file_activist")
    react(f, dossier)
    assert (now(dossier).stage, now(dossier).valid_from) == ("activist", decided)
    f.walk(dossier, "approval")
    react(f, dossier)
    meeting = DossierEntry.objects.get(dossier=dossier, step="meeting").happened_on
    assert (now(dossier).stage, now(dossier).joined_on) == ("probationary", meeting)
    f.walk(dossier, "full_approval")
    react(f, dossier)
    full = DossierEntry.objects.get(dossier=dossier, step="full_meeting").happened_on
    assert (now(dossier).stage, now(dossier).joined_on, now(dossier).full_on) == ("full", meeting, full)
    rows = Membership.objects.filter(person=dossier.subject).count()
    react(f, dossier)
    assert Membership.objects.filter(person=dossier.subject).count() == rows == 5


def test_a_secretarys_file_changes_no_membership(f: Files) -> None:
    dossier = f.walk(f.open("周书记", procedure="secretary"), "archive")
    react(f, dossier)
    assert now(dossier).stage == "applicant"
    assert Membership.objects.filter(person=dossier.subject).count() == 1
