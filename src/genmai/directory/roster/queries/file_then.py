"""One member's file as it was known at a moment: later rows left out, later ends and corrections taken off."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from datetime import date, datetime
from typing import TypeVar

from django.utils.dateparse import parse_date

from genmai.directory.roster import sealing
from genmai.directory.roster.commands.corrections import PARTICULARS, purpose_of
from genmai.directory.roster.models import Correction, Membership, Post, Standing
from genmai.directory.roster.queries.members import MemberFile
from genmai.kernel import secrets
from genmai.kernel.viewer import Viewer

_Dated = TypeVar("_Dated", Membership, Post)


def corrections(viewer: Viewer, *, person_id: int) -> list[Correction]:
    """What was put right, the latest first; the caller has found the person within the viewer's scope. One query."""
    rows = Correction.objects.filter(person_id=person_id).select_related("recorded_by")
    return list(rows.order_by("-recorded_at", "-id"))


def as_known(viewer: Viewer, *, file: MemberFile, made: list[Correction], known_at: datetime) -> MemberFile:
    """The same file as known then. No query: everything it needs was fetched with the file."""
    history = [one for row in file.history if (one := _row(row, known_at)) is not None]
    current = next((row for row in history if row.valid_to is None), history[0] if history else file.current)
    person, profile = copy(file.person), copy(file.profile)
    phone, identity = file.phone, file.identity
    for field, old in _values(file, made, known_at).items():
        if field == "name":
            person.display_name = old
        elif field == "phone":
            phone = secrets.mask_phone(old) if old else ""
        elif field == "identity":
            identity = secrets.mask_id(old) if old else ""
        elif profile is not None and field in PARTICULARS:
            setattr(profile, field, _typed(field, old))
    return replace(
        file, person=person, profile=profile, phone=phone, identity=identity, history=history, current=current,
        standings=[given for row in file.standings if (given := _standing(row, known_at)) is not None],
        dues=[row for row in file.dues if row.recorded_at <= known_at],
        posts=[post for row in file.posts if (post := _row(row, known_at)) is not None],
        proposals=[row for row in file.proposals if row.raised_at <= known_at], transfer=None,
    )  # fmt: skip


def _values(file: MemberFile, made: list[Correction], known_at: datetime) -> dict[str, str]:
    """Field → what stood before the first correction made after that moment."""
    found = {}
    for one in made:  # the latest first, so the earliest of those after the moment is kept
        if one.recorded_at > known_at:
            found[one.field] = sealing.open_words(
                file.person, purpose=purpose_of(one.field), sealed=one.old_sealed
            )  # fmt: skip
    return found


def _typed(field: str, old: str) -> str | date | None:
    return parse_date(old) if field in ("born_on", "worked_on") and old else (None if field.endswith("_on") else old)


def _row(row: _Dated, known_at: datetime) -> _Dated | None:
    """A dated row without what was learned of its end since; None where it was not known yet, or withdrawn already."""
    if row.recorded_at is not None and row.recorded_at > known_at:
        return None
    if row.withdrawn_at is not None and row.withdrawn_at <= known_at:
        return None
    then = copy(row)
    if row.withdrawn_at is not None:
        then.valid_to = row.known_to
    if row.ended_recorded_at is not None and row.ended_recorded_at > known_at:
        then.valid_to = None
    return then


def _standing(row: Standing, known_at: datetime) -> Standing | None:
    """As known then; None where it was not known yet."""
    if row.recorded_at > known_at:
        return None
    row.asked_known = known_at
    return row
