"""My work: one inbox of everything that waits for my organisation, the nearest deadline first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from genmai.interfaces.web.edge.posting import new_key
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.handle_case import words
from genmai.interfaces.web.handle_case.actions import ACTIONS
from genmai.interfaces.web.handle_case.rows import row
from genmai.interfaces.web.leave.notes import notes
from genmai.interfaces.web.my_work import membership
from genmai.interfaces.web.my_work.notices import NoticeLine, lines
from genmai.interfaces.web.shell.navigation import HANDLING
from genmai.interfaces.web.shell.view_models import Key, MatterRow
from genmai.kernel.viewer import Viewer
from genmai.processes.cases.flow import FLOW
from genmai.processes.cases.mechanism import definition_of
from genmai.processes.cases.queries import lists
from genmai.processes.cases.queries.lists import Waiting
from genmai.processes.cases.queries.marks import Mark, marks
from genmai.processes.cases.queries.ratings import waiting_for_word

SHOWN = 60
NOTICES_SINCE = timedelta(days=7)
ONE_TAP = frozenset({"accept"})  # nothing to fill in: done from the list


@dataclass(frozen=True)
class WorkLine:
    """One matter that waits: what is to be done, the button that does it."""

    matter: MatterRow
    to_do: str
    also: tuple[str, ...]
    url: str
    action: str  # where to POST, when one tap is enough
    key: UUID
    seen: int


@never_cache
@signed_in
@require_safe
def my_work(request: HttpRequest) -> HttpResponse:
    """Everything waiting, overdue first, and what we were told in the last days."""
    asked = cast(AskedRequest, request)
    waiting = lists.inbox(asked.viewer, limit=SHOWN)
    found = marks(asked.viewer, cases=[one.case for one in waiting])
    work = [_line(one, found, asked) for one in waiting]
    late = [one for one in work if one.matter.due_at and one.matter.due_at < asked.now]
    people = membership.lines(asked)
    context = {
        "nav_key": "inbox", "now": asked.now,
        "groups": _groups(late, [one for one in work if one not in late]),
        "late": len(late), "all": len(work), "more": len(work) >= SHOWN,
        "cases_url": reverse("cases") if asked.viewer.role in HANDLING else "",
        "membership": people, "people_more": membership.crowded(people), "scores": _scores(asked), "notices": _notices(asked), "leave": notes(asked.viewer, at=asked.now), "keys": [Key("a", gettext("办第一件"), "[data-first] .button")],
    }  # fmt: skip
    return render(request, "my_work/my_work.html", context)


def _groups(late: Sequence[WorkLine], rest: Sequence[WorkLine]) -> list[tuple[str, Sequence[WorkLine]]]:
    named = [(gettext("已经超时"), late), (gettext("等着办"), rest)]
    return [(title, lines) for title, lines in named if lines]


def _line(waiting: Waiting, found: Mapping[int, Mark], asked: AskedRequest) -> WorkLine:
    case, milestone = waiting.case, waiting.milestone
    definition = definition_of(case.mechanism)
    what = [_to_do(definition, one) for one in (milestone, *waiting.also)]
    to_do, verb = next(
        ((w, v) for w, v in what if _fits(v, case.state) and _may(asked.viewer, v)), (gettext("看看"), "")
    )
    mark = Mark(due=milestone, late=waiting.late, callers=found[case.id].callers)
    url = reverse("case", args=[case.public_id])
    desk = reverse("dispatch_desk") if verb == "dispatch" else ""
    return WorkLine(
        matter=row(case, mark, asked.now),
        to_do=to_do,
        also=tuple(w for w, _verb in what if w != to_do),
        url=f"{desk}?case={case.public_id}" if desk else url,
        action=reverse("case_do", args=[case.public_id, verb]) if verb in ONE_TAP else "",
        key=new_key(),
        seen=case.version,
    )


def _to_do(definition: Any, milestone: Any) -> tuple[str, str]:
    kind = milestone.request.kind if milestone.request_id else ""
    return words.to_do(definition, milestone.key, kind)


def _fits(verb: str, state: str) -> bool:
    """Whether it is the next thing as matters stand: nobody answers what nobody has accepted."""
    if verb.startswith(("decide_", "answer_")):
        return True
    if not verb or (state == "dispatched" and verb == "contact"):
        return False
    return FLOW.allows(state, verb)


def _may(viewer: Viewer, verb: str) -> bool:
    """Whether the reader's own role does this: a leader reads the office's inbox and presses none of its buttons."""
    steps = ACTIONS[verb].steps if verb in ACTIONS else ()
    return all(viewer.may(FLOW.row(step).who, viewer.path) for step in steps)


def _scores(asked: AskedRequest) -> list[tuple[str, str]]:
    """Calls our side may still say something of: (address, what of). Nobody is late with it; it is no limit."""
    found = waiting_for_word(asked.viewer, at=asked.now)
    own = asked.viewer.organisation_id
    return [
        (
            f"{reverse('case', args=[one.body.case.public_id])}?do=rate_call#do-rate_call",
            words.told(
                gettext("评{who}").format(who=(one.department if one.town_id == own else one.town).short_name),
                words.title_of(one.body.case, 30),
            ),
        )
        for one in found
    ]


def _notices(asked: AskedRequest) -> list[NoticeLine]:
    return lines(asked.viewer, since=asked.now - NOTICES_SINCE)
