"""The load guard: when matters come in faster than the mechanism's threshold, extras give way; when it is calm they return.

Measured: matters taken in within the last minute, and notices whose time has come but which nobody could send yet.
Taking in and the desk are never touched.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from genmai.kernel import ids
from genmai.kernel.viewer import Actor
from genmai.processes.cases import mechanism as mechanisms
from genmai.processes.cases.deeds import Declared
from genmai.processes.cases.definition_emergency import Pressure
from genmai.processes.cases.models import Case, PausedExtra
from genmai.processes.cases.queries import extras as standing
from genmai.records.deeds.commands import NewDeed, record
from genmai.records.notices.models import Notice

SOURCE = "site"
MINUTE = timedelta(minutes=1)
CONTACTS, WAITING = "contacts", "waiting"


def watch(*, actor: Actor, at: datetime, limit: int = 1) -> str:
    """Pause or bring back what the guard pauses; "paused", "resumed" or "" when nothing changed."""
    installed = mechanisms.emergency()
    if installed is None:
        return ""
    _, mode = mechanisms.emergency_mode(installed.ref)
    with transaction.atomic():
        off = list(PausedExtra.objects.select_for_update().filter(emergency__isnull=True, ended_at__isnull=True))
        if not off:
            why = _pressed(mode.pressure, at)
            if not why:
                return ""
            extras = tuple(sorted(mode.extras))
            PausedExtra.objects.bulk_create(PausedExtra(extra=extra, since=at) for extra in extras)
            _note(actor, at, installed.ref, "extras.paused", extras, *why)
            said = "paused"
        else:
            if not _calm(mode.pressure, since=min(one.since for one in off), at=at):
                return ""
            PausedExtra.objects.filter(pk__in=[one.pk for one in off]).update(ended_at=at)
            extras = tuple(sorted(one.extra for one in off))
            _note(actor, at, installed.ref, "extras.resumed", extras, "", _contacts(at, MINUTE))
            said = "resumed"
    standing.forget()
    return said


def _pressed(pressure: Pressure, at: datetime) -> tuple[str, int] | None:
    """What is over its threshold, and how much; None when nothing is."""
    for reason, found, most in (
        (CONTACTS, _contacts(at, MINUTE), pressure.contacts),
        (WAITING, _waiting(at), pressure.waiting),
    ):
        if found >= most:
            return reason, found
    return None


def _calm(pressure: Pressure, *, since: datetime, at: datetime) -> bool:
    """Below the calm figures over the calm minutes, and paused at least that long."""
    span = MINUTE * pressure.calm_minutes
    if at - since < span:
        return False
    calm = _contacts(at, span) <= pressure.calm_contacts * pressure.calm_minutes
    return calm and _waiting(at) <= pressure.calm_waiting


def _contacts(at: datetime, span: timedelta) -> int:
    return Case.objects.filter(received_at__gt=at - span, received_at__lte=at).count()


def _waiting(at: datetime) -> int:
    return Notice.objects.filter(sent_at__isnull=True, not_before__lte=at).count()


def _note(
    actor: Actor, at: datetime, mechanism: str, kind: str, extras: tuple[str, ...], reason: str, quantity: int
) -> None:
    key = ids.key_of(kind, at.isoformat())
    deed = NewDeed(
        kind=kind, source_kind=SOURCE, source_id=ids.key_of("site"), mechanism=mechanism, reason=reason,
        quantity=quantity, payload=Declared(extras=extras),
    )  # fmt: skip
    record(actor=actor, at=at, key=key, deeds=[deed])
