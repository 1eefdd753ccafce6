"""What is typed about members. Shape alone; what may be is the commands' to say."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from genmai.directory.roster import mechanism
from genmai.directory.roster.models import Organisation
from genmai.directory.roster.queries.members import branches_named
from genmai.directory.roster.registry.definition import code_set
from genmai.interfaces.web.members import words
from genmai.interfaces.web.shell.plain_forms import PlainForm, refuse_nul
from genmai.kernel.viewer import Viewer

ARRIVING = ("within_county", "within_province", "across_provinces")


def day(label: object, *, required: bool = True, help_text: object = "") -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "short"})
    return forms.DateField(label=cast(Any, label), required=required, help_text=cast(Any, help_text), widget=widget)


def text(label: object, longest: int, *, required: bool = True, help_text: object = "") -> forms.CharField:
    return forms.CharField(
        label=cast(Any, label), max_length=longest, required=required, validators=[refuse_nul],
        help_text=cast(Any, help_text), widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


def choose(form: forms.Form, name: str, choices: list[tuple[str, str]], *, empty: str = "") -> None:
    first = [("", empty)] if empty else []
    cast(forms.ChoiceField, form.fields[name]).choices = [*first, *choices]


def codes(name: str) -> list[tuple[str, str]]:
    return [(code, shown[0]) for code, shown in code_set(name).items()]


class EnrolForm(PlainForm):
    """Somebody new on the roll."""

    name = text(_("姓名"), 40)
    identity = text(_("身份证号"), 24, help_text=_("18 位；加密保存，页面上只显示头尾"))
    phone = text(_("手机号"), 20, required=False)
    stage = forms.ChoiceField(label=_("阶段"))
    arrived = forms.ChoiceField(label=_("怎么来的"))
    on = day(_("从哪天起在本支部"))
    joined_on = day(_("入党日期"), required=False, help_text=_("预备党员和正式党员要填"))
    full_on = day(_("转正日期"), required=False)
    education = forms.ChoiceField(label=_("学历"), required=False)
    ethnicity = forms.ChoiceField(label=_("民族"), required=False)
    occupation = forms.ChoiceField(label=_("职业"), required=False)
    document = text(_("依据的文件"), 120, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "stage", words.options(words.STAGES))
        arrivals = words.mechanism_options(mechanism.members().arrivals)
        choose(self, "arrived", [one for one in arrivals if one[0] not in ("stage", "status")])
        for name in ("education", "ethnicity", "occupation"):
            choose(self, name, codes(name), empty=gettext("没登记"))


class ChangeForm(PlainForm):
    """Another stage or status."""

    stage = forms.ChoiceField(label=_("阶段"))
    status = forms.ChoiceField(label=_("党籍状态"))
    on = day(_("从哪天起"))
    joined_on = day(_("入党日期"), required=False)
    full_on = day(_("转正日期"), required=False)
    document = text(_("依据的文件或会议"), 120)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "stage", words.options(words.STAGES))
        choose(self, "status", words.options(words.STATUSES))


class TransferForm(PlainForm):
    """Where to and why."""

    to = text(_("转到哪个支部"), 120, help_text=_("写支部的全称或编码"))
    reason = forms.ChoiceField(label=_("为什么转"))
    document = text(_("介绍信编号"), 120, required=False)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        choose(self, "reason", words.mechanism_options(mechanism.members().transfer_reasons))

    def clean_to(self) -> Organisation:
        """By code or whole name; several are listed, none is guessed."""
        found = branches_named(self.viewer, text=self.cleaned_data["to"])
        typed = self.cleaned_data["to"].strip()
        exact = [one for one in found if typed in (one.code, one.name, one.short_name)]
        if len(exact) == 1:
            return exact[0]
        if not found:
            raise forms.ValidationError(_("没有找到这个支部，请核对名称或编码"))
        listed = gettext("、").join(f"{one.name}（{one.code}）" for one in (exact or found)[:6])
        raise forms.ValidationError(_("请写清是哪一个：%(names)s"), params={"names": listed})


class DecideForm(PlainForm):
    """What a body made of a proposal."""

    outcome = forms.ChoiceField(label=_("研究的结果"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("了解到的情况"), max_length=200, validators=[refuse_nul], widget=forms.Textarea(attrs={"rows": 3})
    )
    document = text(_("会议或文件"), 120, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "outcome", words.options(words.OUTCOMES))
