"""A change of term (换届): who was chosen, what would change, the doing, and the way back."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from genmai.directory.roster import mechanism
from genmai.directory.roster.commands import terms as commands
from genmai.directory.roster.models import Organisation, Term
from genmai.directory.roster.queries import posts as queries
from genmai.directory.territory.days import day_of
from genmai.interfaces.web.edge.posting import actor, key
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.members.acting import DO, page, tried, undo_by
from genmai.interfaces.web.shell.toast import say
from genmai.interfaces.web.terms import choosing
from genmai.interfaces.web.terms.body import back_to, kept
from genmai.interfaces.web.terms.forms import TermForm, WhyForm
from genmai.kernel.refusal import NotFound


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Asked, shown, and, asked a second time, done."""
    asked = cast(AskedRequest, request)
    body = kept(asked, public_id)
    last = next(iter(queries.terms(asked.viewer, organisation=body)), None)
    form = TermForm(
        request.POST or None, viewer=asked.viewer, at=asked.now, body=body,
        initial=_offered(asked, body, last),
    )  # fmt: skip
    outcome = None
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        if request.POST.get("step") != DO:
            outcome = _outcome(asked, body, last, form)
        else:
            made = tried(form, lambda: commands.begin_term(
                actor=actor(request), at=asked.now, key=key(request), organisation=body, number=given["number"],
                on=given["on"], planned_end=given["planned_end"], document=given["document"],
                chosen=[line.chosen for line in form.lines], whole_team=given["whole_team"],
            ))  # fmt: skip
            if made:
                back = undo_by("term_withdraw", made.key, reason=_("刚登记就发现错了"), step=DO)
                say(request, _("第 %(n)d 届登记好了") % {"n": made.number}, undo=back)
                return redirect("body_posts", public_id)
    return page(
        request, form, nav="organisations", title=_("登记换届"), button=_("确认登记换届"), back=back_to(body),
        lead=body.name, outcome=outcome, previews=True,
    )  # fmt: skip


def _offered(asked: AskedRequest, body: Organisation, last: Term | None) -> dict[str, Any]:
    """The next number; and, where a sheet brought posts in that are in no term yet, their day, document and people."""
    posts = queries.posts(asked.viewer, organisation=body, day=day_of(asked.now))
    loose = [post for post in posts if post.term_id is None and (last is None or post.valid_from > last.valid_from)]
    on = max((post.valid_from for post in loose), default=None)
    found = [post for post in loose if post.valid_from == on]
    words = choosing.posts_for(body)
    lines = [f"{words[post.key][0]} {post.person.display_name}" for post in found if post.key in words]
    return {
        "number": last.number + 1 if last else 1, "on": on or day_of(asked.now), "chosen": "\n".join(lines),
        "document": found[0].document if found else "",
    }  # fmt: skip


def _outcome(asked: AskedRequest, body: Organisation, last: Term | None, form: TermForm) -> dict[str, Any]:
    """Who leaves, who stays in the post they hold, who is new; and whether the first post changes hands."""
    given = form.cleaned_data
    before = commands.leaving(body, last, given["on"], whole_team=given["whole_team"]).select_related("person")
    held = {(post.person_id, post.key): f"{post.title} {post.person.display_name}" for post in before}
    chosen = {(one.chosen.person_id, one.chosen.post): f"{one.chosen.title} {one.name}" for one in form.lines}
    now = queries.posts(asked.viewer, organisation=body, day=given["on"])
    stays = [f"{post.title} {post.person.display_name}" for post in now if (post.person_id, post.key) not in held]
    said = []
    if last is not None and last.valid_to is None:
        said.append(_("第 %(n)d 届到 %(day)s 为止") % {"n": last.number, "day": given["on"]})
    team = mechanism.statistics().turn
    if not any(one.chosen.post in (*team.secretary_posts, *team.head_posts) for one in form.lines):
        said.append(_("名单里没有书记，也没有主任，请核对"))
    return {
        "lists": [
            (_("从这天起离任"), [words for one, words in held.items() if one not in chosen]),
            (_("连任"), [words for one, words in chosen.items() if one in held]),
            (_("新当选"), [words for one, words in chosen.items() if one not in held]),
            (_("不动的（不在届里）"), stays),
        ],
        "said": said,
    }  # fmt: skip


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, term_key: UUID) -> HttpResponse:
    """A term entered by mistake; the one before goes on."""
    asked = cast(AskedRequest, request)
    term = Term.objects.select_related("organisation").filter(key=term_key, withdrawn_at=None).first()
    if term is None:
        raise NotFound
    body = kept(asked, term.organisation.public_id)
    form = WhyForm(request.POST or None)
    if form.is_bound and form.is_valid():
        done = tried(form, lambda: commands.withdraw_term(
            actor=actor(request), at=asked.now, key=key(request), term=term, **form.cleaned_data
        ))  # fmt: skip
        if done:
            say(request, _("撤回了，上一届和它的任职照旧"))
            return redirect("body_posts", body.public_id)
    ended = term.ended_posts.filter(withdrawn_at=None).select_related("person").order_by("rank", "id")
    begun = term.posts.filter(withdrawn_at=None).select_related("person").order_by("rank", "id")
    outcome = {
        "lists": [
            (_("当作没有当选"), [f"{post.title} {post.person.display_name}" for post in begun]),
            (_("照旧在任"), [f"{post.title} {post.person.display_name}" for post in ended]),
        ],
        "said": [],
    }  # fmt: skip
    return page(
        request, form, nav="organisations", title=_("撤回第 %(n)d 届") % {"n": term.number}, button=_("撤回这一届"),
        back=back_to(body), lead=_("只在登记错了的时候用；提前换届请登记新的一届。"), outcome=outcome,
    )  # fmt: skip
