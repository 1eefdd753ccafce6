"""What of the membership waits for me, as lines of my work: what it is, until when, and the page where it is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from genmai.directory.access.keepers import kept_below
from genmai.directory.roster import mechanism
from genmai.directory.roster.queries.waiting import LIMIT, TERMS, Waiting, waiting
from genmai.directory.territory.days import day_of
from genmai.interfaces.web.edge.viewing import AskedRequest
from genmai.interfaces.web.members.words import say


@dataclass(frozen=True)
class Line:
    """One thing that waits; `late` when its day is over."""

    what: str
    who: str
    limit: date | None
    days: int | None
    late: bool
    url: str
    to_do: str


def _waiting(asked: AskedRequest) -> Waiting:
    """What is nearest to me: what a branch or town below can do itself is in their work, not in mine."""
    return waiting(asked.viewer, at=asked.now, but_below=kept_below(asked.viewer, at=asked.now))


def lines(asked: AskedRequest) -> list[Line]:
    """Those past their day first, then by day; proposals have none and come last."""
    found, today = _waiting(asked), day_of(asked.now)

    def line(what: str, who: str, limit: date | None, url: str, to_do: str) -> Line:
        days = (limit - today).days if limit else None
        return Line(what, who, limit, days, days is not None and days < 0, url, to_do)

    timers = mechanism.members().timers
    made = [
        *(line(_("转来的党员等着接收"), f"{one.person.display_name} → {one.to_branch.short_name}", one.expires_on,
               reverse("members_transfers"), _("接收或退回")) for one in found.transfers),
        *(line(_("介绍信等回执"), f"{one.person.display_name} → {one.place}", one.expires_on,
               reverse("members_letters"), _("登记回执")) for one in found.letters),
        *(line(_("届满了还没有换届"), one.organisation.short_name, one.planned_end,
               reverse("body_posts", args=[one.organisation.public_id]), _("登记换届")) for one in found.terms),
        *(line(_("下派到期了还没有结束"), f"{one.person.display_name} {one.host.short_name}", one.planned_end,
               reverse("body_posts", args=[one.host.public_id]), _("结束下派")) for one in found.assignments),
        *(line(say(timers[one.timer].title) if one.timer in timers else one.timer, one.person.display_name, None,
               reverse("members_proposal", args=[one.public_id]), _("研究")) for one in found.proposals),
    ]  # fmt: skip
    return sorted(made, key=lambda one: one.limit or date.max)


def crowded(found: Sequence[Line]) -> bool:
    """Whether some list was cut: the rest comes up as these are done."""
    each = Counter(one.to_do for one in found)
    return any(n >= (TERMS if to_do == _("登记换届") else LIMIT) for to_do, n in each.items())
