"""Quiet hours: the arithmetic on its boundaries, what passes, what is held and why, one bundle a reader."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.factories.accounts import staff
from tests.factories.organisations import SmallDistrict, small_district

from genmai.interfaces.channels.inapp.deliver import deliver
from genmai.interfaces.channels.quiet_hours import rules
from genmai.kernel import ids
from genmai.kernel.refusal import BadInput
from genmai.kernel.viewer import Actor, Viewer
from genmai.kernel.worktime import built_in_calendar
from genmai.records.notices.commands import NewNotice, choose_quiet, send
from genmai.records.notices.models import Attempt, Notice, QuietChoice
from genmai.records.notices.quiet import Window, next_allowed, why_quiet

CALENDAR = built_in_calendar()
MINUTE = timedelta(minutes=1)
NIGHT = Window(22 * 60, 7 * 60)
KEY = ids.key_of("quiet")


def local(text: str) -> datetime:
    """A moment in Ningbo, in UTC."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


# -- the arithmetic ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "allowed"),
    [
        ("2026-03-02T21:59:59", "2026-03-02T21:59:59"),
        ("2026-03-02T22:00", "2026-03-03T07:00"),
        ("2026-03-03T06:59:59", "2026-03-03T07:00"),
        ("2026-03-03T07:00", "2026-03-03T07:00"),
        ("2026-03-03T00:00", "2026-03-03T07:00"),
    ],
)
def test_the_nights_boundaries(at: str, allowed: str) -> None:
    assert next_allowed(NIGHT, CALENDAR, local(at)) == local(allowed)


@pytest.mark.parametrize(
    ("at", "allowed"),
    [
        ("2026-03-06T21:00", "2026-03-06T21:00"),  # a Friday
        ("2026-03-06T23:00", "2026-03-09T07:00"),
        ("2026-03-07T12:00", "2026-03-09T07:00"),
        ("2026-02-14T12:00", "2026-02-14T12:00"),  # a Saturday that is a make-up workday
        ("2026-02-15T12:00", "2026-02-24T07:00"),  # the Spring Festival
    ],
)
def test_rest_days_follow_the_states_calendar(at: str, allowed: str) -> None:
    assert next_allowed(Window(22 * 60, 7 * 60, rest_days=True), CALENDAR, local(at)) == local(allowed)


windows = st.builds(Window, st.integers(0, 1439), st.integers(0, 1439), st.booleans())
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 20)).map(lambda at: at.replace(tzinfo=UTC))


@settings(max_examples=300, deadline=None)
@given(window=windows, at=moments)
def test_the_next_allowed_minute_is_the_first_that_is_not_quiet(window: Window, at: datetime) -> None:
    allowed = next_allowed(window, CALENDAR, at)
    assert allowed >= at
    assert why_quiet(window, CALENDAR, allowed) == ""
    if allowed == at:
        return
    assert allowed.second == allowed.microsecond == 0
    assert why_quiet(window, CALENDAR, at)
    assert why_quiet(window, CALENDAR, allowed - MINUTE), "the minute before is still quiet"
    step = max(MINUTE, (allowed - at) / 40)
    moment = at
    while moment < allowed:
        assert why_quiet(window, CALENDAR, moment), "nothing in between was allowed"
        moment += step


@settings(max_examples=300, deadline=None)
@given(wide=windows, narrow=windows, at=moments)
def test_wider_quiet_hours_never_let_anything_out_sooner(wide: Window, narrow: Window, at: datetime) -> None:
    minutes = all(wide.holds(m) for m in range(1440) if narrow.holds(m))
    assert wide.covers(narrow) == (minutes and (wide.rest_days or not narrow.rest_days)) or not wide.covers(narrow)
    if wide.covers(narrow):
        assert minutes
        assert next_allowed(wide, CALENDAR, at) >= next_allowed(narrow, CALENDAR, at)


# -- the outbox --------------------------------------------------------------------------------------------------------


@pytest.fixture
def d(db: None) -> SmallDistrict:
    return small_district()


def told(d: SmallDistrict, at: datetime, number: int, **more: Any) -> Notice:
    given = {"kind": "sample", "source_kind": "sample", "source_id": KEY, "organisation_id": d.n1.pk, **more}
    return send(at=at, key=ids.key_of("quiet", number), notices=[NewNotice(**given)])[0]


NIGHT_AT, MORNING = local("2026-03-02T23:30"), local("2026-03-03T07:00")


