"""What the address of a unit page asks: which unit, which month, as known when; and addresses that ask alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse

from genmai.directory.roster.models import Organisation
from genmai.directory.roster.queries import organisation
from genmai.interfaces.web.shell.time_words import SHANGHAI, day_words, month_words
from genmai.kernel.refusal import BadInput, NotFound
from genmai.kernel.viewer import Viewer
from genmai.measures.scores.case_figures import check_scope, month_of, months_until

BACK = 12  # months before the one asked for
EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True)
class Question:
    """`known_on`: the day whose knowledge is asked for, None for now; `known_at` the moment it ends, or now."""

    unit: Organisation
    month: str
    known_on: date | None
    known_at: datetime
    now: datetime

    @property
    def months(self) -> tuple[str, ...]:
        """The month asked for and those before it, oldest first."""
        return months_until(self.month, BACK + 1)

    @property
    def previous(self) -> str:
        return self.months[-2]

    @property
    def newest(self) -> str:
        """The month that was running when this was known."""
        return month_of(self.known_at)

    @property
    def month_words(self) -> str:
        return words_of(self.month)

    @property
    def known_words(self) -> str:
        """The day in words, "" for now."""
        today = self.now.astimezone(SHANGHAI).date()
        return day_words(self.known_on, today) if self.known_on else ""

    def choices(self) -> list[tuple[str, str]]:
        """Months one can turn to, newest first."""
        found = {*months_until(self.newest, BACK + 1), self.month}
        return [(month, words_of(month)) for month in sorted(found, reverse=True)]

    def address(self, unit: Organisation | None = None, *, month: str = "", known: bool = True) -> str:
        """The same question asked of another unit or month."""
        return _with(_page("unit", (unit or self.unit).public_id), self._kept(month or self.month, known))

    def deeds(self, figure: str, *, unit: Organisation | None = None, month: str = "", only: bool = False) -> str:
        """Where a figure opens to its deeds; `only`: those of its numerator."""
        asked = {"figure": figure, **self._kept(month or self.month, True, always=True)}
        if only:
            asked["only"] = "n"
        return _with(_page("unit_deeds", (unit or self.unit).public_id), asked)

    def _kept(self, month: str, known: bool, *, always: bool = False) -> dict[str, str]:
        kept = {}
        if always or month != self.newest or (self.known_on and not known):
            kept["month"] = month
        if known and self.known_on:
            kept["known"] = self.known_on.isoformat()
        return kept


def words_of(month: str) -> str:
    """2026年11月."""
    return month_words(date.fromisoformat(f"{month}-01"))


def read(viewer: Viewer, public_id: UUID, query: QueryDict, now: datetime) -> Question:
    """The question of an address. Raises NotFound outside the viewer's scope, BadInput for what is no month or day."""
    pk = Organisation.objects.filter(public_id=public_id).values_list("pk", flat=True).first()
    if pk is None:
        raise NotFound
    unit = organisation(viewer, at=now, identity=pk)
    check_scope(viewer, unit.path)
    known_on = _day(query.get("known", ""), now)
    known_at = _end_of(known_on) if known_on else now
    return Question(unit, _month(query.get("month", ""), known_at), known_on, known_at, now)


def _end_of(day: date) -> datetime:
    """The last moment of a day, in the time of the place."""
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI) - timedelta(microseconds=1)


def _day(text: str, now: datetime) -> date | None:
    """A past day; today and later are now."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as wrong:
        raise BadInput("bad_day", "日期应写成 2026-07-31 的样子", field="known", allowed="2026-07-31") from wrong
    if day < EARLIEST:
        raise BadInput("bad_day", "日期应写成 2026-07-31 的样子", field="known", allowed=f"{EARLIEST}–")
    return day if day < now.astimezone(SHANGHAI).date() else None


def _month(text: str, known_at: datetime) -> str:
    """The month asked for; without one, the month that was running then. A month still to come counts nothing."""
    newest = month_of(known_at)
    if not text:
        return newest
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError as wrong:
        raise BadInput("bad_month", "月份应写成 2026-03 的样子", field="month", allowed="2026-03") from wrong
    if first < EARLIEST or text > newest:
        raise BadInput("bad_month", "月份应写成 2026-03 的样子", field="month", allowed=f"{EARLIEST:%Y-%m}–{newest}")
    return text


@lru_cache(maxsize=4096)
def _page(name: str, public_id: UUID) -> str:
    """A page's address; a district's page asks for hundreds, always the same."""
    return reverse(name, args=[public_id])


def _with(url: str, asked: dict[str, str]) -> str:
    return f"{url}?{urlencode(asked)}" if asked else url
