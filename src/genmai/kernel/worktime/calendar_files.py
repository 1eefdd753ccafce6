"""Calendars from TOML files (format: calendars/README.md). Errors name file, key, value and what is allowed."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from .calendar import ONE_DAY, Calendar, OfficeHours, OfficeWeek, Season, Segment, SpecialDay

BUILT_IN: Final = Path(__file__).parent / "calendars"
WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
STATUSES: Final = ("official", "default", "example")
EVIDENCE: Final = ("seed", "S", "S-low", "B", "REC", "to be checked")
LONGEST_HOLIDAY_DAYS: Final = 31


class CalendarFileError(ValueError):
    """A calendar file that cannot be used. Reads: file: key = value: what is wrong; allowed: what."""

    def __init__(self, path: Path, key: str, value: object, problem: str) -> None:
        shown = value.isoformat() if isinstance(value, date) else repr(value)
        super().__init__(f"{path}: {key} = {shown}: {problem}")
        self.path, self.key, self.value = path, key, value


@dataclass(frozen=True, slots=True)
class Node:
    """A TOML table with the file and key it came from, so that each complaint can say where."""

    path: Path
    where: str
    table: Mapping[str, Any]

    def fail(self, key: str, problem: str) -> CalendarFileError:
        """The error for one key of this table."""
        return CalendarFileError(self.path, f"{self.where}{key}", self.table.get(key), problem)

    def only(self, *allowed: str) -> None:
        """Refuse keys that mean nothing here."""
        for key in self.table:
            if key not in allowed:
                raise self.fail(key, f"unknown key; allowed: {', '.join(allowed)}")

    def text(self, key: str, default: str | None = None, allowed: tuple[str, ...] = ()) -> str:
        """A non-empty string, one of `allowed` if given."""
        value = self.table.get(key, default)
        if not isinstance(value, str) or (value == "" and default is None):
            raise self.fail(key, "missing or not text" if not allowed else f"allowed: {', '.join(allowed)}")
        if allowed and value not in allowed:
            raise self.fail(key, f"allowed: {', '.join(allowed)}")
        return value

    def day(self, key: str, default: date | None = None) -> date:
        """A TOML date."""
        value = self.table.get(key, default)
        if type(value) is not date:
            raise self.fail(key, "allowed: a date without quotes, as 2026-02-17")
        return value

    def nodes(self, key: str) -> list[Node]:
        """An array of tables, empty when absent."""
        value = self.table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.fail(key, f"allowed: tables written as [[{key}]]")
        return [Node(self.path, f"{self.where}{key}[{i}].", item) for i, item in enumerate(value)]


@cache
def built_in_calendar(key: str = "cn") -> Calendar:
    """A calendar that comes with the product. `cn`: state holidays 2015 on, example office hours, Asia/Shanghai."""
    return load_calendar(BUILT_IN / f"{key}.toml")


def load_calendar(path: Path, *, known_on: date | None = None) -> Calendar:
    """Read and check a calendar. With `known_on` only notices issued by that date count: what was known then.

    Raises CalendarFileError for anything that would make a deadline wrong or endless.
    """
    root = _read(path)
    root.only("key", "title", "zone", "holidays", "notice", "office_hours")
    special: dict[date, SpecialDay] = {}
    first, horizon = _read_years(_years_folder(root), special, known_on)
    for notice in root.nodes("notice"):
        _apply_notice(notice, special, (date.min, date.max), known_on)
    hours = _office_hours(root, first)
    key = root.text("key")
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", key):
        raise root.fail("key", "allowed: small letters, digits, - and _")
    zone = root.text("zone", "Asia/Shanghai")
    return Calendar(
        key=key,
        title=root.text("title"),
        zone=_zone(root, zone),
        first=first,
        horizon=horizon,
        special=special,
        office_hours=hours,
        edition=_edition(zone, first, horizon, special, hours),
    )


def _read(path: Path) -> Node:
    try:
        return Node(path, "", tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise CalendarFileError(path, "file", path.name, "does not exist") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CalendarFileError(path, "file", path.name, f"is not TOML in UTF-8: {error}") from error


def _zone(root: Node, name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise root.fail("zone", "unknown time zone; allowed: an IANA name, as Asia/Shanghai") from error


def _years_folder(root: Node) -> Path:
    name = root.text("holidays")
    folder = root.path.parent / name if name.startswith("./") else BUILT_IN / name
    if not folder.is_dir():
        built_in = sorted(child.name for child in BUILT_IN.iterdir() if child.is_dir())
        raise root.fail(
            "holidays", f"no such folder; allowed: {', '.join(built_in)}, or ./ and a folder beside this file"
        )
    return folder


def _read_years(folder: Path, special: dict[date, SpecialDay], known_on: date | None) -> tuple[date, date]:
    """Apply a folder of year files; the first and last date known. Years whose notice is not issued yet don't count."""
    years: list[int] = []
    for path in sorted(folder.glob("*.toml")):
        node = _read(path)
        node.only("year", "notice")
        year = node.table.get("year")
        if type(year) is not int or path.stem != str(year):
            raise node.fail("year", f"allowed: {path.stem}, the year in the file's name")
        if years and year != years[-1] + 1:
            raise node.fail("year", f"allowed: {years[-1] + 1}; a year between them is missing")
        # A yearly notice may reach into the December before it, never into the year after.
        bounds = (date(year - 1, 12, 1), date(year, 12, 31))
        notices = node.nodes("notice")
        if not notices:
            raise node.fail("notice", "missing; allowed: at least one [[notice]]")
        applied = [_apply_notice(notice, special, bounds, known_on) for notice in notices]
        if not applied[0]:
            break
        years.append(year)
    if not years:
        raise CalendarFileError(
            folder, "folder", folder.name, "holds no year that is known; allowed: files named 2026.toml"
        )
    return date(years[0], 1, 1), date(years[-1], 12, 31)


