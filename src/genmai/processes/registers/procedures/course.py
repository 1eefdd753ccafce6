"""Where a file stands in its procedure, what hinders the next step, and from which day it may come. Pure.

A file is the list of its happenings, oldest first; nothing else is believed. Corrections and new rounds are happenings
too, so the same list always gives the same standing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from genmai.kernel.refusal import Refused
from genmai.processes.registers.procedures.answers import gaps
from genmai.processes.registers.procedures.rules import After, Procedure, Step
from genmai.processes.registers.procedures.spans import add_months, after
from genmai.processes.registers.procedures.votes import Tally, count

CLOSED, RECORDED, ANSWERED, EXTENDED, SENT_BACK = "closed", "recorded", "answered", "extended", "sent_back"


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing written into a file. `number` tells it apart; `corrects` names the one whose place it takes.

    closed: answers, tally · recorded: `what` of the step's records · answered: `what` the body, `agrees`
    extended: months · sent_back: `step` is the one to begin again from.
    """

    number: int
    kind: str
    step: str
    on: date
    answers: Mapping[str, str] = field(default_factory=dict)
    tally: Tally | None = None
    what: str = ""
    agrees: bool = True
    months: int = 0
    corrects: int | None = None


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why a step can't be closed; `since`: from which day it could, where a day is all that is missing."""

    code: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    since: date | None = None
    field_name: str = ""

    def refusal(self) -> Refused:
        """The same as an answer to a command."""
        params: dict[str, Any] = {
            name: "、".join(str(one) for one in value) if isinstance(value, tuple) else value
            for name, value in self.params.items()
        }
        return Refused(self.code, self.message, field=self.field_name, **params)


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds of a file now: each step's closing in force, what was written for the others."""

    closed: Mapping[str, Happening]
    records: Mapping[str, tuple[Happening, ...]]
    answers: Mapping[str, Mapping[str, Happening]]  # step → body → its last word
    months: Mapping[str, int]  # step → months it was extended by
    extensions: Mapping[str, int]  # step → how often
    round: int

    def next_step(self, rules: Procedure) -> str | None:
        """The first step not closed; None when all are."""
        return next((key for key in rules.in_order() if key not in self.closed), None)


def in_force(happenings: Iterable[Happening]) -> list[Happening]:
    """The happenings with each corrected one replaced, in place, by its last correction."""
    found = {one.number: one for one in happenings}
    last = {one.corrects: one for one in found.values() if one.corrects is not None}
    kept = []
    for one in found.values():
        if one.corrects is None:
            now = one
            while now.number in last:
                now = last[now.number]
            kept.append(replace(now, number=one.number, corrects=None))
    return kept


def standing(rules: Procedure, happenings: Iterable[Happening]) -> Standing:
    """Fold a file's happenings. A step begun again takes everything of it and after it out of force, kept in history."""
    closed: dict[str, Happening] = {}
    records: dict[str, list[Happening]] = {}
    answers: dict[str, dict[str, Happening]] = {}
    months: dict[str, int] = {}
    times: dict[str, int] = {}
    rounds = 1
    for one in in_force(happenings):
        if one.kind == CLOSED:
            closed[one.step] = one
        elif one.kind == RECORDED:
            records.setdefault(one.step, []).append(one)
        elif one.kind == ANSWERED:
            answers.setdefault(one.step, {})[one.what] = one
        elif one.kind == EXTENDED:
            months[one.step] = months.get(one.step, 0) + one.months
            times[one.step] = times.get(one.step, 0) + 1
        elif one.kind == SENT_BACK:
            rounds += 1
            for key in rules.in_order()[rules.steps[one.step].order - 1 :]:
                for table in (closed, records, answers, months, times):
                    table.pop(key, None)
    kept = {key: tuple(found) for key, found in records.items()}
    return Standing(closed, kept, answers, months, times, rounds)


# -- days --------------------------------------------------------------------------------------------------------------


def earliest(rules: Procedure, now: Standing, step: str, born_on: date | None) -> date | None:
    """The first day on which the step may be closed, as far as closed steps and the age say; None when nothing says."""
    days = [found for rule in rules.steps[step].after if (found := soonest(rule, now, step, rules)) is not None]
    last = _last_before(rules, now, step)
    if last is not None:
        days.append(last.on)
    age = rules.steps[step].age
    if age is not None and born_on is not None:
        days.append(add_months(born_on, 12 * age))
    return max(days, default=None)


