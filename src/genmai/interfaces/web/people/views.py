"""Accounts: find, give and end grants, a new password, close, open, and why somebody can or can't see something."""

from __future__ import annotations

import secrets
from typing import Any, cast

from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from genmai.directory.access import commands, factors, queries
from genmai.directory.access.models import Account, Grant
from genmai.directory.access.policies import check_accounts
from genmai.directory.access.roles import ROLES
from genmai.directory.roster.commands import add_person
from genmai.directory.roster.models import Tree
from genmai.directory.territory.days import day_of
from genmai.interfaces.web.edge.posting import actor, key, new_key
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.people.forms import REACHES, TREES, GrantForm, OpenForm, WhyForm
from genmai.interfaces.web.shell.toast import say
from genmai.kernel import ids
from genmai.kernel.refusal import NotFound, Refused
from genmai.kernel.viewer import Actor, Reach

PAGE = 50
ENTERING = Actor.system("account_opened")
# Without what is mistaken for one another when it is read out over the telephone.
LETTERS, GROUPS, GROUP = "abcdefghjkmnpqrstuvwxyz23456789", 4, 4


@signed_in
@require_GET
def accounts(request: HttpRequest) -> HttpResponse:
    """Everybody who can sign in, with what they may do today."""
    asked = cast(AskedRequest, request)
    find = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    role = request.GET.get("role", "")
    found = queries.accounts(asked.viewer, find=find, role=role if role in ROLES else "")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    today = day_of(asked.now)
    context = {
        "nav_key": "people",
        "now": asked.now,
        "page": page,
        "rows": [(one, [(_title(g), g) for g in one.grants.all() if _holds(g, today)]) for one in page.object_list],
        "q": find,
        "role": role,
        "roles": [(key, _(one.title)) for key, one in ROLES.items()],
    }
    return render(request, "people/accounts.html", context)


def _title(grant: Grant) -> str:
    return _(ROLES[grant.role].title) if grant.role in ROLES else grant.role


def _reaches(grant: Grant) -> str:
    """What the grant is for, where it is not for all three, and in which tree, where it is not the usual one."""
    words = [str(REACHES[reach]) for reach in Reach if getattr(grant, reach.value)]
    tree = (
        [] if grant.tree == Tree.ADMINISTRATIVE else [str(TREES[grant.tree])] if grant.tree in TREES else [grant.tree]
    )
    return _("、").join([*tree, *(words if len(words) < len(REACHES) else [])])


def _holds(grant: Grant, day: Any) -> bool:
    return grant.valid_from <= day and (grant.valid_to is None or day < grant.valid_to)


def _found(asked: AskedRequest, account_id: int) -> Account:
    """Raises NotPermitted, NotFound."""
    found = queries.accounts(asked.viewer).filter(pk=account_id).first()
    if found is None:
        raise NotFound("没有找到这个账号")
    return found


@signed_in
@require_GET
def account(request: HttpRequest, account_id: int) -> HttpResponse:
    """One account."""
    asked = cast(AskedRequest, request)
    return _page(asked, _found(asked, account_id), GrantForm(viewer=asked.viewer, at=asked.now, initial=_today(asked)))


def _today(asked: AskedRequest) -> dict[str, Any]:
    return {"valid_from": day_of(asked.now), "tree": Tree.ADMINISTRATIVE, "reaches": [reach.value for reach in Reach]}


def _page(asked: AskedRequest, one: Account, form: GrantForm, status: int = 200) -> HttpResponse:
    today = day_of(asked.now)
    grants = sorted(one.grants.all(), key=lambda grant: (not _holds(grant, today), -grant.pk))
    context = {
        "nav_key": "people",
        "now": asked.now,
        "account": one,
        "own": one.pk == asked.viewer.account_id,
        "grants": [(_title(grant), grant, _holds(grant, today), _reaches(grant)) for grant in grants],
        "form": form,
        "key": new_key(),
        "locked": queries.locked_until(asked.viewer, login=one.login, at=asked.now),
        "second": factors.has_second(factors.in_force(one)),
    }
    return render(asked, "people/account.html", context, status=status)


@signed_in
@require_POST
def grant(request: HttpRequest, account_id: int) -> HttpResponse:
    """Give a role over a unit."""
    asked = cast(AskedRequest, request)
    one = _found(asked, account_id)
    form = GrantForm(request.POST, viewer=asked.viewer, at=asked.now)
    if form.is_valid():
        try:
            with transaction.atomic():
                _grant(asked, one, form)
            say(request, _("已授权，下一次打开页面就生效"))
            return redirect("people_one", account_id)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.text(_))
    return _page(asked, one, form, status=422)


def _grant(asked: AskedRequest, one: Account, form: GrantForm) -> None:
    data = form.cleaned_data
    given = commands.grant(
        actor=actor(asked), at=asked.now, key=key(asked), account_id=one.pk, role=data["role"],
        organisation_id=data["organisation"].pk, valid_from=data["valid_from"], valid_to=data["valid_to"],
        document=data["document"], tree=data["tree"], **{reach.value: reach.value in data["reaches"] for reach in Reach},
    )  # fmt: skip
    _note(asked, "granted", one, f"{given.role} @ {data['organisation'].code}")


