"""`procedures.toml`: its check, and the walk that examples take through a procedure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

from pydantic import Field

from genmai.mechanisms.schema import Code, Fault, Frozen, House, Section, out_of_order, unknown_keys
from genmai.processes.registers.procedures import course
from genmai.processes.registers.procedures.answers import passing
from genmai.processes.registers.procedures.course import ANSWERED, CLOSED, EXTENDED, RECORDED, Happening
from genmai.processes.registers.procedures.rules import BodyKind, Procedure, Step
from genmai.processes.registers.procedures.votes import Tally


class Tried(Frozen):
    """An example's question: each step up to `through` is closed on its first possible day from `begin` on, then `step`
    is tried on `on`. What isn't said passes; `against`: bodies of a joint review that object; `extended`: months.
    """

    procedure: str
    begin: date
    born: date | None = None
    through: str = ""
    step: str
    on: date
    answers: Mapping[str, str] = Field(default_factory=dict)
    vote: Mapping[str, int] | None = None
    against: tuple[str, ...] = ()
    extended: int = 0


class ProceduresSection(Section):
    bodies: Mapping[Code, BodyKind]
    procedures: Annotated[Mapping[Code, Procedure], Field(min_length=1)]

    def check(self, house: House) -> Iterator[Fault]:
        for key, one in self.procedures.items():
            at = f"procedures.{key}"
            yield from out_of_order(f"{at}.stages", one.stages)
            yield from out_of_order(f"{at}.steps", one.steps)
            yield from unknown_keys(f"{at}.opened_by", one.opened_by, self.bodies)
            yield from unknown_keys(f"{at}.stopped_by", one.stopped_by, self.bodies)
            stages = [one.stages[s.stage].order for k in one.in_order() if (s := one.steps[k]).stage in one.stages]
            if stages != sorted(stages):
                yield Fault(f"{at}.steps", stages, "steps in the order of their stages")
            for name, step in one.steps.items():
                yield from self._step(f"{at}.steps.{name}", one, name, step)

    def _step(self, at: str, one: Procedure, name: str, step: Step) -> Iterator[Fault]:
        earlier = {key: one.steps[key] for key in one.before(name)}
        yield from unknown_keys(f"{at}.by", [step.by], self.bodies)
        yield from unknown_keys(f"{at}.stage", [step.stage], one.stages)
        for after in step.after:
            yield from unknown_keys(f"{at}.after.step", [after.step], earlier)
            yield from unknown_keys(f"{at}.after.redo_from", [after.redo_from] if after.redo_from else [], earlier)
        yield from unknown_keys(f"{at}.valid.step", [valid.step for valid in step.valid], earlier)
        yield from unknown_keys(f"{at}.since", [step.since] if step.since else [], earlier)
        for group in step.any_of:
            counted = {key: ask for key, ask in step.asks.items() if ask.least is not None}
            yield from unknown_keys(f"{at}.any_of.asks", group.asks, counted)
        if step.extension is not None:
            yield from unknown_keys(f"{at}.extension.by", [step.extension.by], self.bodies)
            if step.extension.least > step.extension.most:
                yield Fault(f"{at}.extension.least", step.extension.least, f"{step.extension.most} at most")
            if not step.after:
                yield Fault(f"{at}.extension", step.extension.moves, "an interval under 'after' that it can move")

    def answer(self, given: Mapping[str, Any]) -> str:
        """An example: what comes of trying a step, as `allowed`, `late`, or why not and from which day it may be."""
        tried = Tried.model_validate(given)
        if tried.procedure not in self.procedures:
            raise KeyError(f"procedure {tried.procedure}")
        rules = self.procedures[tried.procedure]
        for key in (tried.through, tried.step):
            if key and key not in rules.steps:
                raise KeyError(f"step {key}")
        walked, step = walk_through(rules, tried.begin, tried.through, tried.born), rules.steps[tried.step]
        if tried.extended:
            walked.append(Happening(len(walked) + 1, EXTENDED, tried.step, tried.on, months=tried.extended))
        walked += _written_for(step, tried.step, tried.on, len(walked))
        walked += [
            Happening(len(walked) + n, ANSWERED, tried.step, tried.on, what=body, agrees=False)
            for n, body in enumerate(tried.against, start=1)
        ]
        fact = closing(rules, tried.step, tried.on, len(walked) + 1)
        fact = replace(fact, answers={**fact.answers, **tried.answers})
        if tried.vote is not None:
            fact = replace(fact, tally=Tally(**tried.vote))
        now = course.standing(rules, walked)
        found = course.hindrances(rules, now, tried.step, tried.on, tried.born, fact)
        if found:
            return f"{found[0].code} {found[0].since or ''}".strip()
        return "late" if course.is_late(rules, now, tried.step, tried.on) else "allowed"


def closing(rules: Procedure, step: str, on: date, number: int) -> Happening:
    """A closing that passes: what it asks answered, a meeting where all were there and for it."""
    tally = Tally(10, 10, 10) if rules.steps[step].vote else None
    return Happening(number, CLOSED, step, on, answers=passing(rules.steps[step], on), tally=tally)


def walk_through(rules: Procedure, begin: date, through: str, born_on: date | None) -> list[Happening]:
    """Every step up to `through`, each on the first day it may be closed on."""
    walked: list[Happening] = []
    if not through:
        return walked
    for key in rules.in_order():
        now = course.standing(rules, walked)
        day = max(course.earliest(rules, now, key, born_on) or begin, begin)
        walked += _written_for(rules.steps[key], key, day, len(walked))
        walked.append(closing(rules, key, day, len(walked) + 1))
        if key == through:
            break
    return walked


def _written_for(step: Step, key: str, on: date, count: int) -> list[Happening]:
    """The records and answers a step needs, all of that day."""
    wanted = [(RECORDED, name) for name, records in step.records.items() for _ in range(records.least)]
    wanted += [(ANSWERED, name) for name in (step.review.bodies if step.review else {})]
    return [Happening(count + n, kind, key, on, what=name) for n, (kind, name) in enumerate(wanted, start=1)]


__all__ = ["ProceduresSection", "closing", "walk_through"]
