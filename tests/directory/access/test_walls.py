"""The second wall: what the database gives when the application's own filter is taken away on purpose."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context
from datetime import UTC, date, datetime
from threading import Thread
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories.accounts import PASSWORD, account, viewer
from tests.factories.cases import World, new_world
from tests.factories.organisations import AT, OPENED, SETUP
from tests.factories.residents import resident

from genmai.directory.access.models import Grant
from genmai.directory.access.queries import viewer_for
from genmai.directory.access.walls import scope_of
from genmai.directory.roster.models import Link, Membership, Organisation, Person, PersonKind, Profile, Tree
from genmai.kernel.ids import key_of
from genmai.kernel.viewer import NOBODY, Viewer
from genmai.kernel.walled import NOTHING, Scope, asked_by, current, house, let_in
from genmai.processes.cases.models import Caller, Case, Entry
from genmai.processes.cases.queries import lists

pytestmark = pytest.mark.django_db
TABLES = (Case, Caller, Entry)


@pytest.fixture
def world() -> World:
    """One matter in the north, one in the south, each with a caller and words."""
    w = new_world()
    for place, phone in (("n1", "13805741234"), ("s1", "13805745678")):
        case = w.receive(text=f"{place} 路灯坏了", place_id=w.district.places[place].pk, person_id=resident(phone).pk)
        w.do("decline", case)
    return w


def within(viewer: Viewer) -> object:
    return asked_by(lambda: scope_of(viewer))


def counted() -> tuple[int, ...]:
    return tuple(table.objects.count() for table in TABLES)


def test_without_the_applications_filter_a_foreign_row_is_still_not_given(world: World) -> None:
    assert counted() == (2, 2, 2)
    with within(world.town.viewer):
        assert counted() == (1, 1, 1)
        assert Case.objects.get().text.startswith("n1")
        assert not Case.objects.filter(text__startswith="s1").exists()
        assert Case.objects.filter(text__startswith="s1").update(text="改了") == 0
    with within(world.office.viewer):
        assert counted() == (2, 2, 2)


def test_nothing_said_is_nothing_given(world: World) -> None:
    assert Context().run(counted) == (0, 0, 0)
    with within(NOBODY):
        assert counted() == (0, 0, 0)
    with within(viewer("root", "administrator", world.district.district)):
        assert counted() == (0, 0, 0)
    assert counted() == (2, 2, 2)


def test_a_page_whose_filter_was_forgotten_shows_nothing_of_another_town(world: World, client: Client) -> None:
    account("desk", "town_desk", world.district.south, password=PASSWORD)
    client.post("/sign-in", {"login": "desk", "password": PASSWORD})
    foreign = Case.objects.get(text__startswith="n1")
    with (
        patch.object(lists, "visible", lambda viewer, **reach: Case.objects.all()),
        patch("genmai.interfaces.web.edge.viewing.timezone.now", lambda: world.at),
    ):
        page = client.get("/cases/?states=declined").content.decode()
        assert "s1 路灯" in page
        assert "n1 路灯" not in page
        assert client.get(f"/cases/{foreign.public_id}/").status_code == 404


def test_a_rollback_and_a_new_connection_are_told_again(world: World) -> None:
    north = scope_of(world.town.viewer)
    with asked_by(lambda: north):
        for _ in range(2):
            _fail_within(lambda: Case.objects.count() == 2)
            assert Case.objects.count() == 1


def _fail_within(right: Callable[[], bool]) -> None:
    """A transaction that reached the whole house, rolled back: the server has taken back what it was told."""
    try:
        with transaction.atomic(), house("a test inside a page"):
            assert right()
            raise ZeroDivisionError
    except ZeroDivisionError:
        pass


def told() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('genmai.organisations', true), current_setting('genmai.acts_for', true)")
        return list(cursor.fetchone())


def test_who_asks_is_found_out_once_and_sees_nothing_meanwhile(world: World) -> None:
    asked = []

    def find() -> Scope:
        asked.append(told())
        return scope_of(world.town.viewer)

    with asked_by(find):
        assert told() == told() == [f"{{{world.district.north.pk}}}", "viewer"]
    assert asked == [["{}", "viewer"]]


def test_a_resident_with_the_code_is_let_in_to_their_own_matter_alone(world: World) -> None:
    own = Case.objects.get(text__startswith="s1")
    with within(NOBODY):
        let_in(cases=[own.pk])
        assert list(Case.objects.all()) == [own]
        assert counted() == (1, 1, 1)
    assert current().whole_house


def test_the_house_needs_a_reason_and_a_path_is_no_text() -> None:
    with pytest.raises(ValueError, match="reason"), house(""):
        pass
    with pytest.raises(ValueError, match="path"):
        Scope(paths=("/1/'; --",)).settings()
    assert NOTHING.settings()[0] == "viewer"


# -- members, by the Party tree ----------------------------------------------------------------------------------------


@pytest.fixture
def branches() -> dict[str, Organisation]:
    """A committee with two branches, one of them closed since; one member in each, under one tree."""
    made: dict[str, Organisation] = {}
    for n, (name, parent) in enumerate((("committee", ""), ("a", "committee"), ("b", "committee"))):
        made[name] = Organisation.objects.create(
            public_id=key_of("branch", name), code=f"p{n}", name=name, short_name=name, kind="party", level=3,
            opened_on=OPENED,
        )  # fmt: skip
        head = f"/{made['committee'].pk}/" if parent else "/"
        Link.objects.create(
            tree=Tree.PARTY, organisation=made[name], parent=made.get(parent), path=f"{head}{made[name].pk}/",
            valid_from=OPENED, recorded_at=AT,
        )  # fmt: skip
        person = Person.objects.create(
            public_id=key_of("member", name), kind=PersonKind.MEMBER, display_name=name, recorded_at=AT
        )
        Profile.objects.create(person=person, letters=name, born_on=date(1980, 1, 1))
        Membership.objects.create(person=person, branch=made[name], stage="full", valid_from=OPENED, recorded_at=AT)
    return made


def officer(organisation: Organisation) -> Viewer:
    held = account(f"of-{organisation.code}", "village_secretary", organisation, tree=Tree.PARTY)
    return viewer_for(held, at=AT)


def members() -> list[set[str]]:
    return [
        set(Membership.objects.values_list("branch__name", flat=True)),
        set(Profile.objects.values_list("letters", flat=True)),
    ]


def test_members_are_given_below_ones_grant_in_the_party_tree(branches: dict[str, Organisation]) -> None:
    with within(officer(branches["a"])):
        assert members() == [{"a"}] * 2
    with within(officer(branches["committee"])):
        assert members() == [{"committee", "a", "b"}] * 2
    with within(NOBODY):
        assert members() == [set()] * 2
    assert Grant.objects.filter(tree=Tree.PARTY).count() == 2


def test_an_administrative_grant_gives_no_member_and_ones_own_data_is_ones_own(
    branches: dict[str, Organisation],
) -> None:
    world = new_world()
    with within(world.office.viewer):
        assert members() == [set()] * 2
    own = Person.objects.get(display_name="b")
    with asked_by(lambda: Scope(person=own.pk)):
        assert members() == [{"b"}] * 2


def test_the_closed_branch_is_still_its_last_superiors(branches: dict[str, Organisation]) -> None:
    closed = datetime(2026, 1, 1, tzinfo=UTC).date()
    Link.objects.filter(organisation=branches["b"]).update(valid_to=closed)
    Organisation.objects.filter(pk=branches["b"].pk).update(closed_on=closed)
    with asked_by(lambda: Scope(paths=(f"/{branches['committee'].pk}/",))):
        assert members()[0] == {"committee", "a", "b"}
    assert SETUP.name == "setup"


def test_a_branch_that_moves_is_reached_by_its_new_superiors_at_once_and_by_the_old_no_more(
    branches: dict[str, Organisation],
) -> None:
    """The wall is today's tree, asked anew with every statement; the link that ended is no way in."""
    a, b = branches["a"], branches["b"]
    before = Link.objects.get(organisation=b)
    with asked_by(lambda: Scope(paths=(f"/{branches['committee'].pk}/{a.pk}/",))):
        assert members()[0] == {"a"}
        Link.objects.filter(pk=before.pk).update(valid_to=date(2026, 1, 1))
        Link.objects.create(
            tree=Tree.PARTY, organisation=b, parent=a, path=f"/{branches['committee'].pk}/{a.pk}/{b.pk}/",
            valid_from=date(2026, 1, 1), recorded_at=AT,
        )  # fmt: skip
        assert members() == [{"a", "b"}] * 2
    with asked_by(lambda: Scope(paths=(before.path,))):
        assert members() == [set()] * 2, "where it stood before is reached by nobody"


