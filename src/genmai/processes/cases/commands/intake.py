"""Taking a matter in: from a resident's page, a telephone call, staff on somebody's behalf, or a sheet."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from genmai.directory.roster.models import Level
from genmai.kernel import ids
from genmai.kernel.flow import START
from genmai.kernel.refusal import BadInput, Refused
from genmai.kernel.rows import insert
from genmai.kernel.text import bigrams, clean
from genmai.kernel.viewer import Actor, ActorKind
from genmai.kernel.walled import house
from genmai.mechanisms.schema import Limit
from genmai.processes.cases import mechanism as mechanisms
from genmai.processes.cases import policies
from genmai.processes.cases.commands.kinship import check_done
from genmai.processes.cases.commands.step import Step, act, done_before
from genmai.processes.cases.deeds import Received
from genmai.processes.cases.definition import CasesSection
from genmai.processes.cases.models import Attachment, Caller, Case

LONGEST_TEXT = 8000
LONGEST_TITLE = 120
LONGEST_PLACE = 120
BASE = (Level.BUILDING, Level.GRID, Level.COMMUNITY)


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody brings. `organisation_id` names the receiving body where no place is known.

    `keep`: whoever took the call or visit holds it first; False leaves it to the desk at once.
    `addressed`: it belongs to `organisation_id` wherever its place is (what inspectors find is the inspectors').
    `resolve`: by when it is to be answered was agreed beforehand (a meeting's decision): this limit, not the usual one.
    `follow_digest`: SHA-256 of the code the reporter follows the matter with; the code itself is never stored.
    """

    text: str
    title: str = ""
    service: str = ""
    urgency: str = ""
    category: str = ""
    channel: str = "web"
    place_id: int | None = None
    place_text: str = ""
    organisation_id: int | None = None
    person_id: int | None = None
    follow_digest: bytes | None = None
    wants_answer: bool = True
    external_source: str = ""
    external_ref: str = ""
    happened_at: datetime | None = None
    keep: bool = True
    addressed: bool = False
    resolve: Limit | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """An image already re-encoded, stripped of its location and stored under its digest."""

    sha256: str
    media_type: str
    width: int
    height: int
    size: int


@dataclass(frozen=True, slots=True)
class Home:
    """Where a matter belongs: the body of its place, and who dispatches it."""

    organisation_id: int
    path: str
    level: int
    desk_id: int
    desk_path: str


def receive(
    *, actor: Actor, at: datetime, key: UUID, mechanism: str, report: Report, pictures: Sequence[Picture] = ()
) -> Case:
    """Take a matter in. The same key again gives the first case; the same external number too.

    Raises BadInput naming the field, or NotPermitted.
    """
    try:
        # Who brings a matter need not see the place it belongs to; policies have their say inside.
        with house("taking a matter in"), transaction.atomic():
            return _receive(actor, at, key, mechanism, report, pictures)
    except IntegrityError:
        # Posted before, or by somebody else at the same moment: the key (or the number) is taken, theirs is the case.
        with house("taking a matter in"):
            found = done_before(key) or _by_external(report)
        if found is None:
            raise
        return found


def _receive(
    actor: Actor, at: datetime, key: UUID, mechanism: str, report: Report, pictures: Sequence[Picture]
) -> Case:
    definition = mechanisms.definition_of(mechanism)
    home = home_of(report)
    policies.check_may("cases:report", actor, home.path)
    holder_id = _holder(actor, report, home)
    case = _case(at, key, mechanism, definition, report, home, holder_id)
    case.received_by_id = actor.person_id
    step = Step(case=case, verb="receive", actor=actor, at=at, key=key, new=True)
    step.before = START
    step.remember_path(home.organisation_id, home.path)
    step.remember_path(home.desk_id, home.desk_path)
    step.extend_reach(home.organisation_id, home.desk_id, holder_id)
    case.state = step.row.target or ""
    insert([case])
    caller = Caller(
        public_id=ids.derive(at, key, "caller"),
        case=case,
        person_id=report.person_id,
        channel=report.channel,
        asked_at=report.happened_at or at,
        follow_digest=report.follow_digest,
        wants_answer=report.wants_answer,
    )
    insert([caller])
    add_pictures(case, pictures, stage="before", at=at, actor=actor)
    step.deed(
        credited=home.organisation_id,  # figures by home: where the matter arose, whoever took it in
        subject_id=caller.public_id,
        happened_at=report.happened_at,
        outcome=report.channel,
        level=home.level,
        payload=Received(service=case.service, urgency=case.urgency),
    )
    for milestone in definition.starting_on("received"):
        step.start(milestone, holder_id)
    if report.resolve is not None:
        step.start("resolve", holder_id, limit=report.resolve)  # whoever it is given to keeps it
    step.tell(holder_id)
    step.finish()
    return case


