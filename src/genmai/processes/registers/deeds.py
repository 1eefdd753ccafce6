"""Deed kinds of the registers. What each column holds, where it is more than that:

estate.*            source = the estate; organisation = its community; place = its ground; mechanism = the register's rules
estate.registered   quantity = households
estate.recorded     subject = the entry, reason = its kind, counterpart = the party it names; estate.corrected likewise
estate.unmanaged    subject = the stay on the list; estate.cleared: outcome = how it is managed now
estate.delisted     takes back the estate.unmanaged before it: it never was without management
estate.term_ending  subject = the entry whose term ends, due_at = the end of that day: a proposal, nothing is decided
prereview.*         source = the matter, subject = its estate, category = the kind of matter, counterpart = the submitter
prereview.submitted due_at = the limit of the review; returned and passed: outcome = on_time | late
prereview.missed    happened_at = due_at, whenever it is written
prereview.voted     outcome = carried | not_carried as reported, reason = agrees | differs from the arithmetic
dossier.*           source = the file, subject = the entry, category = the procedure, reason = the step, organisation = the
                    branch, person = whom the file is about; no word of what was said
dossier.step_closed outcome = on_time | late, happened_at = midday of the step's day, milestone = the membership it gives
dossier.missed      due_at = the end of the limit's last day, happened_at likewise; dossier.miss_lifted corrects it: done in time
dossier.answered    outcome = agrees | objects; dossier.extended: quantity = months
"""

from __future__ import annotations

from genmai.records.deeds.kinds import Nothing, Payload, register

ON_TIME, LATE = "on_time", "late"
AGREED, OBJECTED = "agrees", "objects"
CARRIED, NOT_CARRIED = "carried", "not_carried"
AGREES, DIFFERS = "agrees", "differs"


class Planned(Payload):
    """How and by when an estate is to come under management."""

    way: str = ""
    by: str = ""


_KINDS: dict[str, tuple[type[Payload], str]] = {
    "estate.registered": (Nothing, "登记小区"),
    "estate.recorded": (Nothing, "登记小区情况"),
    "estate.corrected": (Nothing, "更正小区情况"),
    "estate.unmanaged": (Nothing, "列入无物业小区清单"),
    "estate.clearing_planned": (Planned, "定下清零办法"),
    "estate.clearing_progressed": (Nothing, "清零有进展"),
    "estate.cleared": (Nothing, "有人管了，出清单"),
    "estate.delisted": (Nothing, "列错了，撤下清单"),
    "estate.term_ending": (Nothing, "任期或合同快到期"),
    "prereview.submitted": (Nothing, "提交前置审核"),
    "prereview.resubmitted": (Nothing, "改好再提交审核"),
    "prereview.returned": (Nothing, "审核退回"),
    "prereview.passed": (Nothing, "审核通过"),
    "prereview.missed": (Nothing, "审核超过时限"),
    "prereview.withdrawn": (Nothing, "收回审核事项"),
    "prereview.voted": (Nothing, "登记业主表决结果"),
    # files of procedures
    "dossier.opened": (Nothing, "建立档案"),
    "dossier.step_closed": (Nothing, "办完一步"),
    "dossier.missed": (Nothing, "一步过了期限"),
    "dossier.miss_lifted": (Nothing, "补记：这一步是按期办的"),
    "dossier.recorded": (Nothing, "写下一次考察、汇报或走访"),
    "dossier.review_asked": (Nothing, "请各部门联审"),
    "dossier.answered": (Nothing, "联审答复"),
    "dossier.extended": (Nothing, "延长"),
    "dossier.corrected": (Nothing, "更正档案里的一条"),
    "dossier.sent_back": (Nothing, "退回前面的步骤重办"),
    "dossier.annexed": (Nothing, "放进一份材料"),
    "dossier.stopped": (Nothing, "中止"),
    "dossier.resumed": (Nothing, "恢复办理"),
    "dossier.ended": (Nothing, "终止"),
    "dossier.finished": (Nothing, "每一步都办完"),
}
for _kind, (_payload, _title) in _KINDS.items():
    register(_kind, _payload, _title)
