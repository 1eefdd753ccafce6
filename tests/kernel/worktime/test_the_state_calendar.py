"""Every day of 2015 to 2026 agrees with calendars made by others, and the hard days are checked by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import chinese_calendar
import holidays
import pytest
from workalendar.asia import China

from genmai.kernel.worktime import DayKind, built_in_calendar, load_calendar
from genmai.kernel.worktime.calendar_files import BUILT_IN

FIRST, LAST = date(2015, 1, 1), date(2026, 12, 31)

# The days on which one of the calendars is wrong, and the notice that decides.
WORKALENDAR_IS_WRONG = {
    # The holiday of 2020 was extended from 30 January to 2 February by 国办发明电〔2020〕1号; workalendar kept the
    # first arrangement (国办发明电〔2019〕16号), with Friday 31 January and the make-up Saturday 1 February worked.
    date(2020, 1, 31),
    date(2020, 2, 1),
}


def days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)


def test_every_day_agrees_with_chinesecalendar() -> None:
    ours = built_in_calendar()
    assert [day for day in days(FIRST, LAST) if ours.is_workday(day) != chinese_calendar.is_workday(day)] == []


def test_every_day_agrees_with_holidays() -> None:
    ours, theirs = built_in_calendar(), holidays.country_holidays("CN", years=range(2015, 2027))
    assert [day for day in days(FIRST, LAST) if ours.is_workday(day) != theirs.is_working_day(day)] == []


@pytest.mark.filterwarnings("ignore")
def test_every_day_of_2018_to_2023_agrees_with_workalendar_but_for_the_days_it_has_wrong() -> None:
    theirs = China()
    span = days(date(2018, 1, 1), date(2023, 12, 31))
    assert {d for d in span if built_in_calendar().is_workday(d) != theirs.is_working_day(d)} == WORKALENDAR_IS_WRONG


def test_every_day_off_that_chinesecalendar_names_carries_the_same_holiday_here() -> None:
    names = {
        "New Year's Day": "元旦",
        "Spring Festival": "春节",
        "Tomb-sweeping Day": "清明节",
        "Labour Day": "劳动节",
        "Dragon Boat Festival": "端午节",
        "Mid-autumn Festival": "中秋节",
        "National Day": "国庆节",
        "Anti-Fascist 70th Day": "胜利70周年",
    }
    ours = built_in_calendar()
    for day in days(FIRST, LAST):
        off, name = chinese_calendar.get_holiday_detail(day)
        if off and name and day.weekday() < 5:
            assert names[name] in ours.day(day).name, day


@pytest.mark.parametrize(
    ("day", "kind", "name", "notice"),
    [
        ("2015-09-03", "holiday", "中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日", "国发明电〔2015〕1号"),
        ("2015-09-06", "makeup_workday", "中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日", "国发明电〔2015〕1号"),
        ("2018-12-29", "makeup_workday", "元旦", "国办发明电〔2018〕15号"),
        ("2018-12-31", "holiday", "元旦", "国办发明电〔2018〕15号"),
        ("2019-05-02", "holiday", "劳动节", "国办发明电〔2019〕3号"),
        ("2019-05-05", "makeup_workday", "劳动节", "国办发明电〔2019〕3号"),
        ("2020-01-31", "holiday", "春节（延长）", "国办发明电〔2020〕1号"),
        ("2020-02-01", "holiday", "春节（延长）", "国办发明电〔2020〕1号"),
        ("2022-12-31", "holiday", "元旦", "国办发明电〔2022〕16号"),
        ("2026-02-14", "makeup_workday", "春节", "国办发明电〔2025〕7号"),
        ("2026-02-16", "holiday", "春节", "国办发明电〔2025〕7号"),
        ("2026-11-20", "workday", "", ""),
        ("2026-11-21", "weekend", "", ""),
    ],
)
def test_a_day_names_its_kind_its_holiday_and_the_notice_that_decides(
    day: str, kind: str, name: str, notice: str
) -> None:
    found = built_in_calendar().day(date.fromisoformat(day))
    assert (found.kind, found.name, found.notice, found.provisional) == (DayKind(kind), name, notice, False)


def test_the_calendar_knows_where_it_begins_and_ends() -> None:
    ours = built_in_calendar()
    assert (ours.first, ours.horizon) == (FIRST, LAST)
    assert ours.day(date(2027, 1, 1)).provisional


def test_make_up_workdays_are_saturdays_and_sundays_and_holidays_never_overlap_them() -> None:
    ours = built_in_calendar()
    makeup = [day for day in days(FIRST, LAST) if ours.day(day).kind is DayKind.MAKEUP]
    assert len(makeup) == len([day for day in chinese_calendar.constants.workdays if FIRST <= day <= LAST])
    assert all(day.weekday() >= 5 and ours.day(day).hours for day in makeup)


def test_what_was_known_on_a_date_leaves_out_later_notices() -> None:
    before = load_calendar(BUILT_IN / "cn.toml", known_on=date(2020, 1, 25))
    after = load_calendar(BUILT_IN / "cn.toml", known_on=date(2020, 1, 26))
    assert before.day(date(2020, 2, 1)).kind is DayKind.MAKEUP
    assert after.day(date(2020, 2, 1)).kind is DayKind.HOLIDAY
    assert before.horizon == after.horizon == date(2020, 12, 31)
    assert before.edition != after.edition


def test_a_notice_for_next_year_that_is_not_out_yet_changes_no_december() -> None:
    before = load_calendar(BUILT_IN / "cn.toml", known_on=date(2018, 12, 3))
    assert before.day(date(2018, 12, 31)).kind is DayKind.WORKDAY
    assert before.horizon == date(2018, 12, 31)
