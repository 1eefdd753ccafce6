"""Organisations in several trees: as at a date, as known then, moved with history kept."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories.accounts import account, viewer
from tests.factories.organisations import AT, KEY, OPENED, SETUP, SmallDistrict, small_district

from genmai.directory.access.queries import viewer_for
from genmai.directory.roster import commands, queries
from genmai.directory.roster.models import Level, Link, Organisation, OrganisationKind, Tree
from genmai.directory.roster.queries import as_at
from genmai.kernel.ids import key_of
from genmai.kernel.refusal import BadInput, NotFound, NotPermitted
from genmai.kernel.viewer import NOBODY, Actor

pytestmark = pytest.mark.django_db
MOVING = ["n1", "n2", "s1", "n1a", "s1a", "dept"]
UNDER = ["north", "south", "district", "n1", "n2", "s1"]


def names(bodies: list[Organisation]) -> list[str]:
    return [body.name for body in bodies]


def moment(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


LATER = AT + timedelta(days=365)
DOCUMENT = "区委〔2026〕1 号"
THEN = {"on": AT.date(), "document": DOCUMENT}


def move(d: SmallDistrict, what: str, under: str, on: date, at: datetime = LATER) -> int:
    """How many links moved."""
    made = commands.move(
        actor=SETUP, at=at, key=key_of("move", what, under, f"{on}"), organisation=d.bodies[what],
        parent=d.bodies[under], on=on, document=DOCUMENT,
    )  # fmt: skip
    return made.touched["links"]


def test_line_up_children_and_descendants() -> None:
    d = small_district()
    assert names(queries.line_up(NOBODY, organisation=d.n1a, at=AT)) == ["北一村", "北镇", "测试区"]
    assert names(queries.ancestors(NOBODY, organisation=d.n1a, at=AT)) == ["测试区", "北镇", "北一村"]
    assert names(queries.children(NOBODY, organisation=d.district, at=AT)) == ["区公路局", "北镇", "南镇"]
    towns = queries.children(NOBODY, organisation=d.district, at=AT, kinds=[OrganisationKind.TOWN])
    assert names(towns) == ["北镇", "南镇"]
    below = names(queries.descendants(NOBODY, organisation=d.north, at=AT))
    assert sorted(below) == sorted(["北一村", "北二社区", "北一村第一网格", "北一村第二网格", "北二社区第一网格"])
    parent = queries.parent_of(NOBODY, organisation=d.n1, at=AT)
    assert parent is not None
    assert parent.path == d.north.path
    assert queries.parent_of(NOBODY, organisation=d.district, at=AT) is None


def test_paths_end_with_the_organisation_and_reach_is_all_above() -> None:
    d = small_district()
    assert queries.ids_of(d.n1a.path) == (d.district.pk, d.north.pk, d.n1.pk, d.n1a.pk)
    assert queries.reach_of([d.n1, d.dept]) == sorted([d.district.pk, d.north.pk, d.n1.pk, d.dept.pk])


def test_a_moved_village_takes_its_grids_along_and_history_stays() -> None:
    d = small_district()
    on = date(2026, 4, 1)
    assert move(d, "n1", "south", on) == 3
    before, after = moment(date(2026, 3, 31)), moment(on)
    assert names(queries.line_up(NOBODY, organisation=d.n1a, at=before)) == ["北一村", "北镇", "测试区"]
    assert names(queries.line_up(NOBODY, organisation=d.n1a, at=after)) == ["北一村", "南镇", "测试区"]
    assert "北一村" in names(queries.children(NOBODY, organisation=d.north, at=before))
    assert "北一村" not in names(queries.children(NOBODY, organisation=d.north, at=after))
    assert [(row[0], row[1], row[2]) for row in queries.history(NOBODY, organisation=d.n1)] == [
        (OPENED, on, "北镇"),
        (on, None, "南镇"),
    ]


def test_as_known_then_a_backdated_move_is_not_yet_known() -> None:
    d = small_district()
    learned = AT + timedelta(days=10)
    move(d, "n1", "south", AT.date(), at=learned)
    asked = AT + timedelta(days=1)
    now = queries.line_up(NOBODY, organisation=d.n1, at=asked)
    then = queries.line_up(NOBODY, organisation=d.n1, at=asked, known_at=learned - timedelta(hours=1))
    assert (names(now)[0], names(then)[0]) == ("南镇", "北镇")


def test_a_move_made_by_mistake_the_same_day_leaves_an_empty_span() -> None:
    d = small_district()
    on = date(2026, 4, 1)
    move(d, "n1", "south", on)
    move(d, "n1", "north", on)
    assert [row[2] for row in queries.history(NOBODY, organisation=d.n1)] == ["北镇", "北镇"]
    assert names(queries.line_up(NOBODY, organisation=d.n1, at=moment(on)))[0] == "北镇"


def test_nothing_moves_below_itself_nor_before_later_changes() -> None:
    d = small_district()
    with pytest.raises(BadInput) as below:
        move(d, "north", "n1", date(2026, 4, 1))
    move(d, "n1", "south", date(2026, 5, 1))
    with pytest.raises(BadInput) as later:
        move(d, "north", "south", date(2026, 4, 1))
    assert (below.value.code, later.value.code) == ("move_below_itself", "later_change_known")
    with pytest.raises(BadInput) as same:
        move(d, "n1", "south", date(2026, 6, 1))
    assert same.value.code == "already_there"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.tuples(st.sampled_from(MOVING), st.sampled_from(UNDER)), max_size=5))
def test_whatever_moves_every_path_is_the_chain_of_parents(moves: list[tuple[str, str]], django_db_blocker) -> None:
    from django.db import transaction

    with transaction.atomic():
        d = small_district()
        for number, (what, under) in enumerate(moves):
            try:
                move(d, what, under, date(2026, 4, 1 + number))
            except BadInput:
                continue
        links = {link.organisation_id: link for link in Link.objects.filter(valid_to__isnull=True)}
        for link in links.values():
            above = links[link.parent_id].path if link.parent_id else "/"
            assert link.path == f"{above}{link.organisation_id}/"
        assert len(links) == len(d.bodies)
        transaction.set_rollback(True)


def test_an_organisation_stands_in_several_trees_at_once() -> None:
    d = small_district()
    rows = [
        commands.NewOrganisation("party-1", "北镇党委", OrganisationKind.PARTY, Level.TOWN, tree=Tree.PARTY),
        commands.NewOrganisation(
            "party-2", "北一村党委", OrganisationKind.PARTY, Level.COMMUNITY, "party-1", tree=Tree.PARTY
        ),
    ]
    party = commands.open_organisations(actor=SETUP, at=AT, key=KEY, rows=rows, opened_on=OPENED)
    commands.link(actor=SETUP, at=AT, key=KEY, organisation=d.n1, tree=Tree.PARTY, parent=party["party-2"], on=OPENED)
    assert names(queries.line_up(NOBODY, organisation=d.n1, at=AT, tree=Tree.PARTY)) == ["北一村党委", "北镇党委"]
    assert names(queries.line_up(NOBODY, organisation=d.n1, at=AT)) == ["北镇", "测试区"]
    assert queries.organisation(NOBODY, at=AT, code="party-2").path == ""


def test_opening_again_opens_nothing_and_an_unknown_parent_opens_nothing() -> None:
    small_district()
    count = Organisation.objects.count()
    same = commands.NewOrganisation("330299001", "别的名字", OrganisationKind.TOWN, Level.TOWN, "330299")
    assert (
        commands.open_organisations(actor=SETUP, at=AT, key=KEY, rows=[same], opened_on=OPENED)["330299001"].name
        == "北镇"
    )
    orphan = [
        commands.NewOrganisation("x1", "好的", OrganisationKind.TOWN, Level.TOWN, "330299"),
        commands.NewOrganisation("x2", "没有上级", OrganisationKind.TOWN, Level.TOWN, "nowhere"),
    ]
    with pytest.raises(BadInput, match="nowhere"):
        commands.open_organisations(actor=SETUP, at=AT, key=KEY, rows=orphan, opened_on=OPENED)
    assert Organisation.objects.count() == count


def test_closing_waits_for_what_is_below_and_keeps_the_past() -> None:
    d = small_district()
    with pytest.raises(BadInput, match="下级"):
        commands.close(actor=SETUP, at=LATER, key=KEY, organisation=d.n1, on=date(2026, 4, 1), document=DOCUMENT)
    commands.close(actor=SETUP, at=LATER, key=KEY, organisation=d.s1a, on=date(2026, 4, 1), document=DOCUMENT)
    assert names(queries.children(NOBODY, organisation=d.s1, at=moment(date(2026, 4, 1)))) == []
    assert names(queries.children(NOBODY, organisation=d.s1, at=AT)) == ["东村第一网格"]


def test_a_renamed_organisation_keeps_its_code_and_is_found_by_the_new_initials() -> None:
    d = small_district()
    commands.rename(
        actor=SETUP, at=AT, key=KEY, organisation=d.n1, name="新张俞村村委会", short_name="新张俞村", **THEN
    )
    found = queries.search_organisations(NOBODY, text="xzy", at=AT)
    assert [(body.code, body.name) for body in found] == [("330299001201", "新张俞村村委会")]


def test_home_is_the_nearest_responsible_body_in_one_query(django_assert_num_queries) -> None:
    d = small_district()
    with django_assert_num_queries(1):
        home = queries.home_of(NOBODY, place=d.places["n1a"], at=AT)
    assert home is not None
    assert (home.pk, home.path) == (d.n1.pk, d.n1.path)
    assert queries.home_of(NOBODY, place=d.places["n1a"], at=AT, lowest=Level.GRID).pk == d.n1a.pk
    assert queries.home_of(NOBODY, place=d.places["north"], at=AT).pk == d.north.pk
    with django_assert_num_queries(1):
        homes = queries.homes_of(NOBODY, places=d.places.values(), at=AT)
    assert homes[d.places["n1b"].pk].pk == d.n1.pk
    assert homes[d.places["district"].pk].pk == d.district.pk


@pytest.mark.parametrize("role", ["town_desk", "district_leader", "security_auditor", "village_secretary"])
def test_only_those_who_keep_the_directory_change_it(role: str) -> None:
    d = small_district()
    actor = Actor.staff(viewer("someone", role, d.district))
    with pytest.raises(NotPermitted):
        commands.rename(actor=actor, at=AT, key=KEY, organisation=d.n1, name="x", **THEN)
    with pytest.raises(NotPermitted):
        commands.move(actor=Actor.reporter(), at=AT, key=KEY, organisation=d.n1, parent=d.south, **THEN)
    keeper = Actor.staff(viewer("keeper", "administrator", d.district))
    commands.rename(actor=keeper, at=AT, key=KEY, organisation=d.n1, name="北一新村", **THEN)
    assert queries.organisation(NOBODY, at=AT, code="330299001201").name == "北一新村"


def test_what_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound):
        queries.organisation(NOBODY, at=AT, code="nowhere")


@pytest.mark.slow
def test_the_whole_real_district_opens_in_a_few_statements_and_only_once(django_assert_max_num_queries) -> None:
    departments = [commands.Department("dept-a", "区住房和城乡建设局", "区住建局")]
    arguments = {"actor": SETUP, "at": AT, "code": "330212", "departments": departments, "opened_on": OPENED}
    with django_assert_max_num_queries(16):
        district = commands.ensure_district(key=KEY, **arguments)
    again = commands.ensure_district(key=UUID(int=99), **arguments)
    assert {code: body.pk for code, body in again.organisations.items()} == {
        code: body.pk for code, body in district.organisations.items()
    }
    kinds = [body.kind for body in district.organisations.values()]
    assert (kinds.count("district"), kinds.count("town"), kinds.count("community")) == (1, 21, 354)
    assert kinds.count("city") == 1, "the ladder ends in the city"
    assert kinds.count("party") == 1 + 1 + 21 + 354 + kinds.count("grid")
    village = queries.organisation(NOBODY, at=AT, code="330212110280")
    assert (village.name, village.short_name) == ("新张俞村村委会", "新张俞村")
    assert names(queries.line_up(NOBODY, organisation=village, at=AT)) == ["姜山镇", "鄞州区", "宁波市"]
    up = queries.line_up(NOBODY, organisation=district.organisations["party-330212005001001"], at=AT, tree=Tree.PARTY)
    assert names(up) == ["东裕社区大党委", "中河街道党（工）委", "鄞州区委", "宁波市委"]


@pytest.mark.parametrize(("kind", "speaks"), [(OrganisationKind.UNIT, False), (OrganisationKind.PARTY, True)])
def test_a_unit_stands_on_a_towns_ground_and_does_not_speak_for_it(kind: str, speaks: bool) -> None:
    """A firm listed with the town's level and place: neither the town's people reach it by the ground, nor its people the town."""
    d = small_district()
    made = Organisation.objects.create(
        public_id=key_of("unit"), code="91330212MA2AG6HE33", name="一家单位", short_name="一家单位", kind=kind,
        level=Level.TOWN, place=d.north.place, opened_on=OPENED,
    )  # fmt: skip
    tree = Tree.INDUSTRY if kind == OrganisationKind.UNIT else Tree.PARTY
    Link.objects.create(tree=tree, organisation=made, path=f"/{made.pk}/", valid_from=OPENED, recorded_at=AT)
    town = as_at.scopes(viewer("zhen", "town_desk", d.north))
    assert (f"/{made.pk}/" in town.get(tree, ())) is speaks
    own = as_at.scopes(viewer_for(account("danwei", "village_secretary", made, tree=tree), at=AT))
    assert (Tree.ADMINISTRATIVE in own) is speaks
    assert own[tree] == (f"/{made.pk}/",)
