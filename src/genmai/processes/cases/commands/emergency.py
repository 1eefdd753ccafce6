"""Emergency mode of a place: declared by a leader, told to everybody, prolonged or ended by a person, over at its time.

A mode that nobody ends runs out at `until`; before that its declarer is asked (a proposal, no decision). While it is
on, matters come in by the short form under the emergency mechanism; extras chosen with it are off.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from genmai.directory.roster.models import Level, Link, Organisation, OrganisationKind, Tree
from genmai.kernel import ids
from genmai.kernel.refusal import BadInput, Changed, NotFound, Refused
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor
from genmai.processes.cases import mechanism as mechanisms
from genmai.processes.cases import policies
from genmai.processes.cases.deeds import Declared
from genmai.processes.cases.definition_emergency import EmergencyMode
from genmai.processes.cases.flow_emergency import EMERGENCY_FLOW
from genmai.processes.cases.models import Bulletin, Emergency, PausedExtra
from genmai.processes.cases.queries import extras as standing
from genmai.records.deeds.commands import NewDeed, record
from genmai.records.deeds.models import Deed
from genmai.records.notices.commands import NewNotice, send
from genmai.records.writing import done_before

SOURCE = "emergency"
PLACES = (OrganisationKind.DISTRICT, OrganisationKind.TOWN, OrganisationKind.COMMUNITY)
LONGEST_TEXT = 1000
ENDED, EXPIRED = "ended", "expired"


def declare(
    *, actor: Actor, at: datetime, key: UUID, organisation_id: int, kind: str, level: str, until: datetime, text: str,
    extras: Collection[str] = (),
) -> Emergency:  # fmt: skip
    """Put a town, village or district into emergency mode. `text`: what is known and what to do, for everybody.

    The same key again gives the first one. Raises NotPermitted, BadInput, Refused('already_on').
    """
    installed = mechanisms.emergency()
    if installed is None:
        raise Refused("no_emergency", "这里没有安装应急办法")
    _, mode = mechanisms.emergency_mode(installed.ref)
    place, path = _place(organisation_id)
    policies.check_may(EMERGENCY_FLOW.row("declare").who, actor, path)
    _check_given(mode, kind, level, extras)
    _check_until(mode, level, at, until)
    words = _words(text)
    try:
        with transaction.atomic():
            known = _done_before(key)
            if known is not None:
                return known
            _end_what_ran_out(actor, at, place.pk)
            made = Emergency.objects.create(
                public_id=ids.derive(at, key, "emergency"), organisation=place, path=path, mechanism=installed.ref,
                kind=kind, level=level, started_at=at, until=until, declared_by_id=actor.person_id,
                declared_for_id=actor.organisation_id,
            )  # fmt: skip
            pauses = [PausedExtra(extra=extra, since=at, emergency=made) for extra in sorted(set(extras))]
            PausedExtra.objects.bulk_create(pauses)
            payload = Declared(extras=tuple(sorted(set(extras))))
            deed = _written(actor, at, key, made, "declare", payload=payload, reason=kind, outcome=level, due_at=until)
            Bulletin.objects.create(
                emergency=made, deed_id=deed.public_id, at=at, author_id=actor.person_id, text=words
            )
            _tell(made, at, key, "emergency.declared")
    except IntegrityError as taken:
        found = _done_before(key)
        if found is not None:
            return found
        raise Refused("already_on", "{place}已经在应急状态，要延长或改说明，请打开那一条", place=place.name) from taken
    standing.forget()
    return made


def prolong(
    *, actor: Actor, at: datetime, key: UUID, emergency: UUID, until: datetime, seen: int | None = None
) -> Emergency:
    """A later end, at most the level's hours from now. Raises as `declare`, and Changed."""

    def change(found: Emergency, mode: EmergencyMode) -> dict[str, Any]:
        _check_until(mode, found.level, at, until)
        if until <= found.until:
            raise BadInput("not_later", "新的结束时间要晚于原来的", field="until")
        found.until, found.proposed_at = until, None
        return {"due_at": until}

    return _act("prolong", actor, at, key, emergency, change, seen)


