"""Major matters: handed in, looked at within the limit, voted on as reported; refused where the flow has no way."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from tests.factories import estates as make
from tests.factories.cases import World, new_world

from genmai.kernel.refusal import BadInput, NotFound, NotPermitted, Refused
from genmai.kernel.viewer import Actor
from genmai.processes.registers.commands import prereview, watching
from genmai.processes.registers.flow import REVIEW
from genmai.processes.registers.models import Matter, Vote
from genmai.processes.registers.queries import matters
from genmai.records.deeds.models import Deed

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")


@pytest.fixture
def w(db: None) -> World:
    return new_world()


def do(w: World, verb: str, matter: Matter, who: Actor | None = None, **over: Any) -> Matter:
    """A verb with arguments that fit."""
    given: dict[str, dict[str, Any]] = {
        "resubmit": {"changed": prereview.NewMatter("fell_trees", "砍掉五棵树", "留一棵")},
        "send_back": {"reasons": "先征求一楼的意见"},
        "pass_on": {"conditions": "补种六棵"},
        "withdraw": {},
        "record_vote": {"ballot": make.ballot(), "voted_on": date(2026, 3, 1), "reported": True},
    }
    reviewing = verb in ("send_back", "pass_on")
    actor = who or (make.secretary(w) if reviewing else make.party(w, matter.estate))
    command = getattr(prereview, verb)
    done: Matter = command(actor=actor, at=w.at, key=w.key(), matter=matter.public_id, **{**given[verb], **over})
    return done


WAYS: dict[str, tuple[str, ...]] = {
    "submitted": (),
    "returned": ("send_back",),
    "passed": ("pass_on",),
    "voted": ("pass_on", "record_vote"),
    "withdrawn": ("withdraw",),
}


def at_state(w: World, state: str) -> Matter:
    matter = make.submit(w, make.with_parties(w))
    for verb in WAYS[state]:
        matter = do(w, verb, matter)
    assert matter.state == state
    return matter


@pytest.mark.parametrize("state", WAYS)
@pytest.mark.parametrize("verb", [row.verb for row in REVIEW.table if row.verb != "submit"])
def test_every_step_leads_where_the_table_says_or_is_refused_and_writes_nothing(
    w: World, state: str, verb: str
) -> None:
    matter, row = at_state(w, state), REVIEW.row(verb)
    before = Deed.objects.count()
    if state in row.sources:
        assert do(w, verb, matter).state == row.target
        assert Deed.objects.order_by("-id")[0].kind == row.deed
    else:
        with pytest.raises(Refused) as refused:
            do(w, verb, matter)
        assert refused.value.code == "wrong_state"
        assert Deed.objects.count() == before
        assert Matter.objects.get(pk=matter.pk).state == state


def test_every_state_is_tried() -> None:
    assert set(WAYS) == set(REVIEW.states)


def test_a_return_needs_reasons_and_the_limit_runs_anew(w: World) -> None:
    matter = at_state(w, "submitted")
    assert matter.due_at.date() == date(2026, 3, 9)
    with pytest.raises(BadInput):
        do(w, "send_back", matter, reasons="  ")
    do(w, "send_back", matter)
    w.later(days=3)
    again = do(w, "resubmit", matter)
    assert (again.title, again.answer, again.due_at.date()) == ("砍掉五棵树", "", date(2026, 3, 12))


def test_whoever_hands_in_does_not_review(w: World) -> None:
    estate = make.with_parties(w)
    matter = make.submit(w, estate, make.secretary(w))
    with pytest.raises(NotPermitted):
        do(w, "pass_on", matter)
    with pytest.raises(NotPermitted):
        do(w, "pass_on", matter, make.party(w, estate))
    with pytest.raises(NotPermitted):
        do(w, "pass_on", matter, make.cadre(w))
    assert do(w, "pass_on", matter, w.town).state == "passed"


def test_one_party_does_not_change_the_others_matter(w: World) -> None:
    matter = at_state(w, "returned")
    with pytest.raises(NotPermitted):
        do(w, "resubmit", matter, make.party(w, matter.estate, "property"))
    assert do(w, "resubmit", matter, make.cadre(w)).state == "submitted"


def test_the_vote_is_kept_as_reported_beside_the_arithmetic(w: World) -> None:
    matter = at_state(w, "passed")
    do(w, "record_vote", matter, ballot=make.ballot(443, 443), reported=True)
    vote = Vote.objects.get()
    assert (vote.counted, vote.reported, vote.majority) == (False, True, "ordinary")
    deed = Deed.objects.filter(kind="prereview.voted").get()
    assert (deed.outcome, deed.reason) == ("carried", "differs")
    do(w, "record_vote", matter, ballot=make.ballot(444, 443), reported=True)
    shown = matters.one(make.secretary(w).viewer, public_id=matter.public_id)
    assert [v.counted for v in shown.votes.all()] == [True, False]


@pytest.mark.parametrize("over", [{"ballot": make.ballot(700, 1)}, {"voted_on": date(2026, 3, 3)}])
def test_a_vote_that_cannot_be_is_refused(w: World, over: dict[str, Any]) -> None:
    matter = at_state(w, "passed")
    with pytest.raises(BadInput):
        do(w, "record_vote", matter, **over)
    assert Matter.objects.get(pk=matter.pk).state == "passed"


def test_a_review_past_its_limit_is_missed_once_and_late(w: World) -> None:
    matter = at_state(w, "submitted")
    assert watching.miss_reviews(actor=SYSTEM, at=w.at) == 0
    w.later(days=9)
    assert watching.miss_reviews(actor=SYSTEM, at=w.at) == 1
    assert watching.miss_reviews(actor=SYSTEM, at=w.at) == 0
    missed = Deed.objects.get(kind="prereview.missed")
    assert missed.at == missed.due_at == matter.due_at
    do(w, "pass_on", matter)
    assert Deed.objects.get(kind="prereview.passed").outcome == "late"


def test_out_of_scope_is_like_absent(w: World) -> None:
    matter = at_state(w, "submitted")
    with pytest.raises(NotFound):
        matters.one(w.south.viewer, public_id=matter.public_id)
    assert matters.page(w.south.viewer) == ([], 0)
    assert matters.counts(w.south.viewer) == {}
    with pytest.raises(NotFound):
        do(w, "pass_on", matter, w.south)


def test_a_replayed_submission_is_one_matter(w: World) -> None:
    estate = make.with_parties(w)
    given = {"actor": make.party(w, estate), "at": w.at + timedelta(0), "key": w.key(), "estate": estate.public_id}
    for _ in range(2):
        prereview.submit(**given, matter=prereview.NewMatter("other", "事", "由"))
    assert Matter.objects.count() == 1
