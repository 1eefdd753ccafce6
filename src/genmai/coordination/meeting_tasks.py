"""A joint meeting's decision becomes a task: a case with the body responsible, the helping bodies and the due date.

The case names the decision (`external_ref`), so the meeting's page finds it and a second run opens no second one. A
decision about a matter makes a child of that matter. Where the duty list forbids the body, the case stays at the desk
with the reason: no meeting pushes a department's work to the base.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from genmai.directory.roster.models import Organisation
from genmai.directory.territory.days import day_of
from genmai.kernel import ids
from genmai.kernel.refusal import Refused
from genmai.kernel.text import shorten
from genmai.kernel.viewer import Actor
from genmai.mechanisms.schema import Limit
from genmai.processes.cases.commands import dispatching, family, handling, intake
from genmai.processes.cases.models import Case
from genmai.processes.decisions.deeds import WITHDRAWN
from genmai.processes.decisions.mechanism import kind_of
from genmai.processes.decisions.models import Decision
from genmai.records.deeds.models import Deed

SOURCE = "joint_meeting"


def open_task(*, actor: Actor, at: datetime, key: UUID, deed: Deed) -> Case | None:
    """The case of one `meeting.decided`; the same again gives the case that is. None for a decision not there."""
    decision = _decision(deed)
    if decision is None:
        return None
    with transaction.atomic():
        case = intake.receive(
            actor=actor,
            at=at,
            key=ids.subkey(key, "receive"),
            mechanism=decision.meeting.mechanism,
            report=_report(decision, _discussed(decision), at),
        )
        _give(actor, at, key, case, decision)
        _under(actor, at, key, case, decision)
        return case


def tell_task(*, actor: Actor, at: datetime, key: UUID, deed: Deed) -> Case | None:
    """A later record corrected a decision: its task is told, its body goes on or asks. Nothing is undone by itself."""
    decision = _decision(deed)
    first = decision
    while first is not None and first.corrects is not None:
        first = first.corrects
    case = Case.objects.filter(external_source=SOURCE, external_ref=str(first.public_id)).first() if first else None
    if decision is None or case is None:
        return None
    said = f"会议撤回了这项决定：{decision.text}"
    if deed.outcome != WITHDRAWN:
        said = f"会议更正了这项决定：{decision.text}（{decision.responsible.short_name}，{decision.due_on} 前）"
    try:
        return handling.note(actor=actor, at=at, key=ids.subkey(key, "note"), case=case.public_id, text=said)
    except Refused:
        return case  # it has ended: the meeting's page shows the correction, the case stays as it ended


def _decision(deed: Deed) -> Decision | None:
    rows = Decision.objects.select_related("meeting__organiser", "responsible", "item", "corrects")
    return rows.filter(public_id=deed.subject_id).first() if deed.subject_id else None


def _discussed(decision: Decision) -> Case | None:
    """The matter the decision is about, if it is about one that is still there."""
    if decision.item is None or decision.item.case_id is None:
        return None
    return Case.objects.filter(public_id=decision.item.case_id).first()


def _report(decision: Decision, about: Case | None, at: datetime) -> intake.Report:
    meeting = decision.meeting
    rules = kind_of(meeting.mechanism, meeting.kind)
    days = max((decision.due_on - day_of(at)).days, 1)
    return intake.Report(
        text=f"{decision.text}\n\n{meeting.title}，第 {decision.order} 项决定，{decision.due_on} 前办好。",
        title=shorten(decision.text, 60),
        service=rules.task_service,
        channel=rules.task_channel,
        category=about.category if about else "",
        place_id=about.place_id if about else None,
        place_text=about.place_text if about else "",
        organisation_id=about.home_id if about else meeting.organiser_id,
        wants_answer=False,
        external_source=SOURCE,
        external_ref=str(decision.public_id),
        keep=False,
        resolve=Limit(clock="calendar_days", amount=Decimal(days)),
    )


def _give(actor: Actor, at: datetime, key: UUID, case: Case, decision: Decision) -> None:
    helping = list(Organisation.objects.filter(pk__in=decision.helping).values_list("public_id", flat=True))
    try:
        dispatching.dispatch(
            actor=actor, at=at, key=ids.subkey(key, "dispatch"), case=case.public_id,
            to=decision.responsible.public_id, assisting=helping, text=decision.meeting.title,
        )  # fmt: skip
    except Refused as refused:
        said = f"会议定由{decision.responsible.short_name}办，没有交出去：{refused.text()}"
        handling.note(actor=actor, at=at, key=ids.subkey(key, "refused"), case=case.public_id, text=said)


def _under(actor: Actor, at: datetime, key: UUID, case: Case, decision: Decision) -> None:
    """Hang the task under the matter discussed; where that can't be (it has ended, it is a child), it stands alone."""
    about = _discussed(decision)
    if about is None:
        return
    try:
        family.attach(
            actor=actor, at=at, key=ids.subkey(key, "attach"), case=case.public_id, to=about.public_id,
            text=decision.meeting.title,
        )  # fmt: skip
    except Refused:
        return
