"""Lists of what bodies are to show: who owes what, what counts when, who looks, and how far a subtree is."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.factories.branches import PartyTree, party_tree, party_viewer
from tests.factories.organisations import AT, OPENED, SETUP

from genmai.directory.roster.commands.people import NewPerson, add_people
from genmai.directory.roster.models import Link, Organisation, Post
from genmai.kernel.ids import key_of
from genmai.kernel.refusal import BadInput, Changed, NotFound, NotPermitted, Refused
from genmai.kernel.viewer import Actor, Viewer
from genmai.processes.registers.models import Mark
from genmai.processes.registers.standards.commands import marks, units
from genmai.processes.registers.standards.commands.marks import Proof
from genmai.processes.registers.standards.definition import EVER, period_start
from genmai.processes.registers.standards.mechanism import installed, named
from genmai.processes.registers.standards.owed import Asked, Owed
from genmai.processes.registers.standards.queries import coverage, lists
from genmai.records.deeds.models import Deed
from genmai.records.notices.models import Notice

pytestmark = pytest.mark.django_db
TODAY = AT.date()  # 2026-03-02
SILIANG = "siliang"


@dataclass
class Show:
    """The Party tree with people over it, and the time."""

    tree: PartyTree
    at: datetime = AT
    viewers: dict[str, Viewer] = field(default_factory=dict)
    keys: int = 0

    def who(self, role: str, body: str) -> Actor:
        login = f"{role[:8]}{body}"
        if login not in self.viewers:
            self.viewers[login] = party_viewer(login, role, getattr(self.tree, body))
        return Actor.staff(self.viewers[login])

    def key(self) -> UUID:
        self.keys += 1
        return key_of("standards", self.keys)

    def show(self, body: str, item: str, *, on: date = TODAY, who: Actor | None = None, **more: Any) -> Mark:
        given = {"key": self.key(), "standard": SILIANG} | more
        quantity = given.pop("quantity", 1)
        return marks.show(
            actor=who or self.who("branch_secretary", body), at=self.at, item=item,
            organisation=getattr(self.tree, body).public_id, proof=Proof(on, "在门口看得到", "", quantity), **given,
        )  # fmt: skip

    def owed(self, body: str, day: date = TODAY, standard: str = SILIANG, **more: Any) -> dict[str, Owed]:
        one = named(standard)
        viewer = self.who("party_organiser", "committee").viewer
        found = lists.body(viewer, one=one, code=getattr(self.tree, body).code, day=day)
        return {row.item: row for row in lists.of_body(viewer, one=one, organisation=found, day=day, **more)}

    def covered(self, body: str = "committee", day: date = TODAY, standard: str = SILIANG, **more: Any) -> Any:
        viewer, one = self.who("party_organiser", "committee").viewer, named(standard)
        path = lists.body(viewer, one=one, code=getattr(self.tree, body).code, day=day).path
        return coverage.covered(viewer, one=one, path=path, day=day, **more)


@pytest.fixture
def s(db: None) -> Show:
    tree = party_tree()
    Organisation.objects.filter(pk__in=[tree.north.pk, tree.south.pk]).update(category="committee")
    Organisation.objects.filter(pk__in=[tree.n1.pk, tree.n2.pk, tree.s1.pk]).update(category="branch", sector="village")
    return Show(tree)


def secretary(body: Organisation, name: str, since: date, until: date | None = None) -> None:
    person = add_people(actor=SETUP, at=AT, key=key_of("post", name), rows=[NewPerson(name, "", name)])[0]
    Post.objects.create(
        person=person, organisation=body, key="secretary", title="书记", valid_from=since, valid_to=until
    )


def test_what_is_shown_counts_until_it_is_taken_back_and_can_be_shown_anew(s: Show) -> None:
    key = s.key()
    before = s.covered()
    mark = s.show("n1", "sign", key=key)
    assert s.show("n1", "sign", key=key).pk == mark.pk
    assert Mark.objects.count() == 1
    assert s.owed("n1")["sign"].done
    assert s.covered().whole.n == before.whole.n + 1
    with pytest.raises(Refused, match="已经亮出来"):
        s.show("n1", "sign")
    marks.withdraw(actor=s.who("branch_secretary", "n1"), at=s.at, key=s.key(), mark=mark.public_id, seen=mark.version)
    assert s.covered() == before
    shown, taken = Deed.objects.filter(source_id=mark.public_id).order_by("id")
    assert (shown.kind, taken.kind, taken.corrects_id) == ("standard.shown", "standard.withdrawn", shown.pk)
    again = s.show("n1", "sign")
    with pytest.raises(Changed):
        marks.withdraw(
            actor=s.who("branch_secretary", "n1"), at=s.at, key=s.key(), mark=again.public_id, seen=again.version + 1
        )
    with pytest.raises(Refused):  # what was taken back is not taken back again
        marks.withdraw(actor=s.who("branch_secretary", "n1"), at=s.at, key=s.key(), mark=mark.public_id)


def test_a_tick_without_proof_ahead_of_time_or_not_owed_is_refused_and_leaves_nothing(s: Show) -> None:
    with pytest.raises(BadInput, match="凭什么"):
        marks.show(
            actor=s.who("branch_secretary", "n1"), at=s.at, key=s.key(), standard=SILIANG, item="sign",
            organisation=s.tree.n1.public_id, proof=Proof(TODAY, " "),
        )  # fmt: skip
    with pytest.raises(BadInput, match="还没到"):
        s.show("n1", "sign", on=TODAY + timedelta(days=1))
    with pytest.raises(Refused, match="不是北一村党支部要亮的"):
        s.show("n1", "window")
    with pytest.raises(BadInput, match="一次"):
        s.show("n1", "sign", quantity=3)
    with pytest.raises(NotFound):
        s.show("n1", "nothing")
    assert (Mark.objects.count(), Deed.objects.filter(kind__startswith="standard.").count()) == (0, 0)


def test_a_quarters_item_is_due_anew_and_the_past_stays_as_it_was(s: Show) -> None:
    s.show("n1", "done", on=date(2026, 2, 1))
    assert s.owed("n1", date(2026, 3, 31))["done"].done
    assert not s.owed("n1", date(2026, 1, 31))["done"].done
    assert not s.owed("n1", date(2026, 4, 1))["done"].done
    s.at = datetime(2026, 4, 5, 1, tzinfo=UTC)
    s.show("n1", "done", on=date(2026, 4, 5))
    late = s.show("n1", "done", on=date(2025, 12, 31))  # the last quarter, told late
    assert s.owed("n1", date(2025, 12, 31))["done"].done
    assert not s.owed("n1", date(2025, 12, 31), known_at=late.recorded_at - timedelta(days=1))["done"].done


def test_a_new_secretary_shows_their_duty_anew_and_a_vacancy_owes_nothing(s: Show) -> None:
    assert "duty" not in s.owed("n1")
    secretary(s.tree.n1, "甲书记", date(2024, 1, 1), date(2026, 3, 20))
    s.show("n1", "duty")
    assert s.owed("n1")["duty"].done
    assert "duty" not in s.owed("n1", date(2026, 3, 25))
    secretary(s.tree.n1, "乙书记", date(2026, 4, 1))
    later = s.owed("n1", date(2026, 4, 2))["duty"]
    assert (later.done, later.since) == (False, date(2026, 4, 1))


def test_the_body_above_looks_never_the_body_itself_and_says_why_it_sends_back(s: Show) -> None:
    mark = s.show("n1", "sign")
    with pytest.raises(NotPermitted):
        marks.confirm(actor=s.who("branch_secretary", "n1"), at=s.at, key=s.key(), mark=mark.public_id)
    own = s.show("north", "sign", who=s.who("party_office", "north"))
    with pytest.raises(NotPermitted):  # an office looks at what lies below it
        marks.confirm(actor=s.who("party_office", "north"), at=s.at, key=s.key(), mark=own.public_id)
    with pytest.raises(BadInput, match="哪里不对"):
        marks.send_back(actor=s.who("party_office", "north"), at=s.at, key=s.key(), mark=mark.public_id, why="")
    marks.confirm(actor=s.who("party_office", "north"), at=s.at, key=s.key(), mark=mark.public_id)
    assert s.owed("n1")["sign"].looked == 1
    ended = marks.send_back(
        actor=s.who("party_organiser", "committee"), at=s.at, key=s.key(), mark=mark.public_id, why="牌子是旧的"
    )
    assert (ended.state, ended.said) == ("returned", "牌子是旧的")
    assert not s.owed("n1")["sign"].done
    notice = Notice.objects.get(kind="standard.returned")
    assert notice.organisation_id == s.tree.n1.pk
    assert "牌子" not in str(notice.payload)
    mine = s.show("s1", "sign", who=s.who("party_office", "south"))
    with pytest.raises(Refused, match="您登记的"):
        marks.confirm(actor=s.who("party_office", "south"), at=s.at, key=s.key(), mark=mine.public_id)
    marks.send_back(
        actor=s.who("party_organiser", "committee"), at=s.at, key=s.key(), mark=mine.public_id, why="看不清"
    )
    last = Notice.objects.filter(kind="standard.returned").latest("id")
    assert last.organisation_id == s.tree.south.pk, "nobody keeps that branch: the town above is told"


def test_a_town_sees_nothing_of_another(s: Show) -> None:
    mark = s.show("n1", "sign")
    south, one = s.who("party_office", "south"), named(SILIANG)
    with pytest.raises(NotFound):
        lists.body(south.viewer, one=one, code=s.tree.n1.code, day=TODAY)
    with pytest.raises(NotFound):
        lists.mark(south.viewer, one=one, public_id=mark.public_id, day=TODAY)
    path = lists.body(s.who("party_organiser", "committee").viewer, one=one, code=s.tree.north.code, day=TODAY).path
    for ask in (coverage.covered, coverage.lacking):
        wanted: dict[str, Any] = (
            {"asked": Asked(path, TODAY)} if ask is coverage.lacking else {"path": path, "day": TODAY}
        )
        with pytest.raises(NotFound):
            ask(south.viewer, one=one, **wanted)
    with pytest.raises(NotFound):
        s.show("n1", "hours", who=s.who("branch_secretary", "s1"))
    for verb in (marks.withdraw, marks.confirm):
        with pytest.raises(NotFound):
            verb(actor=south, at=s.at, key=s.key(), mark=mark.public_id)
    assert lists.waiting(south.viewer, one=one, day=TODAY) == ([], 0)
    assert lists.waiting(s.who("party_office", "north").viewer, one=one, day=TODAY)[1] == 1
    assert lists.waiting(s.who("branch_secretary", "n1").viewer, one=one, day=TODAY) == ([], 0)


def test_coverage_adds_up_and_opens_to_those_who_lack(s: Show) -> None:
    for body, item in (("n1", "sign"), ("n1", "hours"), ("s1", "sign")):
        s.show(body, item)
    found = s.covered()
    assert found.whole.n == 3
    assert found.whole.n == sum(part.n for part in found.below.values()) == sum(part.n for part in found.items.values())
    assert (
        found.whole.d == sum(part.d for part in found.classes.values()) == sum(part.d for part in found.items.values())
    )
    assert found.below[str(s.tree.north.pk)].n == 2
    assert (found.items["sign"].n, found.items["sign"].d, found.items["sign"].bodies) == (2, 5, 5)
    viewer, one = s.who("party_organiser", "committee").viewer, named(SILIANG)
    path = lists.body(viewer, one=one, code=s.tree.committee.code, day=TODAY).path
    rows, total = coverage.lacking(viewer, one=one, asked=Asked(path, TODAY, item="sign"))
    assert {row.name for row in rows} == {"北镇党委", "北二社区党支部", "南镇党委"}
    assert total == found.items["sign"].d - found.items["sign"].n
    everybody = list(coverage.every_lacking(viewer, one=one, asked=Asked(path, TODAY), block=2))
    assert len(everybody) == found.whole.bodies - found.whole.whole == 5


def test_the_figure_of_a_day_counts_the_bodies_that_stood_that_day(s: Show) -> None:
    s.show("n1", "sign")
    viewer, one = s.who("party_organiser", "committee").viewer, named(SILIANG)
    path = viewer.paths("standards:view", tree="party")[0]
    day = coverage.covered(viewer, one=one, path=path, day=OPENED - timedelta(days=1))
    assert (day.whole.n, day.whole.d, day.below) == (0, 0, {})
    Link.objects.filter(organisation=s.tree.n1).update(valid_to=date(2026, 3, 1))
    assert coverage.covered(viewer, one=one, path=path, day=date(2026, 2, 28)).items["sign"].d == 5
    assert coverage.covered(viewer, one=one, path=path, day=TODAY).items["sign"].d == 4


def test_units_of_a_programme_are_named_with_a_document_and_leave_it_again(s: Show) -> None:
    office, organiser = s.who("party_office", "north"), s.who("party_organiser", "committee")
    assert s.owed("n1", standard="guoqi") == {}
    given: dict[str, Any] = {
        "at": s.at, "standard": "guoqi", "unit_class": "firm", "organisation": s.tree.n1.public_id, "on": date(2026, 1, 1),
    }  # fmt: skip
    with pytest.raises(BadInput, match="依据"):
        units.enrol(actor=office, key=s.key(), document=" ", **given)
    with pytest.raises(NotFound):
        units.enrol(actor=s.who("party_office", "south"), key=s.key(), document="1号", **given)
    with pytest.raises(NotPermitted):
        units.enrol(actor=s.who("branch_secretary", "n1"), key=s.key(), document="1号", **given)
    with pytest.raises(BadInput):
        units.enrol(actor=office, key=s.key(), document="1号", **{**given, "standard": SILIANG, "unit_class": "town"})
    key = s.key()
    unit = units.enrol(actor=office, key=key, document="1号", **given)
    assert units.enrol(actor=office, key=key, document="1号", **given).pk == unit.pk
    with pytest.raises(Refused, match="已经列在里面"):
        units.enrol(actor=organiser, key=s.key(), document="2号", **given)
    assert list(s.owed("n1", standard="guoqi")) == ["charter", "first", "turn", "together"]
    assert s.owed("n1", date(2025, 12, 31), standard="guoqi") == {}
    for _ in range(2):
        assert not s.owed("n1", standard="guoqi")["together"].done
        s.show("n1", "together", standard="guoqi")
    assert s.owed("n1", standard="guoqi")["together"].done
    assert (s.covered(standard="guoqi").whole.n, s.covered(standard="guoqi").whole.d) == (1, 4)
    units.leave(actor=office, at=s.at, key=s.key(), unit=unit.public_id, on=date(2026, 3, 1), document="3号")
    assert s.owed("n1", standard="guoqi") == {}
    assert s.owed("n1", date(2026, 2, 1), standard="guoqi") != {}
    assert [row.unit_class for row in lists.units(office.viewer, one=named("guoqi"), day=date(2026, 2, 1))] == ["firm"]
    assert lists.units(s.who("party_office", "south").viewer, one=named("guoqi"), day=date(2026, 2, 1)) == []


@pytest.mark.parametrize("seed", range(4))
def test_the_sql_says_what_the_definition_says(s: Show, seed: int) -> None:
    """Attributes drawn at random: who owes what is the same in SQL and in the pure rules, for every standard."""
    dice = random.Random(seed)
    for key in ("north", "south", "n1", "n2", "s1"):
        body = getattr(s.tree, key)
        about = {
            "category": dice.choice(["committee", "branch", "joint_branch", "general_branch", ""]),
            "sector": dice.choice(["organ", "village", "enterprise", ""]), "level": dice.choice([2, 3, 4, 5]),
        }  # fmt: skip
        Organisation.objects.filter(pk=body.pk).update(**about)
        posts = ["secretary"] if dice.random() < 0.5 else []
        if posts:
            secretary(body, f"{key}书记", date(2024, 1, 1))
        for one in installed().values():
            wanted = one.standard.owed_by({"kind": "party", "posts": posts, **about})
            assert list(s.owed(key, standard=one.key)) == wanted


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.sampled_from(["month", "quarter", "half_year", "year", "once"]))
def test_a_period_holds_its_day_and_begins_once(day: date, every: str) -> None:
    start = period_start(every, day)
    assert EVER <= start <= day
    assert period_start(every, start) == start
    before = start - timedelta(days=1)
    assert every == "once" or period_start(every, before) < start