def _apply_notice(
    node: Node, special: dict[date, SpecialDay], bounds: tuple[date, date], known_on: date | None
) -> bool:
    """Apply one notice over what earlier ones ordered; False when it had not been issued by `known_on`."""
    node.only("number", "issued", "title", "evidence", "source", "holiday")
    number, issued = node.text("number"), node.day("issued")
    node.text("title", "")
    node.text("source", "")
    node.text("evidence", "to be checked", EVIDENCE)
    if known_on is not None and issued > known_on:
        return False
    ordered: dict[date, SpecialDay] = {}
    for holiday in node.nodes("holiday"):
        for day, is_off, key in _holiday_days(holiday):
            if not bounds[0] <= day <= bounds[1]:
                raise holiday.fail(key, f"allowed: {bounds[0]} to {bounds[1]}")
            if day in ordered:
                raise holiday.fail(key, f"{day} is named twice in this notice; allowed: once")
            ordered[day] = SpecialDay(is_off, holiday.text("name"), number)
    if not ordered:
        raise node.fail("holiday", "names no day; allowed: at least one [[notice.holiday]]")
    special.update(ordered)
    return True


def _holiday_days(node: Node) -> list[tuple[date, bool, str]]:
    node.only("name", "from", "to", "makeup", "note")
    node.text("note", "")
    start = node.day("from")
    end = node.day("to", start)
    if not 0 <= (end - start).days < LONGEST_HOLIDAY_DAYS:
        raise node.fail("to", f"allowed: {start} up to {LONGEST_HOLIDAY_DAYS} days in all")
    days = [(start + ONE_DAY * i, True, "from") for i in range((end - start).days + 1)]
    makeup = node.table.get("makeup", [])
    if not isinstance(makeup, list) or not all(type(day) is date for day in makeup):
        raise node.fail("makeup", "allowed: a list of dates without quotes, as [2026-02-14]")
    return days + [(day, False, "makeup") for day in makeup]


