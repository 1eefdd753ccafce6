"""Which part of the Party tree the address narrows to, on which day; outside one's grants there is nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest

from genmai.directory.roster.models import Organisation, Tree
from genmai.directory.roster.queries import children, ids_of, organisations_by_code, organisations_by_id
from genmai.directory.roster.queries.membership_sql import reached
from genmai.directory.territory.days import SHANGHAI, day_of
from genmai.interfaces.web.edge.viewing import AskedRequest
from genmai.interfaces.web.shell.past_day import past_day
from genmai.interfaces.web.shell.view_models import Crumb
from genmai.kernel.refusal import NotFound, NotPermitted
from genmai.kernel.viewer import Reach, Viewer


@dataclass(frozen=True)
class Scope:
    """`body` None: all of one's subtrees together. `below`: what can be narrowed to next."""

    viewer: Viewer
    body: Organisation | None
    day: date
    today: date
    below: list[Organisation]
    trail: list[Crumb]
    known: date | None = None  # as known on that day; None: as known now

    @property
    def known_at(self) -> datetime | None:
        """The end of the day whose knowledge counts."""
        return datetime.combine(self.known + timedelta(days=1), time(), SHANGHAI) if self.known else None

    @property
    def path(self) -> str:
        return self.body.path if self.body else ""

    @property
    def past(self) -> bool:
        return self.day != self.today or self.known is not None


def check_sees(viewer: Viewer) -> tuple[str, ...]:
    """The subtrees in which the viewer sees members. Raises NotPermitted."""
    paths = reached(viewer)
    if not paths:
        raise NotPermitted(
            "not_permitted", "党员名册给党组织自己看，您的账号在党组织树上没有授权；要看，请找本级党组织"
        )
    return paths


def scope_of(asked: AskedRequest, address: str) -> Scope:
    """From `branch` (a code) and `day` in the address. Four queries at most. Raises NotFound, NotPermitted, BadInput."""
    found = asked_scope(asked.viewer, asked.GET, asked.now)
    below = children(asked.viewer, organisation=found.body, at=asked.now, tree=Tree.PARTY) if found.body else []
    return replace(found, below=below, trail=_trail(asked, found.body, check_sees(asked.viewer), address))


def asked_scope(viewer: Viewer, given: Mapping[str, str], now: datetime) -> Scope:
    """The same without what a page draws around it: for a sheet."""
    paths, today = check_sees(viewer), day_of(now)
    typed = given.get("below") or given.get("branch", "")  # what was chosen last narrows further
    code = typed.replace("\x00", "").strip()
    body = named(viewer, code, now) if code else _only(viewer, paths, now)
    return Scope(viewer, body, past_day(given.get("day", ""), today), today, [], [], _known(given, today))


def with_code(asked: AskedRequest, code: str) -> Organisation | None:
    """The organisation of one's own with exactly this code, if there is one."""
    try:
        return named(asked.viewer, code, asked.now)
    except NotFound:
        return None


def kept_branch(viewer: Viewer, code: str, asked: AskedRequest) -> Organisation:
    """A branch of a code whose members the viewer keeps. Raises NotFound."""
    body = named(viewer, code, asked.now)
    if not viewer.may("members:keep", body.path, Reach.CAPTURE, tree=Tree.PARTY):
        raise NotFound("没有找到，或者不在您能登记的范围内")
    return body


def named(viewer: Viewer, code: str, now: datetime) -> Organisation:
    """A body of a code within the viewer's scope. Raises NotFound."""
    code = code.replace("\x00", "").strip()[:40]
    found = organisations_by_code(viewer, codes=[code], at=now, tree=Tree.PARTY).get(code)
    if found is None or not found.path or not any(found.path.startswith(path) for path in reached(viewer)):
        raise NotFound
    return found


def _only(viewer: Viewer, paths: tuple[str, ...], now: datetime) -> Organisation | None:
    if len(paths) != 1:
        return None
    head = ids_of(paths[0])[-1]
    return organisations_by_id(viewer, ids=[head], at=now, tree=Tree.PARTY).get(head)


def _known(given: Mapping[str, str], today: date) -> date | None:
    """The day whose knowledge counts; today and nothing are the same."""
    day = past_day(given.get("known", ""), today)
    return None if day == today else day


def _trail(asked: AskedRequest, body: Organisation | None, paths: tuple[str, ...], address: str) -> list[Crumb]:
    """From the top of one's own subtree down; what lies above it is not one's own."""
    if body is None:
        return []
    own = next(path for path in paths if body.path.startswith(path))
    line = [*ids_of(own)[-1:], *ids_of(body.path[len(own) :])]
    found = organisations_by_id(asked.viewer, ids=line, at=asked.now, tree=Tree.PARTY)
    bodies = [found[identity] for identity in line if identity in found]
    kept = {name: asked.GET[name] for name in ("day", "known") if asked.GET.get(name)}
    return [
        Crumb(one.short_name, "" if one.pk == body.pk else f"{address}?{urlencode({'branch': one.code, **kept})}")
        for one in bodies
    ]


def words_of(request: HttpRequest) -> str:
    """What was typed into the search."""
    return request.GET.get("q", "").replace("\x00", "").strip()[:40]
