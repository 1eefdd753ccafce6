"""Posts, terms and assignments: of a body and of a person, as at a day and as known then; who may be meant by a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch, Q

from genmai.directory.roster import sealing
from genmai.directory.roster.models import (
    Assignment,
    AssignmentEvent,
    Link,
    Membership,
    Organisation,
    Person,
    PersonKind,
    Post,
    Term,
    Tree,
)
from genmai.directory.roster.queries.membership_sql import reached
from genmai.directory.territory.days import day_of, valid_on
from genmai.kernel.identity_numbers import normalise_identity
from genmai.kernel.viewer import Viewer
from genmai.kernel.walled import house


def held(day: date, known_at: datetime | None) -> Q:
    """Posts that hold on a day, as known now or then. A post from before this was kept was known all along."""
    if known_at is None:
        return valid_on(day)
    late = Q(ended_recorded_at__gt=known_at)
    ends = (Q(withdrawn_at=None) | Q(withdrawn_at__lte=known_at)) & (Q(valid_to=None) | Q(valid_to__gt=day) | late)
    then = Q(withdrawn_at__gt=known_at) & (Q(known_to=None) | Q(known_to__gt=day) | late)
    return Q(valid_from__lte=day) & (Q(recorded_at=None) | Q(recorded_at__lte=known_at)) & (ends | then)


def posts(
    viewer: Viewer, *, organisation: Organisation, day: date, known_at: datetime | None = None
) -> list[Post]:  # fmt: skip
    """Who held an office in a body on a day, in the order of call. One query."""
    rows = Post.objects.filter(held(day, known_at), organisation=organisation)
    return list(rows.select_related("person", "term").order_by("rank", "id"))


def past_posts(viewer: Viewer, *, organisation: Organisation, day: date, limit: int = 60) -> list[Post]:
    """Who held one before, the latest first; entries taken back are left out. One query."""
    rows = Post.objects.filter(organisation=organisation, valid_to__lte=day, withdrawn_at=None)
    return list(rows.select_related("person", "term").order_by("-valid_to", "rank", "id")[:limit])


def terms(viewer: Viewer, *, organisation: Organisation) -> list[Term]:
    """Terms of a body, the latest first, each with its posts; those taken back are left out. Two queries."""
    chosen = Post.objects.filter(withdrawn_at=None).select_related("person").order_by("rank", "id")
    rows = Term.objects.filter(organisation=organisation, withdrawn_at=None)
    return list(rows.prefetch_related(Prefetch("posts", chosen)).order_by("-number"))


@dataclass(frozen=True, slots=True)
class Sent:
    """An assignment with what became of it."""

    row: Assignment
    events: Sequence[AssignmentEvent]

    @property
    def last(self) -> AssignmentEvent | None:
        """What stands: ended, resumed or entered by mistake; reviews change nothing."""
        return next((one for one in reversed(self.events) if one.kind != AssignmentEvent.Kind.REVIEWED), None)

    @property
    def ended(self) -> AssignmentEvent | None:
        return self.last if self.last and self.last.kind == AssignmentEvent.Kind.ENDED else None

    @property
    def mistaken(self) -> bool:
        return self.last is not None and self.last.kind == AssignmentEvent.Kind.MISTAKEN

    @property
    def reviews(self) -> list[AssignmentEvent]:
        return [one for one in self.events if one.kind == AssignmentEvent.Kind.REVIEWED]


def assignments(
    viewer: Viewer, *, host: Organisation | None = None, person_id: int | None = None,
    known_at: datetime | None = None, limit: int = 100,
) -> list[Sent]:  # fmt: skip
    """Of a body or of a person, the latest first, as known now or then; without those entered by mistake. Two queries."""
    told = AssignmentEvent.objects.order_by("recorded_at", "id")
    rows = Assignment.objects.select_related("person", "host")
    rows = rows.filter(host=host) if host is not None else rows.filter(person_id=person_id or 0)
    if known_at is not None:
        rows, told = rows.filter(recorded_at__lte=known_at), told.filter(recorded_at__lte=known_at)
    rows = rows.prefetch_related(Prefetch("events", told)).order_by("-valid_from", "-id")[:limit]
    found = [Sent(row, list(row.events.all())) for row in rows]
    return [one for one in found if not one.mistaken]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody a name may mean; `said` tells two of one name apart."""

    person: Person
    said: str


MOST = 8


def people_meant(viewer: Viewer, *, text: str, organisation: Organisation, at: datetime) -> list[Candidate]:
    """Who "张三", "张三 5678", "张三 北一村" or an identity number may mean: members of the viewer's branches, staff around the body.

    The second word is the end of a phone number or part of a branch's name. Three queries at most.
    """
    words = text.replace("　", " ").split()
    if not words:
        return []
    number = normalise_identity(words[0]) if len(words) == 1 else None
    mine = Q(pk__in=[])
    for path in reached(viewer):
        mine |= Q(path__startswith=path)
    branches = Link.objects.filter(mine, valid_on(day_of(at)), tree=Tree.PARTY).values("organisation_id")
    rows = Membership.objects.filter(valid_to=None, branch__in=branches).select_related("person", "branch")
    if number:
        rows = rows.filter(person__identity_index=sealing.index_of_identity(number))
    else:
        rows = rows.filter(person__display_name=words[0])
    for more in words[1:] if not number else ():
        tail = more.isdigit() and len(more) == 4
        rows = rows.filter(
            person__profile__tail_index=sealing.index_of_tail(more)
        ) if tail else rows.filter(branch__name__contains=more)  # fmt: skip
    found = [Candidate(row.person, f"{row.person.display_name} {row.branch.short_name}") for row in rows[:MOST]]
    if number:
        return found
    return [*found, *_staff(words, {one.person.pk for one in found}, organisation, at)][:MOST]


def _staff(words: Sequence[str], known: set[int], organisation: Organisation, at: datetime) -> list[Candidate]:
    """Staff with a post in the body, in what stands directly below it, beside it or above it."""
    today = valid_on(day_of(at))
    parents = Link.objects.filter(today, organisation=organisation).exclude(parent=None).values("parent_id")
    around = Q(organisation=organisation) | Q(organisation__in=parents)
    around |= Q(organisation__in=Link.objects.filter(today, parent__in=parents).values("organisation_id"))
    around |= Q(organisation__in=Link.objects.filter(today, parent=organisation).values("organisation_id"))
    with house("staff stand by name on what they sign; a member's place is asked for elsewhere"):
        rows = Post.objects.filter(around, today, person__display_name=words[0]).exclude(person_id__in=known)
        rows = rows.exclude(person__kind=PersonKind.RESIDENT)
        for more in words[1:]:
            rows = rows.filter(organisation__name__contains=more)
        found: dict[int, Candidate] = {}
        for row in rows.select_related("person", "organisation").order_by("id")[:MOST]:
            said = f"{row.person.display_name} {row.organisation.short_name}"
            found.setdefault(row.person_id, Candidate(row.person, said))
    return list(found.values())
