"""The posts of one body: who holds which on a day, as known then; its terms; who was sent there."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from genmai.directory.roster import mechanism
from genmai.directory.roster import queries as roster
from genmai.directory.roster.models import Organisation, OrganisationKind, Term
from genmai.directory.roster.queries import posts as queries
from genmai.directory.roster.queries.keeping import kept_path, party_paths
from genmai.directory.roster.queries.membership_sql import reached
from genmai.directory.territory.days import day_of
from genmai.interfaces.web.edge.posting import new_key
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.members.words import chosen, say
from genmai.interfaces.web.organisations import asking
from genmai.interfaces.web.organisations.words import kind_of
from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Viewer


def seen(asked: AskedRequest, public_id: UUID) -> tuple[Organisation, bool]:
    """The body, and whether the viewer keeps it. Raises NotFound for who neither keeps nor sees it."""
    return seen_by(asked.viewer, public_id, asked.now)


def seen_by(viewer: Viewer, public_id: UUID, at: datetime) -> tuple[Organisation, bool]:
    """The same without a request: for a sheet."""
    body = Organisation.objects.filter(public_id=public_id).first()
    if body is not None and kept_path(viewer, organisation=body, at=at) is not None:
        return body, body.closed_on is None
    if body is not None:
        paths = party_paths(viewer, organisation=body, at=at)[:1]
        if any(path.startswith(own) for path in paths for own in reached(viewer)):
            return body, False
    return roster.body(viewer, public_id=public_id, at=at), False


def kept(asked: AskedRequest, public_id: UUID) -> Organisation:
    """A body the viewer keeps. Raises NotFound."""
    body, keeps = seen(asked, public_id)
    if not keeps:
        raise NotFound("没有找到，或者不在您能登记的范围内")
    return body


def back_to(body: Organisation) -> tuple[str, str]:
    """The way back from a form."""
    return reverse("body_posts", args=[body.public_id]), _("%(body)s的任职") % {"body": body.short_name}


@never_cache
@signed_in
@require_safe
def page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Now or on a day; before; terms; assignments."""
    asked = cast(AskedRequest, request)
    body, keeps = seen(asked, public_id)
    question = asking.read(asked.viewer, {name: request.GET.get(name, "") for name in ("as_at", "known")}, asked.now)
    terms = [] if question.past else queries.terms(asked.viewer, organisation=body)
    sent = queries.assignments(asked.viewer, host=body, known_at=question.known_at)
    rules = mechanism.assignments()
    context: dict[str, Any] = {
        "nav_key": "organisations", "now": asked.now, "asked": question, "body": body, "kind": kind_of(body),
        "keeps": keeps and not question.past, "key": new_key(), "hidden": [],
        "action": reverse("body_posts", args=[public_id]), "today_url": reverse("body_posts", args=[public_id]),
        "posts": queries.posts(asked.viewer, organisation=body, day=question.day, known_at=question.known_at),
        "past": [] if question.past else queries.past_posts(asked.viewer, organisation=body, day=question.day),
        "terms": [(one, one.pk == terms[0].pk, _overdue(one, asked)) for one in terms],
        "sent": [
            (one, chosen({key: kind.title for key, kind in rules.kinds.items()}, one.row.kind),
             chosen(rules.endings, one.ended.outcome) if one.ended else "",
             [(review, chosen(rules.grades, review.outcome)) for review in one.reviews],
             one.ended is None and one.row.planned_end < day_of(asked.now))
            for one in sent
        ],
        "turns": body.kind in (OrganisationKind.PARTY, OrganisationKind.COMMUNITY), "is_grid": body.kind == "grid",
        "is_party": body.kind == "party", "rule": mechanism.ref_of(mechanism.ASSIGNMENTS),
        "manages": roster.manageable(asked.viewer, organisation=body) and body.closed_on is None,
        "kinds": [say(one.title) for one in rules.kinds.values()],
    }  # fmt: skip
    return render(request, "terms/body.html", context)


def _overdue(term: Term, asked: AskedRequest) -> bool:
    """Its time was over before the next was chosen; said, not judged."""
    return term.valid_to is None and term.planned_end < day_of(asked.now)
