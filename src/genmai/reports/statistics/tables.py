"""Year-end tables: every bucket of every table, for a body and each one below it, in one go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce

from genmai.directory.roster import mechanism
from genmai.directory.roster.buckets import keys_of
from genmai.directory.roster.definition import Table
from genmai.directory.roster.models import Organisation
from genmai.directory.roster.queries import tally
from genmai.directory.roster.queries.as_at import MEMBERS
from genmai.directory.roster.queries.membership_sql import Asked
from genmai.directory.roster.queries.tally_sql import Counts, Layout, layout, plus
from genmai.kernel.viewer import Viewer


@dataclass(frozen=True)
class Counted:
    """The figures of one body: how many in all, by stage, and by table and bucket."""

    total: int
    stages: Mapping[str, int]
    tables: Mapping[str, Mapping[str, int]]

    def n(self, table: str, bucket: str) -> int:
        return self.tables.get(table, {}).get(bucket, 0)


@dataclass(frozen=True)
class Part:
    """A body directly below, with its figures; None: who stands in the body itself."""

    organisation: Organisation | None
    counted: Counted


@dataclass(frozen=True)
class YearEnd:
    """What a page or a sheet shows; `ref` names the buckets' mechanism."""

    whole: Counted
    parts: Sequence[Part]
    ref: str


def year_end(viewer: Viewer, *, asked: Asked) -> YearEnd:
    """Every table for what stands below `asked.path` on a day, within the viewer's scope. Three queries at most."""
    return _told(tally.figures(viewer, asked=asked))


def at_once(viewer: Viewer, *, asked: Asked) -> YearEnd | None:
    """The same; None where counting takes a second or more, until the worker has counted that day. Four queries at most."""
    found = tally.at_once(viewer, asked=asked)
    return None if found is None else _told(found)


def _told(figures: Mapping[str, Counts]) -> YearEnd:
    shape = layout()
    found = {child: counts for child, counts in figures.items() if shape.total(counts)}
    bodies = Organisation.objects.in_bulk([int(child) for child in found if child]) if set(found) - {""} else {}
    parts = [Part(bodies.get(int(child)) if child else None, _counted(shape, found[child])) for child in found]
    parts.sort(key=lambda part: part.organisation.code if part.organisation else "")
    whole = reduce(plus, found.values()) if found else (0,) * len(shape.cells)
    return YearEnd(_counted(shape, whole), parts, mechanism.ref_of(mechanism.STATISTICS))


def ordered() -> Mapping[str, Table]:
    """The tables in their order."""
    return layout().tables


def last_year_end(day: date) -> date:
    """The last day on which the yearly tables were cut off, before or on this day."""
    month, of_month = (int(part) for part in mechanism.statistics().year_end.split("-"))
    this = day.replace(month=month, day=of_month)
    return this if this <= day else this.replace(year=day.year - 1)


def _counted(shape: Layout, counts: Counts) -> Counted:
    stages = {str(stage): n for stage in MEMBERS if (n := shape.n(counts, "", stage))}
    tables = {
        key: {bucket: n for bucket in keys_of(table) if (n := shape.n(counts, key, bucket))}
        for key, table in shape.tables.items()
    }
    return Counted(shape.total(counts), stages, tables)
