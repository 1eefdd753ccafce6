"""Forms of a file; a step's own form is made from its rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from genmai.interfaces.web.handle_case.fields import listed, one, said
from genmai.interfaces.web.handle_case.words import say
from genmai.interfaces.web.shell.plain_forms import PlainForm, refuse_nul
from genmai.processes.registers.procedures.commands.closing import Fact
from genmai.processes.registers.procedures.rules import Ask, Procedure, Step
from genmai.processes.registers.procedures.votes import Tally

MOST = 2000


def day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    """A day."""
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "short"})
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget)


def short(label: Any, most: int, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    """A line of text."""
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(
        label=label, required=required, max_length=most, help_text=help_text, validators=[refuse_nul], widget=widget
    )


def number(label: Any, *, required: bool = True) -> forms.IntegerField:
    """A whole number."""
    widget = forms.NumberInput(attrs={"class": "short", "inputmode": "numeric"})
    return forms.IntegerField(label=label, min_value=0, max_value=1_000_000, required=required, widget=widget)


def _field(ask: Ask, grouped: bool) -> forms.Field:
    title, needed = say(ask.title), ask.required and not grouped
    if ask.kind == "date":
        return day(title, required=needed)
    if ask.kind == "count":
        return number(title, required=needed)
    if ask.kind == "choice":
        field = one(title, required=needed, even=len(ask.choices) < 3)
        field.choices = [(key, say(text)) for key, text in ask.choices.items()]
        return field
    return said(title, required=needed, rows=2, most=MOST)


class StepForm(PlainForm):
    """What closes a step: the day, what it asks, the vote, the document. Made by `step_form`."""

    asked: tuple[str, ...] = ()
    votes = False

    def fact(self) -> Fact:
        """The fact for the command."""
        given = self.cleaned_data
        answers = {key: given[key] for key in self.asked if given.get(key) not in (None, "")}
        tally = None
        if self.votes:
            tally = Tally(given["entitled"], given["present"], given["in_favour"], given.get("written") or 0)
        return Fact(given["on"], answers, tally, given.get("document", ""))


def step_form(
    step: Step, data: Any = None, *, correcting: bool = False, initial: Any = None, prefix: str = ""
) -> StepForm:
    """The form of one step; when correcting, with the reason."""
    grouped = {key for group in step.any_of for key in group.asks}
    fields: dict[str, Any] = {"on": day(_("哪天办的"))}
    if step.vote is not None:
        fields |= {
            "entitled": number(_("应到的正式党员")), "present": number(_("实到")), "in_favour": number(_("到会同意的")),
            "written": number(_("没到会、书面同意的"), required=False),
        }  # fmt: skip
    fields |= {key: _field(ask, key in grouped) for key, ask in step.asks.items()}
    fields["document"] = short(_("依据的文件、会议"), 120, required=False)
    if correcting:
        fields["reason"] = said(_("为什么更正"), rows=2, most=MOST)
    made = type("MadeStepForm", (StepForm,), {**fields, "asked": tuple(step.asks), "votes": step.vote is not None})
    found: StepForm = made(data, initial=initial, auto_id=f"{prefix or 'close'}_%s")
    return found


class RecordForm(PlainForm):
    """One more record of a step under way."""

    on = day(_("哪天"))
    text = said(_("写了什么、看到什么"), rows=3, most=MOST)
    document = short(_("依据的材料"), 120, required=False)


class BackForm(PlainForm):
    """Begin again from an earlier step."""

    to = listed(_("退回到哪一步"))
    reason = said(_("为什么退回"), rows=2, most=MOST)

    def __init__(self, *args: Any, steps: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [("", gettext("请选择")), *steps]  # type: ignore[attr-defined]


class ExtendForm(PlainForm):
    """More months."""

    months = number(_("延长几个月"))
    reason = said(_("为什么延长"), rows=2, most=MOST)
    document = short(_("依据的文件"), 120, required=False)


class AnswerForm(PlainForm):
    """A body's answer in a joint review."""

    agrees = one(_("我们的意见"), even=True)
    text = said(_("说明（不同意的要写明理由）"), required=False, rows=2, most=MOST)
    document = short(_("回函"), 120, required=False, help_text=_("代部门登记的，要写明它的回函"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agrees"].choices = [("yes", gettext("同意")), ("no", gettext("不同意"))]  # type: ignore[attr-defined]


class ReasonForm(PlainForm):
    """Why."""

    reason = said(_("写明理由"), rows=2, most=MOST)


class PaperForm(PlainForm):
    """A paper for the file."""

    kind = listed(_("哪一种材料"))
    title = short(_("名称"), 120)
    file = forms.FileField(label=_("文件（PDF 或照片，20 MB 以内）"))

    def __init__(self, *args: Any, rules: Procedure, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(key, say(text)) for key, text in rules.annexes.items()]
        self.fields["kind"].choices = [("", gettext("请选择")), *choices]  # type: ignore[attr-defined]


class OpenForm(PlainForm):
    """A new file: in which branch, about whom."""

    branch = listed(_("党组织"))
    name = short(_("姓名"), 40)
    sex = one(_("性别"), even=True)
    born_on = day(_("出生日期"))
    on = day(_("哪天递交申请书"))

    def __init__(self, *args: Any, branches: Sequence[tuple[str, str]], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["branch"].choices = [("", gettext("请选择")), *branches] if len(branches) > 1 else list(branches)  # type: ignore[attr-defined]
        self.fields["sex"].choices = [("1", gettext("男")), ("2", gettext("女"))]  # type: ignore[attr-defined]
        self.initial.setdefault("on", today)


class ChooseForm(PlainForm):
    """A new file about somebody in the roster already: whoever holds the post below."""

    subject = listed(_("哪一位书记"))

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject"].choices = [("", gettext("请选择")), *people]  # type: ignore[attr-defined]


def initial_of(entry: Any, words: Mapping[str, str]) -> dict[str, Any]:
    """What a correction begins with: the wrong entry as it is."""
    told = {"on": entry.happened_on, "document": entry.document, **words}
    votes = {name: getattr(entry, name) for name in ("entitled", "present", "in_favour", "written")}
    return told | {name: value for name, value in votes.items() if value is not None}
