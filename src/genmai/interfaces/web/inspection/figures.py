"""A round's figures on the screen, and the deeds behind each number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from genmai.directory.roster.models import Organisation
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.handle_case.words import say
from genmai.interfaces.web.inspection import rows
from genmai.interfaces.web.shell.view_models import Crumb, Figure
from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Viewer
from genmai.processes.cases.models import Round
from genmai.processes.cases.queries import rounds as read
from genmai.processes.cases.round_figures import CELLS, Standing, Tally, behind
from genmai.records.deeds.kinds import title
from genmai.reports.circular.figures import RoundFigures
from genmai.reports.circular.figures import figures as round_figures

CELL_WORDS = {
    "found": _("发现的问题"), "rectified": _("已整改的"), "on_time": _("按期整改的"), "late": _("超期整改的"),
    "open": _("没改好的"), "overdue": _("超期没改好的"), "checked": _("复查过的"), "passed": _("一次复查通过的"),
    "reworked": _("退回重改的"), "on_site": _("到现场复查的"),
}  # fmt: skip
HEADS = {
    "found": _("发现"), "on_time": _("按期整改"), "late": _("超期整改"), "open": _("没改好"), "overdue": _("其中超期"),
    "checked": _("复查"), "passed": _("一次通过"),
}  # fmt: skip
COLUMNS = ("found", "on_time", "late", "open", "overdue", "checked", "passed")


@dataclass(frozen=True)
class Cell:
    """One number and the way to its deeds."""

    key: str
    label: str
    n: int
    url: str


@dataclass(frozen=True)
class TableRow:
    """A class or a body. `band`: how it stands, in words, with its shape."""

    name: str
    url: str
    cells: list[Cell]
    band: str = ""
    shape: str = ""


@dataclass(frozen=True)
class DeedLine:
    """One finding in a number, and the deed that puts it there."""

    no: int
    title: str
    url: str
    body: str
    what: str
    at: datetime
    by: str


def known_at(found: Round, now: datetime, asked: str) -> datetime:
    """Now, or the moment the circular was issued: its figures stay readable as they were."""
    return found.issued_at if asked == "issued" and found.issued_at is not None else now


def read_figures(viewer: Viewer, found: Round, at: datetime) -> RoundFigures:
    return round_figures(viewer, round=found, known_at=at)


def cards(found: Round, made: RoundFigures, now: datetime) -> list[Figure]:
    """The shares a leader asks for."""
    total = made.total
    on_site = sum(one.on_site > 0 for one in made.standings if not one.left_out)
    shares = (
        (_("整改率"), total.rectified, total.found, "rectified", _("已整改 / 发现")),
        (_("按期整改率"), total.on_time, total.rectified, "on_time", _("按期 / 已整改")),
        (_("一次复查通过率"), total.passed, total.checked, "passed", _("一次通过 / 复查过")),
        (_("到现场复查的"), on_site, total.checked, "on_site", _("到现场 / 复查过")),
    )
    return [
        Figure(
            name=str(name), numerator=numerator, denominator=denominator, as_of=made.as_of, rule=made.rule,
            url=address(found, cell, made, now), of_words=str(words),
        )
        for name, numerator, denominator, cell, words in shares
    ]  # fmt: skip


def by_class(found: Round, made: RoundFigures, now: datetime) -> list[TableRow]:
    rows_ = [
        TableRow(
            say(row.title), _listed(found, {"class": row.key}), _cells(found, made, now, row.tally, {"class": row.key})
        )
        for row in made.classes
    ]
    return [*rows_, TableRow(gettext("合计"), _listed(found, {}), _cells(found, made, now, made.total, {}))]


def by_body(found: Round, made: RoundFigures, now: datetime) -> list[TableRow]:
    """In list order, never ranked."""
    shapes = {"open": "in-hand", "late": "done", "on_time": "done"}
    found_rows = []
    for row in made.bodies:
        if row.tally.found:
            asked = {"body": str(row.body.public_id)}
            cells = _cells(found, made, now, row.tally, asked)
            shape = "late" if row.tally.overdue else shapes[row.band.when]
            found_rows.append(TableRow(row.body.name, _listed(found, asked), cells, say(row.band.title), shape))
    return found_rows


def _cells(found: Round, made: RoundFigures, now: datetime, one: Tally, asked: Mapping[str, str]) -> list[Cell]:
    return [Cell(key, str(HEADS[key]), getattr(one, key), address(found, key, made, now, asked)) for key in COLUMNS]


def _listed(found: Round, asked: Mapping[str, str]) -> str:
    here = reverse("inspection_findings", args=[found.public_id])
    return f"{here}?{urlencode(asked)}" if asked else here


def address(found: Round, cell: str, made: RoundFigures, now: datetime, asked: Mapping[str, str] | None = None) -> str:
    """Where a number opens to its deeds, as known at the same moment."""
    query = {"cell": cell, **(asked or {})}
    if made.as_of != now:
        query["known"] = "issued"
    return f"{reverse('inspection_deeds', args=[found.public_id])}?{urlencode(query)}"


@never_cache
@signed_in
@require_safe
def deeds(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The findings in one number and the deed of each; the number itself on top."""
    asked = cast(AskedRequest, request)
    viewer, found = asked.viewer, read.one(asked.viewer, public_id=public_id)
    cell, at, body, lines = opened(viewer, found, request.GET, asked.now)
    context = {
        "nav_key": "inspection", "now": asked.now, "round": found, "name": CELL_WORDS[cell], "as_of": at,
        "lines": lines, "rule": found.mechanism, "body": body, "cell": cell,
        "crumbs": [
            Crumb(gettext("暗访督查"), reverse("inspection")),
            Crumb(found.title, reverse("inspection_round", args=[found.public_id])),
            Crumb(str(CELL_WORDS[cell])),
        ],
    }  # fmt: skip
    return render(request, "inspection/deeds.html", context)


def opened(
    viewer: Viewer, found: Round, query: Mapping[str, str], now: datetime
) -> tuple[str, datetime, Organisation | None, list[DeedLine]]:
    """What an address opens: which number, as known when, of which body, and its lines. Raises NotFound."""
    cell = query.get("cell", "")
    if cell not in CELLS:
        raise NotFound()
    at = known_at(found, now, query.get("known", ""))
    body = _body(viewer, query.get("body", ""))
    standings = read.standings(viewer, round=found, known_at=at)
    counted = behind(standings, cell, at=at, service=query.get("class", ""), body_id=body.pk if body else None)
    return cell, at, body, _lines(viewer, found, counted)


def _body(viewer: Viewer, text: str) -> Organisation | None:
    if not text:
        return None
    try:
        return read.body(viewer, public_id=UUID(text))
    except ValueError as wrong:
        raise NotFound() from wrong


def _lines(viewer: Viewer, found: Round, counted: Iterable[tuple[Standing, int]]) -> list[DeedLine]:
    rows_ = list(counted)
    findings = read.findings_by_case(viewer, round=found, cases=[one.case for one, _deed in rows_])
    known = read.deeds_by_id(viewer, ids=[deed for _one, deed in rows_])
    lines = []
    for one, deed_id in rows_:
        finding, deed = findings[one.case], known[deed_id]
        by = deed.actor_organisation.short_name if deed.actor_organisation else gettext("系统")
        lines.append(
            DeedLine(
                no=finding.no,
                title=rows.title_of(finding.case, 40),
                url=reverse("inspection_finding", args=[finding.case.public_id]),
                body=(finding.case.lead or finding.body).short_name,
                what=gettext(title(deed.kind)),
                at=deed.at,
                by=by,
            )
        )
    return lines