def _office_hours(root: Node, first: date) -> tuple[OfficeHours, ...]:
    versions: list[OfficeHours] = []
    for node in root.nodes("office_hours"):
        node.only("from", "basis", "status", "season", "makeup", "rest_days", "weekdays", *WEEKDAYS)
        start = node.day("from")
        if not versions and start > first:
            raise node.fail("from", f"leaves days without office hours; allowed: {first} or earlier")
        if versions and start <= versions[-1].start:
            raise node.fail("from", f"allowed: a date after {versions[-1].start}, versions in ascending order")
        status = node.text("status", "example", STATUSES)
        versions.append(OfficeHours(start, _week(node), _seasons(node), node.text("basis", ""), status))
    if not versions:
        raise root.fail("office_hours", "missing; allowed: at least one [[office_hours]]")
    return tuple(versions)


def _seasons(node: Node) -> tuple[Season, ...]:
    seasons: list[Season] = []
    for child in node.nodes("season"):
        child.only("from", "to", "makeup", "rest_days", "weekdays", *WEEKDAYS)
        season = Season(_month_day(child, "from"), _month_day(child, "to"), _week(child))
        leap_year = [date(2024, 1, 1) + ONE_DAY * i for i in range(366)]
        if any(season.holds(day) and other.holds(day) for other in seasons for day in leap_year):
            raise child.fail("from", "overlaps another season; allowed: seasons that do not share a date")
        seasons.append(season)
    return tuple(seasons)


def _month_day(node: Node, key: str) -> tuple[int, int]:
    value = node.text(key)
    try:
        day = date.fromisoformat(f"2024-{value}")
    except ValueError as error:
        raise node.fail(key, "allowed: a month and day in quotes, as '05-01'") from error
    return day.month, day.day


def _week(node: Node) -> OfficeWeek:
    workweek = _segments(node, "weekdays")
    days = tuple(
        _segments(node, name) if name in node.table else workweek if i < WEEKDAYS.index("saturday") else ()
        for i, name in enumerate(WEEKDAYS)
    )
    rest = node.table.get("rest_days", [])
    if not isinstance(rest, list) or not all(name in WEEKDAYS for name in rest):
        raise node.fail("rest_days", f"allowed: a list of {', '.join(WEEKDAYS)}")
    rest_days = frozenset(WEEKDAYS.index(name) for name in rest)
    working = [hours for i, hours in enumerate(days) if hours and i not in rest_days]
    if not working:
        raise node.fail(
            "weekdays", "the week has no working time, no deadline would ever come; allowed: hours on at least one day"
        )
    return OfficeWeek(days, _segments(node, "makeup") or working[0], rest_days)


def _segments(node: Node, key: str) -> tuple[Segment, ...]:
    value = node.table.get(key, [])
    if not isinstance(value, list):
        raise node.fail(key, "allowed: a list, as ['08:30-12:00', '13:30-17:00']")
    segments: list[Segment] = []
    for text in value:
        match = re.fullmatch(r"(\d\d):([0-5]\d)-(\d\d):([0-5]\d)", text) if isinstance(text, str) else None
        if match is None:
            raise node.fail(key, f"{text!r}; allowed: 'HH:MM-HH:MM'")
        h1, m1, h2, m2 = map(int, match.groups())
        segment = Segment(h1 * 60 + m1, h2 * 60 + m2)
        if not segment.start < segment.end <= 24 * 60:
            raise node.fail(key, f"{text!r}; allowed: a start before its end, both from 00:00 to 24:00")
        if segments and segment.start < segments[-1].end:
            raise node.fail(key, f"{text!r} overlaps {segments[-1]}; allowed: ascending stretches that do not overlap")
        segments.append(segment)
    return tuple(segments)


def _edition(
    zone: str, first: date, horizon: date, special: Mapping[date, SpecialDay], hours: tuple[OfficeHours, ...]
) -> str:
    """Twelve hex digits over everything that can move a deadline; names and notices of days are left out."""
    moves = [zone, first, horizon, sorted((day, what.off) for day, what in special.items())]
    weeks = [(v.start, _plain(v.week), [(s.start, s.end, _plain(s.week)) for s in v.seasons]) for v in hours]
    return hashlib.sha256(repr((moves, weeks)).encode()).hexdigest()[:12]


def _plain(week: OfficeWeek) -> tuple[object, ...]:
    return tuple(map(tuple, week.days)), tuple(week.makeup), sorted(week.rest)
