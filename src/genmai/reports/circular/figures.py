"""A round's figures for one reader at one moment: what the page shows and the circular says."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from genmai.directory.roster.models import Organisation
from genmai.kernel.text import shorten
from genmai.kernel.viewer import Viewer
from genmai.mechanisms.schema import Text
from genmai.processes.cases.commands.round_step import rules_of
from genmai.processes.cases.definition_inspection import Band
from genmai.processes.cases.models import Finding, Round
from genmai.processes.cases.queries import rounds as read
from genmai.processes.cases.round_figures import RULE, Standing, Tally, tally

# A run of seven digits or more says who somebody is, or could: it stays out of what is circulated.
_NUMBER = re.compile(r"(?<!\d)\d[\d\- ]{5,}\d(?!\d)|\d{6,}[0-9Xx]")


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One side that was looked at."""

    key: str
    title: Text
    tally: Tally


@dataclass(frozen=True, slots=True)
class BodyRow:
    """One body, with how it stands in words."""

    body: Organisation
    tally: Tally
    band: Band


@dataclass(frozen=True, slots=True)
class OpenRow:
    """One finding not put right yet. No personal data: no names are kept with it, numbers are masked."""

    no: int
    service: Text
    what: str
    where: str
    body: Organisation
    due_at: datetime | None
    overdue: bool
    promised: bool
    reworks: int


@dataclass(frozen=True, slots=True)
class RoundFigures:
    """All of it. `whole`: the reader sees the whole round, not only their own part."""

    round: Round
    as_of: datetime
    scope: str
    whole: bool
    total: Tally
    classes: Sequence[ClassRow]
    bodies: Sequence[BodyRow]
    open: Sequence[OpenRow]
    standings: Sequence[Standing]

    @property
    def rule(self) -> str:
        """How the figures cite what they follow."""
        return f"{RULE} · {self.round.mechanism}"


def figures(viewer: Viewer, *, round: Round, known_at: datetime) -> RoundFigures:
    """Six queries, whatever the size. `round` is one the viewer may see (`queries.rounds.one`)."""
    _, rules = rules_of(round.mechanism)
    standings = read.standings(viewer, round=round, known_at=known_at)
    bodies = read.in_list_order(viewer, ids={one.body_id for one in standings})
    still = [one for one in standings if not one.put_right and not one.left_out]
    found = read.findings_by_case(viewer, round=round, cases=[one.case for one in still])
    by_id = {body.pk: body for body in bodies}
    return RoundFigures(
        round=round,
        as_of=known_at,
        scope=viewer.organisation_name,
        whole=read.sees_whole(viewer, round),
        total=tally(standings, at=known_at),
        classes=_classes(round, standings, known_at),
        bodies=[_body_row(body, standings, known_at, rules.band) for body in bodies],
        open=[_open_row(one, found[one.case], by_id, round, known_at) for one in still if one.case in found],
        standings=standings,
    )


def _classes(round: Round, standings: Sequence[Standing], at: datetime) -> list[ClassRow]:
    definition, rules = rules_of(round.mechanism)
    ordered = sorted(rules.classes, key=lambda key: rules.classes[key].order)
    return [
        ClassRow(key, definition.kinds[key].title, tally([s for s in standings if s.service == key], at=at))
        for key in ordered
    ]


def _body_row(body: Organisation, standings: Sequence[Standing], at: datetime, band: Callable[..., Band]) -> BodyRow:
    counted = tally([one for one in standings if one.body_id == body.pk], at=at)
    return BodyRow(body, counted, band(open_=counted.open, late=counted.late))


def _open_row(
    one: Standing, finding: Finding, bodies: Mapping[int, Organisation], round: Round, at: datetime
) -> OpenRow:
    definition, _ = rules_of(round.mechanism)
    case = finding.case
    place = case.place.name if case.place else ""
    where = case.place_text if not place or case.place_text.startswith(place) else f"{place}{case.place_text}"
    return OpenRow(
        no=finding.no,
        service=definition.kinds[one.service].title,
        what=masked(shorten(case.title or case.text, 60)).rstrip("。；，"),
        where=masked(where),
        body=bodies[one.body_id],
        due_at=one.due_at,
        overdue=one.overdue(at),
        promised=one.promised,
        reworks=one.reworks,
    )


def masked(text: str) -> str:
    """Without anything that looks like a telephone, identity or account number."""
    return _NUMBER.sub("＊＊＊", text)
