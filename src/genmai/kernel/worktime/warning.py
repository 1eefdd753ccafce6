"""When to warn before a breach, inside office hours: never at midnight, never on a holiday, if it can be helped."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from .calendar import Calendar
from .clocks import Clock, Quantity, begin_us, due_us, reach_us
from .kinds import ClockError, exact, to_ticks
from .tracks import from_us, to_us


def warn_at(
    of: Clock,
    calendar: Calendar,
    *,
    share: Decimal | Fraction | str | None = None,
    before: Quantity | None = None,
) -> datetime | None:
    """The moment to warn (UTC): when `share` of the limit is used, or when `before` of the clock's own units are left.

    The margin is counted in the clock's own time ("two hours before" on a working-hour clock are office hours). A
    moment outside office hours moves earlier, to the end of the last office time, but not before the clock started or
    was last resumed; then it moves on to the next opening before the deadline; and where the whole clock runs outside
    office hours (three urgent hours at night) it stays: someone is on duty. None while an open pause comes first.
    """
    due = due_us(of, calendar)
    begin = begin_us(of, calendar)
    moment = reach_us(of, calendar.track(of.kind), begin, to_ticks(of.kind, _used_by_then(of, share, before)))
    if due is None or moment is None:
        return None
    moment = max(moment, to_us(of.start))  # a margin as long as the limit: at once
    office = calendar.office_time
    if office.is_open(moment):
        return from_us(moment)
    resumed = [end for _start, end in of.merged if end is not None and end <= moment]
    running_since = max([to_us(of.start), *resumed])
    earlier = office.last_end(moment)
    if earlier is not None and earlier >= running_since:
        return from_us(earlier)
    opening = office.next_start(moment)
    return from_us(opening if opening < due else moment)


def _used_by_then(of: Clock, share: Decimal | Fraction | str | None, before: Quantity | None) -> Fraction:
    if (share is None) == (before is None):
        raise ClockError("warn_at: give either share (0 < share < 1) or before (in the clock's own units), not both")
    if before is not None:
        left = exact(before)
        if left <= 0:
            raise ClockError(f"before = {before}: must be more than 0")
        return max(of.total - left, Fraction(0))
    part = exact(share) if share is not None else Fraction(0)
    if not 0 < part < 1:
        raise ClockError(f"share = {share}: must lie between 0 and 1")
    return of.total * part
