"""One form a verb. Choices come from the mechanism the case is pinned to and from who takes part."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from genmai.interfaces.web.handle_case import words
from genmai.interfaces.web.handle_case.fields import (
    VerbForm,
    body_choices,
    caller_words,
    listed,
    one,
    said,
    several,
    titles,
)
from genmai.interfaces.web.shell.plain_forms import refuse_nul
from genmai.processes.cases import mechanism

YES, NO = "yes", "no"


class Plain(VerbForm):
    """A button alone."""


class OptionalWords(VerbForm):
    text = said(_("补充一句"), required=False, rows=2)


class NeededWords(VerbForm):
    text = said(_("写明情况"))


class ContactForm(VerbForm):
    callers = several(_("联系上了谁"), required=False)
    text = said(_("说了什么"), required=False, rows=2)

    def prepare(self) -> None:
        waiting = self.standing.waiting_callers
        if len(waiting) < 2:
            del self.fields["callers"]
            return
        self.choose("callers", [(str(c.public_id), caller_words(self.standing, c)) for c in waiting])
        self.initial.setdefault("callers", [str(c.public_id) for c in waiting])

    def given(self) -> dict[str, Any]:
        chosen = [UUID(one) for one in self.cleaned_data.get("callers", ())]
        return {"callers": chosen, "text": self.cleaned_data["text"]}


class NoteForm(VerbForm):
    text = said(_("记什么"))
    open_to_callers = forms.BooleanField(label=_("反映人也能看到"), required=False)


class ReplyForm(VerbForm):
    outcome = one(_("办得怎么样"))
    text = said(_("怎么办的"), help_text=_("反映人会看到这段话"), rows=4)
    promised_until = forms.DateField(
        label=_("答应哪一天办好"),
        required=False,
        help_text=_("只在“已答应，还没办好”时填"),
        widget=forms.DateInput(attrs={"type": "date", "class": "short"}),
    )
    reached = forms.BooleanField(label=_("已当面或电话告诉反映人"), required=False, initial=True)

    def prepare(self) -> None:
        rows = {k: c for k, c in self.standing.definition.closings.items() if c.approver is None}
        self.choose("outcome", [*titles(rows), ("promised", words.OUTCOMES["promised"])])


class ReasonForm(VerbForm):
    reason = one(_("为什么"))
    text = said(_("写明情况"))

    def prepare(self) -> None:
        self.choose("reason", titles(self.standing.definition.objection.reasons))


class ObjectForm(ReasonForm):
    proposed = listed(_("应该由谁办"), required=False, help_text=_("知道就选，不知道可以不选"))

    def prepare(self) -> None:
        super().prepare()
        self.choose("proposed", [("", "—"), *body_choices(self.standing, without_lead=True)], first=True)

    def given(self) -> dict[str, Any]:
        found = super().given()
        return found | ({"proposed": UUID(found["proposed"])} if "proposed" in found else {})


class AssistForm(VerbForm):
    bodies = several(_("请谁协办"))
    text = said(_("请他们做什么"))

    def prepare(self) -> None:
        self.choose("bodies", body_choices(self.standing, without_lead=True, without_guests=True))

    def given(self) -> dict[str, Any]:
        return super().given() | {"bodies": [UUID(one) for one in self.cleaned_data["bodies"]]}


class CallForm(AssistForm):
    bodies = several(_("呼叫谁"), help_text=_("本镇街和区级部门"))
    call_kind = one(_("什么情形"))
    text = said(_("现场情况，要他们做什么"))
    why_town_cannot = said(_("镇街为什么办不了"), required=False, rows=2, help_text=_("村社、网格直接呼叫部门时要写明"))
    field_order = ("call_kind", "bodies", "text", "why_town_cannot")

    def prepare(self) -> None:
        kinds = self.standing.definition.calls.kinds
        self.choose(
            "call_kind",
            [(k, words.told(words.say(v.title), words.say(v.say) if v.say else "")) for k, v in kinds.items()],
        )
        above = self.standing.path(self.standing.case.lead_id)
        fit = [
            o for o in self.standing.targets if o.kind == "department" or (o.kind == "town" and f"/{o.id}/" in above)
        ]
        self.choose("bodies", body_choices(self.standing, without_lead=True, without_guests=True, among=fit))


class RespondForm(VerbForm):
    wrong = one(_("怎么答"), required=False)
    text = said(_("说明"), required=False, rows=2, help_text=_("说不该叫的，要写明"))

    def prepare(self) -> None:
        reasons = self.standing.definition.calls.wrong_reasons
        self.choose(
            "wrong", [("", _("马上来")), *((k, f"{_('不该叫我们')}：{w}") for k, w in titles(reasons))], first=True
        )


class ReleaseForm(VerbForm):
    body = one(_("请谁退出"))
    text = said(_("为什么不再需要"), rows=2)

    def prepare(self) -> None:
        guests = self.standing.guests
        self.choose("body", [(str(b.public_id), b.organisation.short_name) for b in guests])

    def given(self) -> dict[str, Any]:
        return super().given() | {"body": UUID(self.cleaned_data["body"])}


class ExtensionForm(VerbForm):
    amount = forms.DecimalField(
        label=_("要延多久"),
        min_value=0,
        max_digits=8,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"class": "short"}),
    )
    text = said(_("为什么要延"))

    def prepare(self) -> None:
        milestone = self.standing.extendable
        if milestone is not None:
            self.fields["amount"].help_text = UNITS[milestone.clock]


class SuspensionForm(VerbForm):
    reason = one(_("为什么要挂起"))
    until = forms.DateField(
        label=_("到哪一天"),
        required=False,
        help_text=_("不填就按这个原因最长的时间"),
        widget=forms.DateInput(attrs={"type": "date", "class": "short"}),
    )
    text = said(_("写明情况"))

    def prepare(self) -> None:
        self.choose("reason", titles(self.standing.definition.suspensions))

    def given(self) -> dict[str, Any]:
        found = super().given()
        if "until" in found:
            found["until"] = timezone.make_aware(datetime.combine(found["until"], time(23, 59)))
        return found


class DecideForm(VerbForm):
    granted = one(_("您的决定"), even=True)
    text = said(_("说明"), required=False, rows=2, help_text=_("不同意的，要写明理由"))
    kind = "extension"

    def prepare(self) -> None:
        yes, no = DECISIONS[self.kind]
        self.choose("granted", [(YES, yes), (NO, no)])

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if found.get("granted") == NO and not found.get("text"):
            self.add_error("text", _("不同意的，请写明理由"))
        return found


class DecideObjection(DecideForm):
    kind = "objection"


class DecideSuspension(DecideForm):
    kind = "suspension"


DECISIONS = {
    "objection": (pgettext_lazy("do", "异议成立，退回重新分派"), pgettext_lazy("do", "异议不成立，仍由他们办")),
    "extension": (pgettext_lazy("do", "同意延期"), pgettext_lazy("do", "不同意延期")),
    "suspension": (pgettext_lazy("do", "同意挂起"), pgettext_lazy("do", "不同意挂起")),
}
UNITS = {
    "urgent_hours": _("单位：小时"),
    "urgent_days": _("单位：天（24 小时）"),
    "working_hours": _("单位：工作时"),
    "working_days": _("单位：工作日"),
    "calendar_days": _("单位：天"),
}


class ClassifyForm(VerbForm):
    category = forms.CharField(
        label=_("分类"),
        max_length=200,
        validators=[refuse_nul],
        help_text=_("写名称，例如“路灯”或“城乡建设 / 市政设施”，也可以写编码"),
    )
    urgency = one(_("急不急"), required=False)

    def prepare(self) -> None:
        case = self.standing.case
        if case.category in mechanism.taxonomy():
            self.initial.setdefault("category", words.subject(mechanism.taxonomy().lookup(case.category)))
        self.initial.setdefault("urgency", case.urgency)
        self.choose("urgency", titles(self.standing.definition.urgencies))

    def clean_category(self) -> str:
        """A code, or what the words name; the reason and what there is when they name nothing for sure."""
        return category_of(self.cleaned_data["category"])


def category_of(typed: str) -> str:
    """The code a person's words name. Raises ValidationError with the reason and the nearest subjects."""
    taxonomy = mechanism.taxonomy()
    if typed in taxonomy:
        return typed
    if whole := next((code for code, one in taxonomy.categories.items() if typed == one.title_en), ""):
        return whole
    found = taxonomy.find(typed)
    if found.category is not None:
        return found.category.code
    near = [words.subject(taxonomy.lookup(code)) for code in found.candidates[:6]]
    raise forms.ValidationError(words.aside(found.reason.text(gettext), gettext("；").join(near)))


