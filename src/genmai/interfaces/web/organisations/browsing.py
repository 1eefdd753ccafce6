"""Browsing the registry: a level of a tree, search, and one body's card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from genmai.directory.roster import queries
from genmai.directory.roster.commands.tally import ask_for_day
from genmai.directory.roster.models import Category, ChangeKind, Organisation, Stage, Tree
from genmai.directory.roster.queries.as_at import PAGE, VIEW
from genmai.directory.roster.queries.coverage import sizes_of
from genmai.directory.roster.queries.membership_sql import reached
from genmai.directory.roster.queries.posts import posts
from genmai.interfaces.web.edge.posting import new_key
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.organisations import asking, words
from genmai.interfaces.web.organisations.asking import Question
from genmai.interfaces.web.shell.view_models import Crumb, Tab
from genmai.kernel.refusal import NotPermitted
from genmai.kernel.viewer import Actor, Reach, Viewer


def check_view(viewer: Viewer) -> None:
    """Raises NotPermitted for who may see organisations nowhere."""
    if not any(viewer.paths(VIEW, Reach.VIEW, tree=tree) for tree in Tree.values):
        raise NotPermitted("not_permitted", "您的账号不能查看组织和人员，请联系管理员")


@never_cache
@signed_in
@require_safe
def level(request: HttpRequest) -> HttpResponse:
    """What stands below a body in one tree on a day, or the tops of one's scope; or what a search finds."""
    asked, question = _asked(request)
    q = request.GET.get("q", "").replace("\x00", "").strip()[:40]
    of = question.of.public_id if question.of else None
    context: dict[str, Any] = {
        "nav_key": "organisations", "now": asked.now, "asked": question, "q": q, "action": reverse("organisations"),
        "hidden": [("tree", question.tree), *([("of", of)] if of else [])], "today_url": question.today().level(of),
        "tabs": [Tab(str(word), question.level(of, tree=tree), tree == question.tree) for tree, word in words.TREES.items()],
    }  # fmt: skip
    if q:
        found = queries.find(asked.viewer, text=q, **cast(Any, question.when))
        context["found"] = [
            (one, cast(Any, one).called, words.kind_of(one), question.card(one.public_id)) for one in found
        ]
        return render(request, "organisations/level.html", context)
    context |= _level(asked, question)
    if question.of is not None:
        context["of_card"] = question.card(question.of.public_id)
    if question.of is None and question.tree == Tree.PARTY:
        counted = queries.counts_by_category(asked.viewer, **cast(Any, question.when))
        context["categories"] = [
            (str(words.CATEGORIES[Category(key)]), counted[key]) for key in Category.values if key in counted
        ]
        context["latest"] = [] if question.past else queries.latest_changes(asked.viewer, limit=6)
    return render(request, "organisations/level.html", context)


@never_cache
@signed_in
@require_safe
def below(request: HttpRequest) -> HttpResponse:
    """The same level as a fragment, opened in place."""
    asked, question = _asked(request)
    more = question.level(question.of.public_id if question.of else None)
    return render(request, "organisations/rows.html", {"asked": question, "more_url": more, **_level(asked, question)})


def _asked(request: HttpRequest) -> tuple[AskedRequest, Question]:
    asked = cast(AskedRequest, request)
    check_view(asked.viewer)
    return asked, asking.read(asked.viewer, request.GET, asked.now)


def _level(asked: AskedRequest, question: Question) -> dict[str, Any]:
    if question.past and question.tree == Tree.PARTY and queries.counts_members(asked.viewer):
        day, known = question.day, question.known_at  # counted from now on: the next reader of this day finds it ready
        ask_for_day(actor=Actor.staff(asked.viewer), at=asked.now, key=new_key(), day=day, known_at=known)
    number = asked.GET.get("page", "")
    wanted = max(int(number), 1) if number.isdigit() and len(number) < 6 else 1
    rows, total = queries.level(
        asked.viewer, tree=question.tree, parent=question.of, limit=PAGE, offset=(wanted - 1) * PAGE,
        **cast(Any, question.when),
    )  # fmt: skip
    page = Paginator(range(total), PAGE).get_page(wanted)
    shown = [
        (row, words.kind_of(row.organisation), question.card(row.organisation.public_id),
         question.level(row.organisation.public_id), question.branch(row.organisation.public_id))
        for row in rows
    ]  # fmt: skip
    crumbs = _crumbs(asked.viewer, question) if question.of else []
    return {"rows": shown, "total": total, "page": page, "crumbs": crumbs, "members": any(row.members for row in rows)}


