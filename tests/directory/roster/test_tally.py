"""Figures kept ready say what counting says: after any sequence of writes, on any day, as known then, within one's scope."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories.branches import PartyTree, member, party_tree, party_viewer
from tests.factories.organisations import AT, SETUP

from genmai.directory.access.walls import scope_of
from genmai.directory.roster import commands
from genmai.directory.roster.commands import members, transfers
from genmai.directory.roster.commands.tally import ask_for_day, check_books, keep_books
from genmai.directory.roster.models import Membership, Organisation, Profile, Tally, TallyBook, TallyDue, Tree
from genmai.directory.roster.queries import as_at, tally
from genmai.directory.roster.queries.members import members as listed
from genmai.directory.roster.queries.membership_sql import Asked
from genmai.directory.roster.queries.tally_sql import layout
from genmai.directory.territory.days import day_of
from genmai.kernel.ids import key_of
from genmai.kernel.refusal import Refused
from genmai.kernel.viewer import Viewer
from genmai.kernel.walled import asked_by

NOW = AT + timedelta(days=300)
TODAY = day_of(NOW)
DAYS = (TODAY, TODAY - timedelta(days=20), date(2021, 7, 31))
KNOWN = datetime(2026, 12, 1, tzinfo=UTC)
BRANCHES = ("n1", "n2", "s1")


class Doing:
    """Writes to the membership in every way there is, each an hour later than the one before."""

    def __init__(self, tree: PartyTree) -> None:
        self.tree, self.count = tree, 0

    def common(self, **more: Any) -> dict[str, Any]:
        self.count += 1
        return {"actor": SETUP, "at": NOW + timedelta(minutes=self.count), "key": key_of("doing", self.count), **more}

    def body(self, name: str) -> Organisation:
        return Organisation.objects.get(pk=self.tree.bodies[name].pk)

    def person(self, number: int) -> int:
        rows = list(Membership.objects.filter(valid_to=None).order_by("person_id").values_list("person_id", flat=True))
        return rows[number % len(rows)]

    def enrol(self, where: str, number: int) -> None:
        self.count += 1
        member(
            f"新{self.count}", self.tree.bodies[where], 10 + self.count, born=f"19{60 + number:02d}0302", education="21"
        )

    def die(self, where: str, number: int) -> None:
        on = TODAY - timedelta(days=number)
        members.change(person_id=self.person(number), on=on, document="证明", status="deceased", **self.common())

    def transfer(self, where: str, number: int) -> None:
        asked = transfers.ask(person_id=self.person(number), to=self.body(where), reason="工作调动", **self.common())
        transfers.accept(transfer=asked, arrived="within_county", **self.common())

    def particulars(self, where: str, number: int) -> None:
        Profile.objects.filter(person_id=self.person(number)).update(education="81", born_on=date(1950 + number, 1, 1))

    def bulk(self, where: str, number: int) -> None:
        """As an import writes: one statement, many rows."""
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE roster_membership SET valid_to = %s, ended_recorded_at = %s WHERE valid_to IS NULL AND branch_id = %s"
                " AND valid_from <= %s", [TODAY, NOW, self.body(where).pk, TODAY],
            )  # fmt: skip
            cursor.execute(
                "INSERT INTO roster_membership (person_id, branch_id, stage, status, joined_on, valid_from, recorded_at,"
                " arrived, departed, document) SELECT person_id, %s, stage, status, joined_on, %s, %s, '', '', ''"
                " FROM roster_membership WHERE branch_id = %s AND valid_to = %s AND valid_from < %s"
                " AND NOT EXISTS (SELECT FROM roster_membership AS o WHERE o.person_id = roster_membership.person_id"
                " AND o.valid_to IS NULL)",
                [self.body(BRANCHES[number % 3]).pk, TODAY, NOW, self.body(where).pk, TODAY, TODAY],
            )

    def move(self, where: str, number: int) -> None:
        under = self.body(("north", "south", "committee")[number % 3])
        on = TODAY - timedelta(days=number)
        commands.move(
            organisation=self.body(where), parent=under, tree=Tree.PARTY, on=on, document="文", **self.common()
        )

    def merge(self, where: str, number: int) -> None:
        into = self.body(BRANCHES[number % 3])
        commands.merge(organisation=self.body(where), into=into, on=TODAY, document="文", **self.common())

    def undo(self, where: str, number: int) -> None:
        last = self.body(where).changes.filter(undone_at=None).order_by("-id").first()
        if last:
            commands.undo(change=last.public_id, **self.common())

    def keep(self, where: str, number: int) -> None:
        keep(self.count)


def keep(turn: int = 0) -> None:
    for _ in range(3):
        keep_books(actor=SETUP, at=NOW, key=key_of("keep", turn), worth_from=1)


def books() -> None:
    """Today, as every day; an earlier day, and that day as known then, because somebody asked."""
    for number, (day, known) in enumerate([(DAYS[1], None), (DAYS[2], None), (DAYS[1], KNOWN)]):
        TallyBook.objects.create(day=day, known_at=known, layout=layout().mark, asked_at=NOW + timedelta(number))
    keep()


def same(viewer: Viewer, tree: PartyTree) -> None:
    """Kept and counted, for the whole and below each body in the viewer's scope."""
    for day, known in [(DAYS[0], None), (DAYS[1], None), (DAYS[2], None), (DAYS[1], KNOWN)]:
        for path in ["", *paths_of(viewer, tree)]:
            asked = Asked(day, TODAY, path, known)
            kept = tally.kept(viewer, asked=asked)
            assert (kept is None) == (not path and day != TODAY), (day, known, path)
            if kept is not None:
                counted = tally.counted(viewer, asked=asked)
                assert kept == {key: counts for key, counts in counted.items() if any(counts)}, (day, known, path)


