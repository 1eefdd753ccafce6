"""Notices about what is no matter: estates, joint meetings, emergencies, volunteers. Each kind asked for only when told of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from genmai.kernel.viewer import Viewer
from genmai.processes.activities.queries import tasks
from genmai.processes.cases.queries import emergency
from genmai.processes.decisions.queries import meetings
from genmai.processes.registers.flowing import queries as flowing
from genmai.processes.registers.procedures import queries as procedures
from genmai.processes.registers.queries import estates, matters
from genmai.processes.registers.standards.queries import lists as standards
from genmai.records.notices.models import Notice

WORDS: dict[str, object] = {
    "estate.unmanaged": _("小区没有物业，列进清单了"),
    "estate.cleared": _("小区有人管了，出清单了"),
    "estate.term_ending": _("小区的任期或合同快到期"),
    "candidate.found": _("有可能的流动党员等着联系"),
    "residents.failed": _("居民名单没有比对成，要定怎么办"),
    "flowing.coming": _("有党员要流到我们这里"),
    "flowing.declared": _("有人报到说是我们支部的党员，请核对"),
    "flowing.confirmed": _("流出地确认了"),
    "flowing.disowned": _("流出地说不是他们支部的"),
    "flowing.lost": _("一名流动党员被认定失联"),
    "flowing.returned": _("一名流动党员回来了"),
    "flowing.transferred": _("一名流动党员转走了组织关系"),
    "flowing.proposed": _("流动党员到了该研究的时候"),
    "prereview.submitted": _("有重大事项等我们审核"),
    "prereview.returned": _("重大事项被退回，要改"),
    "prereview.passed": _("重大事项审核通过"),
    "prereview.voted": _("业主表决结果报来了"),
    "prereview.missed": _("重大事项审核超过时限"),
    "meeting.called": _("请我们开联席会议"),
    "meeting.moved": _("联席会议改了时间地点"),
    "meeting.cancelled": _("联席会议不开了"),
    "emergency.declared": _("进入应急状态"),
    "emergency.prolonged": _("应急状态延长了"),
    "emergency.ended": _("应急状态结束了"),
    "emergency.ending": _("应急状态快到时间，要延长请延长，不用就让它结束"),
    "task.opened": _("发了一个志愿任务"),
    "task.signed_up": _("有人报名志愿任务"),
    "task.withdrawn": _("有人取消了报名"),
    "task.confirmed": _("您的报名确认了"),
    "task.turned_down": _("这次人够了，不用去了"),
    "task.finished": _("志愿任务结束了"),
    "task.cancelled": _("志愿任务取消了"),
    "dossier.turn": _("轮到我们办一步"),
    "dossier.review_asked": _("请我们参加联审"),
    "dossier.answered": _("联审有答复了"),
    "dossier.sent_back": _("档案退回重办了"),
    "dossier.stopped": _("档案中止了"),
    "dossier.ended": _("档案终止了"),
    "dossier.missed": _("档案里的一步过了期限，请看看卡在哪里"),
    "transfer.asked": _("有党员要转到我们支部，等着接收"),
    "transfer.accepted": _("对方接收了我们转出的党员"),
    "transfer.refused": _("对方不接收我们转出的党员"),
    "transfer.withdrawn": _("对方撤回了要转来的党员"),
    "transfer.expired": _("一个组织关系转接过期没有接"),
    "proposal.raised": _("有党员的情况提请我们研究"),
    "letter.lapsed": _("一封介绍信过了有效期"),
    "standard.returned": _("亮出的一条被退回，要重做"),
    "standard.enrolled": _("本单位列进了一个专项"),
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
    if ids := wanted.get("flowing"):
        for record in flowing.records(viewer).filter(public_id__in=ids):
            found[record.public_id] = (str(_("流动党员")), reverse("flowing_record", args=[record.public_id]))
    if wanted.get("residents"):
        kept = {one.public_id: one.title for one in flowing.lists(viewer)}
        for listed in wanted["residents"]:
            address = reverse("flowing_list", args=[listed]) if listed in kept else reverse("flowing")
            found[listed] = (kept.get(listed, str(_("流动党员"))), address)
    if ids := wanted.get("meeting"):
        for meeting in meetings.visible(viewer).filter(public_id__in=ids):
            found[meeting.public_id] = (meeting.title, reverse("meeting", args=[meeting.public_id]))
    if ids := wanted.get("emergency"):
        for place in emergency.by_ids(viewer, ids=ids):
            found[place.public_id] = (place.organisation.short_name, reverse("emergency", args=[place.public_id]))
    if ids := wanted.get("task"):
        for task in tasks.by_ids(viewer, ids=ids):
            found[task.public_id] = (task.title, reverse("volunteer_task", args=[task.public_id]))
    if ids := wanted.get("dossier"):
        for dossier in procedures.visible(viewer).select_related("subject").filter(public_id__in=ids):
            found[dossier.public_id] = (
                dossier.subject.display_name,
                reverse("procedure_file", args=[dossier.public_id]),
            )
    if ids := [*wanted.get("standard_mark", []), *wanted.get("standard_unit", [])]:
        for source, key, body in standards.told(viewer, ids=ids):
            found[source] = (body.short_name, reverse("standard_body", args=[key, body.code]))
    for kind, address, title in _PAGES:
        for listed in wanted.get(kind, ()):
            found[listed] = (str(title), reverse(address))
    return found


# Kinds whose notices lead to the list where they are done: no name is told outside the page that asks who may see it.
_PAGES = (
    ("transfer", "members_transfers", _("组织关系转接")),
    ("proposal", "members_proposals", _("提请研究")),
    ("letter", "members_letters", _("介绍信")),
)