class DispatchForm(VerbForm):
    to = listed(_("交给谁"))
    assisting = several(_("请谁协办"), required=False)
    text = said(_("交代一句"), required=False, rows=2, most=500)

    def prepare(self) -> None:
        choices = body_choices(self.standing)
        self.choose("to", [("", _("请选单位")), *choices])
        self.choose("assisting", choices)

    def given(self) -> dict[str, Any]:
        found = super().given() | {"to": UUID(self.cleaned_data["to"])}
        return found | {"assisting": [UUID(one) for one in self.cleaned_data["assisting"]]}


class ReassignForm(VerbForm):
    to = listed(_("改派给谁"))
    text = said(_("为什么改派"), rows=2, most=500)

    def prepare(self) -> None:
        self.choose("to", [("", _("请选单位")), *body_choices(self.standing, without_lead=True)])

    def given(self) -> dict[str, Any]:
        return super().given() | {"to": UUID(self.cleaned_data["to"])}


class DeclineForm(VerbForm):
    reason = one(_("为什么不受理"), help_text=_("反映人会看到对应的说明"))

    def prepare(self) -> None:
        rows = self.standing.definition.declines
        self.choose("reason", [(k, words.told(words.say(d.title), words.say(d.say))) for k, d in rows.items()])


class AnswerForm(VerbForm):
    outcome = one(_("办得怎么样"))
    text = said(_("怎么答复的"), help_text=_("反映人会看到这段话"))

    def prepare(self) -> None:
        rows = {k: c for k, c in self.standing.definition.closings.items() if c.approver is None and not c.promised}
        self.choose("outcome", titles(rows))


