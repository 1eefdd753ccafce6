"""The demo's files: every stage to be seen, told through commands alone, quickly, the same each time."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from genmai.directory.access.models import Account
from genmai.directory.access.queries import viewer_for
from genmai.directory.roster.models import Membership
from genmai.processes.registers.models import Dossier, DossierEntry
from genmai.processes.registers.procedures import queries
from genmai.records.deeds.models import Deed
from genmai.simulation import demo, procedures

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def test_every_stage_is_there_and_it_is_quick() -> None:
    _district, ground = demo.ensure_ground(at=AT, seed=7, say=lambda _: None)
    _start, end = demo.span(AT)
    used = time.process_time()
    with CaptureQueriesContext(connection) as caught:
        procedures.tell(ground=ground, seed=7, end=end)
    assert time.process_time() - used < 4, "two seconds on a quiet machine"
    assert len(caught) < 2400
    joins = Dossier.objects.filter(procedure="join")
    assert set(joins.values_list("stage", flat=True)) == {"apply", "activist", "candidate", "probation", "full"}
    assert set(joins.values_list("state", flat=True)) == {"running", "stopped"}
    assert joins.filter(round=2, next_step="meeting").count() == 1
    secretaries = Dossier.objects.filter(procedure="secretary")
    assert sorted(secretaries.values_list("next_step", flat=True)) == ["appoint", "joint_review", "training"]
    assert len(secretaries.get(next_step="joint_review").asked) > 0
    stages = Membership.objects.filter(person__dossiers__procedure="join", valid_to=None).values_list(
        "stage", flat=True
    )
    assert set(stages) == {"applicant", "activist", "candidate", "probationary"}


def test_the_same_seed_tells_the_same() -> None:
    _district, ground = demo.ensure_ground(at=AT, seed=7, say=lambda _: None)
    _start, end = demo.span(AT)
    procedures.tell(ground=ground, seed=7, end=end)
    deeds = list(
        Deed.objects.filter(kind__startswith="dossier.").order_by("public_id").values_list("public_id", flat=True)
    )
    assert len(deeds) == len(set(deeds)) > 80
    assert DossierEntry.objects.count() > 80
    procedures.ensure_accounts(
        ground=ground, seed=7, at=AT, opened_on=demo.OPENED, password_of=lambda _: "grey herons 37"
    )
    account = Account.objects.get(login="dangjian")
    viewer = viewer_for(account, at=AT)
    dues = queries.dues(viewer, procedure="join", day=end.date())
    assert dues["open"] == len(procedures.APPLICANTS) + 2
    procedures.ensure_accounts(
        ground=ground, seed=7, at=AT, opened_on=demo.OPENED, password_of=lambda _: "grey herons 37"
    )
    assert Account.objects.filter(login__in=[login for login, *_ in procedures.LOGINS]).count() == 3
