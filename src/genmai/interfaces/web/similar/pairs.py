"""What is like one matter, two of them side by side, and what somebody decides about the pair."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from genmai.interfaces.web.edge.posting import actor, key, new_key
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.handle_case import words
from genmai.interfaces.web.handle_case.rows import case_url
from genmai.interfaces.web.shell.toast import say
from genmai.interfaces.web.shell.view_models import Key, Undo
from genmai.interfaces.web.similar import offers
from genmai.interfaces.web.similar.sides import parts, sides
from genmai.kernel.viewer import Actor, Viewer
from genmai.processes.cases import policies
from genmai.processes.cases.commands import likeness
from genmai.processes.cases.flow import MERGEABLE, OPEN
from genmai.processes.cases.models import Case, CaseLink
from genmai.processes.cases.queries import links as links_queries
from genmai.processes.cases.queries import matter, similar

VERBS: dict[str, tuple[Callable[..., CaseLink], object]] = {
    "not-same": (likeness.not_same, _("已记下：这是两件事，以后不再提示")),
    "link": (likeness.link, _("已记为有关联，还是两件")),
}


@dataclass(frozen=True)
class LinkLine:
    """A matter this one has to do with."""

    case: Case
    title: str
    word: str
    url: str


@dataclass(frozen=True)
class LinkLines:
    roots: list[LinkLine]
    events: list[LinkLine]
    others: list[LinkLine]


@dataclass(frozen=True)
class Merge:
    """One way of merging: which goes into which."""

    case: Case
    into: Case
    key: UUID


def links(viewer: Viewer, case: Case) -> LinkLines:
    """For the case page: the root cause, the earlier events, what is linked."""
    found = links_queries.links_of(viewer, case=case)
    return LinkLines(*([_line(one) for one in group] for group in (found.roots, found.events, found.others)))


def _line(case: Case) -> LinkLine:
    return LinkLine(case, words.title_of(case, 40), words.badge(case.state)[1], case_url(case))


@never_cache
@signed_in
@require_safe
def of_case(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What is like this matter, the most alike first, each to be compared; a fragment for its own page, or a page."""
    asked = cast(AskedRequest, request)
    case = matter.find(asked.viewer, public_id=public_id)
    off = offers.off(asked.now)
    likes = [] if off else similar.of_case(asked.viewer, case=case, at=asked.now)
    context = {
        "nav_key": "cases", "now": asked.now, "case": case, "title": words.headline(case), "off": off,
        "offers": offers.for_staff(asked.viewer, likes, asked.now), "links": links(asked.viewer, case),
    }  # fmt: skip
    whole = "HX-Request" not in request.headers
    return render(request, "similar/of_case.html" if whole else "similar/part.html", context)


@never_cache
@signed_in
@require_safe
def pair(request: HttpRequest, public_id: UUID, other: UUID) -> HttpResponse:
    """Two matters beside each other. Raises NotFound when either is out of sight."""
    asked = cast(AskedRequest, request)
    one, two = (matter.find(asked.viewer, public_id=one) for one in (public_id, other))
    if one.pk == two.pk:
        raise Http404
    score = similar.compare(asked.viewer, one=one, other=two)
    known = links_queries.between(asked.viewer, one=one, other=two)
    who = actor(request)
    may = _may(who, one) or _may(who, two)
    context = {
        "nav_key": "cases", "now": asked.now, "one": one, "two": two, "key": new_key(), "score": score,
        "titles": (words.headline(one), words.headline(two)), "sides": sides(asked.viewer, one, two, score, asked.now),
        "parts": parts(score), "known": known, "may": may and (known is None or known.kind != CaseLink.Kind.ATTACHED),
        "merges": [m for m in _ways(one, two) if _can(who, m)],
        "undo_key": new_key(),
    }  # fmt: skip
    context["keys"] = _keys(bool(context["merges"]), bool(context["may"]))
    return render(request, "similar/pair.html", context)


def _keys(merges: bool, may: bool) -> list[Key]:
    """Letters for what is offered."""
    merge = [Key("m", gettext("并成一件"), "[data-do=merge]")] if merges else []
    two = [Key("x", gettext("不是一件事"), "[data-do=not-same]"), Key("l", gettext("只记为有关联"), "[data-do=link]")]
    return [*merge, *(two if may else [])]


def _ways(one: Case, two: Case) -> tuple[Merge, Merge]:
    """The later into the earlier first."""
    earlier, later = sorted((one, two), key=lambda case: (case.received_at, case.pk))
    return Merge(later, earlier, new_key()), Merge(earlier, later, new_key())


def _may(who: Actor, case: Case) -> bool:
    return policies.may("cases:merge", who, offers.desk_path(case))


def _can(who: Actor, merge: Merge) -> bool:
    return merge.case.state in MERGEABLE and merge.into.state in OPEN and _may(who, merge.case)


@never_cache
@signed_in
@require_POST
def decide(request: HttpRequest, public_id: UUID, other: UUID, verb: str) -> HttpResponse:
    """Remember what was decided; it can be taken back at once from the next page."""
    if verb not in VERBS:
        raise Http404
    asked = cast(AskedRequest, request)
    command, said = VERBS[verb]
    made = command(actor=actor(request), at=asked.now, key=key(request), case=public_id, other=other)
    back = reverse("case_pair", args=[public_id, other])
    undo_url = reverse("case_link_undo", args=[made.public_id])
    say(request, str(said), undo=Undo(undo_url, "", {"key": str(new_key()), "pair": back}))
    return HttpResponseRedirect(reverse("case_similar", args=[public_id]))


@never_cache
@signed_in
@require_POST
def undo(request: HttpRequest, link: UUID) -> HttpResponse:
    """Take it back: the pair is offered again."""
    asked = cast(AskedRequest, request)
    ended: Any = likeness.undo(actor=actor(request), at=asked.now, key=key(request), link=link)
    say(request, gettext("已撤销"))
    return redirect("case_pair", ended.case.public_id, ended.other.public_id)
