"""Leave with a stand-in: near enough, holding enough, no two at once; ended earlier by a record of its own."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.factories.accounts import account, grant, staff
from tests.factories.organisations import AT, KEY, OPENED, SETUP, SmallDistrict, small_district

from genmai.directory.access.commands import enter_leave as checked
from genmai.directory.access.models import Account
from genmai.directory.access.queries import standing_in, viewer_for
from genmai.directory.roster.commands import add_post, end_leave, enter_leave
from genmai.directory.roster.models import Away, AwayEnd, Organisation, Person
from genmai.directory.roster.queries import absences_of, around, away_in, stood_in_for, team_of
from genmai.kernel.refusal import BadInput, NotPermitted, Refused
from genmai.kernel.viewer import NOBODY, Actor, Reach, Viewer

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)


@pytest.fixture
def d() -> SmallDistrict:
    return small_district()


def posted(name: str, organisation: Organisation, post: str = "village_cadre", rank: int = 0) -> Person:
    person = staff(name)
    add_post(
        actor=SETUP, at=AT, key=KEY, person_id=person.pk, organisation_id=organisation.pk, post=post, title="干部",
        valid_from=OPENED, rank=rank,
    )  # fmt: skip
    return person


def away(person: Person, first: date = TODAY, last: date = TODAY + 4 * DAY, **more: Any) -> Away:
    return enter_leave(
        **{"actor": SETUP, "at": AT, "key": KEY, "person_id": person.pk, "first_day": first, "last_day": last, **more}
    )


def test_the_same_again_is_the_same_and_overlaps_are_refused_plainly(d: SmallDistrict) -> None:
    one = posted("张", d.n1)
    first = away(one)
    assert away(one).pk == first.pk
    for days in ((TODAY - DAY, TODAY), (TODAY + 4 * DAY, TODAY + 9 * DAY), (TODAY + DAY, TODAY + 2 * DAY)):
        with pytest.raises(Refused) as refused:
            away(one, *days)
        assert refused.value.code == "overlaps"
        assert "张从 2026-03-02 到 2026-03-06" in refused.value.text()
    assert away(one, TODAY + 5 * DAY, TODAY + 6 * DAY).pk != first.pk
    assert Away.objects.count() == 2


def test_the_stand_in_is_of_the_same_body_or_the_one_above(d: SmallDistrict) -> None:
    one = posted("张", d.n1)
    beside, above = posted("李", d.n1), posted("赵", d.north, "town_desk")
    for stranger in (posted("王", d.n2), posted("孙", d.district), posted("周", d.south), staff("无职")):
        with pytest.raises(BadInput) as refused:
            away(one, stand_in_id=stranger.pk)
        assert refused.value.code == "stand_in_elsewhere"
    with pytest.raises(BadInput):
        away(one, stand_in_id=one.pk)
    away(beside, TODAY + 2 * DAY, TODAY + 2 * DAY)
    with pytest.raises(BadInput) as refused:
        away(one, stand_in_id=beside.pk)
    assert refused.value.code == "stand_in_away"
    assert away(one, stand_in_id=above.pk).stand_in_id == above.pk


def test_an_earlier_return_is_a_record_of_its_own(d: SmallDistrict) -> None:
    one, other = posted("张", d.n1), posted("李", d.n1, rank=1)
    row = away(one, stand_in_id=other.pk)
    back = AT + 2 * DAY
    ended = {"actor": SETUP, "at": back, "key": KEY, "away_id": row.pk}
    end_leave(**ended, last_day=TODAY + DAY)
    end_leave(**ended, last_day=TODAY + DAY)
    with pytest.raises(Refused):
        end_leave(**ended, last_day=TODAY + 2 * DAY)
    assert Away.objects.get().last_day == TODAY + 4 * DAY, "what was entered stands"
    assert AwayEnd.objects.get().last_day == TODAY + DAY
    assert [m.away for m in team_of(NOBODY, organisation=d.n1, at=back)] == [False, False]
    assert [m.away for m in team_of(NOBODY, organisation=d.n1, at=AT + DAY)] == [True, False]
    assert away(one, TODAY + 2 * DAY, TODAY + 3 * DAY).pk != row.pk, "the days given back are free"
    with pytest.raises(BadInput):
        end_leave(**{**ended, "away_id": away(other, date(2026, 5, 1), date(2026, 5, 3)).pk}, last_day=date(2026, 5, 3))


def test_called_off_before_it_began_it_never_was(d: SmallDistrict) -> None:
    one = posted("张", d.n1)
    row = away(one, TODAY + DAY, TODAY + 3 * DAY)
    end_leave(actor=SETUP, at=AT, key=KEY, away_id=row.pk, last_day=TODAY)
    assert absences_of(NOBODY, person_ids=[one.pk], at=AT) == []
    assert away(one, TODAY + DAY, TODAY + 3 * DAY).pk != row.pk
    assert around(Viewer(person_id=one.pk), at=AT + 5 * DAY)[1] is not None


def test_only_oneself_or_who_leads_the_team(d: SmallDistrict) -> None:
    one = posted("张", d.n1)
    own = Actor.staff(Viewer(account_id=1, person_id=one.pk, organisation_id=d.n1.pk, path=d.n1.path))
    stranger = Actor.staff(Viewer(account_id=2, person_id=staff("旁人").pk, organisation_id=d.n1.pk, path=d.n1.path))
    row = away(one, actor=own)
    with pytest.raises(NotPermitted):
        away(one, TODAY + 9 * DAY, TODAY + 9 * DAY, actor=stranger)
    with pytest.raises(NotPermitted):
        end_leave(actor=stranger, at=AT, key=KEY, away_id=row.pk, last_day=TODAY)
    end_leave(actor=own, at=AT, key=KEY, away_id=row.pk, last_day=TODAY)


def test_who_is_away_is_shown_before_a_hand_over(d: SmallDistrict, django_assert_num_queries: Any) -> None:
    one = posted("张", d.n1)
    posted("李", d.n2)
    away(one)
    with django_assert_num_queries(1):
        found = away_in(NOBODY, organisation_ids=[d.n1.pk, d.n2.pk], at=AT)
    assert {k: [(a.person.display_name, a.until) for a in v] for k, v in found.items()} == {
        d.n1.pk: [("张", TODAY + 4 * DAY)]
    }
    assert away_in(NOBODY, organisation_ids=[d.n1.pk], at=AT + 5 * DAY) == {}


# -- in the absent one's place -----------------------------------------------------------------------------------------


def _account(login: str, role: str, organisation: Organisation) -> Account:
    made = account(login, role, organisation)
    add_post(
        actor=SETUP, at=AT, key=KEY, person_id=made.person_id, organisation_id=organisation.pk, post="staff",
        title="干部", valid_from=OPENED,
    )  # fmt: skip
    return made


def test_a_stand_in_must_hold_what_is_needed_and_nothing_is_copied(d: SmallDistrict) -> None:
    secretary, cadre = _account("shuji", "village_secretary", d.n1), _account("ganbu", "village_cadre", d.n1)
    given = {
        "actor": SETUP, "at": AT, "key": KEY, "person_id": secretary.person_id, "first_day": TODAY,
        "last_day": TODAY + 2 * DAY, "stand_in_id": cadre.person_id,
    }  # fmt: skip
    with pytest.raises(BadInput) as refused:
        checked(**given)
    assert refused.value.code == "stand_in_lacks"
    assert "核实和回访" in refused.value.text()
    grant(cadre, "village_secretary", d.n1, since=TODAY, until=TODAY + 3 * DAY)
    row = checked(**given)
    before = cadre.grants.count()
    acting = standing_in(cadre, away_id=row.pk, at=AT)
    assert acting is not None
    assert (acting.acts_for, acting.person_id, acting.role) == ("shuji的人", cadre.person_id, "village_secretary")
    assert cadre.grants.count() == before
    assert standing_in(cadre, away_id=row.pk, at=AT + 3 * DAY) is None, "over with the absence"
    assert standing_in(secretary, away_id=row.pk, at=AT) is None


def test_in_anothers_place_nobody_may_more_than_in_their_own(d: SmallDistrict) -> None:
    secretary, desk = _account("shuji", "village_secretary", d.n1), _account("zhenjie", "town_desk", d.north)
    row = checked(
        actor=SETUP, at=AT, key=KEY, person_id=secretary.person_id, first_day=TODAY, last_day=TODAY,
        stand_in_id=desk.person_id,
    )  # fmt: skip
    own, acting = viewer_for(desk, at=AT), standing_in(desk, away_id=row.pk, at=AT)
    assert acting is not None
    assert acting.organisation_id == d.n1.pk
    for one in acting.grants:
        for permission in one.permissions:
            assert all(own.may(permission, one.path, reach) for reach in one.reaches)
    assert not acting.may("cases:dispatch", d.n2.path, Reach.CAPTURE), "the village's reach, not the town's"
    assert [a.person_id for a in stood_in_for(own, at=AT)] == [secretary.person_id]


@settings(max_examples=60, deadline=None)
@given(
    spans=st.lists(
        st.tuples(st.integers(0, 20), st.integers(0, 6), st.one_of(st.none(), st.integers(-1, 6))), max_size=8
    )
)
def test_whatever_is_entered_and_ended_nobody_is_away_twice_on_a_day(spans: list[tuple[int, int, int | None]]) -> None:
    from django.db import transaction

    with transaction.atomic():
        one, free = posted("张", small_district().n1), {TODAY + n * DAY: 0 for n in range(-2, 40)}
        for start, length, ended in spans:
            first = TODAY + start * DAY
            try:
                row = away(one, first, first + length * DAY)
                if ended is not None:
                    end_leave(actor=SETUP, at=AT, key=KEY, away_id=row.pk, last_day=first + ended * DAY)
            except Refused:
                continue
        for row in absences_of(NOBODY, person_ids=[one.pk], at=AT - 9 * DAY):
            day = row.first_day
            while day <= row.until:
                free[day] += 1
                day += DAY
        assert max(free.values()) <= 1
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_the_database_itself_keeps_what_was_entered(owner_url: str) -> None:
    one = posted("张", small_district().n1)
    away(one)
    with psycopg.connect(owner_url) as owner, pytest.raises(psycopg.errors.InsufficientPrivilege):
        owner.execute("UPDATE roster_away SET last_day = last_day + 1")
