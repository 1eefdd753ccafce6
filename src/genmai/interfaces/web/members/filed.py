"""What the page of one member's file shows: now, or as it was known on a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from genmai.directory.access.policies import may_reveal
from genmai.directory.roster import mechanism
from genmai.directory.roster.buckets import whole_years
from genmai.directory.roster.models import Correction, Proposal, Standing, StandingKind, Tree
from genmai.directory.roster.queries import file_then, honours
from genmai.directory.roster.queries import members as queries
from genmai.directory.roster.queries.members import MemberFile
from genmai.directory.roster.queries.posts import assignments
from genmai.directory.territory.days import day_of
from genmai.interfaces.web.edge.posting import new_key
from genmai.interfaces.web.edge.viewing import AskedRequest
from genmai.interfaces.web.honours.register import name_of, state_of
from genmai.interfaces.web.members import words
from genmai.interfaces.web.organisations.asking import Question
from genmai.kernel.viewer import Actor


def context(asked: AskedRequest, file: MemberFile, question: Question) -> dict[str, Any]:
    """Everything the template draws. Four queries beside the file's own."""
    own = asked.viewer.person_id == file.person.pk
    told = own or honours.sees_discipline(asked.viewer, file.path)
    made = file_then.corrections(asked.viewer, person_id=file.person.pk)
    if question.known_at is not None:
        file = file_then.as_known(asked.viewer, file=file, made=made, known_at=question.known_at)
        made = [one for one in made if one.recorded_at <= question.known_at]
    rules, current = mechanism.members(), file.current
    known = bool(file.history)  # on an earlier day nobody may have known of them yet
    return {
        "nav_key": "members", "now": asked.now, "file": file, "facts": _facts(file, question.known or day_of(asked.now)) if known else [], "own": own, "asked": question,
        "today_url": reverse("member", args=[file.person.public_id]), "sees_discipline": told,
        "may_keep": queries.may_keep(asked.viewer, file.path) and not own and not question.past,
        "may_reveal": may_reveal(Actor.staff(asked.viewer), file.path, tree=Tree.PARTY) and not question.past,
        "has_numbers": bool(file.phone or file.identity), "reveal_key": new_key(), "may_discipline": honours.sees_discipline(asked.viewer, file.path) and not own and not question.past,
        "status": words.STATUSES[current.status] if known else _("那天还没有登记这个人"),
        "shape": words.STATUS_SHAPES[current.status] if known else "new",
        "history": [
            (row, words.STAGES[row.stage], words.STATUSES[row.status], words.chosen(rules.arrivals, row.arrived))
            for row in file.history if row.valid_to != row.valid_from
        ],
        "posts": [post for post in file.posts if post.valid_to != post.valid_from],
        "sent": _sent(asked, file, question),
        "standings": [
            (row, name_of(row), row.ended, words.STANDINGS[row.kind], words.chosen(rules.levels, row.level), *state_of(row, asked))
            for row in file.standings if _shown(row, told)
        ],
        "dues": [(row, *words.DUES[row.status]) for row in file.dues[:12]],
        "proposals": [
            (row, words.say(rules.timers[row.timer].title) if row.timer in rules.timers else row.timer,
             words.OUTCOMES[row.decision.outcome] if hasattr(row, "decision") else "")
            for row in file.proposals if told or not _of_discipline(row)
        ],
        "corrections": _corrected(made),
    }  # fmt: skip


def _corrected(made: list[Correction]) -> list[tuple[Correction, str, bool]]:
    """Each correction with what it put right, and whether it is the last of all of that and can be taken back alone."""
    by: dict[Any, list[Correction]] = {}
    for one in made:  # the latest first
        by.setdefault(one.key, []).append(one)
    seen: set[str] = set()
    found = []
    for rows in by.values():
        fields = {one.field for one in rows}
        named = _("、").join(str(words.PARTICULARS.get(one.field, one.field)) for one in reversed(rows))
        found.append((rows[0], named, not fields & seen))
        seen |= fields
    return found


def _facts(file: MemberFile, day: date) -> list[tuple[str, Any]]:
    current, profile = file.current, file.profile
    full = current.full_on
    years = _("%(n)d 年") % {"n": whole_years(full, day)} if full is not None and full <= day else "—"
    found: list[tuple[str, Any]] = [
        (_("所在支部"), current.branch.name), (_("阶段"), words.STAGES[current.stage]),
        (_("入党日期"), current.joined_on), (_("转正日期"), current.full_on), (_("党龄"), years),
        (_("手机号"), file.phone or "—"), (_("身份证号"), file.identity or "—"),
    ]  # fmt: skip
    if profile is not None:
        found += [
            (_("性别"), words.SEXES.get(profile.sex, "—")), (_("出生日期"), profile.born_on),
            (_("民族"), words.code("ethnicity", profile.ethnicity)), (_("学历"), words.code("education", profile.education)),
            (_("职业"), words.code("occupation", profile.occupation)), (_("参加工作时间"), profile.worked_on),
        ]  # fmt: skip
    return found


def _sent(asked: AskedRequest, file: MemberFile, question: Question) -> list[tuple[Any, str, str]]:
    rules = mechanism.assignments()
    kinds = {key: kind.title for key, kind in rules.kinds.items()}
    rows = assignments(asked.viewer, person_id=file.person.pk, known_at=question.known_at)
    return [
        (one, words.chosen(kinds, one.row.kind), words.chosen(rules.endings, one.ended.outcome) if one.ended else "")
        for one in rows
    ]


def _shown(row: Standing, told: bool) -> bool:
    """A discipline only to who has the right, or to oneself; an entry that was wrong to nobody any more."""
    if row.ended is not None and row.ended.mistaken:
        return False
    return told or row.kind != StandingKind.DISCIPLINE


def _of_discipline(row: Proposal) -> bool:
    timer = mechanism.members().timers.get(row.timer)
    return timer is not None and timer.source in queries.DISCIPLINES
