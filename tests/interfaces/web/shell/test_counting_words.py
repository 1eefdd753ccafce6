"""The counting of a deadline reads as a wall calendar does: each date, what it is, what it counts, the total."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest
from django.template import Context, Template
from django.utils import translation

from genmai.interfaces.web.shell.counting_words import DAYS, NOTES, UNITS, counting, number_words
from genmai.interfaces.web.shell.time_words import SHANGHAI
from genmai.kernel.worktime import ClockKind, Note, Pause, built_in_calendar, clock, explain
from genmai.kernel.worktime.kinds import DayKind

ARRIVED = datetime(2026, 9, 29, 15, 20, tzinfo=SHANGHAI)
TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def chinese():
    with translation.override("zh-hans"):
        yield


def counted(kind, amount, *pauses):
    return counting(explain(clock(kind, amount, ARRIVED, pauses), built_in_calendar()), TODAY)


def test_a_holiday_and_its_make_up_workday_are_named():
    told = counted(ClockKind.WORKING_DAYS, 5)
    rows = {day.day: day for day in told.days}
    assert rows["9月29日 周二"].note == "收到的当天不算"
    assert rows["10月1日 周四"].kind == "放假（国庆节）"
    assert rows["10月10日 周六"].kind.startswith("调休上班")
    assert rows["10月10日 周六"].counts == "1"
    assert [day.day for day in told.days if day.due] == ["10月12日 周一"]
    assert "限 5 个工作日，到 2026年10月12日" in told.answer


def test_the_counts_add_up_to_the_total_shown():
    days = counted(ClockKind.WORKING_DAYS, 9).days
    assert sum(int(day.counts) for day in days if day.counted) == int(days[-1].total) == 9


def test_a_pause_without_end_has_no_day_of_the_deadline():
    told = counted(ClockKind.WORKING_DAYS, 5, Pause(ARRIVED + timedelta(hours=1), None))
    assert "现在暂停着" in told.answer
    assert not any(day.due for day in told.days)


def test_every_kind_has_its_words():
    assert (set(UNITS), set(NOTES), set(DAYS)) == (set(ClockKind), set(Note), set(DayKind))


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (Fraction(5), "5"),
        (Fraction(3, 2), "1.5"),
        (Fraction(1, 3), "0.33"),
        (Fraction(2, 3), "0.67"),
        (Fraction(20), "20"),
    ],
)
def test_amounts(amount, words):
    assert number_words(amount) == words


def test_the_table_is_drawn_and_english_has_no_chinese_left():
    explanation = explain(clock(ClockKind.URGENT_HOURS, 2, ARRIVED), built_in_calendar())
    page = Template("{% load genmai_components %}{% counting it %}")
    assert "一天一天怎么算的" in page.render(Context({"it": explanation}))
    with translation.override("en"):
        assert not any("\u4e00" <= letter <= "\u9fff" for letter in page.render(Context({"it": explanation})))
