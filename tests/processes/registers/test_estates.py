"""The register: facts only grow, read as at any day, the list follows the facts, the figure follows the deeds."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from tests.factories import estates as make
from tests.factories.cases import World, new_world

from genmai.directory.roster.models import Organisation
from genmai.kernel.refusal import BadInput, Changed, NotFound, NotPermitted, Refused
from genmai.kernel.viewer import Actor
from genmai.processes.registers.commands import facts, listing, watching
from genmai.processes.registers.commands.facts import Fact
from genmai.processes.registers.flow import CLEARING
from genmai.processes.registers.models import Clearing, Entry, Estate
from genmai.processes.registers.queries import clearance, estates
from genmai.records.deeds.models import Deed
from genmai.records.notices.models import Notice

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")
TODAY = date(2026, 3, 2)


@pytest.fixture
def w(db: None) -> World:
    return new_world()


def facts_now(w: World, estate: Estate, day: date = TODAY) -> estates.Facts:
    return estates.facts_of(make.cadre(w).viewer, estates=[estate], day=day)[estate.pk]


def kinds(estate: Estate) -> list[str]:
    return list(Deed.objects.filter(source_id=estate.public_id).order_by("id").values_list("kind", flat=True))


def test_an_estate_without_management_stands_on_the_list_at_once(w: World) -> None:
    estate = make.register(w)
    assert kinds(estate) == ["estate.registered", "estate.recorded", "estate.recorded", "estate.unmanaged"]
    stay = Clearing.objects.get()
    assert (stay.state, stay.owner_id) == ("listed", w.district.n2.pk)
    assert estate.place.path.startswith(w.district.places["n2"].path)
    assert estate.place.kind == "estate"


def test_a_manager_takes_it_off_and_a_lapse_puts_it_on_again(w: World) -> None:
    estate = make.register(w)
    w.later(days=30)
    make.tell(w, estate, "management", valid_from=date(2026, 3, 10), management="professional", party_name="安居物业")
    assert Clearing.objects.get().state == "cleared"
    w.later(days=30)
    make.tell(w, estate, "management", valid_from=date(2026, 4, 20), management="none")
    assert [stay.state for stay in Clearing.objects.order_by("id")] == ["cleared", "listed"]


def test_a_contract_that_begins_later_takes_effect_on_its_day(w: World) -> None:
    estate = make.register(w)
    make.tell(w, estate, "management", valid_from=date(2026, 4, 1), management="owners")
    assert watching.take_effect(actor=SYSTEM, at=w.at) == 0
    assert Clearing.objects.get().state == "listed"
    w.later(days=31)
    assert watching.take_effect(actor=SYSTEM, at=w.at) == 1
    assert watching.take_effect(actor=SYSTEM, at=w.at) == 0
    assert Clearing.objects.get().state == "cleared"


def test_nothing_is_overwritten_and_every_day_reads_as_it_was(w: World) -> None:
    estate = make.register(w)
    before = w.at
    w.later(days=10)
    make.tell(w, estate, "profile", valid_from=date(2026, 3, 5), estate_type="old", households=700)
    assert facts_now(w, estate, date(2026, 3, 4)).profile.households == 666  # type: ignore[union-attr]
    assert facts_now(w, estate, date(2026, 3, 5)).profile.households == 700  # type: ignore[union-attr]
    viewer = make.cadre(w).viewer
    then = estates.facts_of(viewer, estates=[estate], day=date(2026, 3, 20), known_at=before)[estate.pk]
    assert then.profile is not None
    assert then.profile.households == 666
    for statement in (lambda: Entry.objects.update(households=1), lambda: Entry.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            statement()


def test_a_wrong_entry_is_corrected_once_by_a_later_one(w: World) -> None:
    estate = make.register(w)
    wrong = Entry.objects.get(kind="profile")
    mended = Fact("profile", date(2025, 1, 1), estate_type="commodity", households=676)
    given = {"actor": make.cadre(w), "at": w.at, "entry": wrong.public_id}
    facts.correct(**given, key=w.key(), fact=mended)
    assert facts_now(w, estate).profile.households == 676  # type: ignore[union-attr]
    with pytest.raises(Changed):
        facts.correct(**given, key=w.key(), fact=mended)
    facts.correct(**{**given, "entry": Entry.objects.get(corrects=wrong).public_id}, key=w.key(), fact=None)
    assert facts_now(w, estate).profile is None
    assert len(estates.history(make.cadre(w).viewer, estate=estate)) == 4


def test_listed_by_mistake_is_struck_not_cleared(w: World) -> None:
    estate = make.register(w)
    wrong = Entry.objects.get(kind="management")
    mended = Fact("management", wrong.valid_from, management="community")
    facts.correct(actor=make.cadre(w), at=w.at, key=w.key(), entry=wrong.public_id, fact=mended)
    assert Clearing.objects.get().state == "struck"
    assert kinds(estate)[-2:] == ["estate.corrected", "estate.delisted"]


def test_planned_moved_on_and_cleared_and_never_after_the_end(w: World) -> None:
    estate = make.register(w)
    given = {"actor": make.cadre(w), "at": w.at, "estate": estate.public_id}
    plan = {"owner": w.district.n2.public_id, "way": "hire", "by": date(2026, 6, 1), "left": "业主表决"}
    listing.plan(**given, **plan, key=w.key())
    listing.progress(**given, key=w.key(), text="谈了三家", left="签合同")
    stay, steps = estates.stay_of(make.cadre(w).viewer, estate=estate)
    assert stay is not None
    assert (stay.state, stay.left, [s.verb for s in steps]) == ("planned", "签合同", ["progress", "plan"])
    with pytest.raises(Changed):
        listing.progress(**given, key=w.key(), text="又谈", left="", seen=1)
    with pytest.raises(BadInput):
        listing.plan(**given, **{**plan, "way": "magic"}, key=w.key())
    make.tell(w, estate, "management", valid_from=TODAY, management="owners")
    for verb, more in (("plan", plan), ("progress", {"text": "x", "left": ""})):
        with pytest.raises(Refused) as refused:
            getattr(listing, verb)(**given, **more, key=w.key())
        assert refused.value.code == "wrong_state"


@pytest.mark.parametrize("verb", [row.verb for row in CLEARING.table if row.verb != "list"])
@pytest.mark.parametrize("state", sorted(CLEARING.final))
def test_what_left_the_list_has_left_it(state: str, verb: str) -> None:
    with pytest.raises(Refused):
        CLEARING.step(state, verb)


def test_a_replayed_command_writes_nothing(w: World) -> None:
    estate = make.register(w)
    key, fact = w.key(), Fact("profile", TODAY, estate_type="old", households=5)
    for _ in range(2):
        facts.record(actor=make.cadre(w), at=w.at, key=key, estate=estate.public_id, fact=fact)
    assert Entry.objects.filter(kind="profile").count() == 2


@pytest.mark.parametrize(
    "fact",
    [
        Fact("committee", TODAY, valid_to=date(2030, 1, 1), members=5, party_members=6),
        Fact("committee", TODAY, members=5, party_members=1),
        Fact("committee", TODAY, valid_to=TODAY, members=5, party_members=1),
        Fact("management", TODAY, management="magic"),
        Fact("management", TODAY, management="professional"),
        Fact("profile", TODAY, estate_type="castle", households=5),
        Fact("profile", TODAY, estate_type="commodity", households=0),
        Fact("asset", TODAY, asset="room", title=" ", quantity=Decimal(5)),
        Fact("asset", TODAY, asset="room", title="社区用房", quantity=None),
        Fact("commissioner", TODAY),
    ],
)
def test_facts_that_say_too_little_are_refused(w: World, fact: Fact) -> None:
    estate = make.register(w)
    before = Deed.objects.count()
    with pytest.raises(BadInput):
        facts.record(actor=make.cadre(w), at=w.at, key=w.key(), estate=estate.public_id, fact=fact)
    assert Deed.objects.count() == before


def test_the_parties_see_their_own_estate_and_a_former_manager_no_more(w: World) -> None:
    estate, other = make.with_parties(w), make.register(w, "文化北区")
    owners, firm = make.party(w, estate), make.party(w, estate, "property")
    for one in (owners, firm):
        assert list(estates.visible(one.viewer)) == [estate]
        with pytest.raises(NotFound):
            estates.one(one.viewer, public_id=other.public_id)
        with pytest.raises(NotPermitted):
            facts.record(
                actor=one, at=w.at, key=w.key(), estate=estate.public_id,
                fact=Fact("management", TODAY, management="none"),
            )  # fmt: skip
    make.tell(w, estate, "management", valid_from=TODAY, management="professional", party_name="新居物业")
    assert not estates.visible(firm.viewer).exists()
    assert estates.visible(owners.viewer).exists()
    assert Organisation.objects.filter(kind="property").count() == 2


def test_another_town_sees_nothing_and_changes_nothing(w: World) -> None:
    estate = make.register(w)
    assert not estates.visible(w.south.viewer).exists()
    with pytest.raises(NotFound):
        facts.record(
            actor=w.south,
            at=w.at,
            key=w.key(),
            estate=estate.public_id,
            fact=Fact("management", TODAY, management="owners"),
        )
    with pytest.raises(NotFound):
        make.register(w, "别的小区", actor=w.south)
    with pytest.raises(NotFound):
        clearance.left(w.south.viewer, path=w.town.viewer.path, moments=[w.at])


def test_the_figure_counts_what_is_left_at_each_moment_from_deeds_alone(w: World) -> None:
    first, second = make.register(w), make.register(w, "文化北区")
    make.register(w, "阳光苑", management="owners")
    start = w.at
    w.later(days=10)
    make.tell(w, first, "management", valid_from=date(2026, 3, 12), management="community")
    w.later(days=10)
    make.tell(w, first, "management", valid_from=date(2026, 3, 22), management="none")
    make.tell(w, second, "management", valid_from=date(2026, 3, 22), management="owners")
    path, viewer = w.town.viewer.path, w.town.viewer
    moments = [start, *(start + timedelta(days=n) for n in (1, 11, 21))]
    assert [(f.n, f.d) for f in clearance.left(viewer, path=path, moments=moments)] == [(0, 0), (2, 3), (1, 3), (1, 3)]
    last = clearance.behind(viewer, path=path, until=moments[-1])
    assert next((one.estate_id == first.public_id, one.left) for one in last) == (True, True)
    home = make.cadre(w).viewer.path
    units = clearance.by_unit(w.office.viewer, paths=[path, home, w.south.viewer.path], until=moments[-1])
    assert {p: (f.n, f.d) for p, f in units.items()} == {path: (1, 3), home: (1, 3), w.south.viewer.path: (0, 0)}


def test_terms_about_to_end_are_proposed_once_and_decided_by_nobody(w: World) -> None:
    estate = make.register(w)
    make.tell(w, estate, "committee", valid_to=date(2026, 5, 1), members=5, party_members=3)
    before = Entry.objects.count()
    assert watching.propose_follow_up(actor=SYSTEM, at=w.at) == 1
    assert watching.propose_follow_up(actor=SYSTEM, at=w.at) == 0
    assert kinds(estate)[-1] == "estate.term_ending"
    assert Notice.objects.filter(kind="estate.term_ending", organisation=w.district.n2).count() == 1
    assert Entry.objects.count() == before
    make.tell(w, estate, "committee", valid_from=TODAY, valid_to=date(2031, 5, 1), members=5, party_members=3)
    assert watching.ending(w.at) == []
