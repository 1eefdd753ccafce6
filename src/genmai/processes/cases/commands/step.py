"""One step of one case: everything a command changes, in one transaction.

A command locks the case, asks the flow table and the policies, changes what it must through `Step`, and `Step.finish`
writes it all: case, milestones, deeds, words and notices. A replayed key returns the first result and writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import transaction

from genmai.directory.roster.models import Organisation, Tree
from genmai.directory.roster.trees import open_paths
from genmai.kernel import ids
from genmai.kernel.flow import Transition
from genmai.kernel.refusal import Changed, NotFound
from genmai.kernel.rows import insert
from genmai.kernel.viewer import Actor, ActorKind
from genmai.kernel.walled import house
from genmai.mechanisms.schema import Limit
from genmai.processes.cases import clocks, policies
from genmai.processes.cases.definition import CasesSection
from genmai.processes.cases.flow import FLOW
from genmai.processes.cases.mechanism import definition_of
from genmai.processes.cases.models import Body, Caller, Case, Entry, Milestone, Request, Suspension
from genmai.records import writing
from genmai.records.deeds.models import Deed
from genmai.records.writing import Writing

SOURCE = "case"
Change = Callable[["Step"], None]


class Step(Writing):
    """One verb on one locked case. Collects what is to be written; nothing is written before `finish`."""

    def __init__(self, *, case: Case, verb: str, actor: Actor, at: datetime, key: UUID, new: bool = False) -> None:
        super().__init__(actor=actor, at=at, key=key)
        self.case = case
        self.row: Transition = FLOW.row(verb)
        self.new = new
        self.definition: CasesSection = definition_of(case.mechanism)
        self.before = case.state
        self.credited = case.lead_id or case.holder_id  # the body the main deed is credited to
        self._entries: list[tuple[int, str, bool]] = []
        self._new_milestones: list[Milestone] = []
        self._changed_milestones: dict[int, Milestone] = {}
        self._paths: dict[int, str] = {}
        self._was = {} if new else self._columns()

    def _columns(self) -> dict[str, Any]:
        return {field.attname: getattr(self.case, field.attname) for field in Case._meta.concrete_fields}

    # where things are

    def path(self, organisation_id: int | None) -> str:
        """Today's administrative path of an organisation."""
        if organisation_id is None:
            return ""
        if organisation_id not in self._paths:
            self.load_paths({organisation_id, self.case.holder_id, self.case.desk_id, self.case.lead_id})
        return self._paths[organisation_id]

    def remember_path(self, organisation_id: int, path: str) -> None:
        """A path the caller has already read; saves a query."""
        self._paths[organisation_id] = path

    def load_paths(self, organisation_ids: Iterable[int | None]) -> None:
        wanted = {i for i in organisation_ids if i is not None} - self._paths.keys()
        self._paths.update(open_paths(Tree.ADMINISTRATIVE, wanted))

    def organisation(self, organisation_id: int) -> Organisation:
        return Organisation.objects.get(pk=organisation_id)

    def parent(self, organisation_id: int) -> int:
        """The organisation one rung up the administrative tree; the top is its own parent."""
        line = policies.line(self.path(organisation_id))
        return line[-2] if len(line) > 1 else line[-1]

    def extend_reach(self, *organisation_ids: int | None) -> None:
        """Let everybody above and in these organisations see the case."""
        found = set(self.case.reach)
        for organisation_id in organisation_ids:
            found.update(policies.line(self.path(organisation_id)))
        self.case.reach = sorted(found)

    # what is written

    def common(self) -> dict[str, Any]:
        """Of the case, its mechanism, place and category."""
        case = self.case
        return {
            "source_kind": SOURCE, "source_id": case.public_id, "mechanism": case.mechanism,
            "place_id": case.place_id, "category": case.category,
        }  # fmt: skip

    def deed(self, kind: str = "", *, credited: int | None = None, **fields: Any) -> int:
        """Add a deed and return its ordinal. Credited to the answering body unless told otherwise."""
        organisation_id = credited or self.credited
        return super().deed(
            kind or self.row.deed, organisation_id=organisation_id, path=self.path(organisation_id), **fields
        )

    def words(self, text: str, *, open_to_callers: bool = False, ordinal: int = 0) -> None:
        """Words that belong to a deed; they are kept beside it, never in it."""
        if text:
            self._entries.append((ordinal, text, open_to_callers))

    def tell(self, organisation_id: int | None, kind: str = "", **payload: Any) -> None:
        """Notify an organisation's people."""
        super().tell(organisation_id, kind, **payload)

    def tell_callers(self, kind: str = "", **payload: Any) -> None:
        """Notify everybody who brought this matter, those of merged repeats too."""
        for public_id in self.callers.values_list("public_id", flat=True):
            self.notify(kind, caller_id=public_id, payload=payload)

    def notify(self, kind: str, **fields: Any) -> None:
        """Of the verb's own kind unless told otherwise, as urgent as the case."""
        super().notify(kind or self.row.notice, urgency=self.case.urgency, **fields)

    @property
    def callers(self) -> Any:
        """Callers of this case and of every case merged into it."""
        return Caller.objects.filter(case__in=[self.case.id, *self.merged_ids], wants_answer=True)

    @cached_property
    def merged_ids(self) -> list[int]:
        return list(Case.objects.filter(merged_into=self.case).values_list("id", flat=True))

    # clocks

    @cached_property
    def milestones(self) -> list[Milestone]:
        """Milestones still open, oldest first."""
        if self.new:
            return []
        open_states = (Milestone.State.RUNNING, Milestone.State.PAUSED)
        return list(
            Milestone.objects.select_related("body").filter(case=self.case, state__in=open_states).order_by("id")
        )

    @cached_property
    def suspensions(self) -> list[Suspension]:
        return [] if self.new else list(Suspension.objects.filter(case=self.case))

    def find(self, key: str, *, body: Body | None = None, request: Request | None = None) -> Milestone | None:
        for milestone in self.milestones:
            of_body = body is None or milestone.body_id == body.id
            of_request = request is None or milestone.request_id == request.id
            if milestone.key == key and of_body and of_request:
                return milestone
        return None

    def start(
        self,
        key: str,
        owner_id: int,
        *,
        body: Body | None = None,
        request: Request | None = None,
        quantity: int | None = None,
        limit: Limit | None = None,
        urgency: str = "",
        since: datetime | None = None,
    ) -> Milestone | None:
        """Set a milestone if the definition has a limit for it; its deed says what is due from whom by when.

        `limit` replaces the definition's (what was left of an earlier one); `urgency` the case's (an emergency call);
        `since` counts from an earlier moment (a dispatch taken back: the desk's limit runs on).
        """
        if self.case.split_off and key in self.definition.met_by("contacted"):
            return None  # nobody from outside brought it: the callers are the parent's
        limit = limit or clocks.limit_of(self.definition, key, urgency or self.case.urgency, self.case.service)
        if limit is None:
            return None
        milestone = clocks.new_milestone(
            public_id=ids.derive(self.at, self.key, "milestone", key, len(self._new_milestones)),
            case=self.case,
            key=key,
            owner_id=owner_id,
            limit=limit,
            at=since or self.at,
            warn_share=clocks.warn_share(self.definition, key),
        )
        milestone.body, milestone.request = body, request
        self._new_milestones.append(milestone)
        self.milestones.append(milestone)
        if key == "resolve":
            self.case.due_at = milestone.due_at
        self._tell_of(milestone, "milestone.set", quantity=quantity)
        return milestone

    def meet(self, key: str, *, body: Body | None = None, request: Request | None = None) -> Milestone | None:
        """Mark a milestone met, on time or late; nothing if it isn't open."""
        milestone = self.find(key, body=body, request=request)
        return None if milestone is None else self.meet_this(milestone)

    def meet_this(self, milestone: Milestone) -> Milestone:
        """Mark this one met, on time or late; a late one is recorded as missed first."""
        milestone.state, milestone.met_at = Milestone.State.MET, self.at
        late = self.at > milestone.due_at
        if late and milestone.missed_at is None:
            self.miss(milestone)
        self._close(milestone, "milestone.met", outcome="late" if late else "on_time")
        return milestone

    def fulfil(self, event: str, owner_id: int) -> None:
        """Meet what the definition says this event meets, of what this organisation owes."""
        for key in self.definition.met_by(event):
            for milestone in [m for m in self.milestones if m.key == key and m.owner_id == owner_id]:
                self.meet_this(milestone)

    def begin(self, event: str, owner_id: int, *, body: Body | None = None, since: datetime | None = None) -> None:
        """Start what the definition says starts with this event; this organisation owes it."""
        for key in self.definition.starting_on(event):
            self.start(key, owner_id, body=body, since=since)

    def void(self, *keys: str) -> None:
        """These are no longer due (all open ones when none is named)."""
        self.void_these([m for m in self.milestones if not keys or m.key in keys])

    def void_these(self, milestones: list[Milestone]) -> None:
        """No longer due. What was already over was missed: passing on does not wash a miss off."""
        for milestone in milestones:
            if self.is_over(milestone):
                self.miss(milestone)
            milestone.state = Milestone.State.VOID
            self._close(milestone, "milestone.void", reason=self.row.verb)

    def is_over(self, milestone: Milestone) -> bool:
        """Running, past its limit, and not yet recorded as missed."""
        running = milestone.state == Milestone.State.RUNNING
        return running and milestone.missed_at is None and self.at > milestone.due_at

    def miss(self, milestone: Milestone) -> None:
        """What did not happen is a deed too. The milestone stays open."""
        milestone.missed_at = milestone.due_at
        self.changed(milestone)
        self._tell_of(milestone, "milestone.missed", happened_at=milestone.due_at)

    def move(self, milestone: Milestone, kind: str, **fields: Any) -> None:
        """Recompute a limit after a pause or an extension; the original limit stays."""
        clocks.recompute(
            milestone, self.suspensions, at=self.at, warn_share=clocks.warn_share(self.definition, milestone.key)
        )
        if milestone.missed_at is not None and milestone.due_at > milestone.missed_at:
            milestone.missed_at, milestone.raised = None, 0  # the later limit lifts the miss of the earlier one
        if milestone.key == "resolve":
            self.case.due_at = milestone.due_at
        self.changed(milestone)
        self._tell_of(milestone, kind, **fields)

    def pause(self, milestone: Milestone) -> None:
        """Stand still. What was over by now was missed."""
        if self.is_over(milestone):
            self.miss(milestone)
        milestone.state = Milestone.State.PAUSED
        self.changed(milestone)
        self._tell_of(milestone, "milestone.paused")

    def unpause(self, milestone: Milestone) -> None:
        """Run on; the limit is computed anew from the pauses as they now are."""
        milestone.state = Milestone.State.RUNNING
        self.move(milestone, "milestone.resumed")

    def drop_requests(self, **which: Any) -> None:
        """What was asked (all, or what matches) is overtaken: nobody needs to decide, their `decide` limits are void."""
        overtaken = Request.objects.filter(case=self.case, decided_at__isnull=True, **which)
        dropped = set(overtaken.values_list("id", flat=True))
        overtaken.update(decided_at=self.at, granted=False)
        self.void_these([m for m in self.milestones if m.request_id in dropped])

    def changed(self, milestone: Milestone) -> None:
        if milestone.id is not None:
            self._changed_milestones[milestone.id] = milestone

    def _tell_of(self, milestone: Milestone, kind: str, **fields: Any) -> None:
        self.deed(
            kind,
            credited=milestone.owner_id,
            milestone=milestone.key,
            due_at=milestone.due_at,
            subject_id=milestone.public_id,
            **fields,
        )

    def _close(self, milestone: Milestone, kind: str, **fields: Any) -> None:
        self.milestones.remove(milestone)
        self.changed(milestone)
        self._tell_of(milestone, kind, **fields)

    # the end

    def finish(self, *, quietly: bool = False) -> list[Deed]:
        """Write everything that has changed. The case's version tells later readers that it has moved; `quietly`: a
        job's step that changes nothing of what a person was about to decide.
        """
        self.case.state = FLOW.step(self.before, self.row.verb, prior=self.case.prior_state)
        if not self.new:
            self.case.version += 0 if quietly else 1
            changed = [name for name, value in self._columns().items() if value != self._was[name]]
            if changed:
                self.case.save(update_fields=changed)
        for milestone in self._new_milestones:
            milestone.case = self.case
        insert(self._new_milestones)
        for milestone in self._changed_milestones.values():
            milestone.save()
        written = super().finish()
        self._write_words(written)
        return written

    def _write_words(self, written: list[Deed]) -> None:
        rows = [
            Entry(
                case=self.case,
                deed_id=written[ordinal].public_id,
                kind=written[ordinal].kind,
                at=self.at,
                author_id=self.actor.person_id,
                organisation_id=self.actor.organisation_id,
                text=text,
                open_to_callers=shown,
            )
            for ordinal, text, shown in self._entries
        ]
        insert(rows)


