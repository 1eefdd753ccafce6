"""Reading people: teams and their order of call, and residents with stars. Clear text is `access.commands.reveal`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from genmai.directory.roster import sealing
from genmai.directory.roster.models import Away, Organisation, Person, Post
from genmai.directory.roster.queries.leave import in_effect
from genmai.directory.territory.days import day_of, valid_on
from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Reach, Viewer
from genmai.kernel.walled import house


@dataclass(frozen=True, slots=True)
class Member:
    """Someone holding a post; `away` today or not, and who stands in."""

    person_id: int
    public_id: UUID
    name: str
    post: str  # key of the post
    title: str
    rank: int
    away: bool
    stand_in_id: int | None
    stand_in_name: str


@dataclass(frozen=True, slots=True)
class Masked:
    """What lists show of a person: 王**, 138****5678. Empty after deletion."""

    person_id: int
    public_id: UUID
    name: str
    phone: str


def team_of(viewer: Viewer, *, organisation: Organisation, at: datetime, posts: Collection[str] = ()) -> list[Member]:
    """Who is in post on that day, in order of call (rank, then seniority): the hotline's rota rolls over this list."""
    day = day_of(at)
    found = Post.objects.filter(valid_on(day), organisation=organisation).select_related("person")
    if posts:
        found = found.filter(key__in=posts)
    holders = list(found.order_by("rank", "valid_from", "id"))
    absences = Away.objects.filter(
        in_effect(day, day), person_id__in=[post.person_id for post in holders]
    ).select_related("stand_in")
    away = {absence.person_id: absence for absence in absences.order_by("id")}
    return [_member(post, away.get(post.person_id)) for post in holders]


def _member(post: Post, absence: Away | None) -> Member:
    stand_in = absence.stand_in if absence else None
    return Member(
        person_id=post.person_id,
        public_id=post.person.public_id,
        name=post.person.display_name,
        post=post.key,
        title=post.title,
        rank=post.rank,
        away=absence is not None,
        stand_in_id=stand_in.pk if stand_in else None,
        stand_in_name=stand_in.display_name if stand_in else "",
    )


def masked_people(viewer: Viewer, *, ids: Collection[int]) -> Mapping[int, Masked]:
    """People by id with stars, one query. The caller has already checked that the viewer may see their matter."""
    found = Person.objects.filter(pk__in=set(ids)).select_related("sealing_key")
    return {person.pk: _masked(person) for person in found}


def masked_name(viewer: Viewer, *, person: Person) -> str:
    """王**, or a staff member's name."""
    return sealing.masked(person).name


def masked_phone(viewer: Viewer, *, person: Person) -> str:
    """138****5678."""
    return sealing.masked(person).phone


def find_by_phone(viewer: Viewer, *, phone: str) -> Person | None:
    """Whose number this is, however it is written: the caller's history on the hotline card.

    Only for who may take in matters; to everyone else the number is unknown.
    """
    if not phone.strip() or not viewer.paths("cases:report", Reach.CAPTURE):
        return None
    index = sealing.index_of_phone(phone)
    with house("whose number it is, is asked before there is a matter"):
        return Person.objects.select_related("sealing_key").filter(phone_index=index).first()


def person_by_public_id(viewer: Viewer, *, public_id: UUID) -> Person:
    """Raises NotFound."""
    found = Person.objects.select_related("sealing_key").filter(public_id=public_id).first()
    if found is None:
        raise NotFound("没有找到这个人")
    return found


def _masked(person: Person) -> Masked:
    shown = sealing.masked(person)
    return Masked(person.pk, person.public_id, shown.name, shown.phone)
