"""A small district with people at work, and every verb of a case with arguments that fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from tests.factories.accounts import staff
from tests.factories.organisations import SmallDistrict, small_district

from genmai.directory.access.roles import permissions_of
from genmai.directory.roster.models import Link, Organisation, Tree
from genmai.kernel import ids
from genmai.kernel.viewer import Actor, Granted, Reach, Viewer
from genmai.processes.cases.commands import (
    bodies,
    climbing,
    desk,
    dispatching,
    family,
    handling,
    intake,
    merging,
    parties,
    problem_bank,
    ratings,
    requests,
    verifying,
    wrong_calls,
)
from genmai.processes.cases.flow import FLOW
from genmai.processes.cases.models import (
    BankEntry,
    Body,
    Caller,
    CallReview,
    CallScore,
    Case,
    Entry,
    Milestone,
    Request,
    Suspension,
)
from genmai.records.deeds.models import Deed
from genmai.records.notices.models import Notice

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # nine o'clock in Ningbo
CALLS = "default/calls@2"
CALLS_BEFORE = "default/calls@1"
LADDER = "shangyu/levels@2"
PROMISES = "shangyu/xiaoqu-zhuanyuan@1"


@dataclass
class World:
    """Time moves by hand; keys are counted, so that a run repeats exactly."""

    district: SmallDistrict
    at: datetime = MONDAY
    mechanism: str = CALLS
    count: int = 0
    actors: dict[str, Actor] = field(default_factory=dict)
    last: tuple[Callable[..., Case], dict[str, Any]] | None = None  # what `do` did last, to do it again

    def key(self) -> UUID:
        self.count += 1
        return ids.key_of("world", self.count)

    def later(self, **span: float) -> datetime:
        self.at += timedelta(**span)
        return self.at

    def actor(self, name: str, role: str, organisation: Organisation) -> Actor:
        """A member of staff holding a role over an organisation; the same name is the same person."""
        if name not in self.actors:
            person = staff(name)
            path = Link.objects.get(organisation=organisation, tree=Tree.ADMINISTRATIVE, valid_to__isnull=True).path
            grant = Granted(role, permissions_of(role), path, frozenset(Reach))
            self.actors[name] = Actor.staff(
                Viewer(
                    account_id=person.pk,
                    person_id=person.pk,
                    person_public_id=person.public_id,
                    name=name,
                    organisation_id=organisation.pk,
                    organisation_name=organisation.short_name,
                    path=path,
                    level=organisation.level,
                    role=role,
                    grants=(grant,),
                )
            )
        return self.actors[name]

    # people

    @property
    def grid(self) -> Actor:
        return self.actor("网格员", "grid_worker", self.district.n1a)

    @property
    def village(self) -> Actor:
        return self.actor("书记", "village_secretary", self.district.n1)

    @property
    def town(self) -> Actor:
        return self.actor("镇指挥室", "town_desk", self.district.north)

    @property
    def south(self) -> Actor:
        return self.actor("南镇指挥室", "town_desk", self.district.south)

    @property
    def dept(self) -> Actor:
        return self.actor("部门", "department", self.district.dept)

    @property
    def office(self) -> Actor:
        return self.actor("区中心", "district_office", self.district.district)

    @property
    def office_too(self) -> Actor:
        return self.actor("区中心另一人", "district_office", self.district.district)

    def everyone(self) -> list[Actor]:
        """Made now, once: what is rolled back afterwards would take their rows along, and leave them in `actors`."""
        return [self.grid, self.village, self.town, self.south, self.dept, self.office, self.office_too]

    def people_of(self, organisation_id: int | None) -> Actor:
        """Whoever works in this organisation."""
        posts = ("n1a", "grid"), ("n1", "village"), ("north", "town"), ("south", "south"), ("dept", "dept")
        known = {getattr(self.district, place).pk: who for place, who in posts}
        actor: Actor = getattr(self, known.get(organisation_id or self.district.north.pk, "office"))
        return actor

    # a case at a state, by the public commands alone

    def receive(self, **report: Any) -> Case:
        return intake.receive(
            actor=report.pop("actor", Actor.reporter()),
            at=self.at,
            key=self.key(),
            mechanism=self.mechanism,
            report=intake.Report(
                **{"text": "路灯坏了", "place_id": self.district.places["n1"].pk, **report}  # type: ignore[arg-type]
            ),
        )

    def at_state(self, state: str, **report: Any) -> Case:
        """A new case led to `state` along the shortest way, the village leading."""
        case = self.receive(**report)
        for verb in WAYS[state]:
            self.later(minutes=5)
            case = self.do(verb, case)
        assert case.state == state
        return case

    def do(self, verb: str, case: Case, **over: Any) -> Case:
        """Carry out a verb with arguments that fit, unless told otherwise."""
        fresh = Case.objects.get(pk=case.pk)
        if verb == "merge" and "into" not in over:
            over["into"] = self.receive(text="同一盏路灯").public_id
        if verb == "attach" and "to" not in over:
            over["to"] = self.receive(text="一条街的路灯").public_id
        command, given = VERBS[verb](self, fresh)
        if verb != "judge":
            given = {"case": fresh.public_id, **given}
        self.last = command, {"at": self.at, "key": self.key(), **given, **over}
        return command(**self.last[1])

    def caller(self, case: Case) -> UUID:
        return Caller.objects.filter(case=case).order_by("id").values_list("public_id", flat=True)[0]

    def body(self, case: Case) -> UUID:
        """The first assisting or called body still at it, or nobody."""
        others = Body.objects.filter(case=case, released_at__isnull=True).exclude(part=Body.Part.LEAD)
        found = others.order_by("concluded_at", "id").last() if others.exists() else None
        return found.public_id if found else UUID(int=0)

    def guest(self, case: Case) -> Actor:
        found = Body.objects.filter(case=case, public_id=self.body(case)).first()
        return self.people_of(found.organisation_id) if found else self.office

    def reviewer(self, case: Case, kind: str) -> Actor:
        found = Request.objects.filter(case=case, kind=kind, decided_at__isnull=True).first()
        return self.people_of(found.reviewer_id) if found else self.office

    def banker(self, case: Case) -> Actor:
        found = BankEntry.objects.filter(case=case, left_at__isnull=True).first()
        return self.people_of(found.approver_id) if found else self.office

    def reviewed(self, case: Case) -> UUID:
        found = CallReview.objects.filter(body__case=case).order_by("id").last()
        return found.body.public_id if found else UUID(int=0)

    def checker(self, case: Case) -> Actor:
        return self.people_of(case.holder_id) if case.holder_id != case.lead_id else self.office_too

    def deeds(self, case: Case, kind: str = "") -> list[Deed]:
        rows = Deed.objects.filter(source_id=case.public_id)
        return list((rows.filter(kind=kind) if kind else rows).order_by("id"))

    def open(self, case: Case, key: str) -> Milestone:
        return Milestone.objects.get(case=case, key=key, state__in=("running", "paused"))


def new_world(**more: Any) -> World:
    return World(small_district(), **more)


_TABLES = (Deed, Entry, Notice, Milestone, Body, Request, Suspension, BankEntry, CallReview, CallScore, Case)
_COUNTED = ", ".join(f"(SELECT count(*) FROM {table._meta.db_table})" for table in _TABLES)


def written() -> tuple[int, ...]:
    """How much there is of everything a command may write, deeds first; last, the sum of all versions."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_COUNTED}, (SELECT sum(version) FROM {Case._meta.db_table})")
        counts: tuple[int, ...] = cursor.fetchone()
        return counts


