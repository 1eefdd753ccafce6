"""Every verb a person can do on a matter: its button, its form, the command behind it, when it is theirs to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from genmai.interfaces.web.handle_case import bank_forms, family_forms, forms, judging_forms, party_forms
from genmai.interfaces.web.handle_case.fields import VerbForm
from genmai.interfaces.web.handle_case.standing import Standing
from genmai.processes.cases.commands import (
    bodies,
    climbing,
    desk,
    dispatching,
    family,
    handling,
    intake,
    merging,
    parties,
    problem_bank,
    ratings,
    requests,
    verifying,
    wrong_calls,
)
from genmai.processes.cases.models import Body, Case

Given = dict[str, Any]
Run = Callable[[Standing, Given, Given], Case]  # standing, actor/at/key/case/seen, what the form gave


@dataclass(frozen=True)
class Action:
    """`label` stands on the button, `done` is said afterwards; `steps` are the flow's verbs it carries out."""

    verb: str
    label: Any
    done: Any
    form: type[VerbForm]
    run: Run
    steps: tuple[str, ...]

    def is_open(self, standing: Standing) -> bool:
        """Whether this viewer may do it now."""
        if self.verb == "answer_at_once":
            kind = standing.definition.kinds.get(standing.case.service)
            return standing.may("take_on") and (kind is None or kind.can_close_on_the_spot)
        return all(standing.may(step) for step in self.steps)


def _plain(command: Callable[..., Case]) -> Run:
    return lambda standing, common, given: command(**common, **given)


def _guest(command: Callable[..., Case], fits: Callable[[Body], bool]) -> Run:
    def run(standing: Standing, common: Given, given: Given) -> Case:
        body = standing.my_body(fits)
        return command(**common, **given, body=body.public_id if body else None)

    return run


def _decide(granted: Callable[..., Case], refused: Callable[..., Case]) -> Run:
    def run(standing: Standing, common: Given, given: Given) -> Case:
        command = granted if given["granted"] == forms.YES else refused
        return command(**common, text=given.get("text", ""))

    return run


def _decide_flag(granted: Callable[..., Case], refused: Callable[..., Case]) -> Run:
    def run(standing: Standing, common: Given, given: Given) -> Case:
        command = granted if given["granted"] == forms.YES else refused
        return command(**common, body=given["body"], text=given.get("text", ""))

    return run


def _together(alone: Callable[..., Case], with_children: Callable[..., Case]) -> Run:
    """The children named come along in the same step."""
    return lambda standing, common, given: (with_children if "children" in given else alone)(**common, **given)


def _judge(standing: Standing, common: Given, given: Given) -> Case:
    without_case = {name: value for name, value in common.items() if name != "case"}
    return verifying.judge(**without_case, **given)


def _row(verb: str, label: Any, done: Any, form: type[VerbForm], run: Run, *steps: str) -> Action:
    return Action(verb, label, done, form, run, steps or (verb,))