def soonest(rule: After, now: Standing, step: str, rules: Procedure) -> date | None:
    """The day one interval is full; None while the step it counts from is open, or where there is no least."""
    if rule.least is None or rule.step not in now.closed:
        return None
    more = now.months.get(step, 0) if not rule.fixed and _moves(rules.steps[step], "wait") else 0
    return after(now.closed[rule.step].on, rule.least, more_months=more)


def latest_of(rule: After, now: Standing, step: str, rules: Procedure) -> date | None:
    """The last day of one interval; None while it doesn't run."""
    if rule.most is None or rule.step not in now.closed:
        return None
    more = now.months.get(step, 0) if not rule.fixed and _moves(rules.steps[step], "limit") else 0
    return after(now.closed[rule.step].on, rule.most, more_months=more)


def latest(rules: Procedure, now: Standing, step: str) -> date | None:
    """The day by which the step should be closed; None when nothing says."""
    rule = rules.steps[step]
    days = [found for one in rule.after if (found := latest_of(one, now, step, rules)) is not None]
    days += [after(now.closed[one.step].on, one.for_) for one in rule.valid if one.step in now.closed]
    return min(days, default=None)


def _moves(step: Step, what: str) -> bool:
    return step.extension is not None and step.extension.moves in (what, "both")


def _last_before(rules: Procedure, now: Standing, step: str) -> Happening | None:
    days = [now.closed[key] for key in rules.before(step) if key in now.closed]
    return max(days, key=lambda one: one.on, default=None)


# -- guards ------------------------------------------------------------------------------------------------------------


def hindrances(
    rules: Procedure, now: Standing, step: str, on: date, born_on: date | None, fact: Happening | None = None
) -> list[Hindrance]:
    """Everything that stands against closing the step on that day; `fact`: what would be written, checked too."""
    rule = rules.steps[step]
    found = [*_order(rules, now, step), *_days(rules, now, step, on, born_on)]
    for key, records in rule.records.items():
        have = sum(1 for one in now.records.get(step, ()) if one.what == key and one.on <= on)
        if have < records.least:
            found.append(
                Hindrance(
                    "records_missing", "“{title}”要记满 {least} 次，现在有 {have} 次",
                    {"title": records.title, "least": records.least, "have": have},
                )
            )  # fmt: skip
    found += _review(rule, now, step, on)
    if fact is not None:
        found += [
            Hindrance(code, message, params, None, name) for code, message, params, name in gaps(rule, fact.answers)
        ]
        found += _vote(rule, fact)
    return found


def _order(rules: Procedure, now: Standing, step: str) -> list[Hindrance]:
    if step in now.closed:
        return [Hindrance("closed_before", "这一步已经办过；记错了请更正，要重办请退回")]
    waiting = [key for key in rules.before(step) if key not in now.closed]
    if not waiting:
        return []
    first = rules.steps[waiting[0]]
    return [
        Hindrance(
            "earlier_open", "先办第 {order} 步“{title}”", {"order": first.order, "title": first.title}
        )
    ]  # fmt: skip


def _days(rules: Procedure, now: Standing, step: str, on: date, born_on: date | None) -> list[Hindrance]:
    rule, found = rules.steps[step], []
    last = _last_before(rules, now, step)
    if last is not None and on < last.on:
        found.append(
            Hindrance("before_earlier", "日期不能早于前面已办的步骤（{day}）", {"day": last.on}, last.on, "on")
        )
    for one in rule.after:
        since, until = soonest(one, now, step, rules), latest_of(one, now, step, rules)
        from_ = rules.steps[one.step]
        if since is not None and on < since:
            params = {"order": from_.order, "title": from_.title, "day": since}
            found.append(Hindrance("too_early", "离第 {order} 步“{title}”时间还不够，最早 {day}", params, since, "on"))
        if until is not None and on > until and one.late != "note":
            found.append(_too_late(rules, one, until))
    for valid in rule.valid:
        if valid.step in now.closed and on > (ended := after(now.closed[valid.step].on, valid.for_)):
            checked = rules.steps[valid.step]
            params = {"order": checked.order, "title": checked.title, "day": ended}
            found.append(
                Hindrance("no_longer_valid", "第 {order} 步“{title}”到 {day} 已过有效期，要退回去重办", params)
            )
    return found + _age(rule, on, born_on)


