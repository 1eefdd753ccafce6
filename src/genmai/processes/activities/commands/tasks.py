"""Opening a task, ending it with who came, cancelling it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction

from genmai.directory.roster.models import Link, Tree
from genmai.kernel import ids
from genmai.kernel.refusal import BadInput, Changed, NotFound
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor
from genmai.processes.activities import mechanism, policies
from genmai.processes.activities.definition import Volunteering
from genmai.processes.activities.flow import FLOW
from genmai.processes.activities.models import SignUp, Task
from genmai.processes.activities.writing import deed, holding, locked, made, to_organiser, to_person, write
from genmai.records.deeds.commands import record
from genmai.records.notices.commands import send
from genmai.records.writing import done_before

HALF = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class NewTask:
    """What is asked for. `source_kind` and `source_id`: what raised it, empty when it stands for itself."""

    organisation_id: int
    kind: str
    title: str
    place_text: str
    wanted: int
    begins_at: datetime
    ends_at: datetime
    text: str = ""
    place_id: int | None = None
    skills: Sequence[str] = ()
    source_kind: str = ""
    source_id: UUID | None = None


def open_task(*, actor: Actor, at: datetime, key: UUID, task: NewTask) -> Task:
    """Ask for people. The same key again gives the first one. Raises NotPermitted, BadInput naming the field."""
    installed = mechanism.current()
    rules = mechanism.rules_of(installed.ref)
    path = _path(task.organisation_id)
    policies.check_organise(actor, path)
    _check(rules, task, at)
    new = Task(
        public_id=ids.derive(at, key, "task"), state=FLOW.step("", "open"), mechanism=installed.ref,
        organisation_id=task.organisation_id, path=path, kind=task.kind, title=_title(task.title),
        text=clean(task.text, 1000, field="text", multiline=True), place_id=task.place_id,
        place_text=_place(task.place_text), skills=sorted(set(task.skills)), wanted=task.wanted,
        begins_at=task.begins_at, ends_at=task.ends_at, opened_at=at, opened_by_id=actor.person_id,
        source_kind=task.source_kind, source_id=task.source_id,
    )  # fmt: skip
    try:
        with transaction.atomic():
            new.save()
            opened = deed(new, "open", reason=task.kind, quantity=task.wanted, due_at=task.begins_at)
            record(actor=actor, at=at, key=key, deeds=[opened])
            send(at=at, key=key, notices=[to_organiser(new, "task.opened")])
    except (IntegrityError, Changed):
        found = Task.objects.filter(public_id=new.public_id).first()
        if found is None:
            raise
        return found
    return new


def finish(
    *, actor: Actor, at: datetime, key: UUID, task: UUID, hours: Mapping[UUID, Decimal], text: str = "",
    seen: int | None = None,
) -> Task:  # fmt: skip
    """End it and record, once, who came and for how long (by the public id of the place). Who is not named did not come.

    Raises NotPermitted, Changed, Refused('wrong_state') the second time, BadInput('hours' | 'too_early').
    """
    with transaction.atomic():
        found = locked(task)
        if done_before(key):
            return found
        policies.check_organise(actor, found.path)
        FLOW.step(found.state, "finish")
        if seen is not None and seen != found.version:
            raise Changed("changed", "刚才有别人先办了这件事，请看最新情况再办；您填的内容还在")
        if at < found.begins_at:
            raise BadInput("too_early", "任务还没开始，来了谁要等开始以后再登记", field="hours")
        places = {one.public_id: one for one in holding(found)}
        _check_hours(mechanism.rules_of(found.mechanism), hours, places)
        for one in places.values():
            one.came = one.public_id in hours
            one.hours = hours.get(one.public_id)
        SignUp.objects.bulk_update(places.values(), ["came", "hours"])
        came = [one for one in places.values() if one.came]
        ended = [deed(found, "finish", quantity=len(came))]
        ended += [
            made(found, "task.attended", person_id=one.person_id, quantity=one.hours, subject_id=one.public_id)
            for one in came
        ]
        found.closed_at, found.closing_text = at, clean(text, 300, field="text")
        told = [to_person(found, "task.finished", one.person_id) for one in places.values()]
        write(actor, at, key, found, "finish", ended, told)
    return found


def cancel(*, actor: Actor, at: datetime, key: UUID, task: UUID, text: str, seen: int | None = None) -> Task:
    """Nobody needs to come; everybody who signed up is told why. Raises as `finish`."""
    with transaction.atomic():
        found = locked(task)
        if done_before(key):
            return found
        policies.check_organise(actor, found.path)
        FLOW.step(found.state, "cancel")
        if seen is not None and seen != found.version:
            raise Changed("changed", "刚才有别人先办了这件事，请看最新情况再办；您填的内容还在")
        words = clean(text, 300, field="text").strip()
        if not words:
            raise BadInput("empty", "请写一句为什么取消，报了名的人都会看到", field="text")
        places = holding(found)
        found.closed_at, found.closing_text = at, words
        told = [to_person(found, "task.cancelled", one.person_id) for one in places]
        write(actor, at, key, found, "cancel", [deed(found, "cancel", quantity=len(places))], told)
    return found


def _path(organisation_id: int) -> str:
    path = Link.objects.filter(
        tree=Tree.ADMINISTRATIVE, valid_to__isnull=True, organisation_id=organisation_id
    ).values_list("path", flat=True)
    found = path.first()
    if found is None:
        raise NotFound()
    return found


def _check(rules: Volunteering, task: NewTask, at: datetime) -> None:
    unknown = [value for value, known in ((task.kind, rules.kinds),) if value not in known]
    unknown += [skill for skill in task.skills if skill not in rules.skills]
    if unknown:
        field = "kind" if task.kind in unknown else "skills"
        raise BadInput("unknown", "没有“{value}”这一项", field=field, value=unknown[0])
    if not 1 <= task.wanted <= rules.most_people:
        raise BadInput("wanted", "一个任务要 1 到 {most} 人", field="wanted", most=rules.most_people)
    if task.ends_at <= task.begins_at:
        raise BadInput("span", "结束时间要晚于开始时间", field="ends_at")
    if task.ends_at - task.begins_at > timedelta(hours=rules.longest_hours):
        message = "一个任务最长 {hours} 小时，再长请分成几班"
        raise BadInput("too_long", message, field="ends_at", hours=rules.longest_hours)
    if task.ends_at <= at:
        raise BadInput("in_the_past", "这个时间已经过了", field="begins_at")


def _title(text: str) -> str:
    title = clean(text, 60, field="title").strip()
    if not title:
        raise BadInput("empty", "请写要做什么", field="title")
    return title


def _place(text: str) -> str:
    place = clean(text, 120, field="place_text").strip()
    if not place:
        raise BadInput("empty", "请写在哪里集合", field="place_text")
    return place


def _check_hours(rules: Volunteering, hours: Mapping[UUID, Decimal], places: Mapping[UUID, SignUp]) -> None:
    for one, spent in hours.items():
        if one not in places:
            raise NotFound("名单里没有这个人")
        if not HALF <= spent <= rules.longest_hours or spent % HALF:
            message = "时长按半小时填，从 0.5 到 {most} 小时"
            raise BadInput("hours", message, field="hours", most=rules.longest_hours)
