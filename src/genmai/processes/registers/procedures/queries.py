"""Reading files: lists by stage with what is due next, and one file as a course of steps with its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from genmai.directory.roster.models import Link, Tree
from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Viewer
from genmai.processes.registers.models import Annex, Dossier, DossierEntry
from genmai.processes.registers.procedures import course
from genmai.processes.registers.procedures.course import Hindrance, Standing
from genmai.processes.registers.procedures.mechanism import rules_of
from genmai.processes.registers.procedures.policies import seen_by
from genmai.processes.registers.procedures.rules import Procedure
from genmai.processes.registers.procedures.writing import born_on, happenings, opened_words

PAGE = 30


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to. `when`: ready (may be done today), late, waiting; `below`: a Party organisation."""

    procedure: str
    stage: str = ""
    state: str = "open"
    when: str = ""
    words: str = ""
    below: int | None = None


@dataclass(frozen=True, slots=True)
class StepView:
    """One step of a file. `standing`: done, now, ahead. `late`: done after its limit, or past it today."""

    key: str
    standing: str
    entry: DossierEntry | None
    records: tuple[DossierEntry, ...]
    answers: Mapping[str, DossierEntry]
    asked_on: date | None
    earliest: date | None
    latest: date | None
    late: bool
    hindrances: tuple[Hindrance, ...]


@dataclass(frozen=True, slots=True)
class FileView:
    """A file as it stands, each step in order; `entries` is everything ever written, oldest first, with its words."""

    dossier: Dossier
    rules: Procedure
    standing: Standing
    steps: tuple[StepView, ...]
    entries: tuple[DossierEntry, ...]
    words: Mapping[int, Mapping[str, str]]
    annexes: tuple[Annex, ...]
    born_on: date | None


def visible(viewer: Viewer) -> QuerySet[Dossier]:
    """Every file in the viewer's scope. Deny by default."""
    return Dossier.objects.filter(seen_by(viewer))


def narrowed(viewer: Viewer, *, filters: Filters, day: date) -> QuerySet[Dossier]:
    """The visible files that match."""
    rows = visible(viewer).filter(procedure=filters.procedure)
    if filters.state == "open":
        rows = rows.filter(state__in=("running", "stopped"))
    elif filters.state:
        rows = rows.filter(state=filters.state)
    if filters.stage:
        rows = rows.filter(stage=filters.stage)
    if filters.words:
        found = Q(subject__display_name__contains=filters.words)
        rows = rows.filter(found | Q(subject__profile__initials__startswith=filters.words.lower()))
    if filters.below is not None:
        heads = Link.objects.filter(tree=Tree.PARTY, valid_to__isnull=True, organisation_id=filters.below)
        path = heads.values_list("path", flat=True).first() or "-"
        under = Link.objects.filter(tree=Tree.PARTY, valid_to__isnull=True, path__startswith=path)
        rows = rows.filter(branch_id__in=under.values("organisation_id"))
    if filters.when == "ready":
        rows = rows.filter(_ready(day))
    elif filters.when == "late":
        rows = rows.filter(state="running", next_until__lt=day)
    elif filters.when == "waiting":
        rows = rows.filter(state="running", next_from__gt=day)
    return rows


def _ready(day: date) -> Q:
    return Q(state="running") & (Q(next_from__isnull=True) | Q(next_from__lte=day))


def page(
    viewer: Viewer, *, filters: Filters, day: date, offset: int = 0, limit: int = PAGE
) -> tuple[list[Dossier], int]:
    """One page, what is due soonest first, and how many match in all."""
    rows = narrowed(viewer, filters=filters, day=day)
    total = rows.count()
    order = (F("next_until").asc(nulls_last=True), F("next_from").asc(nulls_first=True), "id")
    return list(rows.select_related("subject", "branch").order_by(*order)[offset : offset + limit]), total


def counts(viewer: Viewer, *, filters: Filters, day: date) -> dict[str, int]:
    """How many of the matching files stand in each stage, whatever stage is chosen."""
    whole = Filters(filters.procedure, "", filters.state, filters.when, filters.words, filters.below)
    rows = narrowed(viewer, filters=whole, day=day).order_by().values("stage").annotate(n=Count("id"))
    return {row["stage"]: row["n"] for row in rows}


