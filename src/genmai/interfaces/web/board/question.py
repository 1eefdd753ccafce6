"""Which place a board is of, and the address behind every number on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.urls import NoReverseMatch, reverse

from genmai.directory.roster.models import Organisation
from genmai.directory.roster.queries import organisation
from genmai.interfaces.web.handle_case import words
from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Viewer
from genmai.processes.cases import mechanism
from genmai.processes.cases.flow import OPEN
from genmai.reports.board.policies import check_board, within
from genmai.reports.board.standing import NO_SUBJECT, Place, Slice

TODAY, HOUR = "today", "hour"


@dataclass(frozen=True)
class Question:
    """One place at one moment. `own`: the viewer's own organisation, which no address needs to name."""

    unit: Organisation
    now: datetime
    own: bool
    viewer: Viewer  # looking at this place only

    @property
    def place(self) -> Place:
        return Place(self.unit.pk, self.unit.path)

    def board(self, unit: Organisation | None = None) -> str:
        """The board of this place, or of one below it."""
        return self._with("board", {} if unit is None else {"unit": str(unit.public_id)})

    def wall(self) -> str:
        return self._with("board_wall", {})

    def matters(self, **part: object) -> str:
        """The matters behind a number."""
        kept = {
            name: "1" if value is True else str(value) for name, value in part.items() if value not in (None, "", False)
        }
        return self._with("board_matters", kept)

    def bank(self) -> str:
        """The problem bank, where there is a page of it."""
        try:
            return reverse("problem_bank")
        except NoReverseMatch:
            return ""

    def figure(self, key: str, month: str) -> str:
        """The deeds behind a rate."""
        return f"{reverse('unit_deeds', args=[self.unit.public_id])}?{urlencode({'figure': key, 'month': month})}"

    def _with(self, name: str, asked: Mapping[str, str]) -> str:
        unit = {} if self.own or "unit" in asked else {"unit": str(self.unit.public_id)}
        found = {**unit, **asked}
        return f"{reverse(name)}?{urlencode(found)}" if found else reverse(name)


def read(viewer: Viewer, query: Mapping[str, str], now: datetime) -> Question:
    """The place of an address: one's own, or one below it. Raises NotPermitted, NotFound."""
    named = query.get("unit", "")
    if named:
        try:
            known = Organisation.objects.filter(public_id=UUID(named)).values_list("pk", flat=True).first()
        except ValueError:
            known = None
    else:
        known = viewer.organisation_id
    if known is None:
        check_board(viewer, viewer.path)
        raise NotFound
    unit = organisation(viewer, at=now, identity=known)
    check_board(viewer, unit.path)
    return Question(unit, now, unit.pk == viewer.organisation_id, within(viewer, unit.path))


def slice_of(query: Mapping[str, str]) -> Slice:
    """The part of the open matters an address asks for; what makes no sense is left out."""
    level, body, subject = query.get("level", ""), query.get("body", ""), query.get("subject", "")
    return Slice(
        state=query.get("state", "") if query.get("state", "") in OPEN else "",
        level=int(level) if level.isdigit() and int(level) in words.LEVELS else None,
        subject=subject if subject == NO_SUBJECT or subject in mechanism.taxonomy() else "",
        body=int(body) if body.isdigit() and len(body) < 18 else None,
        late=query.get("late") == "1",
        soon=query.get("soon") == "1",
        reopened=query.get("reopened") == "1",
    )
