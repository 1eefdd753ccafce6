"""Which list, which part of its tree, on which day, as known when: from the address; outside one's grants there is nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from genmai.directory.roster.models import Organisation
from genmai.directory.roster.queries import ids_of, organisations_by_id
from genmai.directory.territory.days import SHANGHAI, day_of
from genmai.interfaces.web.edge.viewing import AskedRequest
from genmai.interfaces.web.shell.past_day import past_day
from genmai.interfaces.web.shell.view_models import Crumb, Tab
from genmai.interfaces.web.standards import words
from genmai.kernel.refusal import NotFound, NotPermitted
from genmai.kernel.viewer import Reach, Viewer
from genmai.processes.registers.standards import policies
from genmai.processes.registers.standards.mechanism import Installed, installed, named
from genmai.processes.registers.standards.queries import lists


@dataclass(frozen=True)
class Scope:
    """`path`: of `body`, or of one's only subtree. `known_at` None: as known today."""

    viewer: Viewer
    one: Installed
    body: Organisation
    day: date
    today: date
    known_at: datetime | None

    @property
    def path(self) -> str:
        return self.body.path

    @property
    def past(self) -> bool:
        return self.day != self.today

    @property
    def query(self) -> str:
        """The same day and knowledge, for links."""
        kept = {"day": self.day.isoformat()} if self.past else {}
        return urlencode(kept | ({"then": "1"} if self.known_at is not None else {}))


def lists_for(viewer: Viewer) -> list[Installed]:
    """The lists in whose tree the viewer sees something. Raises NotPermitted."""
    found = [one for one in installed().values() if policies.reached(viewer, one.standard)]
    if not found:
        raise NotPermitted("not_permitted", "亮显清单给党组织看，您的账号在党组织树上没有授权；要看，请找本级党组织")
    return found


def scope_of(viewer: Viewer, key: str, given: Mapping[str, str], now: datetime, code: str = "") -> Scope:
    """From `body` (a code), `day` and `then` in the address. Raises NotFound, NotPermitted, BadInput."""
    lists_for(viewer)
    one = named(key)
    heads = policies.reached(viewer, one.standard)
    if not heads:
        raise NotFound
    today = day_of(now)
    day = past_day(given.get("day", ""), today)
    wanted = (code or given.get("body", "")).replace("\x00", "").strip()[:40]
    if wanted:
        body = lists.body(viewer, one=one, code=wanted, day=today)
    else:
        head = ids_of(heads[0])[-1]
        body = organisations_by_id(viewer, ids=[head], at=now, tree=one.standard.tree)[head]
    known = None
    if given.get("then") and day != today:
        known = datetime.combine(day + timedelta(days=1), time(), SHANGHAI).astimezone(UTC)
    return Scope(viewer, one, body, day, today, known)


def asked_scope(asked: AskedRequest, key: str, code: str = "") -> Scope:
    """Of a request."""
    return scope_of(asked.viewer, key, asked.GET, asked.now, code)


def trail(asked: AskedRequest, scope: Scope) -> list[Crumb]:
    """From the top of one's own subtree down to the body, each with its coverage."""
    heads = policies.reached(asked.viewer, scope.one.standard)
    own = next((head for head in heads if scope.path.startswith(head)), scope.path)
    line = [*ids_of(own)[-1:], *ids_of(scope.path[len(own) :])]
    found = organisations_by_id(asked.viewer, ids=line, at=asked.now, tree=scope.one.standard.tree)
    address = reverse("standard", args=[scope.one.key])
    bodies = [found[identity] for identity in line if identity in found]
    return [
        Crumb(body.short_name, "" if body.pk == scope.body.pk else f"{address}?body={body.code}&{scope.query}")
        for body in bodies
    ]


def tabs(asked: AskedRequest, scope: Scope, current: str) -> list[Tab]:
    """The list's pages that are for this person; each keeps the body and the day."""
    key, kept = scope.one.key, f"?body={scope.body.code}&{scope.query}".rstrip("&")
    reviews = bool(policies.reached(asked.viewer, scope.one.standard, policies.REVIEW, Reach.CAPTURE))
    found = [
        Tab(_("总的情况"), reverse("standard", args=[key]) + kept, current == "coverage"),
        Tab(_("还差的单位"), reverse("standard_lacking", args=[key]) + kept, current == "lacking"),
        Tab(_("本单位的"), reverse("standard_body", args=[key, scope.body.code]) + f"?{scope.query}", current == "one"),
    ]
    if reviews and scope.one.standard.review:
        found.append(Tab(_("等着看的"), reverse("standard_waiting", args=[key]), current == "waiting"))
    if scope.one.standard.named_classes:
        found.append(Tab(_("在里面的单位"), reverse("standard_units", args=[key]), current == "units"))
    return found


def head(scope: Scope) -> dict[str, object]:
    """What stands above every page of a list."""
    standard = scope.one.standard
    return {
        "nav_key": "standards", "scope": scope, "standard": scope.one, "title": words.say(standard.title),
        "about": words.say(standard.about), "source": words.SOURCES[standard.text], "today": scope.today,
    }  # fmt: skip
