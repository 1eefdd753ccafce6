"""Stopping a file with the reason, going on, and ending it. What was done stays in it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from genmai.kernel.refusal import BadInput, check_seen
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor
from genmai.processes.registers.flow import DOSSIER
from genmai.processes.registers.models import Dossier
from genmai.processes.registers.procedures.policies import check_may
from genmai.processes.registers.procedures.writing import LONGEST, Writing, lock
from genmai.records.writing import done_before


def stop(*, actor: Actor, at: datetime, key: UUID, dossier: UUID, reason: str, seen: int | None = None) -> Dossier:
    """Nothing goes on until it is resumed; limits keep running, since no rule known to us stops them."""
    return _act("stop", actor, at, key, dossier, reason, seen)


def resume(*, actor: Actor, at: datetime, key: UUID, dossier: UUID, reason: str, seen: int | None = None) -> Dossier:
    """It goes on where it stood."""
    return _act("resume", actor, at, key, dossier, reason, seen)


def end(*, actor: Actor, at: datetime, key: UUID, dossier: UUID, reason: str, seen: int | None = None) -> Dossier:
    """For good: another attempt is another file. A membership already given is not touched."""
    return _act("end", actor, at, key, dossier, reason, seen)


def _act(verb: str, actor: Actor, at: datetime, key: UUID, dossier: UUID, reason: str, seen: int | None) -> Dossier:
    with transaction.atomic():
        writing = Writing(actor=actor, at=at, key=key, dossier=lock(actor, dossier))
        check_may(actor, writing.dossier, *writing.rules.stopped_by)
        if done_before(key):
            return writing.dossier
        DOSSIER.step(writing.dossier.state, verb)
        check_seen(seen, writing.dossier.version)
        told = clean(reason, LONGEST, multiline=True, field="reason")
        if not told:
            raise BadInput("empty", "请写明理由", field="reason")
        kind = {"stop": "stopped", "resume": "resumed", "end": "ended"}[verb]
        writing.enter(kind, writing.today, words={"text": told}, deed=DOSSIER.row(verb).deed)
        return writing.step(verb)
