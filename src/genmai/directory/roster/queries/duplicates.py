"""Pairs of records that may be one person, side by side, within the viewer's scope; merges and what they moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet

from genmai.directory.roster import sealing
from genmai.directory.roster.linkage.explaining import Line, probability_of, waterfall
from genmai.directory.roster.models import Membership, Person, Post
from genmai.directory.roster.models.linkage import Judgement, Merge, MovedRow, Pair, Verdict
from genmai.directory.roster.policies import heads_of
from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Reach, Viewer
from genmai.kernel.walled import house

WHY = "both records of a pair, narrowed by the reader's own reach"
PAGE = 30


@dataclass(frozen=True, slots=True)
class Side:
    """One record of a pair as it is shown: the number with stars."""

    person: Person
    membership: Membership | None
    earlier: int
    posts: list[Post]
    phone: str
    has_identity: bool


@dataclass(frozen=True, slots=True)
class Explained:
    """The waterfall of a pair: where one starts, line by line, and what it comes to."""

    start: float
    lines: list[Line]
    weight: float
    probability: float


def pairs(viewer: Viewer, *, verdict: str = "") -> QuerySet[Pair]:
    """Pairs of which the viewer answers for both records. Deny by default."""
    mine = list(heads_of(viewer, "people:merge", Reach.VIEW))
    if not mine:
        return Pair.objects.none()
    found = Pair.objects.filter(first_reach__overlap=mine, second_reach__overlap=mine)
    if verdict == Verdict.OPEN:
        # A record that was merged away takes its other pairs out of sight until it comes back.
        found = found.filter(first__merged_into__isnull=True, second__merged_into__isnull=True)
    return found.filter(verdict=verdict) if verdict else found


@house(WHY)
def page(viewer: Viewer, *, verdict: str, offset: int = 0, limit: int = PAGE) -> tuple[list[Pair], int]:
    """One page, the likeliest first, and how many there are."""
    found = pairs(viewer, verdict=verdict)
    rows = found.select_related("first__profile", "second__profile").order_by("-weight", "id")
    return list(rows[offset : offset + limit]), found.count()


@house(WHY)
def counts(viewer: Viewer) -> Mapping[str, int]:
    """How many of each verdict."""
    rows = pairs(viewer).order_by().values_list("verdict").annotate(n=Count("id"))
    found = dict(rows)
    if found.get(Verdict.OPEN):
        found[Verdict.OPEN] = pairs(viewer, verdict=Verdict.OPEN).count()
    return found


@house(WHY)
def one(viewer: Viewer, *, public_id: UUID) -> Pair:
    """Raises NotFound where the viewer doesn't answer for both records."""
    found = pairs(viewer).select_related("first__profile", "second__profile").filter(public_id=public_id).first()
    if found is None:
        raise NotFound()
    return found


@house(WHY)
def branches_of(viewer: Viewer, *, people: list[int]) -> Mapping[int, Membership]:
    """Person → current place in a branch. The caller has read the people through `pairs`."""
    found = Membership.objects.filter(person_id__in=people, valid_to__isnull=True).select_related("branch")
    return {row.person_id: row for row in found}


@house(WHY)
def sides(viewer: Viewer, *, pair: Pair) -> tuple[Side, Side]:
    """Both records in full, numbers with stars; four queries. The caller has read the pair through `one`."""
    wanted = [pair.first_id, pair.second_id]
    people = {one.pk: one for one in Person.objects.filter(pk__in=wanted).select_related("profile", "sealing_key")}
    memberships: dict[int, list[Membership]] = {pk: [] for pk in wanted}
    for row in Membership.objects.filter(person_id__in=wanted).select_related("branch").order_by("valid_from", "id"):
        memberships[row.person_id].append(row)
    posts: dict[int, list[Post]] = {pk: [] for pk in wanted}
    for post in Post.objects.filter(person_id__in=wanted, valid_to__isnull=True).select_related("organisation"):
        posts[post.person_id].append(post)
    first, second = (_side(people[pk], memberships[pk], posts[pk]) for pk in wanted)
    return first, second


def explained(viewer: Viewer, *, pair: Pair) -> Explained:
    """The waterfall, from what was kept when the pair was found."""
    start, lines = waterfall([(str(c), str(level), float(bits)) for c, level, bits in pair.parts], pair.weight)
    return Explained(start, lines, pair.weight, probability_of(pair.weight))


@house(WHY)
def standing_merge(viewer: Viewer, *, pair: Pair) -> Merge | None:
    """The merge of this pair that holds today, with how many rows it moved."""
    found = Merge.objects.filter(pair=pair, undone__isnull=True).select_related("kept", "gone", "by")
    return found.order_by("-id").first()


@house(WHY)
def moved(viewer: Viewer, *, merge: Merge) -> Mapping[str, int]:
    """Table → rows that the merge moved."""
    return dict(MovedRow.objects.filter(merge=merge).order_by().values_list("table").annotate(n=Count("id")))


@house(WHY)
def judgements(viewer: Viewer, *, pair: Pair) -> list[Judgement]:
    """Who said what, newest first."""
    return list(Judgement.objects.filter(pair=pair).select_related("by", "organisation").order_by("-at", "-id"))


@house(WHY)
def people_as_one(viewer: Viewer, *, person_id: int) -> list[int]:
    """A person's own record and those merged into it: for records that only grow and keep whom they named then."""
    found = [person_id]
    for one in found:
        found += list(Person.objects.filter(merged_into=one).values_list("pk", flat=True))
    return found


def _side(person: Person, memberships: list[Membership], posts: list[Post]) -> Side:
    current = next((row for row in memberships if row.valid_to is None), None)
    earlier = len([row for row in memberships if row.valid_to is not None and row.valid_to > row.valid_from])
    return Side(person, current, earlier, posts, sealing.masked(person).phone, person.identity_index is not None)
