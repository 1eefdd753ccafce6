"""What runs out soon and is chased from one list, and what chance drew for a look on the spot."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.factories.cases import World, new_world, written
from tests.factories.rounds import MECHANISM, Rounds

from genmai.kernel.refusal import BadInput, NotFound, NotPermitted
from genmai.kernel.viewer import Actor
from genmai.processes.cases.commands import findings, rounds
from genmai.processes.cases.models import Milestone, Round
from genmai.processes.cases.queries import rounds as read
from genmai.processes.cases.round_figures import behind
from genmai.records.deeds.models import Deed

pytestmark = pytest.mark.django_db


@pytest.fixture
def w() -> World:
    return new_world()


@pytest.fixture
def r(w: World) -> Rounds:
    return Rounds(w)


def due(w: World, who: Actor) -> list[int]:
    return [line.finding.no for line in read.due_soon(who.viewer, at=w.at)]


def test_what_has_used_up_its_share_of_the_limit_is_due_soon_until_it_is_put_right_or_over(w: World, r: Rounds) -> None:
    first, urgent = r.enter(), r.enter("灯箱要掉下来了", urgency="urgent", body_id=w.district.north.pk)
    assert due(w, w.office) == [], "not sent yet: no limit runs"
    r.notify()
    assert due(w, w.office) == []
    limit = Milestone.objects.get(case=urgent.case, key="resolve")
    share = rounds.rules_of(r.round.mechanism)[1].due_soon
    begins = limit.set_at + (limit.due_at - limit.set_at) * float(share)
    for at, soon in ((begins - timedelta(minutes=1), []), (begins + timedelta(minutes=1), [2]), (limit.due_at, [])):
        w.at = at
        assert due(w, w.office) == soon, at
    w.at = begins + timedelta(minutes=1)
    assert due(w, w.town) == [2], "the body sees its own"
    assert due(w, w.dept) == due(w, w.village) == [], "and nobody another's"
    assert not read.due_soon(w.town.viewer, at=w.at)[0].ours
    r.accept(w.town)
    r.put_right(urgent)
    assert due(w, w.office) == []
    assert first.no == 1


def test_chasing_across_rounds_takes_each_findings_own_rule_and_only_who_inspects(w: World, r: Rounds) -> None:
    one = r.enter()
    r.notify()
    r.open(number="第二批")
    r.round = Round.objects.get(number="第二批")
    two = r.enter("值班空岗", body_id=w.district.north.pk)
    r.notify()
    w.later(hours=30)
    cases = [one.case.public_id, two.case.public_id]
    for stranger in (w.town, w.dept):
        with pytest.raises((NotPermitted, NotFound)):
            findings.chase_named(actor=stranger, at=w.at, key=w.key(), cases=cases)
    key = w.key()
    done = findings.chase_named(actor=w.office, at=w.at, key=key, cases=cases, text="快到期了")
    assert [row.done for row in done] == [True, True]
    assert Deed.objects.filter(kind="case.chased").count() == 2
    before = written()
    findings.chase_named(actor=w.office, at=w.at, key=key, cases=cases, text="快到期了")
    assert written() == before
    with pytest.raises(NotFound):
        findings.chase_named(actor=w.office, at=w.at, key=w.key(), cases=[])


def test_every_third_finding_is_drawn_and_papers_alone_do_not_pass_it(w: World, r: Rounds) -> None:
    found = [r.enter(f"第{n}处") for n in range(6)]
    drawn = [finding for finding in found if findings.is_drawn(finding)]
    assert len(drawn) == 2, "a third of them"
    assert drawn[1].no - drawn[0].no == 3
    r.notify()
    r.accept(w.dept)
    for finding in found:
        r.put_right(finding)
    rest = next(finding for finding in found if finding not in drawn)
    with pytest.raises(BadInput, match="抽中了到现场看") as refused:
        r.look(drawn[0], how="on_paper")
    assert refused.value.field == "how"
    r.look(drawn[0], passed=False, how="on_paper")  # papers may well show that it is not put right
    assert r.look(rest, how="on_paper").state == "closed"
    assert r.look(drawn[1], how="on_site").state == "closed"
    standings = read.standings(w.office.viewer, round=r.round, known_at=w.at)
    assert sum(one.on_site for one in standings) == 1
    assert [row[0].on_site for row in behind(standings, "on_site", at=w.at)] == [1]


@given(share=st.fractions(0, 1, max_denominator=12), start=st.integers(0, 10**30), first=st.integers(1, 400))
def test_of_as_many_in_a_row_as_the_denominator_the_numerator_is_drawn(share: Fraction, start: int, first: int) -> None:
    rules = rounds.rules_of(MECHANISM)[1].model_copy(update={"sample": share})
    row = range(first, first + share.denominator)
    assert sum(rules.drawn(no, start=start) for no in row) == share.numerator