@signed_in
@require_POST
def end_grant(request: HttpRequest, account_id: int, grant_id: int) -> HttpResponse:
    """End it today; what was done under it stands."""
    asked = cast(AskedRequest, request)
    one = _found(asked, account_id)
    if grant_id not in {held.pk for held in one.grants.all()}:
        raise NotFound("没有找到这项授权")
    with transaction.atomic():
        ended = commands.revoke(
            actor=actor(request), at=asked.now, key=key(request), grant_id=grant_id, on=day_of(asked.now)
        )
        _note(asked, "grant_ended", one, f"{ended.role} @ {ended.organisation.code}")
    say(request, _("这项授权今天起不再有效，以前办的事还在"))
    return redirect("people_one", account_id)


def new_password() -> str:
    """Sixteen letters and digits in fours: 78 bits, easily read out."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS))


@never_cache
@signed_in
@require_POST
def reset(request: HttpRequest, account_id: int) -> HttpResponse:
    """A new random password, shown on this page and nowhere again."""
    asked = cast(AskedRequest, request)
    one, password = _found(asked, account_id), new_password()
    commands.reset_password(actor=actor(request), at=asked.now, key=key(request), account=one, new=password)
    return _password_page(request, one, password)


def _password_page(request: HttpRequest, one: Account, password: str) -> HttpResponse:
    return render(request, "people/password.html", {"nav_key": "people", "account": one, "password": password})


@signed_in
@require_POST
def unlock(request: HttpRequest, account_id: int) -> HttpResponse:
    """End a lock-out before its time."""
    asked = cast(AskedRequest, request)
    commands.unlock(actor=actor(request), at=asked.now, key=key(request), account=_found(asked, account_id))
    say(request, _("已解开，现在就可以登录"))
    return redirect("people_one", account_id)


@signed_in
@require_POST
def reset_factors(request: HttpRequest, account_id: int) -> HttpResponse:
    """The telephone is lost: the password alone signs in again, until a new factor is set up."""
    asked = cast(AskedRequest, request)
    factors.reset_factors(actor=actor(request), at=asked.now, key=key(request), account=_found(asked, account_id))
    say(request, _("第二道验证已清掉，请本人登录后马上重新设"))
    return redirect("people_one", account_id)


@signed_in
@require_POST
def close(request: HttpRequest, account_id: int) -> HttpResponse:
    """Nobody signs in with it any more."""
    asked = cast(AskedRequest, request)
    one = _found(asked, account_id)
    with transaction.atomic():
        commands.close_account(actor=actor(request), at=asked.now, key=key(request), account=one)
        _note(asked, "account_closed", one, "")
    say(request, _("账号已停用，已经打开的页面也不能再用"))
    return redirect("people_one", account_id)


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def opened(request: HttpRequest) -> HttpResponse:
    """A new account with its first grant; the password is shown once."""
    asked = cast(AskedRequest, request)
    queries.accounts(asked.viewer)
    data = request.POST if request.method == "POST" else None
    form = OpenForm(data, viewer=asked.viewer, at=asked.now, initial=_today(asked))
    if data is not None and form.is_valid():
        try:
            return _password_page(request, *_open(asked, form))
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.text(_))
    context = {"nav_key": "people", "form": form, "key": new_key()}
    return render(request, "people/new.html", context, status=422 if form.errors else 200)


@transaction.atomic
def _open(asked: AskedRequest, form: OpenForm) -> tuple[Account, str]:
    """Person, account, grant and password. The same form again is told that the login is taken."""
    data, who, posted, password = form.cleaned_data, actor(asked), key(asked), new_password()
    check_accounts(who)  # who opens the account enters its person, too; beyond that the roster isn't theirs
    person = add_person(actor=ENTERING, at=asked.now, key=ids.subkey(posted, "person"), name=data["name"])
    made = commands.create_account(
        actor=who, at=asked.now, key=posted, login=data["login"], person_id=person.pk, password=password
    )
    _note(asked, "account_opened", made, "")
    _grant(asked, made, form)
    return made, password


@signed_in
@require_GET
def why(request: HttpRequest) -> HttpResponse:
    """Whether and why somebody may do something at a unit, in the words they themselves are told."""
    asked = cast(AskedRequest, request)
    found = queries.accounts(asked.viewer)
    form = WhyForm(request.GET or None, viewer=asked.viewer, at=asked.now)
    answer, one = None, None
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        one = found.filter(login=data["login"].strip()).first()
        if one is None:
            form.add_error("login", _("没有这个登录名"))
        else:
            viewer = queries.viewer_for(one, at=asked.now)
            reach = Reach.VIEW if data["permission"].endswith(":view") else Reach.CAPTURE
            answer = queries.why(viewer, permission=data["permission"], path=data["organisation"].path, reach=reach)
    context = {
        "nav_key": "people",
        "form": form,
        "account": one,
        "answer": answer,
        "reasons": [reason.text(_) for reason in answer.reasons] if answer else [],
    }
    return render(request, "people/why.html", context, status=422 if form.is_bound and form.errors else 200)


def _note(asked: AskedRequest, kind: str, one: Account, detail: str) -> None:
    """For the auditor: what was done to whose account, and by whom."""
    commands.record_security_event(
        actor=actor(asked), at=asked.now, key=new_key(), kind=kind, login=one.login, account_id=one.pk,
        address=asked.META.get("REMOTE_ADDR") or None, detail=f"{detail} ← {asked.viewer.name}".strip(),
    )  # fmt: skip
