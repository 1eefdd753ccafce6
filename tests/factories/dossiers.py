"""Files of procedures over the small Party tree, and people on each rung."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from tests.factories.branches import PartyTree, party_tree, party_viewer
from tests.factories.organisations import SmallDistrict, small_district

from genmai.directory.roster.commands.members import NewMember, enrol
from genmai.directory.roster.models import Organisation, Person
from genmai.kernel.ids import key_of
from genmai.kernel.viewer import Actor
from genmai.processes.registers.models import Dossier, DossierEntry
from genmai.processes.registers.procedures import course, writing
from genmai.processes.registers.procedures.answers import passing
from genmai.processes.registers.procedures.commands import closing, opening, reviewing
from genmai.processes.registers.procedures.commands.closing import Fact
from genmai.processes.registers.procedures.mechanism import rules_of
from genmai.processes.registers.procedures.votes import Tally

SYSTEM = Actor.system("test")
BEGIN = date(2024, 3, 1)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(4), UTC)


@dataclass
class Files:
    """A district with a Party tree; time moves by hand, keys are counted."""

    district: SmallDistrict
    tree: PartyTree
    at: datetime = field(default_factory=lambda: noon(BEGIN))
    count: int = 0
    actors: dict[str, Actor] = field(default_factory=dict)

    def key(self) -> UUID:
        self.count += 1
        return key_of("files", self.count)

    def on(self, day: date) -> datetime:
        self.at = max(self.at, noon(day))
        return self.at

    @property
    def today(self) -> date:
        return self.at.date()

    def actor(self, login: str, role: str, body: Organisation) -> Actor:
        if login not in self.actors:
            self.actors[login] = Actor.staff(party_viewer(login, role, body))
        return self.actors[login]

    @property
    def branch(self) -> Actor:
        return self.actor("branch", "branch_secretary", self.tree.n1)

    @property
    def town(self) -> Actor:
        return self.actor("town", "party_office", self.tree.north)

    @property
    def south(self) -> Actor:
        return self.actor("south", "party_office", self.tree.south)

    @property
    def county(self) -> Actor:
        return self.actor("county", "party_organiser", self.tree.committee)

    def by(self, body: str) -> Actor:
        return {"branch": self.branch, "committee": self.town, "county": self.county}[body]

    def person(self, name: str = "赵新", born: date | None = date(2000, 1, 1)) -> Person:
        told = NewMember(name, born_on=born, sex="1")
        row = enrol(
            actor=SYSTEM, at=self.at, key=key_of("applicant", name), branch=self.tree.n1, member=told,
            stage="applicant", on=self.today,
        )  # fmt: skip
        return row.person

    def open(self, name: str = "赵新", *, procedure: str = "join", who: Actor | None = None, **more: Any) -> Dossier:
        actor = who or (self.branch if procedure == "join" else self.town)
        return opening.open_file(
            actor=actor, at=self.at, key=self.key(), procedure=procedure, subject=self.person(name, **more),
            branch=self.tree.n1,
        )  # fmt: skip

    def close(
        self, dossier: Dossier, step: str, day: date | None = None, who: Actor | None = None, **more: Any
    ) -> Dossier:
        """Close a step with answers that pass, on a day (else today), by whoever's it is."""
        rule = rules_of(dossier.mechanism, dossier.procedure).steps[step]
        on = day or self.today
        self.on(on)
        fact = Fact(
            on, passing(rule, on) | more.pop("answers", {}), more.pop("tally", Tally(10, 9, 8) if rule.vote else None)
        )
        return closing.close_step(
            actor=who or self.by(rule.by), at=self.at, key=more.pop("key", None) or self.key(),
            dossier=dossier.public_id, step=step, fact=fact, **more,
        )  # fmt: skip

    def record(self, dossier: Dossier, step: str, what: str, day: date, text: str = "写了一份") -> Dossier:
        self.on(day)
        rule = rules_of(dossier.mechanism, dossier.procedure).steps[step]
        return closing.write_record(
            actor=self.by(rule.by), at=self.at, key=self.key(), dossier=dossier.public_id, step=step, what=what, on=day,
            text=text,
        )  # fmt: skip

    def walk(self, dossier: Dossier, through: str) -> Dossier:
        """Every step up to `through`, each on its first day."""
        rules = rules_of(dossier.mechanism, dossier.procedure)
        for key in rules.in_order():
            rows = DossierEntry.objects.filter(dossier=dossier).select_related("corrects").order_by("number")
            now = course.standing(rules, writing.happenings(rows))
            if key in now.closed:
                continue
            first = course.earliest(rules, now, key, writing.born_on(dossier)) or self.today
            self.on(first)
            rule = rules.steps[key]
            last = max((one.on for one in now.closed.values()), default=first)
            for what, records in rule.records.items():
                for number in range(records.least):
                    self.record(dossier, key, what, min(last + timedelta(days=30 * number), self.today))
            if rule.review is not None:
                reviewing.ask(actor=self.by(rule.by), at=self.at, key=self.key(), dossier=dossier.public_id)
                for body in rule.review.bodies:
                    reviewing.answer(
                        actor=self.by(rule.by), at=self.at, key=self.key(), dossier=dossier.public_id, body=body,
                        agrees=True, document="回函",
                    )  # fmt: skip
            dossier = self.close(dossier, key)
            if key == through:
                break
        return dossier


def files() -> Files:
    district = small_district()
    return Files(district, party_tree())