def test_a_head_reaches_what_begins_with_it_and_no_neighbour(branches: dict[str, Organisation]) -> None:
    """/…/7/ is not /…/70/, nor a body of the other tree with the same path."""
    a, b = branches["a"], branches["b"]
    Link.objects.filter(organisation=a).update(path="/1/7/")
    Link.objects.filter(organisation=b).update(path="/1/70/")
    for path, reached in (("/1/7/", {"a"}), ("/1/70/", {"b"}), ("/1/", {"a", "b"}), ("/7/", set())):
        with asked_by(lambda path=path: Scope(paths=(path,))):
            assert members()[0] == reached
    Link.objects.filter(organisation=a).update(tree=Tree.ADMINISTRATIVE)
    with asked_by(lambda: Scope(paths=("/1/7/", "/1/70/"))):
        assert members()[0] == {"b"}


@pytest.mark.parametrize("ended", [None, date(2026, 1, 1)])
def test_the_one_root_reaches_the_whole_tree_and_one_of_two_roots_its_own(
    branches: dict[str, Organisation], ended: date | None
) -> None:
    """A neighbour whose last place has ended is as foreign as one that stands."""
    root, b = branches["committee"], branches["b"]
    with asked_by(lambda: Scope(paths=(f"/{root.pk}/",))), connection.cursor() as cursor:
        cursor.execute("SELECT genmai_whole_party()")
        assert cursor.fetchone() == (True,)
        assert members() == [{"committee", "a", "b"}] * 2
    Link.objects.filter(organisation=b).update(path=f"/{root.pk}0/", valid_to=ended)
    with asked_by(lambda: Scope(paths=(f"/{root.pk}/",))), connection.cursor() as cursor:
        cursor.execute("SELECT genmai_whole_party()")
        assert cursor.fetchone() == (False,)
        assert members() == [{"committee", "a"}] * 2


