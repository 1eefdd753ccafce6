"""Adding and correcting facts, taking an estate in, moving it off the list, writing down what an owner asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from genmai.directory.roster.models import Organisation, OrganisationKind
from genmai.directory.roster.queries import descendants, organisations_by_id, team_of
from genmai.directory.territory.days import day_of
from genmai.interfaces.web.edge.posting import actor, key, new_key, seen
from genmai.interfaces.web.edge.refusing import sentence_of
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.estates import forms, words
from genmai.interfaces.web.estates.one import Standing, page, plan_form, standing_of
from genmai.interfaces.web.shell.plain_forms import PlainForm
from genmai.interfaces.web.shell.toast import say
from genmai.kernel.refusal import NotFound, NotPermitted, Refused
from genmai.processes.cases.commands import intake
from genmai.processes.registers.commands import estates as commands
from genmai.processes.registers.commands import facts, listing
from genmai.processes.registers.mechanism import current, rules_of
from genmai.processes.registers.queries import estates as queries


def run(form: PlainForm, command: Callable[[], Any]) -> Any:
    """Do it; a refusal goes to its field. None when it was refused."""
    try:
        return command()
    except (NotFound, NotPermitted):
        raise
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, sentence_of(refused))
        return None


def homes(asked: AskedRequest) -> list[Organisation]:
    """Communities whose estates the viewer keeps."""
    viewer = asked.viewer
    own = viewer.organisation_id
    if own is None or not viewer.may("estates:manage"):
        raise NotPermitted("not_permitted", "小区由社区、镇街的小区专员登记，您的账号没有这个权限")
    mine = organisations_by_id(viewer, ids=[own], at=asked.now)[own]
    found = [mine] if mine.kind == OrganisationKind.COMMUNITY else []
    found += descendants(viewer, organisation=mine, at=asked.now, kinds=[OrganisationKind.COMMUNITY])
    return [one for one in found if viewer.may("estates:manage", one.path)]


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """A new estate."""
    asked = cast(AskedRequest, request)
    chosen, data = homes(asked), request.POST if request.method == "POST" else None
    initial = forms.today(day_of(asked.now)) | ({"home": str(chosen[0].pk)} if len(chosen) == 1 else {})
    form = forms.RegisterForm(data, rules=rules_of(current().ref), homes=chosen, initial=initial)
    if data is not None and form.is_valid():
        given = dict(form.cleaned_data)
        new = commands.NewEstate(home_id=int(given.pop("home")), **given)
        made = run(form, lambda: commands.register(actor=actor(asked), at=asked.now, key=key(asked), estate=new))
        if made is not None:
            say(request, _("已登记“%(name)s”") % {"name": made.place.name})
            return redirect("estate", made.public_id)
    context = {"nav_key": "estates", "form": form, "key": new_key(), "title": _("登记小区")}
    return render(request, "estates/form.html", context, status=422 if form.errors else 200)


def _fact_form(one: Standing, kind: str, data: Any = None, initial: Any = None) -> forms.FactForm:
    if kind not in forms.FACTS:
        raise NotFound
    team = team_of(one.asked.viewer, organisation=one.estate.home, at=one.asked.now) if kind == "commissioner" else []
    people = list({member.person_id: member.name for member in team}.items())
    return forms.FACTS[kind](data, rules=one.rules, people=people, initial=initial)


def _check_manage(one: Standing) -> None:
    if not one.may("estates:manage"):
        raise NotPermitted("not_permitted", "小区由社区、镇街的小区专员登记，您的账号没有这个权限")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HttpRequest, public_id: UUID, kind: str) -> HttpResponse:
    """A fact from a day on."""
    one = standing_of(request, public_id)
    _check_manage(one)
    asked, data = one.asked, request.POST if request.method == "POST" else None
    form = _fact_form(one, kind, data, forms.today(one.day))
    if data is not None and form.is_valid():
        done = run(form, lambda: facts.record(
            actor=actor(asked), at=asked.now, key=key(asked), estate=public_id, fact=form.fact(), seen=seen(request)
        ))  # fmt: skip
        if done is not None:
            say(request, _("已记下，以前的情况还在"))
            return redirect("estate", public_id)
    return _form_page(request, one, form, str(words.KINDS[kind]))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, public_id: UUID, entry_id: UUID) -> HttpResponse:
    """A later entry for a wrong one, or taking it back."""
    one = standing_of(request, public_id)
    _check_manage(one)
    asked, data = one.asked, request.POST if request.method == "POST" else None
    wrong = queries.entry_of(asked.viewer, estate=one.estate, public_id=entry_id)
    form = _fact_form(one, wrong.kind, data, forms.as_typed(wrong))
    given: dict[str, Any] = {"actor": actor(asked), "at": asked.now, "entry": entry_id, "seen": seen(request)}
    if data is not None and "take_back" in data:
        facts.correct(**given, key=key(asked), fact=None)
        say(request, _("已撤回这一条，原来的记录还看得到"))
        return redirect("estate", public_id)
    if data is not None and form.is_valid():
        done = run(form, lambda: facts.correct(**given, key=key(asked), fact=form.fact()))
        if done is not None:
            say(request, _("已更正，原来的记录还看得到"))
            return redirect("estate", public_id)
    title = _("更正：%(what)s") % {"what": words.KINDS[wrong.kind]}
    return _form_page(request, one, form, title, wrong=words.fact_words(wrong, one.rules))


def _form_page(request: HttpRequest, one: Standing, form: PlainForm, title: str, wrong: str = "") -> HttpResponse:
    context = {
        "nav_key": "estates", "form": form, "key": new_key(), "title": title, "estate": one.estate,
        "seen": one.estate.version, "wrong": wrong,
    }  # fmt: skip
    return render(request, "estates/form.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def plan(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Who, how, by when."""
    one = standing_of(request, public_id)
    form = plan_form(one, request.POST)
    asked = one.asked
    if form.is_valid():
        given = dict(form.cleaned_data)
        owner = UUID(given.pop("owner"))
        done = run(form, lambda: listing.plan(
            actor=actor(asked), at=asked.now, key=key(asked), estate=public_id, owner=owner, seen=seen(request), **given
        ))  # fmt: skip
        if done is not None:
            say(request, _("办法和日期已定下"))
            return redirect("estate", public_id)
    return page(request, one, bound=form, opened="plan", status=422)


