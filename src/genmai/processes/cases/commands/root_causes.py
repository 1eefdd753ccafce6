"""未诉先办: a trouble that came a third time at one place is looked into one rung up, with the earlier ones attached.

The earlier ones stay as they are: each caller is answered there. Looking twice finds the same case: every event belongs
to one such case at most (the database keeps that), and its key follows from the first event.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from genmai.kernel import ids
from genmai.kernel.flow import START
from genmai.kernel.rows import insert
from genmai.kernel.text import bigrams
from genmai.kernel.viewer import NOBODY, Actor
from genmai.processes.cases import clocks, policies
from genmai.processes.cases import mechanism as mechanisms
from genmai.processes.cases.commands.intake import Home, Report, home_of
from genmai.processes.cases.commands.likeness import about_link
from genmai.processes.cases.commands.step import SOURCE, Step, done_before
from genmai.processes.cases.definition_likeness import RootCauses
from genmai.processes.cases.models import Case, CaseLink
from genmai.processes.cases.queries.hot_spots import ROOT_CAUSE
from genmai.processes.cases.queries.similar import events_like
from genmai.records.deeds.commands import advance, record
from genmai.records.deeds.models import Deed
from genmai.records.deeds.queries import Position, after, position_of, since
from genmai.records.notices.commands import NewNotice, send

WALKER = "root causes"
BATCH = 500
TITLE = "{place}：{what}反复发生，第 {n} 次"
TEXT = "{place} {days} 天里第 {n} 次出现相像的事，请查清原因，一次办到根上。先前的事项：\n{matters}"
ATTACHED = CaseLink.Kind.ATTACHED


def look_at_new(*, actor: Actor, at: datetime, limit: int = BATCH) -> tuple[int, int]:
    """Look at matters received since the last time: how many deeds were walked, how many matters led to something."""
    with transaction.atomic():
        position = position_of(actor.viewer, consumer=WALKER)
        if position == Position():
            newest = Deed.objects.order_by("-transaction", "-id").first()
            advance(consumer=WALKER, to=after(newest) if newest else position)  # what came before is history
            return 0, 0
        walked = since(actor.viewer, position=position, limit=limit)
        led = 0
        for deed in walked:
            if deed.kind == "case.received":
                led += open_root_cause(actor=actor, at=at, key=key_for(deed.source_id), case=deed.source_id) is not None
        if walked:
            advance(consumer=WALKER, to=after(walked[-1]))
    return len(walked), led


def key_for(case: UUID) -> UUID:
    """The key of looking at one new matter."""
    return ids.key_of("root cause", str(case))


def open_root_cause(*, actor: Actor, at: datetime, key: UUID, case: UUID) -> Case | None:
    """The root-cause case this matter belongs to: opened now, or open already and the matter attached. None: no such."""
    with transaction.atomic():
        new = Case.objects.select_related("home__place", "place").filter(public_id=case).first()
        if new is None or new.channel == ROOT_CAUSE or new.excluded or new.state == "declined":
            return None
        rules = mechanisms.definition_of(mechanisms.loop()).root_causes
        earliest = new.received_at - (clocks.due_after(rules.within, new.received_at) - new.received_at)
        likes = events_like(NOBODY, case=new, since=earliest, least=float(rules.alike))
        members = _locked([*(like.case.pk for like in likes), new.pk])
        links = {one.case_id: one for one in CaseLink.objects.filter(kind=ATTACHED, ended_at=None, case__in=members)}
        if new.pk in links:
            return links[new.pk].other
        running = next((one.other for one in links.values() if one.other.closed_at is None), None)
        free = [one for one in members if one.pk not in links]
        if running is not None:
            _attach(actor, at, key, running, free)
            return running
        if len(events_of(free, rules)) < rules.count:
            return None
        return _open(actor, at, key, new, free, rules)


def events_of(members: Sequence[Case], rules: RootCauses) -> list[list[Case]]:
    """Matters in the order they came, as events: what was merged, or came soon after the one before, is the same one."""
    apart = timedelta(hours=rules.apart_hours)
    events: list[list[Case]] = []
    known = {case.pk for case in members}
    for case in sorted(members, key=lambda one: (one.received_at, one.pk)):
        if case.merged_into_id in known:
            continue
        if events and case.received_at - events[-1][-1].received_at < apart:
            events[-1].append(case)
        else:
            events.append([case])
    return events


def _locked(pks: Sequence[int]) -> list[Case]:
    """The matters, locked in the order of their ids: two who look at one trouble at once wait for each other here."""
    return list(Case.objects.select_for_update().filter(pk__in=pks).order_by("pk"))


def _open(actor: Actor, at: datetime, key: UUID, new: Case, members: Sequence[Case], rules: RootCauses) -> Case:
    first = min(members, key=lambda one: (one.received_at, one.pk))
    key = ids.key_of("root cause of", str(first.public_id))
    known = done_before(key)
    if known is not None:
        return known
    line = policies.line(new.home_path)
    home = home_of(Report(text="", organisation_id=line[max(0, len(line) - 1 - rules.step)]))
    root = _case(at, key, new, members, home, rules)
    step = Step(case=root, verb="receive", actor=actor, at=at, key=key, new=True)
    step.before, root.state = START, step.row.target or ""
    step.remember_path(home.organisation_id, home.path)
    step.remember_path(home.desk_id, home.desk_path)
    step.extend_reach(home.organisation_id, home.desk_id, new.home_id)
    insert([root])
    events = len(events_of(members, rules))
    step.deed(
        "case.root_cause_opened",
        credited=home.organisation_id,
        level=home.level,
        quantity=events,
        subject_id=first.public_id,
    )
    for milestone in step.definition.starting_on("received"):
        step.start(milestone, root.holder_id)
    step.tell(root.holder_id, "case.root_cause_opened")
    step.finish()
    _attach(actor, at, ids.subkey(key, "first"), root, members, tell=False)
    return root


def _case(at: datetime, key: UUID, new: Case, members: Sequence[Case], home: Home, rules: RootCauses) -> Case:
    """The case itself: which events, never their words."""
    events, place = events_of(members, rules), new.home.short_name
    subject = Counter(one.category for one in members if one.category).most_common(1)
    category = subject[0][0] if subject else ""
    named = mechanisms.taxonomy().lookup(category).name if category else "相像的事"
    title = TITLE.format(place=place, what=named, n=len(events))
    lines = [f"{one.received_at:%Y-%m-%d} {one.number}" for event in events for one in event]
    days = (max(members, key=lambda one: one.received_at).received_at - events[0][0].received_at).days
    text = TEXT.format(place=place, days=days, n=len(events), matters="\n".join(lines))
    return Case(
        public_id=ids.derive(at, key, "case"),
        mechanism=mechanisms.loop(),
        channel=ROOT_CAUSE,
        text=text,
        title=title[:120],
        category=category,
        urgency="complex",
        place_id=new.home.place_id,
        home_id=home.organisation_id,
        home_path=home.path,
        desk_id=home.desk_id,
        holder_id=home.desk_id,
        level=home.level,
        reach=[],
        words=list(bigrams(f"{title} {text}")),
        received_at=at,
    )


def _attach(actor: Actor, at: datetime, key: UUID, root: Case, members: Sequence[Case], *, tell: bool = True) -> None:
    """Hang events on the case of their trouble; a line in each history, nothing else of them changes."""
    if not members:
        return
    CaseLink.objects.bulk_create(
        CaseLink(
            public_id=ids.derive(at, key, "attached", one.pk), kind=ATTACHED, case=one, other=root, made_at=at,
            made_by_id=actor.person_id, organisation_id=actor.organisation_id,
        )
        for one in members
    )  # fmt: skip
    record(actor=actor, at=at, key=key, deeds=[about_link("case.event_attached", one, root) for one in members])
    if tell:
        notice = NewNotice("case.event_attached", SOURCE, root.public_id, root.lead_id or root.holder_id)
        send(at=at, key=key, notices=[notice])
