"""Taking an estate into the register: one by one, or from a sheet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from genmai.directory.roster.models import Link, Organisation, OrganisationKind, Tree
from genmai.directory.territory.divisions import Division, ensure_places
from genmai.directory.territory.models import Place, PlaceKind
from genmai.kernel import ids
from genmai.kernel.refusal import BadInput, NotFound, Refused
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor, ActorKind
from genmai.processes.registers import policies
from genmai.processes.registers.commands.facts import Fact, add, finish
from genmai.processes.registers.mechanism import current, rules_of
from genmai.processes.registers.models import EntryKind, Estate, Management
from genmai.processes.registers.writing import Writing
from genmai.records.writing import done_before


@dataclass(frozen=True, slots=True)
class NewEstate:
    """An estate as first told: its community, what it is, how it is managed. `since`: from when that holds."""

    name: str
    home_id: int
    estate_type: str
    households: int
    management: str
    since: date
    manager: str = ""
    manager_until: date | None = None
    document: str = ""


def register(*, actor: Actor, at: datetime, key: UUID, estate: NewEstate) -> Estate:
    """Take an estate in with its first facts; one without management stands on the list at once.

    Raises BadInput('known') for a name its community has already, NotFound outside the actor's scope.
    """
    done = done_before(key)
    if done:
        return Estate.objects.get(public_id=done)
    with transaction.atomic():
        return _register(actor, at, key, estate)


def _register(actor: Actor, at: datetime, key: UUID, new: NewEstate) -> Estate:
    home, path = _home(actor, new.home_id)
    name = clean(new.name, 40, field="name")
    if not name:
        raise BadInput("no_name", "请填小区名称", field="name", allowed="1–40 字")
    place = _place(home, name, new.since)
    if Estate.objects.filter(place=place).exists():
        raise BadInput("known", "{home}已经登记过“{name}”", field="name", home=home.short_name, name=name)
    found = Estate(
        public_id=ids.derive(at, key, "estate"),
        mechanism=current().ref,
        place=place,
        home=home,
        home_path=path,
        reach=[int(part) for part in path.split("/") if part],
        registered_at=at,
        version=0,
    )
    policies.check_may("estates:manage", actor, found)
    rules_of(found.mechanism)
    found.save(force_insert=True)
    writing = Writing(actor=actor, at=at, key=key, estate=found)
    writing.deed("estate.registered", quantity=new.households)
    for fact in _first_facts(new):
        add(writing, fact, "estate.recorded")
    finish(writing)
    return found


def _first_facts(new: NewEstate) -> Iterator[Fact]:
    yield Fact(
        EntryKind.PROFILE, new.since, estate_type=new.estate_type, households=new.households, document=new.document
    )
    professional = new.management == Management.PROFESSIONAL
    yield Fact(
        EntryKind.MANAGEMENT,
        new.since,
        valid_to=new.manager_until if professional else None,
        management=new.management,
        party_name=new.manager if professional else "",
    )


def _home(actor: Actor, organisation_id: int) -> tuple[Organisation, str]:
    """The community, and its path. Raises NotFound where there is none or it lies outside the actor's scope."""
    link = (
        Link.objects.select_related("organisation__place")
        .filter(tree=Tree.ADMINISTRATIVE, valid_to__isnull=True, organisation_id=organisation_id)
        .filter(organisation__kind=OrganisationKind.COMMUNITY)
        .first()
    )
    seen = link is not None and (actor.kind is ActorKind.SYSTEM or actor.viewer.may("estates:manage", link.path))
    if link is None or not seen:
        raise NotFound("没有找到这个社区，或者不在您管的范围内")
    return link.organisation, link.path


def _place(home: Organisation, name: str, since: date) -> Place:
    """The estate's ground below its community's, new where the map doesn't have it yet."""
    ground = home.place
    if ground is None:
        raise Refused("no_ground", "这个社区还没有登记地面")
    Place.objects.select_for_update().get(pk=ground.pk)  # two at once must not draw one number
    known = Place.objects.filter(parent=ground, kind=PlaceKind.ESTATE, name=name, valid_to__isnull=True).first()
    if known is not None:
        return known
    number = Place.objects.filter(parent=ground, kind=PlaceKind.ESTATE).count() + 1
    above = Division(ground.code, ground.name, ground.name, PlaceKind(ground.kind), "")
    below = Division(f"{ground.code}x{number:03d}", name, name, PlaceKind.ESTATE, ground.code)
    return ensure_places([above, below], valid_from=max(since, ground.valid_from))[below.code]