def _case(
    at: datetime, key: UUID, mechanism: str, definition: CasesSection, report: Report, home: Home, holder_id: int
) -> Case:
    text = clean(report.text, max_length=LONGEST_TEXT, multiline=True)
    title = clean(report.title, max_length=LONGEST_TITLE, multiline=False)
    if not text.strip():
        raise BadInput("empty", "请写下您要反映的事情", field="text", allowed="1–8000 字")
    service = _known(report.service, definition.kinds, "service")
    usual = definition.kinds[service].urgency if service else "normal"
    return Case(
        public_id=ids.derive(at, key, "case"),
        mechanism=mechanism,
        channel=_known(report.channel, definition.channels, "channel"),
        service=service,
        text=text,
        title=title,
        category=_category(report.category),
        urgency=_known(report.urgency, definition.urgencies, "urgency") or usual,
        place_id=report.place_id,
        place_text=clean(report.place_text, max_length=LONGEST_PLACE, multiline=False),
        home_id=home.organisation_id,
        home_path=home.path,
        desk_id=home.desk_id,
        holder_id=holder_id,
        level=home.level,
        reach=[],
        words=list(bigrams(f"{title} {text}")),
        received_at=at,
        external_source=report.external_source,
        external_ref=report.external_ref,
    )


def _known(value: str, allowed: Collection[str], field: str) -> str:
    """A key of the definition, or empty."""
    if value and value not in allowed:
        raise BadInput("unknown", "没有“{value}”这一项", field=field, allowed="、".join(allowed), value=value)
    return value


def _category(code: str) -> str:
    return mechanisms.taxonomy().lookup(code).code if code else ""


_LINK = "JOIN roster_link l ON l.organisation_id = o.id AND l.tree = 'administrative' AND l.valid_to IS NULL"
_BY_BODY = f"SELECT o.id, l.path, o.level FROM roster_organisation o {_LINK} WHERE o.closed_on IS NULL AND o.id = %s"  # noqa: S608  constants of this file
# From the place up, one index look a rung: also where the tables are new and nothing is known of their sizes.
_BY_PLACE = f"""
    SELECT o.id, l.path, o.level FROM territory_place here
    CROSS JOIN LATERAL unnest(string_to_array(trim(BOTH '/' FROM here.path), '/')) AS rung(code)
    JOIN territory_place up ON up.code = rung.code
    JOIN roster_organisation o ON o.place_id = up.id
    {_LINK}
    WHERE o.closed_on IS NULL AND here.id = %s ORDER BY o.level LIMIT 1
"""  # noqa: S608  constants of this file


def home_of(report: Report) -> Home:
    """The body answering for the report's place; climbs to the nearest place that has one (one query)."""
    if report.place_id is None and report.organisation_id is None:
        raise BadInput("no_place", "请选择事情发生在哪里", field="place", allowed="镇街和村社")
    by_place = report.place_id is not None and not report.addressed
    with connection.cursor() as cursor:
        cursor.execute(_BY_PLACE if by_place else _BY_BODY, [report.place_id if by_place else report.organisation_id])
        nearest = cursor.fetchone()
    if nearest is None:
        raise BadInput("no_body", "这个地点还没有负责的单位", field="place", allowed="列表里的村社或网格")
    return _with_desk(*nearest)


def _with_desk(organisation_id: int, path: str, level: int) -> Home:
    """The dispatching desk: the town above a base body, or the body itself from town level up."""
    line = policies.line(path)
    desk = organisation_id
    if level in BASE and len(line) > 1:
        rungs_above_town = {Level.COMMUNITY: 1, Level.GRID: 2, Level.BUILDING: 3}[Level(level)]
        desk = line[max(0, len(line) - 1 - rungs_above_town)]
    desk_path = path[: path.index(f"/{desk}/") + len(f"/{desk}/")]
    return Home(organisation_id, path, level, desk, desk_path)


def _holder(actor: Actor, report: Report, home: Home) -> int:
    """Whoever took the call holds the matter first (首接负责); the open page goes to the desk."""
    if report.keep and actor.kind is ActorKind.STAFF and report.channel in ("hotline", "staff", "visit"):
        return actor.organisation_id or home.desk_id
    return home.desk_id


def _by_external(report: Report) -> Case | None:
    if not report.external_ref:
        return None
    return Case.objects.filter(external_source=report.external_source, external_ref=report.external_ref).first()


def add_pictures(case: Case, pictures: Sequence[Picture], *, stage: str, at: datetime, actor: Actor) -> None:
    """Hang stored pictures on a case; the same picture twice is one."""
    rows = [
        Attachment(
            case=case,
            sha256=picture.sha256,
            media_type=picture.media_type,
            width=picture.width,
            height=picture.height,
            size=picture.size,
            added_at=at,
            added_by_id=actor.person_id,
            stage=stage,
        )
        for picture in pictures
    ]
    if rows:
        Attachment.objects.bulk_create(rows, ignore_conflicts=True)


def decline(*, actor: Actor, at: datetime, key: UUID, case: UUID, reason: str, seen: int | None = None) -> Case:
    """Not taken up, with the lawful channel instead (不予受理). Raises Refused for a reason not in the definition."""

    def change(step: Step) -> None:
        known = step.definition.declines.get(reason)
        if known is None:
            raise Refused("reason", "请选择不予受理的原因", field="reason", allowed="、".join(step.definition.declines))
        check_done(step.case)
        step.deed(reason=reason)
        step.words(known.say.zh, open_to_callers=True)
        step.void()
        step.case.closed_at, step.case.closing_reason, step.case.excluded = step.at, reason, True
        step.tell_callers()

    return act(verb="decline", actor=actor, at=at, key=key, case=case, change=change, seen=seen)