def inform(*, actor: Actor, at: datetime, key: UUID, emergency: UUID, text: str) -> Emergency:
    """Tell everybody in the place what is known and what to do now."""
    words = _words(text)
    return _act("inform", actor, at, key, emergency, lambda found, mode: {}, None, words)


def end(*, actor: Actor, at: datetime, key: UUID, emergency: UUID, seen: int | None = None) -> Emergency:
    """Back to the usual forms and clocks; matters taken in keep the clocks they came in with."""
    return _act("end", actor, at, key, emergency, lambda found, mode: _over(found, at, ENDED), seen)


def expire(*, actor: Actor, at: datetime, limit: int = 50) -> int:
    """Note the end of those whose time has come. How many."""
    done = 0
    for public_id in _open().filter(until__lte=at).order_by("until").values_list("public_id", flat=True)[:limit]:
        with transaction.atomic():
            found = _open().select_for_update(skip_locked=True, of=("self",)).filter(public_id=public_id).first()
            if found is not None:
                _run_out(actor, at, found)
                done += 1
    if done:
        standing.forget()
    return done


def propose_end(*, actor: Actor, at: datetime, limit: int = 50) -> int:
    """Ask the declarer, once, whether it may run out: the mechanism says how long before. How many were asked."""
    asked = 0
    for found in _open().filter(proposed_at__isnull=True, until__gt=at)[:limit]:
        _, mode = mechanisms.emergency_mode(found.mechanism)
        if at < found.until - timedelta(hours=mode.propose_end_hours):
            continue
        with transaction.atomic():
            waiting = _open().filter(pk=found.pk, proposed_at__isnull=True, until=found.until)
            if waiting.update(proposed_at=at):
                key = ids.key_of("propose end", str(found.public_id), found.until.isoformat())
                told = {found.declared_for_id, found.organisation_id} - {None}
                notices = [_notice(found, one, "emergency.ending") for one in sorted(told)]
                send(at=at, key=key, notices=notices)
                asked += 1
    return asked


# -- shared course -----------------------------------------------------------------------------------------------------

Change = Callable[[Emergency, EmergencyMode], dict[str, Any]]


def _act(
    verb: str, actor: Actor, at: datetime, key: UUID, emergency: UUID, change: Change, seen: int | None, words: str = ""
) -> Emergency:
    """Lock, check, change, write: deed, words and notices in one transaction."""
    with transaction.atomic():
        found = Emergency.objects.select_for_update().filter(public_id=emergency).first()
        if found is None:
            raise NotFound()
        if _done_before(key) is not None:
            return found
        row = EMERGENCY_FLOW.row(verb)
        policies.check_may(row.who, actor, found.path)
        if seen is not None and seen != found.version:
            raise Changed("changed", "刚才有别人先办了这件事，请看最新情况再办；您填的内容还在")
        EMERGENCY_FLOW.step("over" if found.ended_at is not None or found.until <= at else "on", verb)
        _, mode = mechanisms.emergency_mode(found.mechanism)
        fields = change(found, mode)
        found.version += 1
        found.save()
        deed = _written(actor, at, key, found, verb, **fields)
        if words:
            Bulletin.objects.create(
                emergency=found, deed_id=deed.public_id, at=at, author_id=actor.person_id, text=words
            )
        if row.notice:
            _tell(found, at, key, row.notice)
    standing.forget()
    return found


def _written(actor: Actor, at: datetime, key: UUID, found: Emergency, verb: str, **fields: Any) -> Deed:
    new = NewDeed(
        kind=EMERGENCY_FLOW.row(verb).deed, source_kind=SOURCE, source_id=found.public_id, mechanism=found.mechanism,
        organisation_id=found.organisation_id, path=found.path, **fields,
    )  # fmt: skip
    return record(actor=actor, at=at, key=key, deeds=[new])[0]


