"""Moments and deadlines are said as people say them, and the tone follows from the clock alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as some

from genmai.interfaces.web.shell.time_words import SHANGHAI, due_words, exact_words, span_words, when_words

NOW = datetime(2026, 11, 22, 10, 5, tzinfo=SHANGHAI)
MOMENTS = some.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=some.just(UTC))


@pytest.fixture(autouse=True)
def chinese():
    with translation.override("zh-hans"):
        yield


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2026, 11, 22, 14, 30, tzinfo=SHANGHAI), "今天 14:30"),
        (datetime(2026, 11, 21, 23, 59, tzinfo=SHANGHAI), "昨天 23:59"),
        (datetime(2026, 11, 23, 0, 0, tzinfo=SHANGHAI), "明天 00:00"),
        (datetime(2026, 11, 10, 9, 0, tzinfo=SHANGHAI), "11月10日 09:00"),
        (datetime(2026, 3, 1, 9, 0, tzinfo=SHANGHAI), "3月1日"),
        (datetime(2025, 3, 1, 9, 0, tzinfo=SHANGHAI), "2025年3月1日"),
    ],
)
def test_moments_are_said_by_the_local_day(at, words):
    assert when_words(at.astimezone(UTC), NOW) == words


def test_the_day_is_the_readers_not_utc():
    late_evening_utc = datetime(2026, 11, 21, 16, 30, tzinfo=UTC)  # 00:30 on the 22nd in Shanghai
    assert when_words(late_evening_utc, NOW) == "今天 00:30"


@pytest.mark.parametrize(
    ("case", "words", "tone"),
    [
        ({"due_at": NOW + timedelta(hours=4)}, "今天 14:05 前", "soon"),
        ({"due_at": NOW + timedelta(days=1)}, "明天 10:05 前", "calm"),
        ({"due_at": NOW + timedelta(days=4), "working_days_left": 2}, "还剩 2 个工作日", "calm"),
        ({"due_at": NOW + timedelta(days=3), "working_days_left": 1}, "11月25日 10:05 前", "soon"),
        ({"due_at": NOW + timedelta(days=4)}, "还剩 4 天", "calm"),
        ({"due_at": NOW - timedelta(hours=3)}, "已超 3 小时", "late"),
        ({"due_at": NOW - timedelta(hours=3), "suspended": True}, "时限暂停", "calm"),
        ({"due_at": NOW, "met_at": NOW}, "按时完成", "met"),
        ({"due_at": NOW, "met_at": NOW + timedelta(days=2)}, "超期 2 天 完成", "late"),
        (
            {"due_at": NOW + timedelta(days=90), "working_days_left": 60, "provisional": True},
            "还剩 60 个工作日（暂定）",
            "calm",
        ),
    ],
)
def test_deadlines(case, words, tone):
    said = due_words(now=NOW, **case)
    assert (said.words, said.tone) == (words, tone)


@given(due_at=MOMENTS, now=MOMENTS)
def test_late_is_said_exactly_when_the_moment_has_passed(due_at, now):
    assert (due_words(due_at, now).tone == "late") == (now > due_at)


@given(minutes=some.integers(0, 10**6))
def test_a_length_never_sounds_longer_than_it_is(minutes):
    words = span_words(timedelta(minutes=minutes))
    number, unit = words.split()
    assert int(number) * {"分钟": 1, "小时": 60, "天": 1440}[unit] <= minutes


def test_the_exact_moment_names_weekday_and_minute():
    assert exact_words(NOW) == "2026年11月22日 星期日 10:05"


def test_english_has_its_own_order_and_singulars():
    with translation.override("en"):
        assert exact_words(NOW) == "Sun 22 Nov 2026 10:05"
        assert when_words(NOW - timedelta(days=10), NOW) == "12 Nov 10:05"
