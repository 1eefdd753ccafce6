"""The parties of an estate take part in a matter: their own part, their promise and its day; never who brought it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.factories import estates
from tests.factories.cases import World, new_world

from genmai.directory.territory.days import day_of
from genmai.kernel.refusal import BadInput, NotFound, NotPermitted, Refused
from genmai.kernel.viewer import Actor
from genmai.processes.cases.commands import bodies, handling
from genmai.processes.cases.commands import parties as command
from genmai.processes.cases.models import Body, Case
from genmai.processes.cases.queries import lists, parties
from genmai.processes.cases.queries.matter import find
from genmai.records.deeds.models import Deed

pytestmark = pytest.mark.django_db


@pytest.fixture
def w(db: None) -> World:
    return new_world()


def joined(w: World) -> tuple[Case, Actor, Body]:
    """A matter in the estate, led by the community, the owners' committee asked to assist."""
    estate = estates.with_parties(w)
    case = w.receive(text="车棚漏雨", place_id=estate.place_id)
    lead = estates.secretary(w)
    case = w.do("dispatch", case, to=w.district.n2.public_id)
    case = handling.accept(actor=lead, at=w.at, key=w.key(), case=case.public_id)
    owners = estates.party(w, estate)
    from genmai.directory.roster.models import Organisation

    body = Organisation.objects.get(pk=owners.organisation_id)
    case = bodies.assist(
        actor=lead, at=w.at, key=w.key(), case=case.public_id, bodies=[body.public_id], text="请业委会看看"
    )
    return case, owners, Body.objects.get(case=case, organisation=body)


def test_a_party_sees_what_it_takes_part_in_and_no_list_search_or_page_of_staff(w: World) -> None:
    case, owners, body = joined(w)
    assert [one.pk for one in parties.mine(owners.viewer)] == [body.pk]
    assert parties.one(owners.viewer, case=case.public_id).body == body
    assert not lists.visible(owners.viewer).exists()
    with pytest.raises(NotFound):
        find(owners.viewer, public_id=case.public_id)
    other = w.receive(text="别的事", place_id=case.place_id)
    with pytest.raises(NotFound):
        parties.one(owners.viewer, case=other.public_id)
    firm = estates.party(w, case.place.estate, "property")  # type: ignore[union-attr]
    with pytest.raises(NotFound):
        parties.one(firm.viewer, case=case.public_id)


def test_promise_arrive_note_and_conclude_are_its_own_to_say(w: World) -> None:
    case, owners, body = joined(w)
    given = {"actor": owners, "at": w.at, "case": case.public_id}
    day = day_of(w.at) + timedelta(days=7)
    command.promise(**given, key=w.key(), body=body.public_id, on=day, text="换三块棚板")
    handling.note(**given, key=w.key(), text="联系了师傅")
    bodies.arrive(**given, key=w.key(), body=body.public_id)
    part = parties.one(owners.viewer, case=case.public_id)
    assert part.promised is not None
    assert (part.promised.text, day_of(part.promised.due_at)) == ("换三块棚板", day + timedelta(days=1))  # type: ignore[arg-type]
    deed = Deed.objects.get(kind="case.part_promised")
    assert (deed.organisation_id, deed.counterpart_id) == (owners.organisation_id, w.district.n2.pk)
    bodies.conclude(**given, key=w.key(), body=body.public_id, text="换好了")
    with pytest.raises(Refused):
        command.promise(**given, key=w.key(), body=body.public_id, on=day, text="再来")
    assert [
        p.promised.text for p in parties.parts_of(w.town.viewer, case=case, organisation_ids=[body.organisation_id])
    ] == ["换三块棚板"]  # type: ignore[union-attr]


def test_a_promise_needs_a_day_to_come_and_ones_own_part(w: World) -> None:
    case, owners, body = joined(w)
    given = {"at": w.at, "case": case.public_id, "body": body.public_id, "text": "好"}
    with pytest.raises(BadInput):
        command.promise(actor=owners, key=w.key(), on=day_of(w.at) - timedelta(days=1), **given)
    with pytest.raises(NotPermitted):
        command.promise(actor=w.town, key=w.key(), on=day_of(w.at), **given)


@pytest.mark.parametrize("verb", ["reply", "reassign", "classify", "contact", "assist", "escalate"])
def test_a_party_runs_nothing_of_the_matter(w: World, verb: str) -> None:
    case, owners, _ = joined(w)
    with pytest.raises(NotPermitted):
        w.do(verb, case, actor=owners)


def test_let_go_it_sees_nothing_any_more(w: World) -> None:
    case, owners, body = joined(w)
    bodies.release(
        actor=estates.secretary(w), at=w.at, key=w.key(), case=case.public_id, body=body.public_id, text="不用了"
    )
    with pytest.raises(NotFound):
        parties.one(owners.viewer, case=case.public_id)
    assert parties.mine(owners.viewer) == []
