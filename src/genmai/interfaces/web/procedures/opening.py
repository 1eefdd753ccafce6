"""Opening a file: about somebody new to the roster, or about a secretary in office."""

from __future__ import annotations

from typing import Any, cast

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from genmai.directory.roster.commands.members import NewMember, enrol
from genmai.directory.roster.models import Category, Organisation, Person, Post, Stage
from genmai.directory.territory.days import day_of, valid_on
from genmai.interfaces.web.edge.posting import actor, key, new_key
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.handle_case.words import say as speak
from genmai.interfaces.web.procedures import forms
from genmai.interfaces.web.procedures.acting import run
from genmai.interfaces.web.procedures.listing import may_open
from genmai.interfaces.web.shell.toast import say
from genmai.kernel import ids
from genmai.kernel.refusal import NotPermitted
from genmai.kernel.viewer import Reach
from genmai.processes.registers.models import Dossier
from genmai.processes.registers.procedures.commands.opening import open_file
from genmai.processes.registers.procedures.mechanism import ref_of, rules_of
from genmai.processes.registers.procedures.policies import KEEP, branches

MOST = 400
SECRETARIES = ("village_secretary", "secretary")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, procedure: str) -> HttpResponse:
    """A new file of one procedure."""
    asked = cast(AskedRequest, request)
    ref = ref_of(procedure)
    rules = rules_of(ref, procedure)
    if not may_open(asked.viewer, ref, rules):
        raise NotPermitted("not_permitted", "建档由管这些党员的党组织来办，您的账号没有这个权限")
    data = request.POST if request.method == "POST" else None
    by_member = rules.per == "member"
    form: Any = _open_form(asked, data) if by_member else _choose_form(asked, procedure, data)
    if data is not None and form.is_valid():
        made = run(form, lambda: (_of_applicant if by_member else _of_secretary)(asked, procedure, form.cleaned_data))
        if made is not None:
            say(request, _("档案建好了"))
            return redirect("procedure_file", made.public_id)
    context = {
        "nav_key": "procedures", "form": form, "key": new_key(), "title": speak(rules.title), "procedure": procedure,
        "by_member": by_member,
    }  # fmt: skip
    return render(request, "procedures/new.html", context, status=422 if form.errors else 200)


def _mine(asked: AskedRequest) -> Any:
    return branches(asked.viewer, KEEP, Reach.CAPTURE)


def _open_form(asked: AskedRequest, data: Any) -> forms.OpenForm:
    held = (Category.BRANCH, Category.JOINT_BRANCH, Category.GENERAL_BRANCH, "")
    rows = Organisation.objects.filter(pk__in=_mine(asked), closed_on__isnull=True, category__in=held)
    choices = [
        (str(public_id), name) for public_id, name in rows.order_by("code").values_list("public_id", "name")[:MOST]
    ]
    return forms.OpenForm(data, branches=choices, today=day_of(asked.now))


def _choose_form(asked: AskedRequest, procedure: str, data: Any) -> forms.ChooseForm:
    """Secretaries of the bodies in scope that have no open file yet."""
    known = Dossier.objects.filter(procedure=procedure, state__in=("running", "stopped")).values("subject_id")
    rows = _posts(asked).exclude(person_id__in=known).select_related("person", "organisation")
    people = [
        (str(post.person.public_id), f"{post.person.display_name} · {post.organisation.short_name}")
        for post in rows.order_by("organisation__code", "rank")[:MOST]
    ]
    return forms.ChooseForm(data, people=people)


def _posts(asked: AskedRequest) -> Any:
    return Post.objects.filter(valid_on(day_of(asked.now)), key__in=SECRETARIES, organisation_id__in=_mine(asked))


def _of_applicant(asked: AskedRequest, procedure: str, given: dict[str, Any]) -> Dossier:
    """Enrol the applicant and open the file: both or neither."""
    who, posted = actor(asked), key(asked)
    branch = Organisation.objects.get(public_id=given["branch"])
    told = NewMember(given["name"], born_on=given["born_on"], sex=given["sex"])
    with transaction.atomic():
        row = enrol(
            actor=who, at=asked.now, key=ids.subkey(posted, "enrol"), branch=branch, member=told,
            stage=Stage.APPLICANT, on=given["on"],
        )  # fmt: skip
        return open_file(actor=who, at=asked.now, key=posted, procedure=procedure, subject=row.person, branch=branch)


def _of_secretary(asked: AskedRequest, procedure: str, given: dict[str, Any]) -> Dossier:
    subject = Person.objects.get(public_id=given["subject"])
    post = _posts(asked).filter(person=subject).select_related("organisation").first()
    return open_file(
        actor=actor(asked), at=asked.now, key=key(asked), procedure=procedure, subject=subject,
        branch=post.organisation,
    )  # fmt: skip
