"""What waits in a unit now, each number leading to its list; and what changed there lately, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from genmai.interfaces.web.handle_case import history, words
from genmai.interfaces.web.shell.view_models import Event
from genmai.interfaces.web.unit.question import Question
from genmai.kernel.viewer import Viewer
from genmai.measures.scores.case_figures import PERMISSION
from genmai.processes.cases.flow import OPEN
from genmai.processes.cases.mechanism import definition_of
from genmai.processes.cases.models import Case
from genmai.processes.cases.queries import lists
from genmai.processes.cases.queries.matter import Moment
from genmai.records.deeds.kinds import title
from genmai.records.deeds.models import Deed
from genmai.records.deeds.queries import latest

LATELY = 8


@dataclass(frozen=True)
class Waits:
    """So many matters, in a state people can name, and the list of them."""

    kind: str
    word: str
    count: int
    url: str


@dataclass(frozen=True)
class Standing:
    """All open matters of a unit: how many, how many late, and by state."""

    open: int
    late: int
    late_url: str
    all_url: str
    by_state: tuple[Waits, ...]


def cases_url(code: str, **more: str) -> str:
    """The list of the matters of a unit."""
    return f"{reverse('cases')}?{urlencode({'org': code, **more})}"


def standing(viewer: Viewer, asked: Question) -> Standing:
    """Counted now, whatever day the figures are asked for. Two queries."""
    unit = asked.unit
    counts = lists.counts(viewer, filters=lists.Filters(organisation_id=unit.pk))
    late = sum(lists.counts(viewer, filters=lists.Filters(organisation_id=unit.pk, late=True)).values())
    found = [
        Waits(*words.badge(state), counts[state], cases_url(unit.code, state=state))
        for state in OPEN
        if counts.get(state)
    ]
    every = sum(one.count for one in found)
    return Standing(every, late, cases_url(unit.code, late="1"), cases_url(unit.code), tuple(found))


def lately(viewer: Viewer, asked: Question) -> list[Event]:
    """The last things done here, each leading to its matter; no person is named. Two queries."""
    unit = asked.unit
    found = latest(
        viewer,
        path=unit.path,
        permission=PERMISSION,
        known_at=asked.known_at,
        without=history.BOOKKEEPING,
        limit=LATELY,
    )
    cases = cases_of(viewer, found)
    found.sort(key=lambda deed: (deed.at, deed.pk), reverse=True)
    return [_event(deed, cases.get(deed.source_id)) for deed in found]


def cases_of(viewer: Viewer, deeds: Iterable[Deed]) -> dict[object, Case]:
    """The matters of these deeds the viewer may see, by public id. One query."""
    ids = {deed.source_id for deed in deeds}
    rows = lists.visible(viewer).filter(public_id__in=ids).defer("words", "reach", "answers")
    return {case.public_id: case for case in rows}


def case_link(case: Case | None) -> str:
    return reverse("case", args=[case.public_id]) if case else ""


def deed_words(deed: Deed, case: Case | None) -> tuple[str, str]:
    """Shape and words of a deed: what happened, and the one fact that tells it apart."""
    if case is None:
        return "noted", _(title(deed.kind))
    event = history.events(definition_of(case.mechanism), case, [Moment(deed, None, case)], {}).all[0]
    return event.state, event.what


def _event(deed: Deed, case: Case | None) -> Event:
    shape, what = deed_words(deed, case)
    by = deed.organisation.short_name if deed.organisation else ""
    about = words.title_of(case, 40) if case else ""
    return Event(at=deed.at, what=what, by=by, said=about, state=shape, url=case_link(case))
