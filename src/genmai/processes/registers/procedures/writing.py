"""What every command about a file shares: the locked row, its happenings, the next entry, where it stands afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from genmai.directory.roster import sealing
from genmai.directory.roster.models import Organisation, Profile, Tree
from genmai.directory.roster.trees import path_in
from genmai.directory.territory.days import SHANGHAI, day_of
from genmai.kernel import ids
from genmai.kernel.refusal import BadInput, NotFound
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor, ActorKind
from genmai.processes.registers.flow import DOSSIER
from genmai.processes.registers.models import Dossier, DossierEntry
from genmai.processes.registers.procedures import course, policies
from genmai.processes.registers.procedures.course import Happening
from genmai.processes.registers.procedures.mechanism import rules_of, section_of
from genmai.processes.registers.procedures.policies import levels, seen_by
from genmai.processes.registers.procedures.rules import Procedure
from genmai.processes.registers.procedures.votes import Tally
from genmai.records import writing

SOURCE = "dossier"
PURPOSE = "dossier"
OF_COURSE = (course.CLOSED, course.RECORDED, course.ANSWERED, course.EXTENDED, course.SENT_BACK)
LONGEST = 2000


def happening(entry: DossierEntry, answers: Mapping[str, str] | None = None) -> Happening:
    """An entry as the course reads it; `answers` where they were opened."""
    tally = None
    if entry.entitled is not None:
        tally = Tally(entry.entitled, entry.present or 0, entry.in_favour or 0, entry.written or 0)
    return Happening(
        number=entry.number,
        kind=entry.kind,
        step=entry.step,
        on=entry.happened_on,
        answers=answers or {},
        tally=tally,
        what=entry.what,
        agrees=entry.agrees is not False,
        months=entry.months or 0,
        corrects=entry.corrects.number if entry.corrects is not None else None,
    )


def happenings(entries: Iterable[DossierEntry]) -> list[Happening]:
    """The entries that move the course, oldest first."""
    return [happening(entry) for entry in entries if entry.kind in OF_COURSE]


class Writing(writing.Writing):
    """One command about one file: each entry with its deed, and at the end where the file stands."""

    kept_by = policies.KEEP

    def __init__(self, *, actor: Actor, at: datetime, key: UUID, dossier: Dossier) -> None:
        super().__init__(actor=actor, at=at, key=key)
        self.dossier = dossier
        self.rules: Procedure = rules_of(dossier.mechanism, dossier.procedure)
        self.born_on = born_on(dossier)
        rows = DossierEntry.objects.filter(dossier_id=dossier.pk or 0).select_related("corrects").order_by("number")
        self.entries: list[DossierEntry] = list(rows) if dossier.pk else []
        self.today = day_of(at)
        self.path = path_in(Tree.PARTY, dossier.branch_id, self.today)

    @property
    def standing(self) -> course.Standing:
        """Where the file stands with what is written so far."""
        return course.standing(self.rules, happenings(self.entries))

    def day(self, on: date) -> date:
        """A day something happened on. Raises BadInput for one still to come."""
        if on > self.today:
            raise BadInput("future", "日期不能在今天以后", field="on")
        return on

    def enter(
        self, kind: str, on: date, *, words: Mapping[str, str] | None = None, deed: str = "", outcome: str = "",
        milestone: str = "", quantity: int | None = None, **columns: Any,
    ) -> DossierEntry:  # fmt: skip
        """Add an entry, its words sealed under the subject's key, with its deed."""
        number = len(self.entries) + 1
        told = {name: text for name, text in (words or {}).items() if text}
        sealed = None
        if told:
            text = json.dumps(told, ensure_ascii=False, sort_keys=True)
            sealed = sealing.seal_words(self.dossier.subject, purpose=PURPOSE, text=text)
        columns["document"] = clean(columns.get("document", ""), 120, field="document")
        entry = DossierEntry(
            public_id=ids.derive(self.at, self.key, "entry", number), dossier=self.dossier, number=number, kind=kind,
            happened_on=on, recorded_at=self.at, by_id=self.actor.person_id, organisation_id=self.actor.organisation_id,
            words=sealed, **columns,
        )  # fmt: skip
        entry.save(force_insert=True)
        self.entries.append(entry)
        if deed:
            self.deed(deed, subject_id=entry.public_id, happened_at=self._moment(on), reason=entry.step,
                      outcome=outcome, milestone=milestone, quantity=quantity)  # fmt: skip
        return entry

    def _moment(self, on: date) -> datetime:
        """Midday of the day it happened, or now, whichever comes first."""
        return min(datetime.combine(on, time(12), SHANGHAI).astimezone(UTC), self.at)

    def common(self) -> dict[str, Any]:
        """Credited to the branch; who the file is about stands in the deed's own column."""
        return {
            "source_kind": SOURCE, "source_id": self.dossier.public_id, "mechanism": self.dossier.mechanism,
            "organisation_id": self.dossier.branch_id, "path": self.path, "person_id": self.dossier.subject_id,
            "category": self.dossier.procedure[:20],
        }  # fmt: skip

    def tell(self, organisation_id: int | None, kind: str, **payload: Any) -> None:
        """Notify a body's people; who the file is about stands in the file alone."""
        super().tell(organisation_id, kind, procedure=self.dossier.procedure, **payload)

    def tell_turn(self, kind: str) -> None:
        """Notify whoever has the next step; where nobody stands on that rung, the branch."""
        self.tell(self._turn() or self.dossier.branch_id, kind)

    def step(self, verb: str) -> Dossier:
        """Take the step in the flow, work out where the file stands, write it all."""
        dossier = self.dossier
        dossier.state = DOSSIER.step(dossier.state, verb)
        place(dossier, self.rules, self.standing, self.born_on)
        if dossier.next_step == "" and dossier.state == "running":
            dossier.state = DOSSIER.step("running", "finish")
            self.deed("dossier.finished")
        if dossier.state in ("done", "ended"):
            dossier.ended_at = dossier.ended_at or self.at
        dossier.version += 1
        dossier.save()
        notice = DOSSIER.row(verb).notice
        if notice:
            self.tell(self._turn() if notice == "dossier.turn" else dossier.branch_id, notice)
        self.finish()
        return dossier

    def _turn(self) -> int | None:
        """The body whose turn it is: the nearest one above the branch, itself included, on the step's rung."""
        if not self.dossier.next_by:
            return self.dossier.branch_id
        line = [int(part) for part in self.path.split("/") if part]
        rungs = levels(section_of(self.dossier.mechanism).bodies[self.dossier.next_by])
        found = set(Organisation.objects.filter(pk__in=line, level__in=rungs).values_list("pk", flat=True))
        return next((identity for identity in reversed(line) if identity in found), None)