def done_before(key: UUID) -> Case | None:
    """The case an earlier run of the same command acted on."""
    source = writing.done_before(key)
    with house("whoever has the key did it"):
        return None if source is None else Case.objects.get(public_id=source)


def act(
    *, verb: str, actor: Actor, at: datetime, key: UUID, case: UUID, change: Change, seen: int | None = None,
    by: Callable[[Case], int] | None = None,
) -> Case:  # fmt: skip
    """Lock the case, check, change, write. Raises NotFound, NotPermitted, Changed or Refused; then nothing is written.

    `seen` is the version the actor looked at: if somebody acted since, the actor is told instead of overwriting.
    `by` names the organisation whose part this is, where it is neither desk, holder nor lead (`policies.answering`).
    """
    with ExitStack() as walls:
        if actor.kind is ActorKind.SYSTEM:
            walls.enter_context(house(f"the system itself acts: {actor.name}"))
        walls.enter_context(transaction.atomic())
        locked = Case.objects.select_for_update().filter(public_id=case).first()
        if locked is None or (actor.kind is ActorKind.STAFF and not policies.sees(actor.viewer, locked)):
            raise NotFound()
        walls.enter_context(house("the matter was given within the actor's walls; what follows from it lies anywhere"))
        replay = done_before(key)
        if replay is not None:
            return replay
        if seen is not None and seen != locked.version:
            raise Changed("changed", "刚才有别人先办了这件事，请看最新情况再办；您填的内容还在")
        step = Step(case=locked, verb=verb, actor=actor, at=at, key=key)
        FLOW.step(locked.state, verb, prior=locked.prior_state)
        answering = by(locked) if by else policies.answering(locked, verb)
        policies.check_may(step.row.who, actor, step.path(answering))
        change(step)
        step.finish()
    return locked
