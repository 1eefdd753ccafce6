"""One matter's life: a story does one thing at a time and says when the next one comes."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from genmai.directory.roster.commands.people import find_or_add_resident
from genmai.directory.roster.models import Organisation
from genmai.kernel import ids
from genmai.kernel.viewer import Actor
from genmai.kernel.worktime import Calendar
from genmai.processes.cases import mechanism as mechanisms
from genmai.processes.cases.commands import dispatching, handling, intake, suggesting, verifying
from genmai.processes.cases.models import Body, Caller, Case, Request
from genmai.simulation.cast import Cast, invented_name
from genmai.simulation.topics import Topic

Steps = Iterator[datetime]  # a plot yields the moment of its next step

WORKER = Actor.system("suggestions")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a matter happens: a grid with its village and town, and one of its buildings where it has micro-grids."""

    grid: Organisation
    village: Organisation
    town: Organisation
    building: Organisation | None = None

    @property
    def lowest(self) -> Organisation:
        """The body nearest to the matter."""
        return self.building or self.grid

    def body(self, handler: str) -> Organisation:
        return {"grid": self.grid, "village": self.village, "town": self.town}[handler]


@dataclass
class Story:
    """One matter from one reporter, told step by step. Every command's key comes from seed, story number and step."""

    number: int
    seed: int
    now: datetime
    topic: Topic
    spot: Spot
    cast: Cast
    calendar: Calendar
    departments: dict[str, Organisation]
    district: Organisation
    dice: random.Random
    case: Case = field(init=False)
    step: int = 0

    # time

    def soon(self, least: float, most: float) -> datetime:
        """Some minutes of office time later (residents' own steps use `later`)."""
        at = self.now + timedelta(minutes=self.dice.uniform(least, most))
        if not self.calendar.is_open(at):
            at = self.calendar.next_opening(at) + timedelta(minutes=self.dice.uniform(3, 50))
        self.now = at
        return at

    def later(self, least_hours: float, most_hours: float) -> datetime:
        """Some hours later, any time of day."""
        self.now += timedelta(hours=self.dice.uniform(least_hours, most_hours))
        return self.now

    # doing

    def key(self) -> UUID:
        self.step += 1
        return ids.key_of("simulation", self.seed, self.number, self.step)

    def do(self, command: Callable[..., Case], actor: Actor, **more: Any) -> Case:
        """One command on this story's case."""
        self.case = command(actor=actor, at=self.now, key=self.key(), case=self.case.public_id, **more)
        return self.case

    def lead(self) -> Actor:
        return self.cast.actor(self.case.lead_id or self.case.holder_id)

    def desk(self) -> Actor:
        return self.cast.actor(self.case.desk_id, role="town_desk" if self.case.desk_id == self.spot.town.pk else "")

    def holder(self) -> Actor:
        """Somebody of the body whose move it is, not the one who replied."""
        return self.cast.actor(self.case.holder_id, other_than=self.case.replied_by_id)

    # the usual steps

    def report(
        self, *, channel: str = "web", text: str = "", title: str = "", grid: bool = False, urgency: str = ""
    ) -> Case:
        person = self._resident()
        report = intake.Report(
            text=text or self.dice.choice(self.topic.texts),
            title=title or self.topic.title,
            service="" if channel == "hotline" else self.topic.service,
            urgency=urgency or self.topic.urgency,
            channel=channel,
            place_id=(self.spot.lowest if grid else self.spot.village).place_id,
            place_text=f"{self.dice.randint(1, 38)} 幢附近",
            person_id=person,
        )
        actor = Actor.reporter()
        if channel != "web":
            actor = self.cast.actor((self.spot.lowest if grid else self.spot.village).pk)
        self.case = intake.receive(actor=actor, at=self.now, key=self.key(), mechanism=mechanisms.loop(), report=report)
        return self.case

    def _resident(self) -> int | None:
        if self.dice.random() < 0.35:
            return None
        phone = f"199{self.dice.randint(0, 99_999_999):08d}"
        person = find_or_add_resident(
            actor=Actor.system("simulation"), at=self.now, key=self.key(), phone=phone, name=invented_name(self.dice)
        )
        return person.pk if person else None

    def category(self) -> str:
        found = mechanisms.taxonomy().find(self.topic.path).category
        if found is None:
            raise LookupError(f"no subject {self.topic.path}")
        return found.code

    def target(self) -> Organisation:
        """The body the duty list names; a base body where it is the base's own work."""
        if self.topic.handler != "department":
            return self.spot.body(self.topic.handler)
        row = mechanisms.duty_of(self.category(), on=self.now.date())
        if row is None:
            raise LookupError(f"no duty row for {self.topic.path}")
        return self.departments[row.body]

    def dispatch(self, to: Organisation | None = None) -> None:
        target = to or self.target()
        if self.number % 2:  # as the worker does before anybody looks; half is enough to see, and quicker
            suggesting.make(actor=WORKER, at=self.now, limit=5)
        self.do(dispatching.dispatch, self.desk(), to=target.public_id, category=self.category())

    def accept(self) -> None:
        self.do(handling.accept, self.lead())

    def contact(self) -> None:
        self.do(handling.contact, self.lead(), text="电话联系了，约好上门看。")

    def reply(self, outcome: str = "solved", text: str = "", **more: Any) -> None:
        self.do(handling.reply, self.lead(), outcome=outcome, text=text or self.topic.done, **more)

    def verify(self) -> None:
        self.do(verifying.verify, self.holder(), text="看过现场，与答复一致。")

    def visit(self, *, fixed: bool, satisfaction: int) -> None:
        for caller in self.callers():
            self.do(
                verifying.visit, self.holder(), caller=caller, reached=True, contacted=True, fixed=fixed,
                satisfaction=satisfaction,
            )  # fmt: skip

    def judge(self, *, fixed: bool, satisfaction: int, text: str = "") -> None:
        caller = self.callers()[0]
        self.case = verifying.judge(
            actor=Actor.reporter(), at=self.now, key=self.key(), caller=caller, fixed=fixed,
            satisfaction=satisfaction, text=text,
        )  # fmt: skip

    def close(self, reason: str = "solved", text: str = "") -> None:
        self.do(verifying.close, self.holder(), reason=reason, text=text)

    def decide(self, command: Callable[..., Case], text: str) -> None:
        """The reviewer of the open request decides."""
        request = Request.objects.get(case=self.case, decided_at__isnull=True)
        self.do(command, self.cast.approver(request.reviewer_id), text=text)

    def callers(self) -> list[UUID]:
        return list(Caller.objects.filter(case=self.case).order_by("id").values_list("public_id", flat=True))

    def called(self) -> list[Body]:
        rows = Body.objects.filter(case=self.case, part=Body.Part.CALLED, released_at__isnull=True)
        return list(rows.select_related("organisation").order_by("id"))
