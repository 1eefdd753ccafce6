"""Repeats: one matter, every caller answered, and taken apart as if nothing had been."""

from __future__ import annotations

from typing import Any

import pytest
from tests.factories.cases import World, new_world

from genmai.kernel.refusal import NotFound, Refused
from genmai.processes.cases.commands import merging
from genmai.processes.cases.models import Caller, Case, Milestone
from genmai.processes.cases.queries import matter

pytestmark = pytest.mark.django_db
STAYS = ("version",)


def snapshot(*cases: Case) -> list[dict[str, Any]]:
    """Every row of the cases and their milestones, without the version that says something happened."""
    rows: list[dict[str, Any]] = []
    for case in cases:
        rows += [{k: v for k, v in row.items() if k not in STAYS} for row in Case.objects.filter(pk=case.pk).values()]
        rows += list(Milestone.objects.filter(case=case).exclude(state="void").order_by("id").values())
        rows += list(Caller.objects.filter(case=case).order_by("id").values())
    return rows


def merge(w: World, case: Case, into: Case, **more: Any) -> Case:
    return merging.merge(
        actor=w.town, at=w.later(minutes=5), key=w.key(), case=case.public_id, into=into.public_id, **more
    )


def unmerge(w: World, case: Case) -> Case:
    return merging.unmerge(actor=w.town, at=w.later(minutes=5), key=w.key(), case=case.public_id)


@pytest.mark.parametrize("first", ["received", "dispatched", "in_hand", "replied", "verified"])
@pytest.mark.parametrize("second", ["received", "dispatched", "in_hand"])
def test_taking_apart_restores_both_exactly(first: str, second: str) -> None:
    w = new_world()
    one, two = w.at_state(first), w.at_state(second)
    before = snapshot(one, two)
    assert merge(w, two, one).state == "merged"
    assert unmerge(w, two).state == second
    assert snapshot(one, two) == before


def test_both_histories_carry_the_line_and_the_survivor_shows_the_other_one() -> None:
    w = new_world()
    one, two = w.receive(), w.receive()
    merge(w, two, one)
    found = matter.matter(w.town.viewer, public_id=one.public_id)
    assert {m.deed.kind for m in found.history} >= {"case.joined", "case.merged"}
    assert [c.pk for c in found.merged] == [two.pk]
    assert len(found.callers) == 2


def test_callers_taken_in_after_the_contact_must_be_contacted_in_time() -> None:
    w = new_world()
    one = w.at_state("in_hand")
    w.do("contact", one)
    two = w.receive()
    assert not Milestone.objects.filter(case=one, key="contact", state="running").exists()
    merge(w, two, one)
    owed = Milestone.objects.get(case=one, key="contact", state="running")
    assert owed.owner_id == one.lead_id
    unmerge(w, two)
    owed.refresh_from_db()
    assert owed.state == "void"


def test_what_cannot_be_joined_is_refused_and_nothing_changes() -> None:
    w = new_world()
    one, two, three, done = w.receive(), w.receive(), w.receive(), w.at_state("closed")
    merge(w, two, one)
    before = snapshot(one, two, three, done)
    for case, into, code in (
        (one, one, "same_case"),
        (three, two, "survivor_merged"),
        (three, done, "survivor_closed"),
        (one, three, "carries_repeats"),
        (done, three, "wrong_state"),
        (two, three, "wrong_state"),
    ):
        with pytest.raises(Refused) as refused:
            merge(w, case, into)
        assert refused.value.code == code
    assert snapshot(one, two, three, done) == before


def test_a_town_cannot_join_to_what_it_cannot_see() -> None:
    w = new_world()
    one, two = w.receive(), w.receive()
    with pytest.raises(NotFound):
        merging.merge(actor=w.south, at=w.later(minutes=5), key=w.key(), case=one.public_id, into=two.public_id)


def test_a_replayed_merge_does_it_once() -> None:
    w = new_world()
    one, two = w.receive(), w.receive()
    key, at = w.key(), w.later(minutes=5)
    for _ in range(2):
        merging.merge(actor=w.town, at=at, key=key, case=two.public_id, into=one.public_id)
    assert len(w.deeds(two, "case.merged")) == len(w.deeds(one, "case.joined")) == 1
