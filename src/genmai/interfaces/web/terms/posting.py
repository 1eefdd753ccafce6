"""Posts one by one: entered, ended, ended no longer, entered by mistake."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from genmai.directory.roster.commands import posting as commands
from genmai.directory.roster.models import Post
from genmai.directory.territory.days import day_of
from genmai.interfaces.web.edge.posting import actor, key
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.members.acting import DO, page, tried, undo_by
from genmai.interfaces.web.shell.toast import say
from genmai.interfaces.web.terms.body import back_to, kept
from genmai.interfaces.web.terms.choosing import posts_for, rank_of
from genmai.interfaces.web.terms.forms import LeaveForm, PostForm, WhyForm
from genmai.kernel.refusal import NotFound


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def appoint(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Somebody takes an office."""
    asked = cast(AskedRequest, request)
    body = kept(asked, public_id)
    form = PostForm(request.POST or None, viewer=asked.viewer, at=asked.now, body=body)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        made = tried(form, lambda: commands.appoint(
            actor=actor(request), at=asked.now, key=key(request), organisation=body, person=given["person"],
            post=given["post"], title=posts_for(body)[given["post"]][0], on=given["on"], document=given["document"],
            rank=rank_of(body, given["post"]),
        ))  # fmt: skip
        if made:
            back = undo_by("post_withdraw", made.pk, reason=_("刚登记就发现错了"), step=DO)
            said = _("登记好了：%(name)s %(title)s") % {"name": made.person.display_name, "title": made.title}
            say(request, said, undo=back)
            return redirect("body_posts", public_id)
    return page(request, form, nav="organisations", title=_("登记任职"), button=_("记下任职"), back=back_to(body),
                lead=body.name)  # fmt: skip


def _post(asked: AskedRequest, pk: int) -> Post:
    """A post of a body the viewer keeps. Raises NotFound."""
    post = Post.objects.select_related("person", "organisation").filter(pk=pk, withdrawn_at=None).first()
    if post is None:
        raise NotFound
    kept(asked, post.organisation.public_id)
    return post


def _whose(post: Post) -> str:
    return f"{post.person.display_name} · {post.organisation.short_name} {post.title} · {post.valid_from}"


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """The end of an office."""
    asked = cast(AskedRequest, request)
    post = _post(asked, pk)
    form = LeaveForm(request.POST or None, initial={"on": day_of(asked.now)})
    if form.is_bound and form.is_valid():
        done = tried(form, lambda: commands.leave_post(
            actor=actor(request), at=asked.now, key=key(request), post=post, **form.cleaned_data
        ))  # fmt: skip
        if done:
            said = _("%(name)s从 %(day)s 起不再任%(title)s") % {
                "name": post.person.display_name, "day": done.valid_to, "title": post.title,
            }  # fmt: skip
            say(request, said, undo=undo_by("post_stay", post.pk))
            return redirect("body_posts", post.organisation.public_id)
    return page(request, form, nav="organisations", title=_("登记离任"), button=_("记下离任"),
                back=back_to(post.organisation), lead=_whose(post))  # fmt: skip


@signed_in
@require_POST
def stay(request: HttpRequest, pk: int) -> HttpResponse:
    """The end was wrong."""
    asked = cast(AskedRequest, request)
    post = _post(asked, pk)
    commands.stay_in_post(actor=actor(request), at=asked.now, key=key(request), post=post)
    say(request, _("撤回了，%(name)s照旧任职") % {"name": post.person.display_name})
    return redirect("body_posts", post.organisation.public_id)


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Entered by mistake."""
    asked = cast(AskedRequest, request)
    post = _post(asked, pk)
    form = WhyForm(request.POST or None)
    if form.is_bound and form.is_valid():
        done = tried(form, lambda: commands.withdraw_post(
            actor=actor(request), at=asked.now, key=key(request), post=post, **form.cleaned_data
        ))  # fmt: skip
        if done:
            say(request, _("撤回了，当作没有任过；过去知道的样子还查得到"))
            return redirect("body_posts", post.organisation.public_id)
    return page(request, form, nav="organisations", title=_("任职登记错了"), button=_("撤回这一条"),
                back=back_to(post.organisation), lead=_whose(post))  # fmt: skip