def _too_late(rules: Procedure, rule: After, until: date) -> Hindrance:
    if rule.late == "refuse" or rule.redo_from is None:
        return Hindrance("too_late", "已过 {day} 的期限，要先办延长", {"day": until}, None, "on")
    again = rules.steps[rule.redo_from]
    params = {"day": until, "order": again.order, "title": again.title}
    return Hindrance("redo_needed", "已过 {day} 的期限，要退回第 {order} 步“{title}”重办", params, None, "on")


def _age(rule: Step, on: date, born_on: date | None) -> list[Hindrance]:
    if rule.age is None:
        return []
    if born_on is None:
        return [Hindrance("birth_unknown", "还没有登记出生日期，查不到年龄；请先在人员信息里登记")]
    of_age = add_months(born_on, 12 * rule.age)
    if on >= of_age:
        return []
    return [Hindrance("too_young", "年满 {age} 岁才能办，最早 {day}", {"age": rule.age, "day": of_age}, of_age, "on")]


def _review(rule: Step, now: Standing, step: str, on: date) -> list[Hindrance]:
    if rule.review is None:
        return []
    given = now.answers.get(step, {})
    # An answer dated after the day the step is to be closed on was not there yet.
    missing = tuple(body.title for key, body in rule.review.bodies.items() if key not in given or given[key].on > on)
    against = tuple(body.title for key, body in rule.review.bodies.items() if key in given and not given[key].agrees)
    found = []
    if missing:
        found.append(Hindrance("review_waiting", "还等 {bodies} 答复", {"bodies": missing}))
    if against:
        found.append(Hindrance("review_against", "{bodies} 不同意，要先弄清楚、由它重新答复", {"bodies": against}))
    return found


def _vote(rule: Step, fact: Happening) -> list[Hindrance]:
    if rule.vote is None:
        return []
    if fact.tally is None:
        return [Hindrance("vote_missing", "请填应到、实到和同意的人数", {}, None, "entitled")]
    outcome = count(fact.tally, rule.vote)
    if not outcome.quorate:
        params = {"present": fact.tally.present, "entitled": fact.tally.entitled}
        return [Hindrance("no_quorum", "到会 {present} 人，没有超过应到 {entitled} 人的规定比例，会议不算数", params, None, "present")]  # fmt: skip
    if not outcome.carried:
        params = {"counted": outcome.counted, "entitled": fact.tally.entitled}
        return [Hindrance("not_carried", "同意 {counted} 人，没有超过应到 {entitled} 人的规定比例，没有通过", params, None, "in_favour")]  # fmt: skip
    return []


def redo_from(rules: Procedure, now: Standing, step: str, on: date) -> str | None:
    """The earliest step that passed limits ask to begin again from; None when none does."""
    asked = [
        one.redo_from
        for one in rules.steps[step].after
        if one.redo_from and (until := latest_of(one, now, step, rules)) is not None and on > until
    ]
    asked += [
        one.step
        for one in rules.steps[step].valid
        if one.step in now.closed and on > after(now.closed[one.step].on, one.for_)
    ]
    return min(asked, key=lambda key: rules.steps[key].order, default=None)


def is_late(rules: Procedure, now: Standing, step: str, on: date) -> bool:
    """Whether closing on that day is after a limit (noted, where the rules only note it)."""
    until = latest(rules, now, step)
    return until is not None and on > until


def replayed(rules: Procedure, happenings: Sequence[Happening], born_on: date | None) -> Standing:
    """Walk the file anew, each closing against its guards: for a correction, which may shake what came later.

    Raises Refused naming the step that would no longer hold.
    """
    walked: list[Happening] = []
    for one in in_force(happenings):
        if one.kind == CLOSED:
            against = hindrances(rules, standing(rules, walked), one.step, one.on, born_on, one)
            if against:
                step = rules.steps[one.step]
                raise Refused(
                    "correction_breaks", "这样一改，第 {order} 步“{title}”就站不住了：{why}", field="on",
                    order=step.order, title=step.title, why=against[0].refusal().text(),
                )  # fmt: skip
        walked.append(one)
    return standing(rules, walked)
