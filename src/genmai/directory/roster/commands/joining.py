"""The days a member was admitted and became full, put right on every row of their way; guards, and the exact way back.

The day is one fact: each row that says it is taken back and said anew, so that what was known on an earlier day stays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import F

from genmai.directory.roster import mechanism
from genmai.directory.roster.buckets import years_before
from genmai.directory.roster.definition import months_after
from genmai.directory.roster.models import Membership, Stage
from genmai.directory.roster.queries.as_at import MEMBERS
from genmai.kernel.refusal import BadInput
from genmai.kernel.walled import house

DAYS = ("joined_on", "full_on")
WHY = "the day of admission is one fact, in whatever branch the member stood"


class Days(NamedTuple):
    """入党日期 and 转正日期."""

    joined_on: date | None
    full_on: date | None


def way_of(person_id: int) -> list[Membership]:
    """Every row of somebody's way that holds on some day, locked, in its order."""
    with house(WHY):
        rows = Membership.objects.select_for_update(of=("self",)).filter(person_id=person_id, withdrawn_at=None)
        return list(rows.exclude(valid_to=F("valid_from")).order_by("valid_from", "id"))


def check_days(
    days: Days, *, before: Days, way: Sequence[Membership], born_on: date | None, today: date
) -> None:  # fmt: skip
    """Order, least intervals and age, and the days the way itself tells, of what is put right: what is left is not judged.

    Raises BadInput naming what would be accepted.
    """
    stage = next((row.stage for row in way if row.valid_to is None), "")
    _check_stage(days, stage)
    if days.joined_on is None:
        return
    if days.joined_on != before.joined_on:
        _check_joined(days.joined_on, _first(way, MEMBERS, today), born_on)
    if days.full_on is None:
        return
    rule = mechanism.members().probation_of(days.joined_on)
    soonest = months_after(days.joined_on, rule.months if rule else 0)
    if days.full_on < soonest:
        raise BadInput("full_early", "转正不能早于 {day}。{source}", field="full_on", day=soonest,
                       source=rule.source if rule else "", allowed=f"≥ {soonest}")  # fmt: skip
    last = _first(way, (Stage.FULL,), today)
    if days.full_on != before.full_on and days.full_on > last:
        raise BadInput("full_late", "转正日期不能晚于 {day}：名册从那天起就是正式党员", field="full_on", day=last,
                       allowed=f"≤ {last}")  # fmt: skip


def _check_joined(joined_on: date, first: date, born_on: date | None) -> None:
    if joined_on > first:
        raise BadInput("joined_late", "入党日期不能晚于 {day}：名册从那天起就是党员", field="joined_on", day=first,
                       allowed=f"≤ {first}")  # fmt: skip
    years = mechanism.members().age_least
    if born_on is not None and joined_on < (least := _years_after(born_on, years)):
        raise BadInput("joined_young", "入党时要年满 {years} 岁", field="joined_on", years=years, allowed=f"≥ {least}")


def _check_stage(days: Days, stage: str) -> None:
    """Each day belongs to who has come so far."""
    if stage in MEMBERS and days.joined_on is None:
        raise BadInput("joined_missing", "请填写入党日期", field="joined_on")
    if stage not in MEMBERS and days.joined_on is not None:
        raise BadInput("not_joined", "还没有入党，入党时请用“变动阶段”登记", field="joined_on")
    if stage != Stage.FULL and days.full_on is not None:
        raise BadInput("not_full", "还没有转正，转正时请用“变动阶段”登记", field="full_on")


def put_right(person_id: int, days: Days, at: datetime) -> int:
    """Say the days anew on every row they belong to; how many rows were said anew."""
    return _say_anew(
        way_of(person_id), at,
        lambda row: Days(
            days.joined_on if row.stage in MEMBERS else row.joined_on,
            days.full_on if row.stage == Stage.FULL else row.full_on,
        ),
    )  # fmt: skip


def put_back(person_id: int, before: Days, made_at: datetime, at: datetime) -> int:
    """What each row said before it was put right at `made_at`; a row begun since says what the last one said."""
    with house(WHY):
        gone = Membership.objects.filter(person_id=person_id, withdrawn_at=made_at)
        said = {_which(row): Days(row.joined_on, row.full_on) for row in gone}

    def then(row: Membership) -> Days:
        if _which(row) in said:
            return said[_which(row)]
        if row.recorded_at < made_at or row.stage not in MEMBERS:
            return Days(row.joined_on, row.full_on)
        return Days(before.joined_on, before.full_on if row.stage == Stage.FULL else row.full_on)

    return _say_anew(way_of(person_id), at, then)


def _say_anew(way: Sequence[Membership], at: datetime, wanted: Callable[[Membership], Days]) -> int:
    changed = [(row, days) for row in way if (days := wanted(row)) != (row.joined_on, row.full_on)]
    new = [_with(row, days, at) for row, days in changed]
    gone = [row for row, _days in changed]
    for row in gone:
        row.known_to, row.valid_to, row.withdrawn_at = row.valid_to, row.valid_from, at
    with house(WHY):
        Membership.objects.bulk_update(gone, ["known_to", "valid_to", "withdrawn_at"])
        for row in new:
            row.save()
    return len(new)


_NOT_COPIED = {"id", "joined_on", "full_on", "recorded_at", "ended_recorded_at", "withdrawn_at", "known_to"}


def _with(row: Membership, days: Days, at: datetime) -> Membership:
    """The same row, its end with it, saying other days; known from now on."""
    values = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if f.name not in _NOT_COPIED}
    ended = at if row.valid_to is not None else None
    return Membership(**values, joined_on=days.joined_on, full_on=days.full_on, recorded_at=at, ended_recorded_at=ended)


def _which(row: Membership) -> tuple[int, str, str, date]:
    return row.branch_id, row.stage, row.status, row.valid_from


def _first(way: Sequence[Membership], stages: Sequence[str], today: date) -> date:
    """Since when the roll itself has them at one of these stages."""
    return min((row.valid_from for row in way if row.stage in stages), default=today)


def _years_after(day: date, years: int) -> date:
    """The day on which somebody born on `day` is so many years old; born on 29 February, the first of March."""
    found = months_after(day, 12 * years)
    return found if years_before(found, years) >= day else found + timedelta(days=1)