class JudgeForm(VerbForm):
    caller = one(_("哪一位反映人"))
    fixed = one(_("事情解决了吗？"), required=False, even=True)
    satisfaction = one(_("满意吗？"), required=False, even=True)
    text = said(_("原话"), required=False, rows=2, most=500)

    def prepare(self) -> None:
        callers = [c for c in self.standing.matter.callers if c.wants_answer]
        left = [c for c in callers if c.visited_at is None] or callers
        self.choose("caller", [(str(c.public_id), caller_words(self.standing, c)) for c in left], first=True)
        if len(left) == 1:
            self.fields["caller"].widget = forms.HiddenInput()
        self.choose("fixed", [(YES, words.OUTCOMES["fixed"]), (NO, words.OUTCOMES["not_fixed"])])
        self.choose("satisfaction", [(str(n), word) for n, word in sorted(words.SATISFACTION.items(), reverse=True)])

    def given(self) -> dict[str, Any]:
        found = super().given() | {"caller": UUID(self.cleaned_data["caller"])}
        if "satisfaction" in found:
            found["satisfaction"] = int(found["satisfaction"])
        for name in ("fixed", "reached", "contacted"):
            if name in found:
                found[name] = found[name] == YES
        return found


class StaffJudgeForm(JudgeForm):
    fixed = one(_("事情解决了吗？"), even=True)


class VisitForm(JudgeForm):
    reached = one(_("打通了吗？"), even=True)
    contacted = one(_("承办单位联系过他吗？"), required=False, even=True)
    field_order = ("caller", "reached", "contacted", "fixed", "satisfaction", "text")

    def prepare(self) -> None:
        super().prepare()
        self.choose("reached", [(YES, _("打通了")), (NO, _("没打通"))])
        self.choose("contacted", [(YES, _("联系过")), (NO, _("没联系"))])

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if found.get("reached") == YES and not found.get("fixed"):
            self.add_error("fixed", _("打通了的，请选一项"))
        return found


class CloseForm(VerbForm):
    reason = one(_("怎么了结的"))
    text = said(_("说明"), required=False, rows=2, help_text=_("反映人会看到这段话"))

    def prepare(self) -> None:
        self.choose("reason", titles(self.standing.definition.closings))


class MergeForm(VerbForm):
    into = forms.UUIDField(label=_("并入哪一件"), widget=forms.HiddenInput)
    text = said(_("补充一句"), required=False, rows=2, most=500)
