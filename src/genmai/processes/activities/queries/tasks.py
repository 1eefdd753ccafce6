"""Reading tasks. What a task wants is public; who volunteers is for its organiser, and each for themself."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Reach, Viewer
from genmai.processes.activities import policies
from genmai.processes.activities.models import SignUp, Task

PAGE = 30


def wanted(viewer: Viewer, *, at: datetime, limit: int = PAGE, offset: int = 0) -> tuple[list[Task], bool]:
    """Tasks that want people now, the nearest first, and whether there are more. Public; staff see their own line only."""
    found = Task.objects.filter(state="open", ends_at__gt=at)
    if not viewer.anonymous:
        ids = [int(part) for part in viewer.path.split("/") if part]
        found = found.filter(Q(path__startswith=viewer.path or "-") | Q(organisation_id__in=ids))
    rows = list(found.select_related("organisation").order_by("begins_at", "id")[offset : offset + limit + 1])
    return rows[:limit], len(rows) > limit


def organised(viewer: Viewer, *, limit: int = PAGE) -> list[Task]:
    """Tasks of the viewer's organisations where they organise, open ones first."""
    mine = viewer.paths(policies.ORGANISE, Reach.CAPTURE)
    if not mine:
        return []
    scope = Q()
    for path in mine:
        scope |= Q(path__startswith=path)
    rows = Task.objects.filter(scope).select_related("organisation").order_by("-state", "-begins_at", "-id")
    return list(rows[:limit])


def one(viewer: Viewer, *, public_id: UUID) -> Task:
    """A task; public like its announcement. Raises NotFound."""
    found = Task.objects.select_related("organisation", "opened_by").filter(public_id=public_id).first()
    if found is None:
        raise NotFound("没有这个志愿任务")
    return found


def volunteers(viewer: Viewer, *, task: Task) -> list[SignUp]:
    """Who signed up, for the organiser; nobody else reads a name. Names of residents are sealed on the person."""
    if not policies.may_organise(viewer, task.path):
        return []
    found = SignUp.objects.filter(task=task).select_related("person__sealing_key")
    return list(found.order_by("-state", "id"))


def mine(viewer: Viewer, *, task: Task) -> SignUp | None:
    """The viewer's own place in a task."""
    if viewer.person_id is None:
        return None
    return SignUp.objects.filter(task=task, person_id=viewer.person_id, state__in=SignUp.HOLDING).first()


def of_person(viewer: Viewer, *, limit: int = PAGE) -> list[SignUp]:
    """What the viewer signed up for, newest first; in private, never beside anybody else's."""
    if viewer.person_id is None:
        return []
    found = SignUp.objects.filter(person_id=viewer.person_id).select_related("task__organisation")
    return list(found.order_by("-task__begins_at", "-id")[:limit])


def digest(code: str) -> bytes:
    """What is stored of a volunteer's code: SHA-256 of its letters and digits, case and dashes aside."""
    plain = "".join(ch for ch in code.upper() if ch.isalnum())
    return hashlib.sha256(b"volunteer\x1f" + plain.encode()).digest()


def by_code(viewer: Viewer, *, code: str) -> SignUp:
    """The place behind a code; the code is the right. Raises NotFound."""
    found = SignUp.objects.filter(code_digest=digest(code)).select_related("task__organisation").first()
    if found is None:
        raise NotFound("没有这个查询码，请核对后再输一遍")
    return found


def by_ids(viewer: Viewer, *, ids: Sequence[UUID]) -> list[Task]:
    """Those of these; public like their announcements."""
    return list(Task.objects.filter(public_id__in=list(ids)))


def raised_by(viewer: Viewer, *, source_ids: Sequence[UUID]) -> list[Task]:
    """Tasks that these (cases, an emergency) raised; the caller has checked that the viewer may see those."""
    found = Task.objects.filter(source_id__in=source_ids).select_related("organisation")
    return list(found.order_by("begins_at", "id"))