def paths_of(viewer: Viewer, tree: PartyTree) -> list[str]:
    found = [as_at.path_on(viewer, body, Tree.PARTY, TODAY) for body in tree.bodies.values()]
    return [path for path in found if path and any(path.startswith(grant.path) for grant in viewer.grants)]


@pytest.fixture
def tree(db: None) -> PartyTree:
    made = party_tree()
    for number, branch in enumerate((made.n1, made.n1, made.n2, made.s1)):
        born, education = f"19{60 + 9 * number}0302", ("21", "31", "", "81")[number]
        member(f"党员{number}", branch, number, born=born, education=education, sex=number % 2)
    return made


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ("enrol", "die", "transfer", "particulars", "bulk", "move", "move", "merge", "undo", "keep", "keep")
        ),
        st.sampled_from(BRANCHES),
        st.integers(0, 25),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_after_any_writes_what_is_kept_is_what_counting_finds(
    tree: PartyTree, steps: list[tuple[str, str, int]]
) -> None:
    viewers = viewers_of(tree)
    with transaction.atomic():
        doing = Doing(tree)
        books()
        for verb, where, number in steps:
            try:
                with transaction.atomic():
                    getattr(doing, verb)(where, number)
            except Refused:
                continue
            same(viewers[doing.count % 2], tree)
        keep()
        assert TallyDue.objects.count() == 0
        for viewer in viewers:
            same(viewer, tree)
        assert check_books(actor=SETUP, at=NOW, key=key_of("check")) == 0
        transaction.set_rollback(True)


_VIEWERS: dict[int, list[Viewer]] = {}


def viewers_of(tree: PartyTree) -> list[Viewer]:
    """The committee's and the northern town's."""
    if tree.committee.pk not in _VIEWERS:
        _VIEWERS[tree.committee.pk] = [
            party_viewer("zuzhi", "party_organiser", tree.committee),
            party_viewer("bei", "party_office", tree.north),
        ]
    return _VIEWERS[tree.committee.pk]


@pytest.fixture
def viewer(tree: PartyTree) -> Viewer:
    return party_viewer("zuzhi", "party_organiser", tree.committee)