WAYS: dict[str, tuple[str, ...]] = {
    "received": (),
    "declined": ("decline",),
    "dispatched": ("dispatch",),
    "objected": ("dispatch", "object"),
    "in_hand": ("dispatch", "accept"),
    "suspended": ("dispatch", "accept", "ask_suspension", "suspend"),
    "banked": ("dispatch", "accept", "ask_bank", "bank"),
    "replied": ("dispatch", "accept", "reply"),
    "verified": ("dispatch", "accept", "reply", "verify"),
    "closed": ("dispatch", "accept", "reply", "verify", "close"),
    "merged": ("merge",),
}

Given = tuple[Callable[..., Case], dict[str, Any]]
_T = "情况说明"


def _lead(w: World, c: Case) -> Actor:
    return w.people_of(c.lead_id)


def _desk(w: World, c: Case) -> Actor:
    return w.people_of(c.desk_id)


def _dept_id(w: World) -> UUID:
    return w.district.dept.public_id


VERBS: dict[str, Callable[[World, Case], Given]] = {
    "decline": lambda w, c: (intake.decline, {"actor": _desk(w, c), "reason": "court"}),
    "classify": lambda w, c: (dispatching.classify, {"actor": _desk(w, c), "category": "010203", "urgency": "complex"}),
    "dispatch": lambda w, c: (dispatching.dispatch, {"actor": _desk(w, c), "to": w.district.n1.public_id}),
    "take_back": lambda w, c: (desk.take_back, {"actor": _desk(w, c)}),
    "chase": lambda w, c: (desk.chase, {"actor": w.office}),
    "take_on": lambda w, c: (dispatching.take_on, {"actor": w.people_of(c.holder_id)}),
    "object": lambda w, c: (requests.object_to, {"actor": _lead(w, c), "reason": "not_our_duty", "text": _T}),
    "uphold_objection": lambda w, c: (requests.uphold_objection, {"actor": w.reviewer(c, "objection")}),
    "reject_objection": lambda w, c: (requests.reject_objection, {"actor": w.reviewer(c, "objection"), "text": _T}),
    "reassign": lambda w, c: (
        dispatching.reassign,
        {"actor": _desk(w, c), "to": w.district.n1a.public_id, "text": _T},
    ),
    "send_back": lambda w, c: (handling.send_back, {"actor": _lead(w, c), "reason": "not_our_duty", "text": _T}),
    "escalate": lambda w, c: (handling.escalate, {"actor": _lead(w, c), "text": _T}),
    "accept": lambda w, c: (handling.accept, {"actor": _lead(w, c)}),
    "contact": lambda w, c: (handling.contact, {"actor": _lead(w, c), "text": _T}),
    "note": lambda w, c: (handling.note, {"actor": w.people_of(c.holder_id), "text": _T}),
    "assist": lambda w, c: (bodies.assist, {"actor": _lead(w, c), "bodies": [_dept_id(w)], "text": _T}),
    "call_in": lambda w, c: (
        bodies.call_in,
        {
            "actor": _lead(w, c),
            "call_kind": "enforcement",
            "bodies": [_dept_id(w)],
            "text": _T,
            "why_town_cannot": "镇街没有执法权",
        },
    ),
    "respond": lambda w, c: (bodies.respond, {"actor": w.guest(c), "body": w.body(c)}),
    "arrive": lambda w, c: (bodies.arrive, {"actor": w.guest(c), "body": w.body(c)}),
    "conclude": lambda w, c: (bodies.conclude, {"actor": w.guest(c), "body": w.body(c), "text": _T}),
    "promise": lambda w, c: (
        parties.promise,
        {"actor": w.guest(c), "body": w.body(c), "on": w.at.date() + timedelta(days=9), "text": _T},
    ),
    "release": lambda w, c: (bodies.release, {"actor": _lead(w, c), "body": w.body(c), "text": _T}),
    "ask_suspension": lambda w, c: (
        requests.ask_suspension,
        {"actor": _lead(w, c), "reason": "waiting_funds", "text": _T},
    ),
    "suspend": lambda w, c: (requests.suspend, {"actor": w.reviewer(c, "suspension")}),
    "refuse_suspension": lambda w, c: (requests.refuse_suspension, {"actor": w.reviewer(c, "suspension"), "text": _T}),
    "resume": lambda w, c: (requests.resume, {"actor": _lead(w, c)}),
    "ask_extension": lambda w, c: (
        requests.ask_extension,
        {"actor": _lead(w, c), "amount": Decimal(2), "text": _T},
    ),
    "extend": lambda w, c: (requests.extend, {"actor": w.reviewer(c, "extension")}),
    "refuse_extension": lambda w, c: (requests.refuse_extension, {"actor": w.reviewer(c, "extension"), "text": _T}),
    "reply": lambda w, c: (handling.reply, {"actor": _lead(w, c), "outcome": "solved", "text": "路灯已修好"}),
    "verify": lambda w, c: (verifying.verify, {"actor": w.checker(c)}),
    "rework": lambda w, c: (verifying.rework, {"actor": w.checker(c), "text": _T}),
    "visit": lambda w, c: (
        verifying.visit,
        {"actor": w.checker(c), "caller": w.caller(c), "reached": True, "fixed": True, "satisfaction": 3},
    ),
    "judge": lambda w, c: (
        verifying.judge,
        {"actor": Actor.reporter(), "caller": w.caller(c), "fixed": True, "satisfaction": 3},
    ),
    "close": lambda w, c: (verifying.close, {"actor": w.checker(c), "reason": "solved"}),
    "reopen": lambda w, c: (verifying.reopen, {"actor": w.checker(c), "text": _T}),
    "merge": lambda w, c: (merging.merge, {"actor": _desk(w, c)}),
    "unmerge": lambda w, c: (merging.unmerge, {"actor": _desk(w, c)}),
    "flag_call": lambda w, c: (
        wrong_calls.flag_call,
        {"actor": w.guest(c), "body": w.body(c), "reason": "town_could", "text": _T},
    ),
    "withdraw_call": lambda w, c: (
        wrong_calls.withdraw_call,
        {"actor": w.reviewer(c, "wrong_call"), "body": w.body(c)},
    ),
    "insist_call": lambda w, c: (
        wrong_calls.insist_call,
        {"actor": w.reviewer(c, "wrong_call"), "body": w.body(c), "text": _T},
    ),
    "uphold_flag": lambda w, c: (wrong_calls.uphold_flag, {"actor": w.reviewer(c, "insisted"), "body": w.body(c)}),
    "reject_flag": lambda w, c: (
        wrong_calls.reject_flag,
        {"actor": w.reviewer(c, "insisted"), "body": w.body(c), "text": _T},
    ),
    "rate_call": lambda w, c: (
        ratings.rate_call,
        {
            "actor": w.town,
            "body": w.reviewed(c),
            "side": "town",
            "answers": {"in_time": "good", "stayed": "good", "solved": "fair"},
        },
    ),
    "ask_bank": lambda w, c: (problem_bank.ask_bank, {"actor": _lead(w, c), "reason": "funds", "text": _T}),
    "bank": lambda w, c: (problem_bank.bank, {"actor": w.reviewer(c, "bank"), "text": _T}),
    "refuse_bank": lambda w, c: (problem_bank.refuse_bank, {"actor": w.reviewer(c, "bank"), "text": _T}),
    "review_bank": lambda w, c: (problem_bank.review_bank, {"actor": _lead(w, c), "text": _T}),
    "unbank": lambda w, c: (problem_bank.unbank, {"actor": _lead(w, c), "text": _T}),
    "raise_bank": lambda w, c: (problem_bank.raise_bank, {"actor": _lead(w, c), "text": _T}),
    "close_banked": lambda w, c: (
        problem_bank.close_banked,
        {"actor": w.banker(c), "reason": "promised", "text": _T, "promised_until": w.at.date() + timedelta(days=90)},
    ),
    "climb": lambda w, c: (climbing.climb, {"actor": w.reviewer(c, "climb")}),
    "stay": lambda w, c: (climbing.stay, {"actor": w.reviewer(c, "climb"), "text": _T}),
    "split": lambda w, c: (
        family.split,
        {"actor": _desk(w, c), "parts": [family.Part(to=w.district.n1a.public_id, text="先把灯换了")]},
    ),
    "call_off": lambda w, c: (family.call_off, {"actor": _desk(w, c), "text": _T}),
    "attach": lambda w, c: (family.attach, {"actor": _desk(w, c)}),
    "detach": lambda w, c: (family.detach, {"actor": _desk(w, c)}),
}
SURVIVORS_SIDE = {"join", "leave", "adopt", "let_go"}  # what a verb does to the other case
JOBS = {"propose_climb"}  # what only time does
_OTHERS_SIDE = {"receive", "split_off", "join", "leave"}  # how a case begins; what a merge does to the case that stays
assert set(VERBS) == {row.verb for row in FLOW.table} - _OTHERS_SIDE - SURVIVORS_SIDE - JOBS
