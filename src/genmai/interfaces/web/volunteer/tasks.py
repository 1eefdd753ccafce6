"""What people are wanted for, one task, and signing up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from genmai.directory.roster.commands import find_or_add_resident
from genmai.directory.roster.queries import masked_people
from genmai.interfaces.web.edge.addresses import Pace, address_of, is_own_network
from genmai.interfaces.web.edge.posting import actor, key, new_key
from genmai.interfaces.web.edge.refusing import sentence_of
from genmai.interfaces.web.edge.viewing import AskedRequest
from genmai.interfaces.web.report import slips
from genmai.interfaces.web.shell.toast import say
from genmai.interfaces.web.volunteer.forms import CameForm, CancelForm, SignUpForm
from genmai.interfaces.web.volunteer.mine import hand_over
from genmai.interfaces.web.volunteer.words import PLACES, line, standing_of, titles
from genmai.kernel import ids
from genmai.kernel.refusal import BadInput, NotFound, Refused
from genmai.kernel.viewer import Actor
from genmai.processes.activities import mechanism, policies
from genmai.processes.activities.commands import volunteers
from genmai.processes.activities.models import SignUp, Task
from genmai.processes.activities.queries import tasks

PACE = Pace(20, timedelta(hours=1))
OWN = "tasks:organise"


@never_cache
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Tasks that want people, the nearest first; an organiser finds their own below."""
    asked = cast(AskedRequest, request)
    page = max(0, int(number) if (number := request.GET.get("page", "0")).isdigit() and len(number) < 5 else 0)
    found, more = tasks.wanted(asked.viewer, at=asked.now, offset=page * tasks.PAGE)
    organised = [] if asked.viewer.anonymous else tasks.organised(asked.viewer)
    context = {
        "nav_key": "volunteer",
        "now": asked.now,
        "lines": [line(one) for one in found],
        "next_page": page + 1 if more else None,
        "organised": [line(one) for one in organised],
        "may_organise": asked.viewer.may(OWN),
    }
    return render(request, "volunteer/board.html", context)


@never_cache
@require_safe
def page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One task; the organiser's part below."""
    asked = cast(AskedRequest, request)
    return draw(asked, find(asked, public_id), {})


def find(asked: AskedRequest, public_id: UUID) -> Task:
    """Raises Http404."""
    try:
        return tasks.one(asked.viewer, public_id=public_id)
    except NotFound as gone:
        raise Http404 from gone


def draw(asked: AskedRequest, task: Task, forms: dict[str, Any], status: int = 200) -> HttpResponse:
    """The page with whatever form came back."""
    viewer = asked.viewer
    organiser = policies.may_organise(viewer, task.path)
    places = tasks.volunteers(viewer, task=task)
    own = tasks.mine(viewer, task=task)
    open_ = task.state == "open" and asked.now < task.ends_at
    context = {
        "nav_key": "volunteer",
        "now": asked.now,
        "line": line(task),
        "task": task,
        "open": open_,
        "own": own,
        "own_words": standing_of(own) if own else "",
        "sign_up": forms.get("sign_up") or _sign_up_form(asked, task),
        "key": new_key(),
        "organiser": organiser,
        "people": _people(asked, task, places, forms.get("look") or {}),
        "came": (forms.get("finish") or came_form(asked, task, places))
        if _can_finish(asked, task, organiser)
        else None,
        "cancel": (forms.get("cancel") or CancelForm()) if organiser and task.state == "open" else None,
    }
    return render(asked, "volunteer/task.html", context, status=status)


def _can_finish(asked: AskedRequest, task: Task, organiser: bool) -> bool:
    return organiser and task.state == "open" and asked.now >= task.begins_at


def _sign_up_form(asked: AskedRequest, task: Task, data: Any = None) -> SignUpForm | None:
    if task.state != "open" or task.taken >= task.wanted or asked.now >= task.ends_at:
        return None
    return SignUpForm(data, rules=mechanism.rules_of(task.mechanism), by_staff=not asked.viewer.anonymous)


def names(asked: AskedRequest, places: list[SignUp]) -> dict[UUID, str]:
    """A name each, residents' with stars."""
    masked = masked_people(asked.viewer, ids=[one.person_id for one in places])
    return {one.public_id: masked[one.person_id].name or gettext("（没留称呼）") for one in places}