def _crumbs(viewer: Viewer, question: Question) -> list[Crumb]:
    """The line above as far as the viewer may see it, and the body itself."""
    of = cast(Organisation, question.of)
    line = queries.lines_of(viewer, organisation=of, **cast(Any, question.when)).get(question.tree, [])
    seen = set(_seen(viewer, line))
    top = Crumb(str(words.TREES[Tree(question.tree)]), question.level())
    return [
        top,
        *(Crumb(one.short_name, question.level(one.public_id)) for one in line if one.pk in seen),
        Crumb(cast(Any, of).called),
    ]


def _seen(viewer: Viewer, bodies: list[Organisation]) -> list[int]:
    if not bodies:
        return []
    found = Organisation.objects.filter(queries.visible(viewer), pk__in=[one.pk for one in bodies])
    return list(found.values_list("pk", flat=True))


@never_cache
@signed_in
@require_safe
def card(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One body: names and places over time, what is below, grids and branches, members by stage, posts, changes."""
    asked, question = _asked(request)
    viewer, when = asked.viewer, cast(Any, question.when)
    body = queries.body(viewer, public_id=public_id, **when)
    lines = dict(queries.lines_of(viewer, organisation=body, **when))
    tree = Tree.PARTY if Tree.PARTY in lines else next(iter(lines), Tree.ADMINISTRATIVE)
    counts = queries.counts_members(viewer)
    counted = queries.members_by_stage(viewer, organisation=body, tree=tree, **when) if counts else {}
    roll = _roll(viewer, body, lines, question)
    manage = not question.past and body.closed_on is None and queries.manageable(viewer, organisation=body)
    changes = queries.changes_of(viewer, organisation=body)
    grid = body.kind == "grid"
    entries = queries.grid_changes_of(viewer, organisation=body) if grid or body.kind == "party" else []
    sizes = sizes_of(viewer, grids=[body], day=question.day, known_at=question.known_at) if grid else {}
    context = {
        "nav_key": "organisations", "now": asked.now, "asked": question, "body": body, "called": cast(Any, body).called,
        "kind": words.kind_of(body), "names": queries.names_of(viewer, organisation=body),
        "places": [
            (str(words.TREES[Tree(one)]), spans, question.level(public_id, one))
            for one, spans in queries.places_of(viewer, organisation=body).items()
        ],
        "stages": [
            (str(words.STAGES[Stage(key)]), counted[key], roll and f"{roll}&stage={key}") for key in Stage.values if key in counted
        ],
        "covers": [
            (one.grid if one.branch_id == body.pk else one.branch, one) for one in queries.covers_of(viewer, organisation=body, **when)
        ],
        "counts_members": counts, "is_grid": grid, "is_branch": body.kind == "party",
        "posts": posts(viewer, organisation=body, day=question.day, known_at=question.known_at),
        "level_url": question.level(public_id, tree), "may_manage": manage, "key": new_key(),
        "may_undo": not question.past and queries.manageable(viewer, organisation=body),
        "changes": [(one, str(words.CHANGES[ChangeKind(one.kind)])) for one in changes],
        "entries": [(one, words.grid_entry(one)) for one in entries], "size": sizes.get(body.pk),
        "verbs": [(kind.value, str(word)) for kind, word in words.DO.items()],
        "action": reverse("organisation", args=[public_id]), "today_url": question.today().card(public_id),
        "standing": _("已撤销") if body.closed_on and body.closed_on <= question.day else "",
    }  # fmt: skip
    return render(request, "organisations/card.html", context)


def _roll(viewer: Viewer, body: Organisation, lines: Mapping[str, list[Organisation]], question: Question) -> str:
    """Where the people counted on its card stand name by name; "" for whom the roll is closed."""
    if Tree.PARTY not in lines or body.closed_on is not None:
        return ""
    path = "".join(f"/{one.pk}" for one in [*lines[Tree.PARTY], body]) + "/"
    if not path.startswith(reached(viewer)):
        return ""
    days = {"day": question.as_at, "known": question.known}
    asked = {"branch": body.code} | {name: day.isoformat() for name, day in days.items() if day}
    return f"{reverse('members')}?{urlencode(asked)}"
