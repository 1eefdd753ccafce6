"""A subtree's figure on a day, who lacks what, and what waits to be looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from genmai.directory.roster.queries import organisations_by_id
from genmai.directory.territory.days import SHANGHAI
from genmai.interfaces.web.edge.posting import new_key
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.estates.listing import Told
from genmai.interfaces.web.standards import words
from genmai.interfaces.web.standards.scope import Scope, asked_scope, head, tabs, trail
from genmai.processes.registers.standards.owed import Asked
from genmai.processes.registers.standards.queries import coverage as figures
from genmai.processes.registers.standards.queries import lists
from genmai.processes.registers.standards.queries.coverage import Part


@dataclass(frozen=True)
class Line:
    """One line of a table: what it is called, its address, its figure, and where those who lack it are."""

    title: str
    url: str
    part: Part
    lacking: str


@signed_in
@require_safe
def page(request: HttpRequest, key: str) -> HttpResponse:
    """n of d for the subtree, by what lies below, by class, by item."""
    asked = cast(AskedRequest, request)
    scope = asked_scope(asked, key)
    found = figures.covered(asked.viewer, one=scope.one, path=scope.path, day=scope.day, known_at=scope.known_at)
    tables = [
        (_("下级"), _below(asked, scope, found.below)),
        (_("哪一类单位"), _classes(scope, found.classes)),
        (_("哪一条"), _items(scope, found.items)),
    ]
    end = datetime.combine(scope.day + timedelta(days=1), time(), SHANGHAI)
    context = head(scope) | {
        "now": asked.now, "trail": trail(asked, scope), "tabs": tabs(asked, scope, "coverage"), "whole": found.whole,
        "tables": [(title, rows) for title, rows in tables if rows], "rule": figures.RULE,
        "as_of": min(end, asked.now), "lacking": _lacking(scope),
    }  # fmt: skip
    return render(request, "standards/coverage.html", context)


def _lacking(scope: Scope, **narrowed: str) -> str:
    address = f"{reverse('standard_lacking', args=[scope.one.key])}?body={scope.body.code}"
    more = "".join(f"&{name}={value}" for name, value in narrowed.items())
    return f"{address}{more}" + (f"&{scope.query}" if scope.query else "")


def _below(asked: AskedRequest, scope: Scope, parts: dict[str, Part]) -> list[Line]:
    """Each body directly below with all that is its; the body itself on its own line."""
    ids = [int(key) for key in parts if key]
    found = organisations_by_id(asked.viewer, ids=ids, at=asked.now, tree=scope.one.standard.tree)
    rows = []
    for body in sorted(found.values(), key=lambda body: body.code):
        address = f"{reverse('standard', args=[scope.one.key])}?body={body.code}"
        more = f"&{scope.query}" if scope.query else ""
        lacking = f"{reverse('standard_lacking', args=[scope.one.key])}?body={body.code}{more}"
        rows.append(Line(body.short_name, address + more, parts[str(body.pk)], lacking))
    if own := parts.get(""):
        address = f"{reverse('standard_body', args=[scope.one.key, scope.body.code])}?{scope.query}"
        rows.insert(0, Line(_("{body}自己").format(body=scope.body.short_name), address, own, ""))
    return rows


def _classes(scope: Scope, parts: dict[str, Part]) -> list[Line]:
    classes = scope.one.standard.classes
    return [
        Line(words.say(rule.title), "", parts[key], _lacking(scope, unit_class=key))
        for key, rule in classes.items()
        if key in parts
    ]


def _items(scope: Scope, parts: dict[str, Part]) -> list[Line]:
    rows = [(key, item) for key, item in scope.one.standard.in_order() if key in parts]
    return [Line(words.say(item.title), "", parts[key], _lacking(scope, item=key)) for key, item in rows]


@dataclass(frozen=True)
class Gap:
    """A body and the titles of what it lacks."""

    row: figures.Lacking
    titles: list[str]


def narrowed(scope: Scope, item: str, unit_class: str) -> Asked:
    """The filters of an address; what is not a choice is no filter."""
    standard = scope.one.standard
    return Asked(
        scope.path, scope.day, scope.known_at, item=item if item in standard.items else "",
        unit_class=unit_class if unit_class in standard.classes else "",
    )  # fmt: skip


@signed_in
@require_safe
def lacking(request: HttpRequest, key: str) -> HttpResponse:
    """Bodies that lack an item, each leading to its list."""
    asked = cast(AskedRequest, request)
    scope = asked_scope(asked, key)
    wanted = narrowed(scope, request.GET.get("item", ""), request.GET.get("unit_class", ""))
    number = _number(request)
    rows, total = figures.lacking(
        asked.viewer, one=scope.one, asked=wanted, offset=(number - 1) * figures.PAGE
    )  # fmt: skip
    items = scope.one.standard.items
    gaps = [Gap(row, [words.say(items[name].title) for name in row.items]) for row in rows]
    choices = [
        ("item", _("哪一条"), [(k, words.say(i.title)) for k, i in scope.one.standard.in_order()], wanted.item),
        (
            "unit_class", _("哪一类单位"), [(k, words.say(c.title)) for k, c in scope.one.standard.classes.items()],
            wanted.unit_class,
        ),
    ]  # fmt: skip
    context = head(scope) | {
        "now": asked.now, "trail": trail(asked, scope), "tabs": tabs(asked, scope, "lacking"), "rows": gaps,
        "page": Told(gaps, number, total, figures.PAGE), "total": total, "choices": choices,
    }  # fmt: skip
    return render(request, "standards/lacking.html", context)


@signed_in
@require_safe
def waiting(request: HttpRequest, key: str) -> HttpResponse:
    """Marks of bodies below that nobody has looked at, the oldest first."""
    asked = cast(AskedRequest, request)
    scope = asked_scope(asked, key)
    number = _number(request)
    found, total = lists.waiting(asked.viewer, one=scope.one, day=scope.today, offset=(number - 1) * lists.PAGE)
    items = scope.one.standard.items
    rows = [(mark, words.say(items[mark.item].title) if mark.item in items else mark.item, new_key()) for mark in found]
    context = head(scope) | {
        "now": asked.now, "trail": [], "tabs": tabs(asked, scope, "waiting"), "rows": rows,
        "page": Told(rows, number, total, lists.PAGE), "total": total,
    }  # fmt: skip
    return render(request, "standards/waiting.html", context)


def _number(request: HttpRequest) -> int:
    text = request.GET.get("page", "")
    return int(text) if text.isdigit() and 0 < int(text) < 100_000 else 1