def _people(asked: AskedRequest, task: Task, places: list[SignUp], look: Mapping[str, Any]) -> list[dict[str, Any]]:
    """For the organiser: who, what they can do, where it stands, keys for the buttons; `look`: whom they asked to see."""
    known = names(asked, places) if places else {}
    usual = gettext("志愿任务联系：{title}").format(title=task.title)
    return [
        {
            "place": one,
            "anchor": f"place-{one.public_id}",  # a long page comes back where the number is shown
            "name": known[one.public_id],
            "skills": titles(task, "skills", one.skills),
            "standing": standing_of_place(task, one),
            "waiting": one.state == SignUp.State.SIGNED and task.state == "open",
            "holding": one.state in SignUp.HOLDING and task.state == "open",
            "confirm_key": new_key(),
            "turn_down_key": new_key(),
            "ring_key": new_key(),
            "look": look if look.get("place") == one.public_id else {"purpose": usual},
        }
        for one in places
    ]


def standing_of_place(task: Task, place: SignUp) -> str:
    """In the organiser's words."""
    if place.came:
        return gettext("来了，{hours} 小时").format(hours=place.hours)
    if place.came is False:
        return gettext("没来")
    short = {SignUp.State.SIGNED: gettext("等确认"), SignUp.State.CONFIRMED: gettext("已确认")}
    return short.get(SignUp.State(place.state)) or str(PLACES[SignUp.State(place.state)])


def came_form(asked: AskedRequest, task: Task, places: list[SignUp], data: Any = None) -> CameForm:
    """One line a person who holds a place, filled with the task's own length."""
    holding = [one for one in places if one.state in SignUp.HOLDING]
    known = names(asked, holding) if holding else {}
    usual = Decimal(round((task.ends_at - task.begins_at).total_seconds() / 1800)) / 2
    return CameForm(data, people=[(str(one.public_id), known[one.public_id]) for one in holding], usual=usual)


@sensitive_post_parameters("name", "phone", "key")
@require_POST
def sign_up(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Staff with one tap; a resident gets a code."""
    asked = cast(AskedRequest, request)
    task = find(asked, public_id)
    form = _sign_up_form(asked, task, request.POST)
    if form is None:
        return draw(asked, task, {}, 422)
    if form.is_valid() and not _too_many(asked, form):
        try:
            return _signed(asked, task, form)
        except BadInput as refused:
            form.add_error(refused.field if refused.field in form.fields else None, sentence_of(refused))
        except Refused as refused:
            form.add_error(None, sentence_of(refused))
    return draw(asked, find(asked, public_id), {"sign_up": form}, 422)


def _too_many(asked: AskedRequest, form: SignUpForm) -> bool:
    address = address_of(asked)
    if not asked.viewer.anonymous or is_own_network(address):
        return False
    if PACE.free_at(address, asked.now) is None:
        PACE.count(address, asked.now)
        return False
    form.add_error(None, gettext("这一小时从同一个网络报名的太多了，过一会儿再报，或者打电话给召集人"))
    return True


def _signed(asked: AskedRequest, task: Task, form: SignUpForm) -> HttpResponse:
    given, posted = form.cleaned_data, key(asked)
    if not asked.viewer.anonymous:
        volunteers.sign_up(
            actor=actor(asked), at=asked.now, key=posted, task=task.public_id,
            person_id=cast(int, asked.viewer.person_id), skills=given["skills"],
        )  # fmt: skip
        say(asked, gettext("报上名了，等召集人确认"))
        return redirect("volunteer_task", task.public_id)
    command, code = slips.keys_of(posted, str(task.public_id), given["name"], given["phone"])
    with transaction.atomic():
        person = find_or_add_resident(
            actor=Actor.reporter(), at=asked.now, key=ids.subkey(command, "volunteer"), phone=given["phone"],
            name=given["name"],
        )  # fmt: skip
        volunteers.sign_up(
            actor=Actor.reporter(), at=asked.now, key=command, task=task.public_id, person_id=cast(Any, person).pk,
            skills=given["skills"], code_digest=tasks.digest(code),
        )  # fmt: skip
    response = redirect("volunteer_mine")
    hand_over(response, code)
    return response