_TABLE = (
    # deciding for others first: somebody waits
    _row("decide_objection", pgettext_lazy("do", "审核异议"), _("已作出决定"), forms.DecideObjection,
         _decide(requests.uphold_objection, requests.reject_objection), "uphold_objection", "reject_objection"),
    _row("decide_extension", pgettext_lazy("do", "批准延期"), _("已作出决定"), forms.DecideForm,
         _decide(requests.extend, requests.refuse_extension), "extend", "refuse_extension"),
    _row("decide_suspension", pgettext_lazy("do", "批准挂起"), _("已作出决定"), forms.DecideSuspension,
         _decide(requests.suspend, requests.refuse_suspension), "suspend", "refuse_suspension"),
    _row("decide_bank", pgettext_lazy("do", "批准挂账"), _("已作出决定"), bank_forms.DecideBank,
         _decide(problem_bank.bank, problem_bank.refuse_bank), "bank", "refuse_bank"),
    _row("answer_flag", pgettext_lazy("do", "答复“不该叫”"), _("已答复"), judging_forms.FlagDecisionForm,
         _decide_flag(wrong_calls.withdraw_call, wrong_calls.insist_call), "withdraw_call", "insist_call"),
    _row("decide_flag", pgettext_lazy("do", "裁定该不该叫"), _("已裁定"), judging_forms.JudgeFlagForm,
         _decide_flag(wrong_calls.uphold_flag, wrong_calls.reject_flag), "uphold_flag", "reject_flag"),
    _row("decide_climb", pgettext_lazy("do", "决定提不提级"), _("已作出决定"), bank_forms.DecideClimb,
         _decide(climbing.climb, climbing.stay), "climb", "stay"),
    # deciding whose it is
    _row("dispatch", pgettext_lazy("do", "分派"), _("已交办"), forms.DispatchForm, _plain(dispatching.dispatch)),
    _row("take_back", pgettext_lazy("do", "收回"), _("已收回，等重新分派"), forms.Plain, _plain(desk.take_back)),
    _row("take_on", pgettext_lazy("do", "我们自己办"), _("已接下，由本单位办理"), forms.Plain, _plain(dispatching.take_on)),
    _row("answer_at_once", pgettext_lazy("do", "当场办结"), _("已当场答复，等别人核实"), forms.AnswerForm,
         _plain(dispatching.answer_at_once), "take_on"),
    _row("accept", pgettext_lazy("do", "接单"), _("已接单"), forms.Plain, _plain(handling.accept)),
    # doing it
    _row("respond", pgettext_lazy("do", "响应呼叫"), _("已答复呼叫"), forms.RespondForm,
         _guest(bodies.respond, lambda b: b.part == Body.Part.CALLED and b.responded_at is None)),
    _row("arrive", pgettext_lazy("do", "到现场了"), _("已报到"), forms.OptionalWords,
         _guest(bodies.arrive, lambda b: b.arrived_at is None)),
    _row("conclude", pgettext_lazy("do", "我们这部分办完了"), _("已写明办理结果"), forms.NeededWords,
         _guest(bodies.conclude, lambda b: b.concluded_at is None)),
    _row("promise", pgettext_lazy("do", "我们答应哪天办好"), _("已记下答应的日期"), party_forms.PromiseForm,
         _guest(parties.promise, lambda b: b.concluded_at is None)),
    _row("contact", pgettext_lazy("do", "联系过反映人了"), _("已记下联系"), forms.ContactForm, _plain(handling.contact)),
    _row("reply", pgettext_lazy("do", "办结答复"), _("已答复，等别人核实"), family_forms.ReplyTogetherForm,
         _together(handling.reply, family.reply_together)),
    _row("resume", pgettext_lazy("do", "恢复办理"), _("已恢复办理"), forms.OptionalWords, _plain(requests.resume)),
    # was it done
    _row("verify", pgettext_lazy("do", "核实属实"), _("已核实"), forms.OptionalWords, _plain(verifying.verify)),
    _row("visit", pgettext_lazy("do", "登记回访"), _("已登记回访"), forms.VisitForm, _plain(verifying.visit)),
    _row("close", pgettext_lazy("do", "办结"), _("已办结"), family_forms.CloseTogetherForm,
         _together(verifying.close, family.close_together)),
    _row("review_bank", pgettext_lazy("do", "复查过了，还要等"), _("已记下复查，已告诉反映人"), bank_forms.ReviewBankForm,
         _plain(problem_bank.review_bank)),
    _row("raise_bank", pgettext_lazy("do", "提交上一级解决"), _("已提交上一级"), bank_forms.ToCallersForm, _plain(problem_bank.raise_bank)),
    _row("unbank", pgettext_lazy("do", "能办了，重新办理"), _("已重新办理"), bank_forms.ToCallersForm, _plain(problem_bank.unbank)),
    _row("close_banked", pgettext_lazy("do", "答应以后办，先办结"), _("已办结"), bank_forms.CloseBankedForm,
         _plain(problem_bank.close_banked)),
    _row("rate_call", pgettext_lazy("do", "评这次呼叫"), _("已评，双方评完就公开"), judging_forms.ScoreForm, _plain(ratings.rate_call)),
    # the rest
    _row("note", pgettext_lazy("do", "记一笔"), _("已记下"), forms.NoteForm, _plain(handling.note)),
    _row("chase", pgettext_lazy("do", "催办"), _("已催办"), forms.OptionalWords, _plain(desk.chase)),
    _row("assist", pgettext_lazy("do", "请求协办"), _("已请求协办"), forms.AssistForm, _plain(bodies.assist)),
    _row("call_in", pgettext_lazy("do", "呼叫镇街、部门"), _("已呼叫"), forms.CallForm, _plain(bodies.call_in)),
    _row("release", pgettext_lazy("do", "请协办、被呼叫的单位退出"), _("已请他们退出"), forms.ReleaseForm, _plain(bodies.release)),
    _row("ask_extension", pgettext_lazy("do", "申请延期"), _("已申请延期，等批准"), forms.ExtensionForm, _plain(requests.ask_extension)),
    _row("ask_suspension", pgettext_lazy("do", "申请挂起"), _("已申请挂起，等批准"), forms.SuspensionForm, _plain(requests.ask_suspension)),
    _row("flag_call", pgettext_lazy("do", "不该叫我们"), _("已提出，等镇街答复"), judging_forms.FlagForm,
         _guest(wrong_calls.flag_call, lambda b: b.part == Body.Part.CALLED and b.concluded_at is None)),
    _row("ask_bank", pgettext_lazy("do", "申请挂账"), _("已申请挂账，等批准"), bank_forms.AskBankForm, _plain(problem_bank.ask_bank)),
    _row("escalate", pgettext_lazy("do", "提交上一级"), _("已提交上一级"), forms.NeededWords, _plain(handling.escalate)),
    _row("object", pgettext_lazy("do", "不该我们办，提异议"), _("已提出异议，等审核"), forms.ObjectForm, _plain(requests.object_to)),
    _row("send_back", pgettext_lazy("do", "退回分派台"), _("已退回"), forms.ReasonForm, _plain(handling.send_back)),
    _row("rework", pgettext_lazy("do", "没办好，退回重办"), _("已退回重办"), forms.NeededWords, _plain(verifying.rework)),
    _row("judge", pgettext_lazy("do", "登记反映人的评价"), _("已登记评价"), forms.StaffJudgeForm, _judge),
    _row("classify", pgettext_lazy("do", "改分类、紧急程度"), _("已改分类"), forms.ClassifyForm, _plain(dispatching.classify)),
    _row("reassign", pgettext_lazy("do", "改派"), _("已改派"), forms.ReassignForm, _plain(dispatching.reassign)),
    _row("merge", pgettext_lazy("do", "并入同类事项"), _("已并入"), forms.MergeForm, _plain(merging.merge)),
    _row("unmerge", pgettext_lazy("do", "撤销合并"), _("已撤销合并，恢复原样"), forms.OptionalWords, _plain(merging.unmerge)),
    _row("split", pgettext_lazy("do", "拆成几件分头办"), _("已拆开交办"), family_forms.SplitForm, _plain(family.split)),
    _row("attach", pgettext_lazy("do", "挂到另一件下面"), _("已挂上"), family_forms.AttachForm, _plain(family.attach)),
    _row("detach", pgettext_lazy("do", "从上一件脱开"), _("已脱开，单独办"), forms.OptionalWords, _plain(family.detach)),
    _row("call_off", pgettext_lazy("do", "收回，不用办了"), _("已收回"), forms.NeededWords, _plain(family.call_off)),
    _row("decline", pgettext_lazy("do", "不予受理"), _("已告知反映人法定途径"), forms.DeclineForm, _plain(intake.decline)),
    _row("reopen", pgettext_lazy("do", "重新办理"), _("已重新办理"), forms.NeededWords, _plain(verifying.reopen)),
)  # fmt: skip
ACTIONS: Mapping[str, Action] = {action.verb: action for action in _TABLE}
# Taking in has pages of its own; joining and leaving is what merging and taking apart do to the other matter; so with a
# parent that gains or loses a child; a proposal to climb is made by time.
NOT_FORMS = frozenset({"receive", "split_off", "join", "leave", "adopt", "let_go", "propose_climb"})

