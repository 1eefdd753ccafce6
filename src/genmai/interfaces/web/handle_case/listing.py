"""All matters in the viewer's scope. Every filter stands in the address, so a view can be sent to a colleague."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast, overload
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from genmai.directory.roster.models import Organisation
from genmai.directory.roster.queries import children, organisations_by_code, organisations_by_id
from genmai.interfaces.web.edge.posting import new_key
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.handle_case import words
from genmai.interfaces.web.handle_case.rows import rows
from genmai.interfaces.web.shell.view_models import ChosenFilter, Key, Tab
from genmai.kernel.viewer import Viewer
from genmai.processes.cases import mechanism
from genmai.processes.cases.definition import CasesSection
from genmai.processes.cases.models import Case
from genmai.processes.cases.queries import lists
from genmai.reports.exports.shape import Asked

PAGE = 50
LATE = "late"


class Found(Sequence[Case]):
    """The matching cases, read one page at a time; `total` was counted with the tabs."""

    def __init__(self, viewer: Viewer, filters: lists.Filters, total: int) -> None:
        self.viewer, self.filters, self.total = viewer, filters, total

    def __len__(self) -> int:
        return self.total

    @overload
    def __getitem__(self, index: int) -> Case: ...
    @overload
    def __getitem__(self, index: slice) -> list[Case]: ...
    def __getitem__(self, index: int | slice) -> Case | list[Case]:
        if isinstance(index, int):
            return self[index : index + 1][0]
        start, stop = index.start or 0, index.stop or self.total
        return lists.page(self.viewer, filters=self.filters, offset=start, limit=max(stop - start, 0))[0]


@never_cache
@signed_in
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """One page of the list, with the number in each state."""
    asked = cast(AskedRequest, request)
    viewer, query = asked.viewer, request.GET
    around = _organisations(viewer, query, asked)
    filters = read(query, around, viewer.organisation_id)
    counts = lists.counts(viewer, filters=replace(filters, states=()))
    total = sum(n for state, n in counts.items() if not filters.states or state in filters.states)
    paginator = Paginator(Found(viewer, filters, total), PAGE)
    page = paginator.get_page(query.get("page"))
    page.object_list = cast(Any, rows(viewer, list(page.object_list), asked.now))
    definition = mechanism.definition_of(mechanism.loop())
    context = {
        "nav_key": "cases", "now": asked.now, "page": page, "tabs": tabs(query, filters, counts), "q": filters.words,
        "selects": _selects(filters, definition, around), "late": filters.late, "undecided": filters.undecided, "order": filters.order,
        "state": filters.states[0] if filters.states else "", "view_query": canonical(query), "view_key": new_key(),
        "chosen": _chosen(query, filters, definition, around), "keys": [Key("f", gettext("只看超时的"), "#late")],
    }  # fmt: skip
    return render(request, "handle_case/list.html", context)


# What an address may hold besides its page, in the order it is written: two addresses of one view are the same.
NAMES = ("mine", "state", LATE, "undecided", "subject", "level", "channel", "org", "q", "order")
ORDERS: Mapping[str, lists.Order] = {"deadline": "deadline", "oldest": "oldest"}


def canonical(query: QueryDict) -> str:
    """The filters of an address alone, always in one order; empty when nothing is narrowed."""
    given = [(name, str(query.get(name, "")).strip()[:60]) for name in NAMES]
    return urlencode([(name, value) for name, value in given if value])


def read(query: QueryDict, around: Mapping[str, Organisation], own: int | None = None) -> lists.Filters:
    """The filters of an address; what makes no sense is left out. `own`: the organisation that `mine` means."""
    state, level = query.get("state", ""), query.get("level", "")
    organisation = around.get(query.get("org", ""))
    return lists.Filters(
        states=(state,) if state in words.TABS else (),
        late=query.get(LATE) == "1",
        category=query.get("subject", "") if query.get("subject", "") in mechanism.taxonomy() else "",
        level=int(level) if level.isdigit() and int(level) in words.LEVELS else None,
        channel=query.get("channel", "")[:12],
        organisation_id=organisation.id if organisation else None,
        undecided=query.get("undecided") == "1",
        holder_id=own if query.get("mine") == "1" else None,
        words=query.get("q", "").replace("\x00", "").strip()[:60],
        order=ORDERS.get(query.get("order", ""), "newest"),
    )


def filters_in_words(
    viewer: Viewer, query: QueryDict, asked: AskedRequest | Asked
) -> tuple[lists.Filters, list[tuple[str, str]]]:
    """The same filters for a file, and what they narrow the list to in words."""
    around = _organisations(viewer, query, asked)
    filters = read(query, around, viewer.organisation_id)
    definition = mechanism.definition_of(mechanism.loop())
    said = [words.badge(filters.states[0])[1]] if filters.states else []
    said += [one.label for one in _chosen(query, filters, definition, around)]
    return filters, [(gettext("条件"), gettext("、").join(said))] if said else []


def _organisations(viewer: Viewer, query: QueryDict, asked: AskedRequest | Asked) -> dict[str, Organisation]:
    """What can be chosen as a place: what lies directly below the viewer's organisation, and the one in the address."""
    return around_of(viewer, [query.get("org", "")], asked)