# -- what is reached is kept in the session until the tree changes -----------------------------------------------------


def reached() -> set[str]:
    return members()[0]


@pytest.mark.parametrize("marked", [True, False])
def test_what_is_reached_is_read_once_where_nothing_changes(branches: dict[str, Organisation], marked: bool) -> None:
    """Also in an installation whose tree has not changed since this was built."""
    with (
        asked_by(lambda: Scope(paths=(f"/{branches['committee'].pk}/{branches['a'].pk}/",))),
        connection.cursor() as cursor,
    ):
        if not marked:
            cursor.execute("DELETE FROM access_treemark")
        assert reached() == {"a"}
        cursor.execute("SELECT set_config('genmai.reach', repeat('AAAA', 9000), false)")
        assert reached() == set(), "what is kept is used"
        Link.objects.filter(organisation=branches["b"]).update(valid_from=OPENED)
        assert reached() == {"a"}


def test_a_change_taken_back_leaves_what_was_reached_before_it(branches: dict[str, Organisation]) -> None:
    a, b = branches["a"], branches["b"]
    b_link = Link.objects.filter(organisation=b)
    with asked_by(lambda: Scope(paths=(f"/{branches['committee'].pk}/{a.pk}/",))):
        assert reached() == {"a"}
        b_link.update(path=f"/{branches['committee'].pk}/{a.pk}/{b.pk}/")
        assert reached() == {"a", "b"}
        with transaction.atomic():
            b_link.update(path=f"/{b.pk}/")
            assert reached() == {"a"}
            transaction.set_rollback(True)
        assert reached() == {"a", "b"}, "within one transaction the mark is the same; what was kept is not"


