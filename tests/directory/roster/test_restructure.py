"""Restructurings: dated, with a document, undone to the last row, and refused where something rests on them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories.organisations import AT, KEY, OPENED, SETUP
from tests.factories.party import PartyTree, party_tree, registry

from genmai.directory.roster import commands, queries
from genmai.directory.roster.models import Change, Cover, Link, Membership, Organisation, Post, Tree
from genmai.kernel.ids import key_of
from genmai.kernel.refusal import BadInput, Changed, NotPermitted, Refused
from genmai.kernel.viewer import NOBODY, Actor

pytestmark = pytest.mark.django_db
NOW = AT + timedelta(days=300)
DOC = "甬组〔2026〕7 号"


class Doing:
    """Carries out restructurings on the small Party tree, each a day later than the one before."""

    def __init__(self, tree: PartyTree) -> None:
        self.tree, self.count = tree, 0

    def common(self, on: date | None = None) -> dict[str, Any]:
        self.count += 1
        at = NOW + timedelta(hours=self.count)
        return {
            "actor": SETUP, "at": at, "key": key_of("doing", self.count), "document": DOC,
            "on": on or date(2026, 4, 1) + timedelta(days=self.count),
        }  # fmt: skip

    def body(self, name: str) -> Organisation:
        return Organisation.objects.get(pk=self.tree.bodies[name].pk)

    def move(self, what: str, under: str, on: date | None = None) -> Change:
        return commands.move(organisation=self.body(what), parent=self.body(under), tree=Tree.PARTY, **self.common(on))

    def merge(self, what: str, into: str, on: date | None = None) -> Change:
        return commands.merge(organisation=self.body(what), into=self.body(into), **self.common(on))

    def rename(self, what: str, name: str, on: date | None = None) -> Change:
        return commands.rename(organisation=self.body(what), name=name, **self.common(on))

    def close(self, what: str, on: date | None = None) -> Change:
        return commands.close(organisation=self.body(what), **self.common(on))

    def split(self, what: str, people: int = 1) -> Change:
        branch = self.body(what)
        held = Membership.objects.filter(branch=branch, valid_to__isnull=True).order_by("person_id")
        part = commands.NewPart(
            code=f"new-{self.count}", name=f"新支部{self.count}",
            children=[row.organisation_id for row in Link.objects.filter(parent=branch, valid_to__isnull=True)][:1],
            people=list(held.values_list("person_id", flat=True)[:people]),
            grids=list(Cover.objects.filter(branch=branch, valid_to__isnull=True).values_list("grid_id", flat=True))[:1],
        )  # fmt: skip
        return commands.split(organisation=branch, part=part, tree=Tree.PARTY, **self.common())

    def undo(self, change: Change) -> Change:
        self.count += 1
        at = NOW + timedelta(hours=self.count)
        return commands.undo(actor=SETUP, at=at, key=key_of("undo", self.count), change=change.public_id)


@pytest.fixture
def doing() -> Doing:
    return Doing(party_tree())


def test_a_merge_takes_bodies_members_and_grids_along_and_undoing_brings_all_back(doing: Doing) -> None:
    before = registry()
    merged = doing.merge("branch1", "branch2")
    one, two = doing.body("branch1"), doing.body("branch2")
    assert (one.closed_on, one.merged_into_id) == (merged.on, two.pk)
    assert Membership.objects.filter(branch=two, valid_to__isnull=True).count() == 5
    assert Cover.objects.filter(branch=two, valid_to__isnull=True).count() == 2
    assert not Post.objects.filter(organisation=one, valid_to__isnull=True).exists()
    assert merged.touched == {"links": 1, "memberships": 3, "covers": 1, "posts": 1}
    assert registry() != before
    doing.undo(merged)
    assert registry() == before


def test_a_split_opens_a_body_with_what_is_given_and_undoing_frees_its_code(doing: Doing) -> None:
    before = registry()
    made = doing.split("branch1", people=2)
    new = Organisation.objects.get(code="new-0")
    assert Membership.objects.filter(branch=new, valid_to__isnull=True).count() == 2
    assert Cover.objects.filter(branch=new, valid_to__isnull=True).count() == 1
    assert Link.objects.get(organisation=new, valid_to__isnull=True).parent_id == doing.tree.bodies["village"].pk
    doing.undo(made)
    assert registry() == before
    assert not Organisation.objects.filter(code="new-0").exists()


def test_names_are_dated_and_the_old_one_stands_on_its_days(doing: Doing) -> None:
    before = registry()
    first, second = doing.rename("branch1", "红星党支部"), doing.rename("branch1", "先锋党支部")
    body = doing.body("branch1")
    assert (body.name, body.initials) == ("先锋党支部", "xfdzb")
    called = {
        day: queries.named(NOBODY, Organisation.objects.filter(pk=body.pk), day).get().called
        for day in (OPENED, first.on, second.on)
    }
    assert called == {OPENED: "北一村第一党支部", first.on: "红星党支部", second.on: "先锋党支部"}
    with pytest.raises(Changed, match="更名"):
        doing.undo(first)
    doing.undo(second)
    assert doing.body("branch1").name == "红星党支部"
    doing.undo(first)
    assert registry() == before


def test_as_known_then_tells_what_was_believed_between_a_merge_and_its_undoing(doing: Doing) -> None:
    """Hand-written: recorded 10 January, valid from 1 December, undone on 20 January."""
    merge, undone = datetime(2027, 1, 10, 2, tzinfo=UTC), datetime(2027, 1, 20, 2, tzinfo=UTC)
    change = commands.merge(
        actor=SETUP, at=merge, key=KEY, organisation=doing.body("branch1"), into=doing.body("branch2"),
        on=date(2026, 12, 1), document=DOC,
    )  # fmt: skip
    commands.undo(actor=SETUP, at=undone, key=KEY, change=change.public_id)

    def members(name: str, day: date, known: datetime | None) -> int:
        found = queries.members_by_stage(
            NOBODY, organisation=doing.tree.bodies[name], at=undone, as_at=day, known_at=known
        )
        return sum(found.values())

    november, december = date(2026, 11, 30), date(2026, 12, 15)
    told = {
        (day, known): (members("branch1", day, known), members("branch2", day, known))
        for day in (november, december)
        for known in (merge - timedelta(days=1), merge + timedelta(days=1), undone + timedelta(days=1), None)
    }
    apart, together = (3, 2), (0, 5)
    assert [told[november, known] for known in (merge - timedelta(days=1), merge + timedelta(days=1), None)] == [
        apart
    ] * 3
    assert told[december, merge - timedelta(days=1)] == apart
    assert told[december, merge + timedelta(days=1)] == together
    assert told[december, undone + timedelta(days=1)] == apart
    assert told[december, None] == apart


def test_what_rests_on_a_change_is_named_and_has_to_go_first(doing: Doing) -> None:
    before = registry()
    merged = doing.merge("branch1", "branch2")
    again = doing.merge("branch2", "branch3")
    with pytest.raises(Changed) as refused:
        doing.undo(merged)
    assert "北一村第二党支部" in refused.value.text()
    doing.undo(again)
    doing.undo(merged)
    assert registry() == before


def test_a_home_that_closed_since_is_named(doing: Doing) -> None:
    doing.move("branch3", "village")
    moved = doing.move("lone", "town2")
    closed = doing.close("village2")
    with pytest.raises(Changed, match="东村党委"):
        doing.undo(moved)
    doing.undo(closed)
    doing.undo(moved)


def test_a_body_opened_since_under_a_moved_one_is_named(doing: Doing) -> None:
    moved = doing.move("village", "town2")
    row = commands.NewOrganisation(
        "later", "后来的支部", "party", 3, doing.tree.bodies["village"].code, tree=Tree.PARTY
    )
    commands.open_organisations(
        actor=SETUP, at=NOW + timedelta(days=9), key=KEY, rows=[row], opened_on=date(2026, 8, 1)
    )
    with pytest.raises(Changed, match="后来的支部"):
        doing.undo(moved)


def test_the_same_key_again_does_nothing_more_and_undoing_twice_is_once(doing: Doing) -> None:
    common = doing.common()
    rows = {"organisation": doing.body("branch1"), "into": doing.body("branch2")}
    first = commands.merge(**rows, **common)
    assert commands.merge(**rows, **common).pk == first.pk
    doing.undo(first)
    after = registry()
    assert doing.undo(first).undone_at is not None
    assert registry() == after


def test_what_is_refused_and_nothing_is_written_then(doing: Doing) -> None:
    before, count = registry(), Change.objects.count()
    cases: list[tuple[str, Any]] = [
        ("not_yet", lambda: doing.close("lone", on=date(2030, 1, 1))),
        ("before_opening", lambda: doing.close("lone", on=date(2019, 1, 1))),
        ("still_has_members", lambda: doing.close("branch1")),
        ("still_has_children", lambda: doing.close("village")),
        ("unlike_bodies", lambda: doing.merge("branch1", "branch1")),
        ("merge_below_itself", lambda: doing.merge("village", "branch1")),
        ("move_below_itself", lambda: doing.move("village", "branch1")),
        ("same_name", lambda: doing.rename("branch1", "北一村第一党支部")),
        ("document_missing", lambda: commands.close(organisation=doing.body("lone"), **doing.common() | {"document": " "})),
        ("not_its_own", lambda: commands.split(
            organisation=doing.body("branch1"), tree=Tree.PARTY, **doing.common(),
            part=commands.NewPart("n", "新", people=[doing.tree.people["branch2"][0]]))),
        ("code_taken", lambda: commands.split(
            organisation=doing.body("branch1"), tree=Tree.PARTY, **doing.common(),
            part=commands.NewPart(doing.body("branch2").code, "新"))),
    ]  # fmt: skip
    for code, attempt in cases:
        with pytest.raises(BadInput) as refused, transaction.atomic():
            attempt()
        assert refused.value.code == code
    stranger = Actor.staff(NOBODY)
    with pytest.raises(NotPermitted):
        commands.close(organisation=doing.body("lone"), **doing.common() | {"actor": stranger})
    assert (registry(), Change.objects.count()) == (before, count)


BODIES = ("town1", "town2", "village", "village2", "branch1", "branch2", "branch3", "lone")
STEPS = st.lists(
    st.tuples(st.sampled_from(("move", "merge", "rename", "close", "split")), st.sampled_from(BODIES), st.sampled_from(BODIES)),
    min_size=1,
    max_size=6,
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_any_changes_undone_in_reverse_order_leave_the_registry_as_it_was(steps: list[tuple[str, str, str]]) -> None:
    with transaction.atomic():
        doing = Doing(party_tree())
        states, done = [registry()], []
        for kind, what, other in steps:
            arguments = {
                "move": (what, other),
                "merge": (what, other),
                "rename": (what, f"{other}改名"),
                "close": (what,),
            }
            try:
                with transaction.atomic():
                    done.append(getattr(doing, kind)(*arguments.get(kind, (what,))))
            except Refused:
                continue
            links = Link.objects.filter(valid_to__isnull=True)
            paths = {(link.tree, link.organisation_id): link.path for link in links}
            for link in links:
                above = paths[link.tree, link.parent_id] if link.parent_id else "/"
                assert link.path == f"{above}{link.organisation_id}/"
            states.append(registry())
        while done:
            assert registry() == states.pop()
            doing.undo(done.pop())
        assert registry() == states.pop()
        transaction.set_rollback(True)