def test_a_page_asks_twice_however_many_changes_wait_and_once_without(tree: PartyTree, viewer: Viewer) -> None:
    books()
    asked = Asked(TODAY, TODAY, f"/{tree.committee.pk}/")
    with CaptureQueriesContext(connection) as one:
        tally.figures(viewer, asked=asked)
    Doing(tree).enrol("n1", 3)
    Doing(tree).die("n1", 1)
    with CaptureQueriesContext(connection) as two:
        tally.figures(viewer, asked=asked)
    assert (len(one), len(two)) == (1, 2)


def test_the_wall_stands_before_what_is_kept(tree: PartyTree) -> None:
    books()
    north = party_viewer("bei", "party_office", tree.north)
    with asked_by(lambda: scope_of(north)):
        bodies = set(Tally.objects.values_list("body_id", flat=True))
    assert bodies == {tree.north.pk, tree.n1.pk, tree.n2.pk}
    south = Asked(TODAY, TODAY, f"/{tree.committee.pk}/{tree.south.pk}/")
    assert tally.kept(north, asked=south) is None
    assert tally.figures(north, asked=south) == {}


def test_a_list_says_its_length_from_the_book(tree: PartyTree, viewer: Viewer) -> None:
    books()
    for more in ({}, {"buckets": {"age": "from_61"}}, {"stages": ("full",)}):
        asked = Asked(TODAY, TODAY, **more)
        assert tally.count(viewer, asked=asked) == listed(viewer, asked=asked)[1]
    assert tally.count(viewer, asked=Asked(TODAY, TODAY, statuses=("left",))) is None
    assert tally.count(viewer, asked=Asked(TODAY, TODAY, buckets={"age": "from_61", "sex": "male"})) is None


def test_too_many_changes_are_counted_and_not_read(tree: PartyTree, viewer: Viewer, monkeypatch: Any) -> None:
    books()
    Doing(tree).enrol("n1", 3)
    sizes = tally.sizes()
    monkeypatch.setattr(tally, "sizes", lambda: type(sizes)(**{**vars(sizes), "due_most": 0}))
    asked = Asked(TODAY, TODAY)
    assert tally.kept(viewer, asked=asked) is None
    assert sum(layout().total(counts) for counts in tally.figures(viewer, asked=asked).values()) == 5


def test_a_book_that_says_wrong_is_found_and_counted_anew(tree: PartyTree, viewer: Viewer) -> None:
    books()
    row = Tally.objects.filter(own=True, book__day=TODAY).first()
    assert row is not None
    Tally.objects.filter(pk=row.pk).update(counts=row.counts.replace("1", "7"))
    assert check_books(actor=SETUP, at=NOW, key=key_of("check")) == 1
    keep()
    assert check_books(actor=SETUP, at=NOW, key=key_of("check")) == 0
    same(viewer, tree)


def test_what_has_moved_away_is_not_counted_for_where_it_once_stood(tree: PartyTree, viewer: Viewer) -> None:
    Doing(tree).move("n1", 1)  # under the southern town, since yesterday
    books()
    north = party_viewer("bei", "party_office", tree.north)
    before = Asked(DAYS[1], TODAY, f"/{tree.committee.pk}/{tree.north.pk}/")
    for who, number in ((north, 1), (viewer, 3)):
        kept = tally.kept(who, asked=before) or {}
        assert kept == tally.counted(who, asked=before)
        assert sum(layout().total(counts) for counts in kept.values()) == number
    whole = tally.totals(viewer, paths={tree.north.pk: before.path}, day=DAYS[1], today=TODAY)
    assert whole is not None
    assert layout().total(whole[tree.north.pk]) == 3


def test_of_few_members_nothing_is_kept(tree: PartyTree) -> None:
    ask_for_day(actor=SETUP, at=NOW, key=key_of("ask"), day=DAYS[1])
    books()
    assert TallyBook.objects.count() == 6
    assert keep_books(actor=SETUP, at=NOW, key=key_of("keep")) == (0, 0)
    assert (TallyBook.objects.count(), Tally.objects.count(), TallyDue.objects.count()) == (0, 0, 0)