def test_an_organisation_that_ends_or_begins_changes_what_is_reached(branches: dict[str, Organisation]) -> None:
    root, b = branches["committee"], branches["b"]
    own = Link.objects.filter(organisation=b)
    with asked_by(lambda: Scope(paths=(f"/{root.pk}/",))):
        own.update(path="/0/")
        assert reached() == {"committee", "a"}
        own.update(path=f"/{root.pk}/{b.pk}/", valid_to=date(2026, 1, 1))
        Link.objects.filter(organisation=branches["a"]).update(path="/0/")
        assert reached() == {"committee"}
        Organisation.objects.filter(pk=b.pk).update(closed_on=date(2026, 1, 1))
        assert reached() == {"committee", "b"}
        far = Organisation.objects.create(
            pk=b.pk + 5000, public_id=key_of("branch", "far"), code="far", name="far", short_name="far",
            kind="party", level=3, opened_on=OPENED,
        )  # fmt: skip
        with house("a member moves to a branch that nobody reaches yet"):
            Membership.objects.filter(branch=root).update(branch=far)
        assert reached() == {"b"}
        Link.objects.create(
            tree=Tree.PARTY, organisation=far, parent=root, path=f"/{root.pk}/{far.pk}/", valid_from=OPENED,
            recorded_at=AT,
        )  # fmt: skip
        assert reached() == {"b", "far"}


@given(
    ids=st.sets(st.integers(1, 300), min_size=1, max_size=40),
    moved=st.integers(0, 39),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_bits_say_what_the_list_says(db: None, ids: set[int], moved: int) -> None:
    """Whatever ids the organisations have; one of them may have left the tree."""
    with transaction.atomic():
        for one in sorted(ids):
            made = Organisation.objects.create(
                pk=10_000 + one, public_id=key_of("bit", str(one)), code=f"bit{one}", name=f"{one}", short_name=f"{one}",
                kind="party", level=3, opened_on=OPENED,
            )  # fmt: skip
            Link.objects.create(
                tree=Tree.PARTY, organisation=made, path=f"/9/{made.pk}/", valid_from=OPENED, recorded_at=AT
            )
        gone = 10_000 + sorted(ids)[moved % len(ids)]
        with asked_by(lambda: Scope(paths=("/9/",))), connection.cursor() as cursor:
            for there in (len(ids), len(ids) - 1):
                cursor.execute(
                    "SELECT id FROM roster_organisation WHERE get_bit((SELECT genmai_reach()), id)::boolean"
                    " EXCEPT ALL SELECT genmai_party_organisations()"
                )
                assert cursor.fetchall() == []
                cursor.execute(
                    "SELECT count(*) FROM roster_organisation WHERE get_bit((SELECT genmai_reach()), id)::boolean"
                )
                assert cursor.fetchone() == (there,)
                Link.objects.filter(organisation_id=gone).update(path="/8/")
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_what_another_session_changes_is_reached_with_the_next_statement(branches: dict[str, Organisation]) -> None:
    a, b = branches["a"], branches["b"]
    below = f"/{branches['committee'].pk}/{a.pk}/"

    def move() -> None:
        with house("as the tree is kept by the house"):
            Link.objects.filter(organisation=b).update(path=f"{below}{b.pk}/")
        connection.close()

    with asked_by(lambda: Scope(paths=(below,))):
        assert reached() == {"a"}
        other = Thread(target=move)
        other.start()
        other.join()
        assert reached() == {"a", "b"}
