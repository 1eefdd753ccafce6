"""Notices are written with the deed they tell of and sent later; every try leaves a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from genmai.kernel import ids
from genmai.kernel.refusal import BadInput, NotPermitted
from genmai.kernel.rows import insert
from genmai.kernel.viewer import Actor
from genmai.records.notices.models import Attempt, Notice, QuietChoice
from genmai.records.notices.quiet import Window

MEANT_FOR = "meant_for"  # in `payload`: whose it is, where nobody keeps that body and the next one above is told


@dataclass(frozen=True, slots=True)
class NewNotice:
    """Somebody to be told: an organisation's people, a person, or a caller of a case. No personal data in `payload`."""

    kind: str
    source_kind: str
    source_id: UUID
    organisation_id: int | None = None
    person_id: int | None = None
    caller_id: UUID | None = None
    not_before: datetime | None = None
    urgency: str = ""  # of the matter it is about: urgent ones are never held over quiet hours
    payload: Mapping[str, Any] = field(default_factory=dict)


def send(*, at: datetime, key: UUID, notices: Sequence[NewNotice], start: int = 0) -> list[Notice]:
    """Put notices into the outbox in one insert, numbered from `start` within the command's key."""
    rows = [
        Notice(
            public_id=ids.derive(at, key, "notice", start + index),
            kind=new.kind,
            at=at,
            not_before=new.not_before or at,
            organisation_id=new.organisation_id,
            person_id=new.person_id,
            caller_id=new.caller_id,
            source_kind=new.source_kind,
            source_id=new.source_id,
            payload=dict(new.payload),
            urgency=new.urgency,
        )
        for index, new in enumerate(notices)
    ]
    insert(rows)
    return rows


def claim(*, at: datetime, limit: int = 100) -> list[Notice]:
    """Waiting notices for one channel worker, locked until its transaction ends; other workers pass over them.

    Call inside `transaction.atomic()` together with the tries, so that a killed worker leaves them waiting.
    """
    due = Notice.objects.select_for_update(skip_locked=True, of=("self",)).filter(sent_at=None, not_before__lte=at)
    return list(due.select_related("organisation", "person").order_by("not_before", "id")[:limit])


def hold(*, at: datetime, notices: Sequence[Notice], until: datetime, why: str) -> None:
    """Keep these back over quiet hours; they go out together then. One statement for any number."""
    Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(
        not_before=until, held_until=until, held_why=why
    )


def bundle(*, at: datetime, notices: Sequence[Notice]) -> None:
    """What was held for the same reader until the same moment is one bundle. One statement a bundle."""
    by: dict[tuple[object, ...], list[int]] = {}
    for notice in notices:
        if notice.held_until is not None:
            reader: tuple[object, ...] = (
                notice.organisation_id,
                notice.person_id,
                notice.caller_id,
                notice.held_until.isoformat(),
            )
            by.setdefault(reader, []).append(notice.pk)
    for reader, pks in by.items():
        key = ids.key_of("bundle", *(str(part) for part in reader))
        Notice.objects.filter(pk__in=pks).update(bundle=key)


def choose_quiet(
    *, actor: Actor, at: datetime, key: UUID, rule: Window, most_hours: int, begins: int, ends: int, rest_days: bool
) -> QuietChoice:
    """One's own quiet hours, wider than the rule and never narrower; what is urgent passes all the same.

    Raises NotPermitted for who is not signed in, BadInput('narrower' | 'too_wide').
    """
    if actor.person_id is None:
        raise NotPermitted("not_permitted", "请先登录")
    chosen = Window(begins, ends, rest_days)
    if not chosen.covers(rule):
        raise BadInput("narrower", "只能比统一的安静时间更长，不能更短", field="begins")
    if chosen.minutes() > most_hours * 60:
        raise BadInput("too_wide", "一天最多安静 {hours} 小时，不然消息送不到您", field="ends", hours=most_hours)
    last = QuietChoice.objects.filter(person_id=actor.person_id).order_by("-id").first()
    if last is not None and (last.begins, last.ends, last.rest_days) == (begins, ends, rest_days):
        return last
    return QuietChoice.objects.create(
        person_id=actor.person_id, begins=begins, ends=ends, rest_days=rest_days, recorded_at=at
    )


LONGEST_PAUSE = timedelta(hours=12)


@transaction.atomic
def tried(*, at: datetime, notice: Notice, channel: str, delivered: bool, detail: str = "") -> Attempt:
    """Record one try. Delivered: the notice is done. Failed: it waits 1, 2, 4 … minutes, 12 hours at most."""
    attempt = Attempt.objects.create(notice=notice, at=at, channel=channel, delivered=delivered, detail=detail[:200])
    if delivered:
        notice.sent_at = at
    else:
        failures = Attempt.objects.filter(notice=notice, delivered=False).count()
        notice.not_before = at + min(timedelta(minutes=2 ** min(failures - 1, 12)), LONGEST_PAUSE)
    notice.save(update_fields=["sent_at", "not_before"])
    return attempt


@transaction.atomic
def delivered(*, at: datetime, notices: Sequence[Notice], channel: str) -> int:
    """Record one successful try for each, in two statements for any number; how many."""
    Attempt.objects.bulk_create(Attempt(notice=notice, at=at, channel=channel, delivered=True) for notice in notices)
    return Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(sent_at=at)