def _over(found: Emergency, at: datetime, how: str) -> dict[str, Any]:
    """Closed at its own time when it ran out; extras that were off for it come back."""
    found.ended_at = min(at, found.until) if how == EXPIRED else at
    PausedExtra.objects.filter(emergency=found, ended_at__isnull=True).update(ended_at=found.ended_at)
    return {"outcome": how, "happened_at": found.ended_at}


def _run_out(actor: Actor, at: datetime, found: Emergency) -> None:
    key = ids.key_of("expire emergency", str(found.public_id), found.until.isoformat())
    system = Actor.system("emergency") if actor.person_id is not None else actor
    fields = _over(found, at, EXPIRED)
    found.version += 1
    found.save()
    _written(system, at, key, found, "end", **fields)
    _tell(found, at, key, "emergency.ended")


def _end_what_ran_out(actor: Actor, at: datetime, organisation_id: int) -> None:
    """A mode that is over but not yet noted so does not stand in the way of a new one."""
    late = _open().select_for_update().filter(organisation_id=organisation_id, until__lte=at).first()
    if late is not None:
        _run_out(actor, at, late)


def _open() -> Any:
    return Emergency.objects.filter(ended_at__isnull=True)


def _done_before(key: UUID) -> Emergency | None:
    source = done_before(key)
    return None if source is None else Emergency.objects.filter(public_id=source).first()


# -- checks ------------------------------------------------------------------------------------------------------------


def _place(organisation_id: int) -> tuple[Organisation, str]:
    links = Link.objects.filter(tree=Tree.ADMINISTRATIVE, valid_to__isnull=True, organisation_id=organisation_id)
    link = links.select_related("organisation").first()
    if link is None or link.organisation.kind not in PLACES:
        raise BadInput("no_place", "应急状态只能由镇街、村社或者全区宣布", field="place", allowed="区、镇街、村社")
    return link.organisation, link.path


def _check_given(mode: EmergencyMode, kind: str, level: str, extras: Collection[str]) -> None:
    for field, value, known in (("kind", [kind], mode.kinds), ("level", [level], mode.levels)):
        _check_known(field, value, known)
    _check_known("extras", extras, mode.extras)


def _check_known(field: str, values: Collection[str], known: Collection[str]) -> None:
    for value in values:
        if value not in known:
            message = "没有“{value}”这一项"
            raise BadInput("unknown", message, field=field, allowed="、".join(known), value=value)


def _check_until(mode: EmergencyMode, level: str, at: datetime, until: datetime) -> None:
    longest = mode.levels[level].longest_hours
    if until <= at:
        raise BadInput("in_the_past", "结束时间要晚于现在", field="until")
    if until > at + timedelta(hours=longest):
        message = "这一级最长宣布 {hours} 小时，到时还需要可以再延长"
        raise BadInput("too_long", message, field="until", hours=longest)


def _words(text: str) -> str:
    words = clean(text, LONGEST_TEXT, field="text", multiline=True).strip()
    if not words:
        raise BadInput("empty", "请写明现在知道什么、请大家怎么做", field="text")
    return words


# -- telling -----------------------------------------------------------------------------------------------------------


def _tell(found: Emergency, at: datetime, key: UUID, kind: str) -> None:
    """The bodies of the place down to its villages, and those above it."""
    inside = Link.objects.filter(
        tree=Tree.ADMINISTRATIVE, valid_to__isnull=True, path__startswith=found.path,
        organisation__level__gte=Level.COMMUNITY, organisation__closed_on__isnull=True,
    )  # fmt: skip
    told = {*inside.values_list("organisation_id", flat=True), *policies.line(found.path)}
    send(at=at, key=key, notices=[_notice(found, one, kind) for one in sorted(told)])


def _notice(found: Emergency, organisation_id: int, kind: str) -> NewNotice:
    payload = {"place": found.organisation_id, "kind": found.kind, "until": found.until.isoformat()}
    return NewNotice(
        kind=kind, source_kind=SOURCE, source_id=found.public_id, organisation_id=organisation_id, payload=payload,
        urgency="urgent",
    )  # fmt: skip