@signed_in
@require_POST
def progress(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One step on."""
    one = standing_of(request, public_id)
    form = forms.ProgressForm(request.POST, auto_id="progress_%s")
    asked = one.asked
    if form.is_valid():
        given = form.cleaned_data
        done = run(form, lambda: listing.progress(
            actor=actor(asked), at=asked.now, key=key(asked), estate=public_id, seen=seen(request), **given
        ))  # fmt: skip
        if done is not None:
            say(request, _("已记下这一步"))
            return redirect("estate", public_id)
    return page(request, one, bound=form, opened="progress", status=422)


@signed_in
@require_POST
def report(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What an owner asked the commissioner for becomes a matter, held by the community, on the estate's ground."""
    one = standing_of(request, public_id)
    _check_manage(one)
    form = forms.RequestForm(request.POST, auto_id="report_%s")
    asked, estate = one.asked, one.estate
    if form.is_valid():
        new = intake.Report(
            text=form.cleaned_data["text"], place_text=form.cleaned_data["place_text"], channel="staff",
            service=one.rules.request_kind, place_id=estate.place_id,
        )  # fmt: skip
        made = run(form, lambda: intake.receive(
            actor=actor(asked), at=asked.now, key=key(asked), mechanism=estate.mechanism, report=new
        ))  # fmt: skip
        if made is not None:
            say(request, _("已记成一件事，接下来看谁来办"))
            return redirect("case", made.public_id)
    return page(request, one, bound=form, opened="report", status=422)
