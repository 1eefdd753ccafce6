"""A bad calendar is refused with its file, key, value and what is allowed; it never hangs and never counts wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from genmai.kernel.worktime import (
    CalendarFileError,
    ClockError,
    ClockKind,
    Note,
    Pause,
    built_in_calendar,
    clock,
    deadline,
    explain,
    load_calendar,
)

from .moments import at, shown

HEAD = 'key = "town"\ntitle = "镇"\nholidays = "cn"\n'
HOURS = '[[office_hours]]\nfrom = 2015-01-01\nweekdays = ["09:00-12:00"]\n'


def write(folder: Path, text: str, name: str = "town.toml") -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_town_takes_the_state_holidays_and_its_own_hours_and_closures(tmp_path: Path) -> None:
    closure = (
        '[[notice]]\nnumber = "镇府〔2026〕1号"\nissued = 2026-07-10\n'
        '[[notice.holiday]]\nname = "台风停工"\nfrom = 2026-07-13\n'
    )
    town = load_calendar(
        write(tmp_path, HEAD + closure + HOURS + 'saturday = ["09:00-11:00"]\nrest_days = ["saturday"]\n')
    )
    assert shown(deadline(ClockKind.WORKING_DAYS, 1, at("2026-07-10 10:00"), town).due_at) == "2026-07-14 12:00"
    # Saturday's service hours count as working hours, but Saturday is no working day.
    assert shown(deadline(ClockKind.WORKING_HOURS, 2, at("2026-07-10 11:00"), town).due_at) == "2026-07-11 10:00"
    rows = explain(clock(ClockKind.WORKING_DAYS, 1, at("2026-07-10 10:00")), town).rows
    assert [row.note for row in rows] == [Note.ARRIVAL_DAY, Note.WEEKEND, Note.WEEKEND, Note.HOLIDAY, None]
    assert town.day(at("2026-07-13 00:00").date()).name == "台风停工"


def test_hours_change_with_their_version_and_season(tmp_path: Path) -> None:
    later = (
        '[[office_hours]]\nfrom = 2026-03-01\nweekdays = ["08:00-11:00"]\n'
        '[[office_hours.season]]\nfrom = "11-01"\nto = "02-28"\nweekdays = ["10:00-11:00"]\n'
    )
    town = load_calendar(write(tmp_path, HEAD + HOURS + later))
    closes = [
        shown(deadline(ClockKind.WORKING_DAYS, 1, at(start), town).due_at)
        for start in ("2026-02-25 10:00", "2026-03-02 10:00", "2026-11-02 10:00")
    ]
    assert closes == ["2026-02-26 12:00", "2026-03-03 11:00", "2026-11-03 11:00"]
    assert shown(deadline(ClockKind.WORKING_HOURS, 2, at("2026-11-02 09:00"), town).due_at) == "2026-11-03 11:00"


BAD_CALENDARS = [
    (HEAD + HOURS.replace("09:00-12:00", "12:00-09:00"), "office_hours[0].weekdays = ['12:00-09:00']"),
    (HEAD + HOURS.replace("09:00-12:00", "09:00-24:30"), "from 00:00 to 24:00"),
    (HEAD + HOURS.replace("09:00-12:00", "9-12"), "allowed: 'HH:MM-HH:MM'"),
    (HEAD + HOURS.replace('"09:00-12:00"', '"09:00-12:00", "11:00-13:00"'), "'11:00-13:00' overlaps 09:00-12:00"),
    (HEAD + HOURS.replace('"09:00-12:00"', ""), "the week has no working time"),
    (
        HEAD + HOURS + 'rest_days = ["monday", "tuesday", "wednesday", "thursday", "friday"]',
        "the week has no working time",
    ),
    (HEAD + HOURS + 'rest_days = ["mon"]', "office_hours[0].rest_days = ['mon']: allowed: a list of monday"),
    (
        HEAD + HOURS + '[[office_hours.season]]\nfrom = "05-01"\nto = "09-30"\n',
        "office_hours[0].season[0].weekdays",
    ),
    (
        HEAD + HOURS + '[[office_hours.season]]\nfrom = "5-1"\nto = "09-30"\nweekdays = ["09:00-10:00"]\n',
        "as '05-01'",
    ),
    (HEAD + HOURS.replace("2015-01-01", "2016-01-01"), "allowed: 2015-01-01 or earlier"),
    (HEAD + HOURS + HOURS, "allowed: a date after 2015-01-01"),
    (
        HEAD + HOURS.replace("from = 2015-01-01", 'from = "2015-01-01"'),
        "from = '2015-01-01': allowed: a date without quotes",
    ),
    (
        HEAD + HOURS + 'mondays = ["09:00-10:00"]',
        "office_hours[0].mondays = ['09:00-10:00']: unknown key; allowed: from",
    ),
    (HEAD, "office_hours = None: missing"),
    (HEAD.replace('"cn"', '"us"') + HOURS, "holidays = 'us': no such folder; allowed: cn"),
    (HEAD + 'zone = "Asia/Ningbo"\n' + HOURS, "zone = 'Asia/Ningbo': unknown time zone"),
    (HEAD.replace("town", "Town 1") + HOURS, "key = 'Town 1': allowed: small letters"),
    ("key = ", "is not TOML"),
]


@pytest.mark.parametrize(("text", "expected"), BAD_CALENDARS, ids=[case[1] for case in BAD_CALENDARS])
def test_refused(tmp_path: Path, text: str, expected: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(CalendarFileError) as refused:
        load_calendar(path)
    assert str(refused.value).startswith(f"{path}: ")
    assert expected in str(refused.value)


NOTICE = (
    'year = 2026\n[[notice]]\nnumber = "1号"\nissued = 2025-11-04\n'
    '[[notice.holiday]]\nname = "元旦"\nfrom = 2026-01-01\n'
)


BAD_YEARS = [
    (NOTICE.replace("year = 2026", "year = 2025"), "year = 2025: allowed: 2026"),
    (NOTICE + "to = 2025-12-31\n", "notice[0].holiday[0].to = 2025-12-31"),
    (NOTICE + "to = 2026-03-01\n", "up to 31 days"),
    (NOTICE + "makeup = [2026-01-01]\n", "2026-01-01 is named twice in this notice"),
    (NOTICE + "makeup = [2027-01-02]\n", "allowed: 2025-12-01 to 2026-12-31"),
    (NOTICE + 'makeup = "2026-01-04"\n', "allowed: a list of dates without quotes"),
    (NOTICE + 'nmae = "x"\n', "notice[0].holiday[0].nmae = 'x': unknown key"),
    ("year = 2026\n", "notice = None: missing"),
    (NOTICE.replace('number = "1号"\n', ""), "notice[0].number = None: missing"),
    (NOTICE.replace("issued", 'evidence = "sure"\nissued'), "evidence = 'sure': allowed: seed, S, S-low, B, REC"),
]


@pytest.mark.parametrize(("text", "expected"), BAD_YEARS, ids=[case[1] for case in BAD_YEARS])
def test_years_refused(tmp_path: Path, text: str, expected: str) -> None:
    path = write(tmp_path / "years", text, "2026.toml")
    with pytest.raises(CalendarFileError) as refused:
        load_calendar(write(tmp_path, HEAD.replace('"cn"', '"./years"') + HOURS))
    assert str(refused.value).startswith(f"{path}: ")
    assert expected in str(refused.value)


def test_a_missing_year_is_named(tmp_path: Path) -> None:
    write(tmp_path / "years", NOTICE, "2026.toml")
    write(tmp_path / "years", NOTICE.replace("2026", "2028"), "2028.toml")
    with pytest.raises(CalendarFileError, match="year = 2028: allowed: 2027; a year between them is missing"):
        load_calendar(write(tmp_path, HEAD.replace('"cn"', '"./years"') + HOURS))


def test_the_next_years_file_moves_the_horizon_and_makes_its_deadlines_firm(tmp_path: Path) -> None:
    write(tmp_path / "years", NOTICE, "2026.toml")
    town = write(tmp_path, HEAD.replace('"cn"', '"./years"') + HOURS)
    before = deadline(ClockKind.WORKING_DAYS, 1, at("2026-12-31 10:00"), load_calendar(town))
    write(tmp_path / "years", NOTICE.replace("2026", "2027").replace("2025", "2026"), "2027.toml")
    after = deadline(ClockKind.WORKING_DAYS, 1, at("2026-12-31 10:00"), load_calendar(town))
    assert (before.provisional, shown(before.due_at)) == (True, "2027-01-01 12:00")
    assert (after.provisional, shown(after.due_at)) == (False, "2027-01-04 12:00")
    assert before.edition != after.edition


CN = built_in_calendar()
MONDAY = at("2026-11-16 09:00")


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (0, "more than 0"),
        (-1, "more than 0"),
        (3661, "at most 3660"),
        ("1.5", "whole days"),
        ("many", "not a number"),
        (1.0, "whole number"),
    ],
)
def test_an_amount_that_cannot_be_counted_is_refused(amount: int, expected: str) -> None:
    with pytest.raises(ClockError, match=expected):
        clock(ClockKind.WORKING_DAYS, amount, MONDAY)


def test_moments_without_a_zone_or_out_of_reach_are_refused() -> None:
    with pytest.raises(ClockError, match="no time zone"):
        clock(ClockKind.WORKING_DAYS, 1, MONDAY.replace(tzinfo=None))
    with pytest.raises(ClockError, match="before it starts"):
        Pause(MONDAY, at("2026-11-16 08:00"))
    with pytest.raises(ClockError, match="1900 and 2198"):
        Pause(MONDAY, at("9999-01-01 00:00"))
    with pytest.raises(ClockError, match="no data before 2015-01-01"):
        deadline(ClockKind.WORKING_DAYS, 1, at("2014-12-29 09:00"), CN)


def test_an_office_open_a_minute_a_week_ends_in_a_refusal_not_in_a_loop(tmp_path: Path) -> None:
    minute = load_calendar(
        write(tmp_path, HEAD + HOURS.replace('weekdays = ["09:00-12:00"]', 'monday = ["09:00-09:01"]'))
    )
    assert shown(deadline(ClockKind.WORKING_HOURS, "0.1", MONDAY, minute).due_at) == "2026-12-21 09:01"
    with pytest.raises(ClockError, match="no answer before the end of 2199"):
        deadline(ClockKind.WORKING_HOURS, 1000, MONDAY, minute)
