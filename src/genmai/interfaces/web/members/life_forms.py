"""What is typed about honours, disciplines, corrections, mistakes and letters."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from genmai.directory.roster import mechanism
from genmai.directory.roster.definition import months_after
from genmai.interfaces.web.members import words
from genmai.interfaces.web.members.forms import EnrolForm, choose, codes, day, text
from genmai.interfaces.web.shell.plain_forms import PlainForm

OTHER = ""


class HonourForm(PlainForm):
    """An honour: one of the list, or another with its name and level."""

    code = forms.ChoiceField(label=_("哪一项"), required=False)
    year = forms.IntegerField(
        label=_("哪一年的"),
        required=False,
        min_value=1949,
        max_value=2100,
        widget=forms.NumberInput({"class": "short"}),
    )
    name = text(_("别的荣誉，写名称"), 60, required=False, help_text=_("列表里有的不用写"))
    level = forms.ChoiceField(label=_("别的荣誉，是哪一级"), required=False)
    body = text(_("批准机构"), 80)
    decided_on = day(_("批准日期"))
    document = text(_("文号"), 120)
    reason = text(_("原因"), 120, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = mechanism.members()
        listed = [
            (key, f"{words.say(one.title)}（{words.chosen(rules.levels, one.level)}）")
            for key, one in mechanism.honours().honours.items()
        ]
        choose(self, "code", listed, empty=gettext("别的荣誉"))
        choose(self, "level", words.mechanism_options(rules.levels), empty="—")


class DisciplineForm(PlainForm):
    """A discipline with its effect."""

    code = forms.ChoiceField(label=_("哪一种处分"))
    body = text(_("批准机构"), 80)
    decided_on = day(_("批准日期"), help_text=_("从这天起有影响"))
    until = day(_("影响期到哪天"), required=False, help_text=_("不填就按规定的月数算；开除党籍没有影响期"))
    document = text(_("文号"), 120)
    reason = text(_("原因"), 120, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = []
        for key, one in mechanism.members().disciplines.items():
            months = gettext("（影响期 %(n)d 个月）") % {"n": one.months} if one.months else ""
            listed.append((key, f"{words.say(one.title)}{months}"))
        choose(self, "code", listed)

    def clean(self) -> dict[str, Any]:
        """The end of the effect by the rule, where none is typed."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        rule = mechanism.members().disciplines.get(given.get("code", ""))
        if rule and rule.months and not given.get("until") and given.get("decided_on"):
            given["until"] = months_after(given["decided_on"], rule.months)
        return given


class EndStandingForm(PlainForm):
    """An honour or discipline withdrawn by a body."""

    on = day(_("撤销日期"))
    body = text(_("批准机构"), 80)
    document = text(_("文号"), 120)
    reason = text(_("为什么撤销"), 120)


class ResumeForm(PlainForm):
    """A revocation that was a mistake."""

    reason = text(_("为什么收回"), 120, help_text=_("写清撤销错在哪里，以后查得到"))
    document = text(_("依据的材料"), 120, required=False)


class CorrectForm(PlainForm):
    """Particulars put right. Numbers are not shown; what is left empty stays."""

    name = text(_("姓名"), 40)
    identity = text(_("身份证号"), 24, required=False, help_text=_("不改就空着；改了，出生日期和性别跟着改"))
    phone = text(_("手机号"), 20, required=False, help_text=_("不改就空着"))
    sex = forms.ChoiceField(label=_("性别"), required=False)
    born_on = day(_("出生日期"), required=False)
    ethnicity = forms.ChoiceField(label=_("民族"), required=False)
    education = forms.ChoiceField(label=_("学历"), required=False)
    occupation = forms.ChoiceField(label=_("职业"), required=False)
    joined_on = day(_("入党日期"), required=False, help_text=_("支部大会通过的那天"))
    full_on = day(_("转正日期"), required=False, help_text=_("党龄从这天算起"))
    worked_on = day(_("参加工作时间"), required=False)
    reason = text(_("为什么改"), 120, help_text=_("写清原来错在哪里、凭什么改"))
    document = text(_("依据的材料"), 120, required=False, help_text=_("改入党、转正日期要写，例如入党志愿书"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "sex", words.options(words.SEXES), empty=gettext("没登记"))
        for name in ("ethnicity", "education", "occupation"):
            choose(self, name, codes(name), empty=gettext("没登记"))

    def given(self) -> dict[str, Any]:
        """What is to be put right: an empty number is left, everything else is as typed."""
        typed = {name: value for name, value in self.cleaned_data.items() if name not in ("reason", "document")}
        for name in ("identity", "phone"):
            if not typed[name]:
                del typed[name]
        for name in ("joined_on", "full_on"):  # of who is no member yet there is none to be put right
            if name not in self.data or (typed[name] is None and name not in self.changed_data):
                del typed[name]
        if "identity" in typed:  # birth and sex follow the number
            for name in ("born_on", "sex"):
                if name not in self.changed_data:
                    del typed[name]
        return typed


class LetterForm(PlainForm):
    """A letter to a branch outside this house."""

    place = text(_("转到哪个党组织"), 120, help_text=_("写对方的全称；市内的支部请用组织关系转接"))
    reach = forms.ChoiceField(label=_("转到哪里"))
    number = text(_("介绍信编号"), 60)
    issued_on = day(_("开具日期"), help_text=_("有效期从这天算起"))
    reason = forms.ChoiceField(label=_("为什么转"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = mechanism.members()
        choose(self, "reach", [(key, words.say(rules.departures[key])) for key in rules.letter_reaches])
        choose(self, "reason", words.mechanism_options(rules.transfer_reasons))


class ReceiptForm(PlainForm):
    """The other branch's receipt."""

    receipt = text(_("回执编号"), 60)
    on = day(_("对方接收的日期"))


class IncomingForm(EnrolForm):
    """Somebody who comes with a letter from outside."""

    place = text(_("从哪个党组织来"), 120, help_text=_("写对方的全称"))
    number = text(_("介绍信编号"), 60)
    issued_on = day(_("开具日期"))
    valid_days = forms.IntegerField(
        label=_("有效天数"), min_value=1, max_value=365, widget=forms.NumberInput({"class": "short"})
    )
    receipt = text(_("我们的回执编号"), 60)
    field_order = (
        "place", "number", "issued_on", "valid_days", "arrived", "name", "identity", "phone", "stage", "on", "joined_on",
        "full_on", "education", "ethnicity", "occupation", "receipt",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = mechanism.members()
        choose(self, "arrived", [(key, words.say(rules.arrivals[key])) for key in rules.letter_reaches])
        choose(self, "stage", [(key, str(words.STAGES[key])) for key in ("full", "probationary")])
        self.fields["valid_days"].initial = rules.letter_days
        del self.fields["document"]
