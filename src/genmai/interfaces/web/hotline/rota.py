"""Who is rung now and who next: the mechanism's roles, filled by whoever is in post today and not away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from genmai.directory.roster.models import Level, Organisation
from genmai.directory.roster.queries import Member, line_up, team_of
from genmai.interfaces.web.handle_case import words
from genmai.kernel.viewer import Viewer
from genmai.mechanisms.library import Mechanism
from genmai.processes.cases import mechanism as mechanisms
from genmai.processes.cases.definition import CasesSection

AFTER = 60  # seconds the last one is shown ringing before the page stops asking


@lru_cache(maxsize=1)
def mechanism() -> Mechanism:
    """The hotline's own mechanism: the first whose cases come in by telephone before all else; else the general loop."""
    for found in mechanisms.library().having(CasesSection):
        if found.section(CasesSection).channels_open[:1] == ("hotline",):
            return found
    return mechanisms.mechanism_of(mechanisms.LOOP)


@dataclass(frozen=True)
class Rung:
    """One role of the rota. `first`: second of the call at which it is rung; `answers`: those who can be reached."""

    role: str
    first: int
    last: int
    answers: Sequence[str]
    away: Sequence[str]
    standing: str = "ahead"  # past, now, ahead


@dataclass(frozen=True)
class Rota:
    """The rota of one village (or town). `since`: seconds since it began to ring; None while it doesn't."""

    organisation: str
    rungs: Sequence[Rung]
    seconds_each: int
    since: int | None = None

    @property
    def ringing(self) -> bool:
        """Whether the page should look again."""
        return self.since is not None and self.since < self.seconds_each * len(self.rungs) + AFTER


def rota(viewer: Viewer, *, organisation: Organisation, at: datetime, since: int | None = None) -> Rota:
    """Four to six queries, whatever the team's size. A role with nobody in reach keeps its place and says so."""
    found, definition = mechanism(), mechanism().section(CasesSection).rota
    members = _members(viewer, organisation, at)
    now = None if since is None else definition.order.index(definition.ringing(since))
    rungs = []
    for place, key in enumerate(definition.order):
        role = found.info.roles[key]
        held = [member for member in members if member.post in role.posts]
        standing = "ahead" if now is None or place > now else "now" if place == now else "past"
        first = place * definition.seconds_each
        last = first + definition.seconds_each
        rungs.append(Rung(words.say(role.title), first, last, _answers(held), _away(held), standing))
    return Rota(organisation.short_name, rungs, definition.seconds_each, since)


def _members(viewer: Viewer, organisation: Organisation, at: datetime) -> list[Member]:
    """Of the village and of the town above it; a grid's calls ring at its village."""
    line = [organisation, *line_up(viewer, organisation=organisation, at=at)]
    ringing = [one for one in line if one.level in (Level.COMMUNITY, Level.TOWN)]
    return [member for one in ringing for member in team_of(viewer, organisation=one, at=at)]


def _answers(held: Sequence[Member]) -> list[str]:
    reached = [member.name if not member.away else member.stand_in_name for member in held]
    return [name for name in dict.fromkeys(reached) if name]


def _away(held: Sequence[Member]) -> list[str]:
    return [member.name for member in held if member.away]