def test_urgent_ones_pass_and_the_others_wait_for_the_morning(d: SmallDistrict) -> None:
    urgent, supply = told(d, NIGHT_AT, 1, urgency="urgent"), told(d, NIGHT_AT, 2, urgency="supply")
    usual, unsaid = told(d, NIGHT_AT, 3, urgency="normal"), told(d, NIGHT_AT, 4)
    deliver(at=NIGHT_AT)
    sent = set(Notice.objects.exclude(sent_at=None).values_list("pk", flat=True))
    assert sent == {urgent.pk, supply.pk}
    for one in (usual, unsaid):
        one.refresh_from_db()
        assert (one.held_until, one.held_why, one.not_before) == (MORNING, "night", MORNING)
    assert deliver(at=MORNING - MINUTE) == 0
    assert deliver(at=MORNING) == 2
    assert Attempt.objects.count() == 4


def test_what_was_held_comes_in_one_bundle_a_reader(d: SmallDistrict) -> None:
    person = staff("张")
    ours = [told(d, NIGHT_AT + n * MINUTE, n) for n in range(3)]
    theirs = told(d, NIGHT_AT, 7, organisation_id=d.s1.pk)
    mine = told(d, NIGHT_AT, 8, organisation_id=None, person_id=person.pk)
    deliver(at=NIGHT_AT + 5 * MINUTE)
    deliver(at=MORNING)
    bundles = dict(Notice.objects.values_list("pk", "bundle"))
    assert len({bundles[one.pk] for one in ours}) == 1
    assert len(set(bundles.values())) == 3
    assert None not in bundles.values()
    day = told(d, MORNING + 60 * MINUTE, 9)
    deliver(at=MORNING + 60 * MINUTE)
    day.refresh_from_db()
    assert (day.bundle, day.held_why, day.sent_at) == (None, "", MORNING + 60 * MINUTE)
    assert bundles[theirs.pk] != bundles[mine.pk]


def test_a_rest_day_holds_complex_matters_only(d: SmallDistrict) -> None:
    saturday = local("2026-03-07T12:00")
    slow, usual = told(d, saturday, 1, urgency="complex"), told(d, saturday, 2, urgency="normal")
    deliver(at=saturday)
    slow.refresh_from_db()
    usual.refresh_from_db()
    assert (slow.held_why, slow.held_until) == ("rest_day", local("2026-03-09T07:00"))
    assert usual.sent_at == saturday


def _person(name: str) -> tuple[Actor, int]:
    person = staff(name)
    return Actor.staff(Viewer(account_id=1, person_id=person.pk)), person.pk


def choose(who: Actor, begins: int, ends: int, rest_days: bool = False) -> QuietChoice:
    return choose_quiet(
        actor=who, at=NIGHT_AT, key=KEY, rule=NIGHT, most_hours=14, begins=begins, ends=ends, rest_days=rest_days
    )


def test_a_person_may_widen_their_own_and_urgent_ones_still_pass(d: SmallDistrict) -> None:
    who, person_id = _person("张")
    choose(who, 20 * 60, 8 * 60)
    choose(who, 20 * 60, 8 * 60)
    assert QuietChoice.objects.count() == 1
    evening = local("2026-03-02T20:30")
    held = told(d, evening, 1, organisation_id=None, person_id=person_id)
    urgent = told(d, evening, 2, organisation_id=None, person_id=person_id, urgency="urgent")
    others = told(d, evening, 3)
    deliver(at=evening)
    for one in (held, urgent, others):
        one.refresh_from_db()
    assert (held.held_why, held.held_until) == ("own", local("2026-03-03T08:00"))
    assert urgent.sent_at == others.sent_at == evening


@pytest.mark.parametrize(
    ("begins", "ends", "code"), [(23 * 60, 7 * 60, "narrower"), (22 * 60, 6 * 60, "narrower"), (0, 0, "narrower"),
                                 (17 * 60, 7 * 60 + 1, "too_wide")],
)  # fmt: skip
def test_nobody_narrows_the_rule_or_shuts_the_day(db: None, begins: int, ends: int, code: str) -> None:
    who, _ = _person("张")
    with pytest.raises(BadInput) as refused:
        choose(who, begins, ends)
    assert refused.value.code == code
    assert not QuietChoice.objects.exists()


def test_the_rule_is_data() -> None:
    section = rules()
    assert section is not None
    assert section.rule("").window() == section.rule("nothing").window() == NIGHT
    assert section.rule("urgent").passes
