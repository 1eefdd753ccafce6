"""Notices about what is no matter: estates, their pre-reviews, joint meetings. Each kind asked for only when told of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from genmai.kernel.viewer import Viewer
from genmai.processes.decisions.queries import meetings
from genmai.processes.registers.queries import estates, matters
from genmai.records.notices.models import Notice

WORDS: dict[str, object] = {
    "estate.unmanaged": _("小区没有物业，列进清单了"),
    "estate.cleared": _("小区有人管了，出清单了"),
    "estate.term_ending": _("小区的任期或合同快到期"),
    "prereview.submitted": _("有重大事项等我们审核"),
    "prereview.returned": _("重大事项被退回，要改"),
    "prereview.passed": _("重大事项审核通过"),
    "prereview.voted": _("业主表决结果报来了"),
    "prereview.missed": _("重大事项审核超过时限"),
    "meeting.called": _("请我们开联席会议"),
    "meeting.moved": _("联席会议改了时间地点"),
    "meeting.cancelled": _("联席会议不开了"),
}


def targets(viewer: Viewer, notices: Iterable[Notice]) -> Mapping[UUID, tuple[str, str]]:
    """Source → title and address of what the viewer may still see; a query for each kind there is."""
    wanted: dict[str, list[UUID]] = {}
    for one in notices:
        wanted.setdefault(one.source_kind, []).append(one.source_id)
    found: dict[UUID, tuple[str, str]] = {}
    if ids := wanted.get("estate"):
        for estate in estates.visible(viewer).select_related("place").filter(public_id__in=ids):
            found[estate.public_id] = (estate.place.name, reverse("estate", args=[estate.public_id]))
    if ids := wanted.get("estate_matter"):
        for matter in matters.matters(viewer).filter(public_id__in=ids):
            found[matter.public_id] = (matter.title, reverse("estate_matter", args=[matter.public_id]))
    if ids := wanted.get("meeting"):
        for meeting in meetings.visible(viewer).filter(public_id__in=ids):
            found[meeting.public_id] = (meeting.title, reverse("meeting", args=[meeting.public_id]))
    return found
