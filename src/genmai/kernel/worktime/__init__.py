"""Deadlines on working calendars: five clock kinds, pauses, extensions, warnings and day-by-day explanations."""

from .calendar import Calendar, Day, OfficeHours, Segment
from .calendar_files import CalendarFileError, built_in_calendar, load_calendar
from .clocks import (
    Clock,
    Deadline,
    Pause,
    breached,
    clock,
    deadline,
    deadline_of,
    elapsed,
    overrun,
    remaining,
)
from .explanations import Explanation, Note, Row, explain
from .kinds import ClockError, ClockKind, DayKind, rounded
from .warning import warn_at

__all__ = [
    "Calendar",
    "CalendarFileError",
    "Clock",
    "ClockError",
    "ClockKind",
    "Day",
    "DayKind",
    "Deadline",
    "Explanation",
    "Note",
    "OfficeHours",
    "Pause",
    "Row",
    "Segment",
    "breached",
    "built_in_calendar",
    "clock",
    "deadline",
    "deadline_of",
    "elapsed",
    "explain",
    "load_calendar",
    "overrun",
    "remaining",
    "rounded",
    "warn_at",
]
