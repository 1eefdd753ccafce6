"""Merging two records and taking it back: every foreign key to a person, whoever made the table, moves and returns."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, models
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories.flowing import Two, two
from tests.factories.organisations import AT, OPENED, SETUP

from genmai.directory.roster import commands as roster
from genmai.directory.roster.commands import merging
from genmai.directory.roster.commands.merging import STAYS, merge, movable, people_columns, say_different, unmerge
from genmai.directory.roster.commands.pairing import find_pairs
from genmai.directory.roster.models import Away, Membership, Person, Post
from genmai.directory.roster.models.linkage import Judgement, MovedRow, Pair, Verdict
from genmai.directory.roster.queries import duplicates
from genmai.kernel import ids
from genmai.kernel.refusal import Changed, NotFound, NotPermitted, Refused
from genmai.kernel.viewer import Actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def t(db: None) -> Two:
    return two()


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that names a person, but those of pairs and merges themselves."""
    found = {}
    for model in {model for model, _field in people_columns()}:
        if model._meta.label in ("roster.Pair", "roster.Judgement", "roster.Merge", "roster.Unmerge"):
            continue
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT t::text FROM "{model._meta.db_table}" t ORDER BY 1')
            found[model._meta.label] = cursor.fetchall()
    return found


def closed_tables() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
            " AND NOT has_table_privilege(c.oid, 'UPDATE')"
        )
        return {row[0] for row in cursor.fetchall()}


def test_every_foreign_key_to_a_person_moves_or_says_why_not(t: Two) -> None:
    """By introspection: a table made tomorrow is moved without anybody thinking of it, or this test asks why not."""
    moved = {(column.table, column.column) for column in movable("any")}
    unspoken = []
    columns = list(people_columns())
    assert len(columns) > 40
    for model, field in columns:
        stays = (model._meta.label, field.name) in STAYS
        closed = model._meta.db_table in closed_tables()
        if ((model._meta.db_table, field.column) in moved) == (stays or closed):
            unspoken.append(f"{model._meta.label}.{field.name}")
        if not closed and not stays:
            assert isinstance(model._meta.pk, models.AutoField | models.OneToOneField), (
                "a moved row is known by a number"
            )
    assert not unspoken
    labels = {(model._meta.label, field.name) for model, field in columns}
    assert set(STAYS) <= labels


def test_all_that_hangs_on_a_person_moves_and_comes_back(t: Two) -> None:
    """Posts, places in branches, whatever may change; the record of leave, which only grows, doesn't."""
    t.organiser()
    one, other = t.member("王建国", number=1), t.member("王建国 (二)", "n2", number=2)
    roster.add_post(
        actor=SETUP, at=AT, key=t.key(), person_id=other.pk, organisation_id=t.party.n2.pk, post="secretary",
        title="书记", valid_from=OPENED,
    )  # fmt: skip
    Away.objects.create(person=other, stand_in=one, first_day=OPENED, last_day=OPENED)
    before = everything()
    pair = t.pair(one, other)
    made = merge(actor=t.organiser(), at=t.at, key=t.key(), pair=pair.public_id, keep=one.public_id)
    assert not Post.objects.filter(person=other).exists()
    assert Away.objects.get().person == other  # what only grows stays as it was written
    assert duplicates.people_as_one(t.organiser().viewer, person_id=one.pk) == [one.pk, other.pk]
    assert list(Membership.objects.filter(person=one, valid_to=None).values_list("branch", flat=True)) == [
        t.party.n1.pk
    ]
    assert not Membership.objects.filter(person=other).exists()
    for column in movable("any"):
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT count(*) FROM "{column.table}" WHERE "{column.column}" = %s', [other.pk])
            assert cursor.fetchone() == (0,), column
    assert MovedRow.objects.filter(merge=made).count() == 2
    unmerge(actor=t.organiser(), at=t.at, key=t.key(), merge=made.public_id)
    assert everything() == before
    assert Pair.objects.get(pk=pair.pk).verdict == Verdict.OPEN


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    posts=st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["secretary", "deputy", "member"])), max_size=5),
    order=st.permutations([0, 1]),
    ends=st.booleans(),
)
def test_merging_and_taking_it_back_is_nothing_at_all(
    t: Two, posts: list[tuple[int, str]], order: list[int], ends: bool
) -> None:
    """Three records, any posts between them; merged in a chain and undone backwards: row for row as before."""
    t.organiser()
    number = Person.objects.count()
    people = [t.member(f"李建华{number}-{n}", "n1" if n else "n2", number=number + n) for n in range(3)]
    for who, post in posts:
        Post.objects.create(
            person=people[who], organisation=t.party.n1, key=post, title=post, valid_from=OPENED,
            valid_to=AT.date() if ends else None,
        )  # fmt: skip
    before = everything()
    first, second = t.pair(people[0], people[1]), t.pair(people[1], people[2])
    kept = people[order[0]]
    one = merge(actor=t.organiser(), at=t.at, key=t.key(), pair=first.public_id, keep=kept.public_id)
    done = [one]
    if kept == people[1]:
        done.append(merge(actor=t.organiser(), at=t.at, key=t.key(), pair=second.public_id, keep=people[2].public_id))
        with pytest.raises(Changed):  # the later one first
            unmerge(actor=t.organiser(), at=t.at, key=t.key(), merge=one.public_id)
    for made in reversed(done):
        unmerge(actor=t.organiser(), at=t.at, key=t.key(), merge=made.public_id)
    assert everything() == before


