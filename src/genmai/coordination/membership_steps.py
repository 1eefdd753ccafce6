"""A step that gives a membership stage has been closed: the member's row in the roster follows, from the day it counts.

The file decides and the roster records: what this does is the closing itself, made by the body named in the rules. A
correction or a step begun again takes nothing back by itself; the body changes the membership by its own record.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from genmai.directory.roster.commands import members
from genmai.directory.roster.models import Membership, Profile, Stage
from genmai.kernel.viewer import Actor
from genmai.processes.registers.models import Dossier, DossierEntry
from genmai.processes.registers.procedures import course
from genmai.processes.registers.procedures.mechanism import rules_of
from genmai.processes.registers.procedures.writing import happenings
from genmai.records.deeds.models import Deed

_WAY = list(Stage.values)


def follow(*, actor: Actor, at: datetime, key: UUID, deed: Deed) -> Membership | None:
    """The membership after one `dossier.step_closed`; None where the step gives none, or it is reached already."""
    if deed.milestone not in _WAY:
        return None
    dossier = Dossier.objects.select_related("subject", "branch").filter(public_id=deed.source_id).first()
    if dossier is None:
        return None
    rules = rules_of(dossier.mechanism, dossier.procedure)
    step, on = rules.steps[deed.reason], _day_of(dossier, deed)
    if on is None:
        return None
    document = f"{rules.title} {step.order} {step.title}"
    current = Membership.objects.filter(person=dossier.subject, valid_to__isnull=True).first()
    if current is None:
        return _enrol(actor, at, key, dossier, deed.milestone, on, document)
    if _WAY.index(current.stage) >= _WAY.index(deed.milestone):
        return current
    return members.change(
        actor=actor, at=at, key=key, person_id=dossier.subject_id, on=max(on, current.valid_from), document=document,
        stage=deed.milestone, joined_on=on if deed.milestone == Stage.PROBATIONARY else None,
        full_on=on if deed.milestone == Stage.FULL else None,
    )  # fmt: skip


def _day_of(dossier: Dossier, deed: Deed) -> date | None:
    """The day the membership counts from: that of the step `since`, as it stands in the file now."""
    rules = rules_of(dossier.mechanism, dossier.procedure)
    rows = DossierEntry.objects.filter(dossier=dossier).select_related("corrects").order_by("number")
    closed = course.standing(rules, happenings(rows)).closed
    counted = closed.get(rules.steps[deed.reason].since or deed.reason)
    return counted.on if counted is not None and deed.reason in closed else None


def _enrol(
    actor: Actor, at: datetime, key: UUID, dossier: Dossier, stage: str, on: date, document: str
) -> Membership | None:
    """Somebody known to no branch yet; only an applicant begins here."""
    if stage != Stage.APPLICANT:
        return None
    known = Profile.objects.filter(person=dossier.subject).first() or Profile()
    told = members.NewMember(
        name=dossier.subject.display_name, sex=known.sex, born_on=known.born_on, ethnicity=known.ethnicity,
        education=known.education, degree=known.degree, occupation=known.occupation, worked_on=known.worked_on,
    )  # fmt: skip
    return members.enrol(
        actor=actor, at=at, key=key, branch=dossier.branch, member=told, stage=stage, on=on, document=document,
        person=dossier.subject,
    )  # fmt: skip