def dues(viewer: Viewer, *, procedure: str, day: date) -> dict[str, int]:
    """Of the open files: how many can go on today, are past a limit, have to wait. One query."""
    rows = narrowed(viewer, filters=Filters(procedure), day=day)
    return rows.aggregate(
        open=Count("id"),
        ready=Count("id", filter=_ready(day)),
        late=Count("id", filter=Q(state="running", next_until__lt=day)),
        waiting=Count("id", filter=Q(state="running", next_from__gt=day)),
        stopped=Count("id", filter=Q(state="stopped")),
    )


def one(viewer: Viewer, *, public_id: UUID) -> Dossier:
    """Raises NotFound outside the viewer's scope."""
    rows = visible(viewer).select_related("subject__sealing_key", "branch", "opened_by")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound()
    return found


def file_of(viewer: Viewer, *, dossier: Dossier, day: date) -> FileView:
    """Everything a file's page shows; the caller got the file from `one`. A constant number of queries."""
    rules = rules_of(dossier.mechanism, dossier.procedure)
    rows = DossierEntry.objects.filter(dossier=dossier).select_related("by", "organisation", "corrects")
    entries = tuple(rows.order_by("number"))
    now = course.standing(rules, happenings(entries))
    born = born_on(dossier)
    return FileView(
        dossier=dossier,
        rules=rules,
        standing=now,
        steps=_steps(dossier, rules, entries, now, born, day),
        entries=entries,
        words={entry.number: opened_words(dossier, entry) for entry in entries},
        annexes=tuple(Annex.objects.filter(dossier=dossier).select_related("added_by").order_by("kind", "id")),
        born_on=born,
    )


def explain(viewer: Viewer, *, dossier: Dossier, step: str, day: date) -> tuple[list[Hindrance], date | None]:
    """Why a step can't be closed on a day (nothing: it can), and the first day the rules know of."""
    rules = rules_of(dossier.mechanism, dossier.procedure)
    rows = DossierEntry.objects.filter(dossier=dossier).select_related("corrects").order_by("number")
    now, born = course.standing(rules, happenings(rows)), born_on(dossier)
    if step not in rules.steps:
        raise NotFound()
    return course.hindrances(rules, now, step, day, born), course.earliest(rules, now, step, born)


def _steps(
    dossier: Dossier, rules: Procedure, entries: Sequence[DossierEntry], now: Standing, born: date | None, day: date
) -> tuple[StepView, ...]:
    last = {entry.corrects.number: entry for entry in entries if entry.corrects is not None}
    by_number = {entry.number: entry for entry in entries}

    def latest_of(number: int) -> DossierEntry:
        found = by_number[number]
        while found.number in last:
            found = last[found.number]
        return found

    asked = {entry.step: entry.happened_on for entry in entries if entry.kind == "asked"}
    turn = now.next_step(rules)
    found = []
    for key in rules.in_order():
        standing = "done" if key in now.closed else "now" if key == turn else "ahead"
        until = course.latest(rules, now, key) if standing != "done" else None
        entry = latest_of(now.closed[key].number) if key in now.closed else None
        found.append(
            StepView(
                key=key,
                standing=standing,
                entry=entry,
                records=tuple(latest_of(one.number) for one in now.records.get(key, ())),
                answers={body: by_number[one.number] for body, one in now.answers.get(key, {}).items()},
                asked_on=asked.get(key),
                earliest=course.earliest(rules, now, key, born) if standing == "now" else _foreseen(rules, now, key),
                latest=until,
                late=entry.late if entry is not None else until is not None and standing == "now" and day > until,
                hindrances=tuple(course.hindrances(rules, now, key, day, born)) if standing == "now" else (),
            )
        )
    return tuple(found)


def _foreseen(rules: Procedure, now: Standing, key: str) -> date | None:
    """For a step still ahead: only what an interval already running says."""
    if key in now.closed:
        return None
    days = [since for rule in rules.steps[key].after if (since := course.soonest(rule, now, key, rules)) is not None]
    return max(days, default=None)