def test_what_came_after_the_merge_stays_with_who_it_came_to(t: Two) -> None:
    one, other = t.member("赵海峰", number=3), t.member("赵海锋", "n2", number=4)
    made = merge(actor=t.organiser(), at=t.at, key=t.key(), pair=t.pair(one, other).public_id, keep=one.public_id)
    Post.objects.create(person=one, organisation=t.party.n1, key="deputy", title="副书记", valid_from=OPENED)
    unmerge(actor=t.organiser(), at=t.at, key=t.key(), merge=made.public_id)
    assert Post.objects.get(key="deputy").person == one


def test_not_the_same_is_remembered(t: Two) -> None:
    one, other = t.member("陈伟", number=5), t.member("陈伟 ", "n2", number=6)
    pair = t.pair(one, other)
    viewer = t.organiser().viewer
    assert duplicates.page(viewer, verdict=Verdict.OPEN)[1] == 1
    say_different(actor=t.organiser(), at=t.at, key=t.key(), pair=pair.public_id, reason="两个人，都见过")
    assert duplicates.page(viewer, verdict=Verdict.OPEN)[1] == 0
    with pytest.raises(Changed):
        merge(actor=t.organiser(), at=t.at, key=t.key(), pair=pair.public_id, keep=one.public_id)
    found = duplicates.judgements(viewer, pair=Pair.objects.get(pk=pair.pk))
    assert [(said.verdict, said.reason) for said in found] == [(Verdict.DIFFERENT, "两个人，都见过")]


def test_only_a_person_who_answers_for_both_may_say_so(t: Two) -> None:
    one, other = t.member("孙明", number=7), t.member("孙鸣", "s1", number=8)
    pair = t.pair(one, other)
    given = {"at": t.at, "pair": pair.public_id, "keep": one.public_id}
    with pytest.raises(NotFound):  # of the north alone: the other record lies in the south
        merge(actor=t.town_office("north"), key=t.key(), **given)
    with pytest.raises(NotPermitted):
        merge(actor=t.branch_secretary(), key=t.key(), **given)
    with pytest.raises(NotPermitted):  # no job ever merges
        merge(actor=Actor.system("anything"), key=t.key(), **given)
    assert duplicates.page(t.town_office("north").viewer, verdict=Verdict.OPEN) == ([], 0)
    assert Person.objects.filter(merged_into__isnull=False).count() == 0


def test_replayed_it_is_done_once_and_a_stale_page_is_told(t: Two) -> None:
    one, other = t.member("周平", number=9), t.member("周萍", "n2", number=10)
    pair, key = t.pair(one, other), ids.key_of("once")
    given = {"actor": t.organiser(), "at": t.at, "pair": pair.public_id}
    first = merge(**given, key=key, keep=one.public_id)
    assert merge(**given, key=key, keep=one.public_id) == first
    assert Judgement.objects.count() == 1
    with pytest.raises(Changed):
        say_different(**given, key=t.key(), seen=1)


def test_two_accounts_are_for_who_keeps_the_accounts(t: Two) -> None:
    one = t.actor("yi", "grid_worker", t.district.n1a).person_id
    two_ = t.actor("er", "grid_worker", t.district.n1a).person_id
    pair = t.pair(Person.objects.get(pk=one), Person.objects.get(pk=two_))
    head = [t.district.district.pk, t.party.committee.pk]
    Pair.objects.filter(pk=pair.pk).update(first_reach=head, second_reach=head)
    with pytest.raises(Refused) as told:
        merge(actor=t.organiser(), at=t.at, key=t.key(), pair=pair.public_id, keep=Person.objects.get(pk=one).public_id)
    assert told.value.code == "two_accounts"


def test_finding_looks_through_the_registry_and_keeps_what_was_said(t: Two) -> None:
    names = ["王建国", "李秀英", "张海燕", "刘志强", "陈桂兰", "杨国庆", "黄晓东", "赵春梅"]
    for number, name in enumerate(names):
        t.member(name, number=number, born=f"19{50 + number}0{number + 1}1{number}", phone=f"1380574{number:04d}")
    twice = t.member("王建国 ", "n2", number=49, born="19500110", phone="13805740000")
    assert Person.objects.get(pk=twice.pk).phone_index is None, "an index is kept once; the look makes it again"
    Person.objects.filter(pk=twice.pk).update(identity_index=None)
    found = find_pairs(actor=SETUP, at=t.at, key=t.key())
    pair = Pair.objects.get()
    assert (found.fresh, twice.pk in (pair.first_id, pair.second_id)) == (1, True)
    say_different(actor=t.organiser(), at=t.at, key=t.key(), pair=pair.public_id)
    again = find_pairs(actor=SETUP, at=t.later(days=1), key=t.key())
    assert (again.fresh, again.known, Pair.objects.get().verdict) == (0, 1, Verdict.DIFFERENT)
    assert merging.MISTAKEN == "duplicate"
