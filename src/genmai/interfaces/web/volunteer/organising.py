"""The organiser's side: open a task, confirm people, record who came, end or cancel, ring somebody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from genmai.coordination.volunteer_tasks import open_for_case
from genmai.directory.access.commands import reveal
from genmai.directory.roster.models import Organisation, OrganisationKind
from genmai.directory.roster.queries import children, organisations_by_id
from genmai.interfaces.web.edge.posting import actor, key, new_key, seen
from genmai.interfaces.web.edge.refusing import sentence_of
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.shell.toast import say
from genmai.interfaces.web.volunteer.forms import CancelForm, TaskForm
from genmai.interfaces.web.volunteer.tasks import OWN, came_form, draw, find
from genmai.kernel import ids
from genmai.kernel.refusal import BadInput, NotFound, NotPermitted, Refused
from genmai.processes.activities import mechanism
from genmai.processes.activities.commands import tasks as commands
from genmai.processes.activities.commands import volunteers
from genmai.processes.activities.commands.tasks import NewTask
from genmai.processes.activities.models import SignUp, Task
from genmai.processes.activities.queries import tasks
from genmai.processes.cases.queries import emergency, matter

BELOW = (OrganisationKind.TOWN, OrganisationKind.COMMUNITY)


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Open a task: by itself, for a case (`?case=`) or for an emergency (`?emergency=`)."""
    asked = cast(AskedRequest, request)
    viewer = asked.viewer
    if viewer.organisation_id is None or not viewer.may(OWN, viewer.path):
        raise NotPermitted("not_permitted", "志愿任务由村社书记、镇街和区的工作人员来办，您的账号没有这个权限")
    rules = mechanism.rules_of(mechanism.current().ref)
    about = _about(asked)
    initial = {"organisation": viewer.organisation_id, "begins_at": asked.now + timedelta(hours=2), **about["initial"]}
    data = request.POST if request.method == "POST" else None
    form = TaskForm(data, rules=rules, bodies=_bodies(asked), initial=initial)
    if data is not None and form.is_valid():
        try:
            made = _opened(asked, form, about)
        except Refused as refused:
            field = {"ends_at": "hours"}.get(refused.field, refused.field)
            form.add_error(field if field in form.fields else None, sentence_of(refused))
        else:
            say(request, gettext("任务发出去了，地址可以转到群里"))
            return redirect("volunteer_task", made.public_id)
    context = {
        "nav_key": "volunteer",
        "form": form,
        "key": new_key(),
        "about": about["title"],
        "query": request.GET.urlencode(),
    }
    return render(request, "volunteer/new.html", context, status=422 if form.errors else 200)


def _bodies(asked: AskedRequest) -> list[Organisation]:
    viewer = asked.viewer
    own = cast(int, viewer.organisation_id)
    here = organisations_by_id(viewer, ids=[own], at=asked.now)[own]
    return [here, *children(viewer, organisation=here, at=asked.now, kinds=BELOW)]


def _about(asked: AskedRequest) -> dict[str, Any]:
    """What the task is raised by, within the viewer's scope. Raises Http404 outside it."""
    try:
        if (case := _uuid(asked, "case")) is not None:
            found = matter.find(asked.viewer, public_id=case)
            title = found.title or found.text
            return {"case": case, "emergency": None, "title": title[:60], "initial": {"place_text": found.place_text}}
        if (public_id := _uuid(asked, "emergency")) is not None:
            one = emergency.one(asked.viewer, public_id=public_id)
            return {"case": None, "emergency": public_id, "title": one.organisation.short_name, "initial": {}}
    except NotFound as gone:
        raise Http404 from gone
    return {"case": None, "emergency": None, "title": "", "initial": {}}


def _uuid(asked: AskedRequest, name: str) -> UUID | None:
    text = asked.GET.get(name, "")
    try:
        return UUID(text) if text else None
    except ValueError as wrong:
        raise Http404 from wrong


