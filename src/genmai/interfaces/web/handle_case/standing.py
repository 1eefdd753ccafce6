"""One matter as one viewer stands to it: what they may do now, and why not the rest. Pure but for the first reading."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from genmai.directory.roster.models import Away, Organisation
from genmai.directory.roster.queries import away_in, children, masked_people, organisations_by_id
from genmai.directory.roster.queries.people import Masked
from genmai.kernel.refusal import NotPermitted, Refused
from genmai.kernel.viewer import Actor
from genmai.processes.cases import clocks, policies
from genmai.processes.cases.commands.desk import HANDED_ON
from genmai.processes.cases.definition import CasesSection
from genmai.processes.cases.flow import FLOW
from genmai.processes.cases.mechanism import definition_of, desk_rules
from genmai.processes.cases.models import Body, Caller, Case, Milestone, Request
from genmai.processes.cases.queries.family import Kin
from genmai.processes.cases.queries.load import Load, loads
from genmai.processes.cases.queries.matter import Matter, targets
from genmai.processes.cases.queries.ratings import Reviewed

RUNNING = Milestone.State.RUNNING
PARTIES = (
    "owners",
    "property",
    "micro_office",
)  # asked to join in from the estate's card; a matter is not given to them

# Verbs that only the leading body's own people do (commands call lead_of).
OURS = frozenset(
    {
        "accept", "object", "send_back", "escalate", "assist", "call_in", "release", "ask_suspension",
        "ask_extension", "resume", "reply", "ask_bank", "review_bank", "unbank", "raise_bank",
    }
)  # fmt: skip
JUDGING = frozenset({"verify", "rework", "visit", "close"})
DECIDING = {
    "uphold_objection": "objection", "reject_objection": "objection", "extend": "extension",
    "refuse_extension": "extension", "suspend": "suspension", "refuse_suspension": "suspension",
    "bank": "bank", "refuse_bank": "bank", "withdraw_call": "wrong_call", "insist_call": "wrong_call",
    "uphold_flag": "insisted", "reject_flag": "insisted", "climb": "climb", "stay": "climb",
}  # fmt: skip


@dataclass
class Standing:
    """The matter, the actor, and today's place in the tree of everybody concerned."""

    actor: Actor
    matter: Matter
    now: datetime
    definition: CasesSection = field(init=False)
    named: dict[int, str] = field(default_factory=dict)  # what the lists of a page call each body

    def __post_init__(self) -> None:
        self.definition = definition_of(self.matter.case.mechanism)

    @property
    def case(self) -> Case:
        return self.matter.case

    @cached_property
    def paths(self) -> Mapping[int, str]:
        """Organisation id → path, one query."""
        case, matter = self.case, self.matter
        wanted = {case.lead_id, case.holder_id, case.desk_id, case.home_id}
        wanted |= {body.organisation_id for body in matter.bodies} | {one.reviewer_id for one in matter.requests}
        wanted |= {one.review.town_id for one in matter.reviews} | {child.case.lead_id for child in matter.children}
        wanted |= {matter.bank.approver_id} if matter.bank else set()
        ids = {one for one in wanted if one is not None}
        found = organisations_by_id(self.actor.viewer, ids=ids, at=self.now)
        return {identity: organisation.path for identity, organisation in found.items()}

    def path(self, organisation_id: int | None) -> str:
        return self.paths.get(organisation_id or 0, "")

    @cached_property
    def people(self) -> Mapping[int, Masked]:
        """Callers with stars, one query."""
        ids = [caller.person_id for caller in self.matter.callers if caller.person_id is not None]
        return masked_people(self.actor.viewer, ids=ids)

    @cached_property
    def targets(self) -> list[Organisation]:
        """Bodies the matter may be given to: those below its home and below us, its line, the departments."""
        viewer = self.actor.viewer
        ours = Organisation(pk=viewer.organisation_id or 0)
        below = children(viewer, organisation=self.case.home, at=self.now)
        known = targets(viewer, case=self.case) + children(viewer, organisation=ours, at=self.now)
        found = {one.id: one for one in [*below, *known] if one.kind not in ("department", *PARTIES)}
        found |= {one.id: one for one in known if one.kind == "department"}
        return list(found.values())

    @cached_property
    def loads(self) -> Mapping[int, Load]:
        """What each body the matter may be given to has in hand, one query."""
        return loads(self.actor.viewer, ids=[one.id for one in self.targets], at=self.now)

    @cached_property
    def away(self) -> Mapping[int, list[Away]]:
        """Who of each body's people is away today, one query."""
        return away_in(self.actor.viewer, organisation_ids=[one.id for one in self.targets], at=self.now)

    # parts of the matter

    @property
    def guests(self) -> list[Body]:
        """Assisting and called bodies still at it."""
        return [b for b in self.matter.bodies if b.part != Body.Part.LEAD and b.released_at is None]

    def my_body(self, fits: Callable[[Body], bool]) -> Body | None:
        """The first of them that is the viewer's own and fits."""
        return next((b for b in self.guests if fits(b) and self._is_ours(self.path(b.organisation_id))), None)

    def _is_ours(self, path: str) -> bool:
        viewer = self.actor.viewer
        return bool(path) and viewer.path.startswith(path) and policies.may("cases:handle", self.actor, path)

    def open_request(self, kind: str) -> Request | None:
        return next((r for r in self.matter.requests if r.kind == kind and r.decided_at is None), None)

    def running(self, event: str) -> list[Milestone]:
        """Limits the event would meet, still running."""
        keys = set(self.definition.met_by(event)) | ({clocks.VISIT} if event == "visited" else set())
        return [m for m in self.matter.milestones if m.state == RUNNING and m.key in keys]

    def may_flag(self, body: Body) -> bool:
        """Called, not done, not flagged before, and within the window."""
        rule = self.definition.calls.wrong
        if rule is None or body.part != Body.Part.CALLED or body.concluded_at is not None:
            return False
        if any(r.kind == Request.Kind.WRONG_CALL and r.body_id == body.id for r in self.matter.requests):
            return False
        kind = self.definition.calls.kinds.get(body.call_kind)
        limit = rule.windows.get((kind.urgency if kind else None) or self.case.urgency)
        return limit is None or self.now <= clocks.due_after(limit, body.asked_at)

    @property
    def to_score(self) -> list[Reviewed]:
        """Calls this viewer's side may say something of, or change what it said."""
        return [one for one in self.matter.reviews if one.may_speak(self.now)]

    @property
    def must_go_up(self) -> bool:
        """Left waiting in the bank as often as may be at this level, and there is a level above."""
        rule, entry = self.definition.bank, self.matter.bank
        above = len(policies.line(self.path(self.case.lead_id))) > 1
        return rule is not None and entry is not None and entry.reviews >= rule.times and above

    def replyable(self, kin: Kin) -> bool:
        """A child that this viewer's own body leads and may answer now."""
        return kin.in_scope and kin.case.state == "in_hand" and self._is_ours(self.path(kin.case.lead_id))

    def closable(self, kin: Kin) -> bool:
        """A child that is answered and waits for somebody like this viewer to verify and close it."""
        own_work = kin.case.lead_id == self.actor.organisation_id or kin.case.replied_by_id == self.actor.person_id
        return kin.in_scope and kin.case.state in ("replied", "verified") and not own_work

    @property
    def waiting_callers(self) -> list[Caller]:
        """Who still wants to be spoken to."""
        return [c for c in self.matter.callers if c.wants_answer and c.contacted_at is None]

    @property
    def extendable(self) -> Milestone | None:
        for milestone in self.matter.milestones:
            promise = self.definition.milestones.get(milestone.key)
            mine = milestone.owner_id == self.case.lead_id and milestone.state == RUNNING
            if promise is not None and promise.can_extend and mine:
                return milestone
        return None

    # what may be done

    def refusal(self, verb: str) -> Refused | None:
        """Why this viewer can't do a verb of the flow now; None when they can, as far as can be said before trying."""
        try:
            FLOW.step(self.case.state, verb, prior=self.case.prior_state)
            self._check(verb)
        except Refused as refused:
            return refused
        return None

    def may(self, verb: str) -> bool:
        return self.refusal(verb) is None

    def _check(self, verb: str) -> None:
        if verb in DECIDING:
            self._check_deciding(verb)
            return
        if verb in ("respond", "arrive", "conclude", "promise", "flag_call"):
            self._check_guest(verb)
            return
        if verb == "rate_call":
            if not self.to_score:
                raise Refused("nothing_to_score", "现在没有等您评的呼叫")
            policies.check_may("cases:handle", self.actor, self.actor.viewer.path)
            return
        answering = self._answering(verb)
        policies.check_may(FLOW.row(verb).who, self.actor, self.path(answering))
        if verb in OURS:
            if self.case.lead_id is None:
                raise Refused("no_lead", "这件事还没有承办单位，请先分派")
            policies.check_ours(self.actor, self.path(self.case.lead_id))
        if verb in JUDGING:
            lead_id = self.case.lead_id or self.case.desk_id
            policies.check_not_handler(self.actor, self.case, top=len(policies.line(self.path(lead_id))) <= 1)
        self._check_more(verb)

    def _answering(self, verb: str) -> int:
        own = self.actor.organisation_id
        taking_part = {body.organisation_id for body in self.matter.bodies if body.released_at is None}
        if verb == "note" and own is not None and own in taking_part:
            return own
        if verb == "close_banked" and self.matter.bank is not None:
            return self.matter.bank.approver_id
        return policies.answering(self.case, verb)

    def _check_deciding(self, verb: str) -> None:
        request = self.open_request(DECIDING[verb])
        if request is None:
            raise Refused("nothing_asked", "没有等着批的申请")
        policies.check_may(FLOW.row(verb).who, self.actor, self.path(request.reviewer_id))
        own = self.actor.organisation_id
        same_body = own == request.asked_by_id and request.reviewer_id != request.asked_by_id
        if self.actor.person_id == request.asked_by_person_id or same_body:
            raise NotPermitted("own_request", "自己申请的事要由别人来批")

    def _check_guest(self, verb: str) -> None:
        fits: dict[str, Callable[[Body], bool]] = {
            "respond": lambda b: b.part == Body.Part.CALLED and b.responded_at is None,
            "flag_call": self.may_flag,
            "arrive": lambda b: b.arrived_at is None,
            "promise": lambda b: b.concluded_at is None,
            "conclude": lambda b: (
                b.concluded_at is None
                and (b.part != Body.Part.CALLED or b.responded_at is not None or b.arrived_at is not None)
            ),
        }
        if self.my_body(fits[verb]) is not None:
            return
        lead = self.case.lead_id
        owed = [m for m in self.running("arrived") if m.owner_id == lead]
        if verb == "arrive" and lead is not None and owed and self._is_ours(self.path(lead)):
            return
        raise NotPermitted("not_ours", "这一步只能由被呼叫或协办的单位自己来办")

    def _check_more(self, verb: str) -> None:
        found: dict[str, tuple[Callable[[], bool], str]] = {
            "take_back": (self._can_take_back, "已经有人接了，或者不是您刚分派的；要换单位，请改派"),
            "chase": (self._can_chase, "就在本单位手上，或者刚催过"),
            "release": (lambda: bool(self.guests), "没有协办或被呼叫的单位"),
            "ask_extension": (lambda: self.extendable is not None, "现在没有可以延期的时限"),
            "ask_bank": (lambda: self.definition.bank is not None, "这个办法里没有挂账"),
            "review_bank": (lambda: not self.must_go_up, "在这一级复查的次数用完了，请提交上一级，或者重新办理"),
            "raise_bank": (
                lambda: len(policies.line(self.path(self.case.lead_id))) > 1,
                "已经是最高一级，没有上一级可以提交",
            ),
            "close_banked": (
                lambda: any(c.promised for c in self.definition.closings.values()),
                "这个办法里没有“答应以后办”",
            ),
            "split": (lambda: self.matter.parent is None, "这一件已经在别的事项下面，不能再往下拆"),
            "call_off": (lambda: self.case.split_off, "只有拆出来的才能收回"),
            "attach": (
                lambda: self.matter.parent is None and not self.matter.children,
                "这一件已经在别的事项下面，或者下面还有别的事项",
            ),
            "detach": (
                lambda: self.matter.parent is not None and not self.case.split_off,
                "这一件没有挂在别的事项下面，或者是拆出来的",
            ),
            "contact": (lambda: bool(self.matter.callers), "这件事没有反映人"),
            "visit": (lambda: bool(self.matter.callers), "这件事没有反映人"),
            "judge": (lambda: bool(self.matter.callers), "这件事没有反映人"),
            "call_in": (self._is_base, "呼叫是网格、村社和镇街用的；请用“请求协办”"),
            "object": (self._in_window, "提异议的时间已经过了，请接单办理；确实不该由您办的，接单后可以退回"),
            "escalate": (
                lambda: len(policies.line(self.path(self.case.lead_id))) > 1,
                "已经是最高一级，没有上一级可以提交",
            ),
        }
        if verb in found and not found[verb][0]():
            raise Refused("not_now", found[verb][1])
        if (
            verb in ("ask_extension", "ask_suspension", "ask_bank")
            and self.open_request(verb.removeprefix("ask_")) is not None
        ):
            raise Refused("already_asked", "已经申请过了，正等着批")

    def _can_take_back(self) -> bool:
        """Dispatched by this very person, a moment ago, and nobody has spoken to a caller since."""
        since = [m.deed for m in self.matter.history if m.of.id == self.case.id]
        last = next((n for n, deed in enumerate(since) if deed.kind in HANDED_ON), None)
        if last is None or since[last].kind != "case.dispatched" or since[last].actor_id != self.actor.person_id:
            return False
        taken_up = any(deed.kind == "case.contacted" for deed in since[:last])
        return not taken_up and self.now <= clocks.due_after(desk_rules().take_back_within, since[last].at)

    def _can_chase(self) -> bool:
        """Somebody else has it, and nobody asked after it within the half day."""
        chased = next((m.deed for m in self.matter.history if m.deed.kind == "case.chased"), None)
        again = chased is None or self.now >= clocks.due_after(desk_rules().chase_every, chased.at)
        return again and self.case.holder_id != self.actor.organisation_id

    def _is_base(self) -> bool:
        lead = self.case.lead
        return lead is not None and lead.level <= 4 and lead.kind != "department"

    def _in_window(self) -> bool:
        limit = self.definition.objection.windows.get(self.case.urgency)
        lead = next((b for b in self.matter.bodies if b.part == Body.Part.LEAD and b.released_at is None), None)
        return limit is None or lead is None or self.now <= clocks.due_after(limit, lead.asked_at)