def around_of(viewer: Viewer, codes: Sequence[str], asked: AskedRequest | Asked) -> dict[str, Organisation]:
    """By code: what lies directly below the viewer's organisation, and those named, if in scope."""
    own = organisations_by_id(viewer, ids=[viewer.organisation_id or 0], at=asked.now).get(viewer.organisation_id or 0)
    below = children(viewer, organisation=own, at=asked.now) if own else []
    found = {one.code: one for one in below}
    return {**found, **named_in(viewer, codes, asked)}


def named_in(viewer: Viewer, codes: Sequence[str], asked: AskedRequest | Asked) -> dict[str, Organisation]:
    """By code: the organisations that addresses name; no query where they name none."""
    plain = sorted({code[:40].replace("\x00", "") for code in codes} - {""})
    return dict(organisations_by_code(viewer, codes=plain, at=asked.now)) if plain else {}


def tabs(query: QueryDict, filters: lists.Filters, counts: Mapping[str, int]) -> list[Tab]:
    """One tab a state that has any, and all."""
    chosen = filters.states[0] if filters.states else ""
    found = [Tab(gettext("全部"), _with(query, state=""), not chosen, lists.said(*counts.values()))]
    shown = [state for state in words.TABS if counts.get(state) or state == chosen]
    found += [
        Tab(words.badge(one)[1], _with(query, state=one), one == chosen, lists.said(counts.get(one, 0)))
        for one in shown
    ]
    return found


def _with(query: QueryDict, **changes: str) -> str:
    """The address with these filters changed, from its first page."""
    kept = query.copy()
    kept.pop("page", None)
    for name, value in changes.items():
        kept.pop(name, None)
        if value:
            kept[name] = value
    return f"?{kept.urlencode()}" if kept else "?"


def _selects(
    filters: lists.Filters, definition: CasesSection, around: Mapping[str, Organisation]
) -> list[tuple[str, str, str, list[tuple[str, str]]]]:
    """Name, label, chosen, choices of each list."""
    subjects = [(one.code, _subject(one)) for one in mechanism.taxonomy().children()]
    if filters.category and len(filters.category) > 2:
        subjects.append((filters.category, _subject(mechanism.taxonomy().lookup(filters.category))))
    chosen = next((o.code for o in around.values() if o.id == filters.organisation_id), "")
    places = [(one.code, one.short_name) for one in around.values()]
    return [
        ("org", gettext("地方、单位"), chosen, places),
        ("subject", gettext("类别"), filters.category, subjects),
        ("level", gettext("在哪一级"), str(filters.level or ""), [(str(k), str(v)) for k, v in words.LEVELS.items()]),
        (
            "channel",
            gettext("怎么来的"),
            filters.channel,
            [(k, words.say(c.title)) for k, c in definition.channels.items()],
        ),
    ]


def _subject(category: Any) -> str:
    return str(category.title_en if get_language() == "en" else category.title)


def _chosen(
    query: QueryDict, filters: lists.Filters, definition: CasesSection, around: Mapping[str, Organisation]
) -> list[ChosenFilter]:
    """The filters in force, each with the address without it."""
    found = []
    if filters.late:
        found.append(ChosenFilter(gettext("超时的"), _with(query, late="")))
    if filters.holder_id:
        found.append(ChosenFilter(gettext("轮到本单位办的"), _with(query, mine="")))
    if filters.undecided:
        found.append(ChosenFilter(gettext("还没定给谁的"), _with(query, undecided="")))
    if filters.words:
        found.append(ChosenFilter(f"“{filters.words}”", _with(query, q="")))
    for name, _label, value, choices in _selects(filters, definition, around):
        label = dict(choices).get(value, "") if value else ""
        if label:
            found.append(ChosenFilter(label, _with(query, **{name: ""})))
    return found