# What is to be done next, by state, the first that is open; nothing else is ever the one red button.
NEXT = {
    "received": ("dispatch", "take_on"),
    "dispatched": ("accept",),
    "objected": ("decide_objection",),
    "in_hand": (
        "decide_extension",
        "decide_suspension",
        "decide_bank",
        "answer_flag",
        "decide_flag",
        "decide_climb",
        "respond",
        "arrive",
        "conclude",
        "contact",
        "reply",
    ),
    "suspended": ("answer_flag", "decide_flag", "resume"),
    "banked": ("review_bank", "raise_bank"),
    "replied": ("verify",),
    "verified": ("visit", "close"),
}


def open_actions(standing: Standing) -> list[Action]:
    """What this viewer may do now, in the order it is offered."""
    return [action for action in _TABLE if action.is_open(standing)]


def next_action(standing: Standing, offered: list[Action]) -> Action | None:
    """The one thing to do next; None when it is somebody else's move."""
    verbs = {action.verb: action for action in offered}
    for verb in NEXT.get(standing.case.state, ()):
        if verb in verbs and _is_due(verb, standing):
            return verbs[verb]
    return None


def _is_due(verb: str, standing: Standing) -> bool:
    """Whether it is the viewer's own organisation's move, and something is still waiting for it."""
    case, own = standing.case, standing.actor.organisation_id
    if verb in ("respond", "arrive", "conclude"):
        return verb != "arrive" or any(m.owner_id == own for m in standing.running("arrived"))
    if verb.startswith(("decide_", "answer_")):
        kind = {"answer_flag": "wrong_call", "decide_flag": "insisted"}.get(verb, verb.removeprefix("decide_"))
        request = standing.open_request(kind)
        return request is not None and request.reviewer_id == own
    mover = {"dispatch": case.desk_id, "accept": case.lead_id, "contact": case.lead_id, "reply": case.lead_id,
             "resume": case.lead_id, "review_bank": case.lead_id, "raise_bank": case.lead_id}.get(verb, case.holder_id)  # fmt: skip
    if mover != own:
        return False
    if verb == "contact":
        return bool(standing.running("contacted")) and bool(standing.waiting_callers)
    return verb != "visit" or bool(standing.running("visited"))
