"""A call written down: a new matter, or one more call about a matter that is open. One transaction, one key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from genmai.directory.roster.commands import find_or_add_resident
from genmai.interfaces.web.hotline.forms import ANSWERED, DESK, MINE
from genmai.interfaces.web.hotline.rota import mechanism
from genmai.kernel import ids
from genmai.kernel.refusal import NotPermitted
from genmai.kernel.viewer import Actor
from genmai.processes.cases import policies
from genmai.processes.cases.commands import dispatching, handling, intake, merging
from genmai.processes.cases.commands.step import done_before
from genmai.processes.cases.models import Case
from genmai.processes.cases.queries import matter

AGAIN = "来电再次反映"
CHANNEL = "hotline"


@dataclass(frozen=True, slots=True)
class Call:
    """What was written on the card."""

    text: str
    service: str = ""
    urgency: str = ""
    phone: str = ""
    name: str = ""
    place_id: int | None = None
    place_text: str = ""
    doing: str = DESK
    answer: str = ""
    outcome: str = ""


def save(*, actor: Actor, at: datetime, key: UUID, call: Call) -> Case:
    """A new matter, and what is done with it at once. Posted twice it is one. Raises what the commands raise."""
    with transaction.atomic():
        known = done_before(key)
        if known is not None:
            return known
        case = intake.receive(
            actor=actor, at=at, key=key, mechanism=mechanism().ref, report=_report(actor, at, key, call)
        )
        if call.doing == MINE:
            case = dispatching.take_on(actor=actor, at=at, key=ids.subkey(key, MINE), case=case.public_id)
        if call.doing == ANSWERED:
            case = dispatching.answer_at_once(
                actor=actor, at=at, key=ids.subkey(key, ANSWERED), case=case.public_id, outcome=call.outcome,
                text=call.answer,
            )  # fmt: skip
    return case


def _report(actor: Actor, at: datetime, key: UUID, call: Call, **more: object) -> intake.Report:
    person = find_or_add_resident(actor=actor, at=at, key=ids.subkey(key, "resident"), phone=call.phone, name=call.name)
    return intake.Report(
        text=call.text,
        service=call.service,
        urgency=call.urgency,
        channel=CHANNEL,
        place_id=call.place_id,
        place_text=call.place_text,
        person_id=person.pk if person else None,
        keep=call.doing != DESK,
        **more,  # type: ignore[arg-type]
    )


def add_call(*, actor: Actor, at: datetime, key: UUID, call: Call, to: UUID) -> Case:
    """One more call about an open matter: joined to it where the actor may merge, else noted on it, else left to the
    desk with the matter's number, so that in no case the call is lost. Gives the matter it went to.

    Raises NotFound outside the actor's view.
    """
    with transaction.atomic():
        known = done_before(key)
        if known is not None:
            return known.merged_into or known
        matter_ = matter.find(actor.viewer, public_id=to)
        if policies.may("cases:merge", actor, _desk_path(matter_)):
            repeat = _repeat(actor, at, key, call, matter_)
            merging.merge(actor=actor, at=at, key=ids.subkey(key, "merge"), case=repeat.public_id, into=to, text=AGAIN)
            return matter_
        try:
            with transaction.atomic():
                text = f"{AGAIN}：{call.text}" if call.text else AGAIN
                return handling.note(actor=actor, at=at, key=key, case=to, text=text)
        except NotPermitted:
            return _repeat(actor, at, key, call, matter_, note=f"（{AGAIN}，原事项 {matter_.number}）")


def _repeat(actor: Actor, at: datetime, key: UUID, call: Call, of: Case, note: str = "") -> Case:
    """The call as a matter of its own, at the place and on the subject of the one it repeats."""
    words = call.text or of.title or of.text
    call = Call(text=f"{words[:1900]}{note}", service=call.service or _service(of), phone=call.phone, name=call.name,
                place_id=of.place_id, place_text=of.place_text)  # fmt: skip
    more = {"category": of.category, "organisation_id": of.home_id, "title": of.title}
    report = _report(actor, at, key, call, **more)
    return intake.receive(actor=actor, at=at, key=key, mechanism=mechanism().ref, report=report)


def _service(of: Case) -> str:
    """The same kind of service, if the hotline knows it."""
    from genmai.processes.cases.definition import CasesSection

    return of.service if of.service in mechanism().section(CasesSection).kinds else ""


def _desk_path(case: Case) -> str:
    """The desk stands on the line down to the matter's home."""
    head, found, _ = case.home_path.partition(f"/{case.desk_id}/")
    return f"{head}/{case.desk_id}/" if found else case.home_path
