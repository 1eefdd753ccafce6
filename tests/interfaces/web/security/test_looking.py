"""Looking that stands out: found by the installed rules, shown to the audit administrator alone, decided by nobody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from tests.factories.accounts import account, grant
from tests.factories.cases import new_world
from tests.factories.organisations import SETUP, SmallDistrict, small_district
from tests.factories.residents import resident

from genmai.directory.access import commands, looking, queries
from genmai.directory.access.definition import section
from genmai.directory.access.models import Account, Grant, LookReview
from genmai.kernel.ids import key_of
from genmai.kernel.refusal import BadInput, NotPermitted
from genmai.kernel.viewer import Actor
from genmai.simulation import looks

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # ten o'clock in Ningbo
KEY = key_of("looking")


@pytest.fixture
def district() -> SmallDistrict:
    return small_district()


@pytest.fixture
def auditor(district: SmallDistrict) -> Account:
    return account("shenji", "security_auditor", district.district)


@pytest.fixture
def secretary(district: SmallDistrict) -> Account:
    return account("shuji", "village_secretary", district.n1)


def look(who: Account, times: int, *, at: datetime = NOW, phone: str = "13805741234", source: str = "case:1") -> None:
    actor = Actor.staff(queries.viewer_for(who, at=at))
    for n in range(times):
        commands.record_look(
            actor=actor, at=at + timedelta(seconds=n), key=KEY, person_id=resident(phone).pk, fields="name,phone",
            purpose="回电话", source=source,
        )  # fmt: skip


def found(auditor: Account) -> list[tuple[str, int]]:
    viewer = queries.viewer_for(auditor, at=NOW)
    return sorted((one.rule, one.count) for one in looking.flags(viewer, at=NOW + timedelta(hours=1)))


def test_each_rule_is_silent_at_its_limit_and_speaks_above_it(auditor: Account, secretary: Account) -> None:
    rules, _ = section()
    assert rules is not None
    most = rules.looks["same_person"].most
    look(secretary, most)
    assert found(auditor) == []
    look(secretary, 1, at=NOW + timedelta(minutes=5))
    assert found(auditor) == [("same_person", most + 1)]
    for n in range(rules.looks["many_a_day"].most - most):
        look(secretary, 1, phone=f"1380574{n:04d}")
    assert ("many_a_day", rules.looks["many_a_day"].most + 1) in found(auditor)


def test_night_is_night_where_people_live(auditor: Account, secretary: Account) -> None:
    look(secretary, 1, at=datetime(2026, 3, 1, 14, 0, tzinfo=UTC))  # ten in the evening: still evening
    assert found(auditor) == []
    look(secretary, 1, at=datetime(2026, 3, 1, 18, 30, tzinfo=UTC))  # half past two in the night of the second
    assert found(auditor) == [("at_night", 1)]
    (flag,) = looking.flags(queries.viewer_for(auditor, at=NOW), at=NOW)
    assert flag.day.isoformat() == "2026-03-02"


def test_looking_with_no_matter_at_hand(auditor: Account, secretary: Account) -> None:
    for n in range(6):
        look(secretary, 1, phone=f"1380574{n:04d}", source="")
    assert found(auditor) == [("outside", 6)]


def page(who: Account, path: str = "/security/looking", **typed: str) -> Any:
    client = Client()
    client.force_login(who)
    with patch("genmai.interfaces.web.edge.viewing.timezone.now", lambda: NOW + timedelta(hours=1)):
        return client.post(path, typed) if typed else client.get(path)


def test_the_auditor_asks_writes_it_down_and_nothing_else_happens(auditor: Account, secretary: Account) -> None:
    look(secretary, 5)
    listed = page(auditor).content.decode()
    assert "shuji的人" in listed
    assert "还没有核实" in listed
    path = f"/security/looking/{secretary.pk}/2026-03-02/same_person"
    assert "回电话" in page(auditor, path).content.decode()
    assert page(auditor, path, key=str(KEY), finding=" ").status_code == 422
    for _ in range(2):
        assert page(auditor, path, key=str(KEY), finding="问过本人：当天回访同一户五次").status_code == 302
    assert LookReview.objects.count() == 1
    assert "回访同一户五次" in page(auditor).content.decode()
    secretary.refresh_from_db()
    assert secretary.is_active
    assert Grant.objects.filter(account=secretary, valid_to=None).exists()


def test_nobody_else_sees_the_list_and_nobody_flags_on_themself(
    auditor: Account, secretary: Account, district: SmallDistrict
) -> None:
    look(secretary, 5)
    for role in ("administrator", "security_administrator", "district_leader"):
        other = account(role, role, district.district)
        assert page(other).status_code == 403
        assert page(other, f"/security/looking/{secretary.pk}/2026-03-02/same_person").status_code == 403
    look(auditor, 5)
    assert [count for _, count in found(auditor)] == [5]
    with pytest.raises(NotPermitted):
        looking.looks_of(queries.viewer_for(auditor, at=NOW), account_id=auditor.pk, day=NOW.date())


def test_a_finding_stays_as_it_was_written(auditor: Account, secretary: Account) -> None:
    look(secretary, 5)
    actor = Actor.staff(queries.viewer_for(auditor, at=NOW))
    looking.review(
        actor=actor, at=NOW, key=KEY, account_id=secretary.pk, day=NOW.date(), rule="same_person", finding="问过本人"
    )
    with pytest.raises(DatabaseError), transaction.atomic():
        LookReview.objects.update(finding="x")


def test_the_list_costs_the_same_however_long(
    auditor: Account, secretary: Account, django_assert_max_num_queries: Any
) -> None:
    for n in range(8):
        look(secretary, 5, at=NOW - timedelta(days=n))
    with django_assert_max_num_queries(10):
        assert page(auditor).status_code == 200


# -- three persons -------------------------------------------------------------------------------------------------------


def test_nobody_holds_two_of_the_three_offices(auditor: Account, district: SmallDistrict) -> None:
    for role in ("administrator", "security_administrator"):
        with pytest.raises(BadInput, match="三个人"):
            grant(auditor, role, district.district)
    grant(auditor, "security_auditor", district.north)  # the same office elsewhere is no second one
    commands.revoke(
        actor=SETUP, at=NOW, key=KEY, grant_id=Grant.objects.filter(account=auditor).first().pk, on=NOW.date()
    )
    with pytest.raises(BadInput):
        grant(auditor, "administrator", district.district)


def test_an_auditor_reads_everybodys_log_but_their_own(auditor: Account, secretary: Account) -> None:
    for login in ("shenji", "shuji"):
        commands.record_security_event(actor=SETUP, at=NOW, key=KEY, kind="signed_in", login=login)
    seen = queries.security_events(queries.viewer_for(auditor, at=NOW))
    assert [event.login for event in seen] == ["shuji"]


def test_a_shut_login_is_unlocked_by_the_security_administrator_alone(
    auditor: Account, secretary: Account, district: SmallDistrict
) -> None:
    for n in range(5):
        commands.record_security_event(
            actor=SETUP, at=NOW + timedelta(seconds=n), key=KEY, kind="sign_in_failed", login="shuji"
        )
    later = NOW + timedelta(minutes=1)
    keeper = queries.viewer_for(account("anquan", "security_administrator", district.district), at=NOW)
    assert queries.locked_until(keeper, login="shuji", at=later)
    for other in (auditor, account("guanli", "administrator", district.district)):
        actor = Actor.staff(queries.viewer_for(other, at=NOW))
        with pytest.raises(NotPermitted):
            commands.unlock(actor=actor, at=later, key=KEY, account=secretary)
    commands.unlock(actor=Actor.staff(keeper), at=later, key=KEY, account=secretary)
    assert queries.locked_until(keeper, login="shuji", at=later) is None


def test_the_demo_has_something_to_ask_about() -> None:
    world = new_world(at=NOW)
    d = world.district
    account("cunshuji", "village_secretary", d.n1)
    account("zhenjie", "town_desk", d.north)
    auditor = account("shenji", "security_auditor", d.district)
    world.receive(place_id=d.places["n1"].pk, person_id=resident().pk)
    end = datetime(2026, 3, 1, 16, 0, tzinfo=UTC)  # a midnight in Ningbo, as the demo's year ends
    for _ in range(2):
        looks.tell(seed=1, end=end)
    assert found(auditor) == [("at_night", 1), ("same_person", 5)]