def _opened(asked: AskedRequest, form: TaskForm, about: dict[str, Any]) -> Task:
    given = form.cleaned_data
    task = NewTask(
        organisation_id=int(given["organisation"]), kind=given["kind"], title=given["title"],
        place_text=given["place_text"], wanted=given["wanted"], begins_at=given["begins_at"],
        ends_at=given["begins_at"] + timedelta(hours=given["hours"]), text=given["text"], skills=given["skills"],
        source_kind="emergency" if about["emergency"] else "", source_id=about["emergency"],
    )  # fmt: skip
    common: dict[str, Any] = {"actor": actor(asked), "at": asked.now, "key": key(asked), "task": task}
    if about["case"] is None:
        return commands.open_task(**common)
    words = gettext("发了志愿任务：{title}，要 {n} 人").format(title=given["title"], n=given["wanted"])
    return open_for_case(**common, case=about["case"], words=words)


@signed_in
@require_POST
def do(request: HttpRequest, public_id: UUID, verb: str) -> HttpResponse:
    """confirm or turn_down one person; finish or cancel the task."""
    asked = cast(AskedRequest, request)
    task = find(asked, public_id)
    if verb in ("confirm", "turn_down"):
        return _decide(asked, task, verb)
    if verb == "finish":
        return _finish(asked, task)
    if verb == "cancel":
        return _cancel(asked, task)
    raise Http404


def _place(asked: AskedRequest, task: Task, text: str) -> SignUp:
    """The place of this very task. Raises Http404."""
    found = next((one for one in tasks.volunteers(asked.viewer, task=task) if str(one.public_id) == text), None)
    if found is None:
        raise Http404
    return found


def _decide(asked: AskedRequest, task: Task, verb: str) -> HttpResponse:
    place = _place(asked, task, asked.POST.get("place", ""))
    command = volunteers.confirm if verb == "confirm" else volunteers.turn_down
    command(actor=actor(asked), at=asked.now, key=key(asked), sign_up=place.public_id)
    say(asked, gettext("已确认") if verb == "confirm" else gettext("已告诉他这次不用来"))
    return redirect("volunteer_task", task.public_id)


@signed_in
@require_POST
def ring(request: HttpRequest, public_id: UUID, place: UUID) -> HttpResponse:
    """Name and number in clear, for a stated reason; the look is written first and the person can read it."""
    asked = cast(AskedRequest, request)
    task = find(asked, public_id)
    one = _place(asked, task, str(place))
    purpose = asked.POST.get("purpose", "")
    try:
        clear = reveal(
            actor=actor(asked), at=asked.now, key=ids.subkey(key(asked), "ring"), person_id=one.person_id,
            path=task.path, purpose=purpose, source=f"task {task.public_id}",
        )  # fmt: skip
    except BadInput as refused:
        told = {"place": one.public_id, "fault": sentence_of(refused), "purpose": purpose}
        return draw(asked, task, {"look": told}, 422)
    page = draw(asked, task, {"look": {"place": one.public_id, "shown": clear}})
    page.headers["Cache-Control"] = "no-store"
    return page


def _finish(asked: AskedRequest, task: Task) -> HttpResponse:
    form = came_form(asked, task, tasks.volunteers(asked.viewer, task=task), asked.POST)
    if form.is_valid():
        hours = {
            UUID(name.removeprefix("hours-")): value
            for name, value in form.cleaned_data.items()
            if name.startswith("hours-") and value
        }
        try:
            commands.finish(
                actor=actor(asked), at=asked.now, key=key(asked), task=task.public_id, hours=hours,
                text=form.cleaned_data["text"], seen=seen(asked),
            )  # fmt: skip
        except Refused as refused:
            form.add_error(None, sentence_of(refused))
        else:
            say(asked, gettext("记好了，辛苦大家"))
            return redirect("volunteer_task", task.public_id)
    return draw(asked, find(asked, task.public_id), {"finish": form}, 422)


def _cancel(asked: AskedRequest, task: Task) -> HttpResponse:
    form = CancelForm(asked.POST)
    if form.is_valid():
        try:
            commands.cancel(
                actor=actor(asked), at=asked.now, key=key(asked), task=task.public_id, text=form.cleaned_data["text"],
                seen=seen(asked),
            )  # fmt: skip
        except Refused as refused:
            form.add_error(None, sentence_of(refused))
        else:
            say(asked, gettext("任务取消了，报了名的人都通知了"))
            return redirect("volunteer_task", task.public_id)
    return draw(asked, find(asked, task.public_id), {"cancel": form}, 422)