def place(dossier: Dossier, rules: Procedure, now: course.Standing, born: date | None) -> None:
    """The columns lists ask for, from where the file stands."""
    step = now.next_step(rules)
    last = rules.in_order()[-1]
    dossier.next_step = step or ""
    dossier.next_by = rules.steps[step].by if step else ""
    dossier.stage = rules.steps[step or last].stage
    dossier.next_from = course.earliest(rules, now, step, born) if step else None
    dossier.next_until = course.latest(rules, now, step) if step else None
    dossier.round = now.round


def born_on(dossier: Dossier) -> date | None:
    """The subject's birth date, where the registry has it."""
    return Profile.objects.filter(person_id=dossier.subject_id).values_list("born_on", flat=True).first()


def lock(actor: Actor, public_id: UUID) -> Dossier:
    """The file, locked until the transaction ends. Raises NotFound outside the actor's scope."""
    rows = Dossier.objects.select_for_update(of=("self",)).select_related("subject__sealing_key", "branch")
    rows = rows.filter(public_id=public_id)
    if actor.kind is ActorKind.STAFF:
        rows = rows.filter(seen_by(actor.viewer))
    found = rows.first() if actor.kind is not ActorKind.REPORTER else None
    if found is None:
        raise NotFound()
    return found


def opened_words(dossier: Dossier, entry: DossierEntry) -> dict[str, str]:
    """What was written in an entry; of a person whose key was destroyed nothing."""
    try:
        text = sealing.open_words(dossier.subject, purpose=PURPOSE, sealed=entry.words)
    except sealing.KeyDestroyed:
        return {}
    return dict(json.loads(text)) if text else {}
