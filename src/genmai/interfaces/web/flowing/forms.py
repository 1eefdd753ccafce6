"""What is filled in about flowing members."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from genmai.interfaces.web.estates.forms import Chosen, day, number, short
from genmai.interfaces.web.flowing import words
from genmai.interfaces.web.handle_case.fields import listed, one, said
from genmai.processes.registers.flowing.commands.judging import Known
from genmai.processes.registers.flowing.definition import FlowingSection


class Ruled(Chosen):
    """A form whose choices the mechanism names; `hosts` are bodies to choose from."""

    def __init__(self, *args: Any, rules: FlowingSection, hosts: Sequence[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rules, self.hosts = rules, hosts
        if "way" in self.fields:
            self.choose("way", words.titles(rules.contact.ways), empty=False)
        if "reason" in self.fields:
            self.choose("reason", words.titles(rules.reasons))
        if "duty" in self.fields:
            self.choose("duty", words.titles(rules.duties))
        if "basis" in self.fields:
            self.choose("basis", words.titles(rules.screening.bases), empty=False)
        if "host_id" in self.fields:
            self.choose("host_id", list(hosts), empty=not self.fields["host_id"].required or len(hosts) > 1)


class TellForm(Ruled):
    source = one(_("从哪里知道的"), even=True)
    name = short(_("姓名"), 40)
    phone = short(_("电话"), 20)
    host_id = listed(_("住在哪里"))
    sex = one(_("性别"), required=False, even=True)
    born = short(_("出生日期"), 20, required=False, help_text=_("如 1975-03-08；只知道哪一年，写 1975"))
    identity = short(_("身份证号"), 20, required=False, help_text=_("性别、出生日期、身份证号只拿来比一次名册，不保存"))
    text = said(_("还知道什么"), required=False, rows=2, most=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(key, word) for key, word in words.SOURCES.items() if key != "screening"]
        self.choose("source", choices, empty=False)
        self.choose("sex", [("1", _("男")), ("2", _("女")), ("", _("不知道"))], empty=False)

    def clean_born(self) -> date | int | None:
        """A day, or the year alone where no more is known."""
        parts = [int(part) for part in re.findall(r"[0-9]+", str(self.cleaned_data["born"]))]
        if len(parts) == 1 and parts[0] > 9_999_999:
            parts = [parts[0] // 10_000, parts[0] // 100 % 100, parts[0] % 100]
        try:
            return date(*parts) if len(parts) == 3 else parts[0] if parts else None
        except ValueError:
            raise forms.ValidationError(_("出生日期不对，请核对，或者留空")) from None

    def known(self) -> Known:
        """What is compared and not kept."""
        born, identity = self.cleaned_data.get("born"), self.cleaned_data.get("identity") or ""
        day = born if isinstance(born, date) else None
        year = born if isinstance(born, int) else 0
        return Known(identity, day, year, self.cleaned_data.get("sex") or "")


class WayForm(Ruled):
    way = one(_("怎么联系的"), even=True)
    text = said(_("说一句情况"), required=False, rows=2, most=300)


class DeclareForm(WayForm):
    home_said = short(_("他说组织关系在哪个支部"), 120, help_text=_("照他说的写；是不是，由那边的支部核对"))
    field_order = ("home_said", "way", "text")


class ContactForm(WayForm):
    reached = one(_("联系上了吗"), even=True)
    field_order = ("reached", "way", "text")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choose("reached", [("yes", _("联系上了")), ("no", _("没联系上"))], empty=False)


class CareForm(Ruled):
    duty = listed(_("做了哪一件"))
    text = said(_("说一句情况"), required=False, rows=2, most=300)


class EndForm(Ruled):
    on = day(_("哪一天"))
    document = short(_("依据的介绍信、决定"), 120, required=False, help_text=_("转组织关系、认定失联要写"))
    text = said(_("说一句情况"), required=False, rows=2, most=300)


class DisownForm(Ruled):
    text = said(_("为什么说不是"), rows=2, most=300)


class HomeForm(Ruled):
    home = short(_("组织关系在哪个支部"), 120, help_text=_("写全称或编码；请那边的支部核对"))
    text = said(_("说一句情况"), required=False, rows=2, most=300)


class ConfirmForm(Ruled):
    member = one(_("他是名册上的哪一位"))

    def __init__(self, *args: Any, members: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choose("member", list(members), empty=False)


class LeaveForm(Ruled):
    planned = one(_("走了没有"), even=True)
    member = one(_("哪一位"))
    reason = listed(_("为什么外出"))
    left_on = day(_("哪一天走的（打算哪天走）"))
    host_said = short(_("去了哪里"), 120, required=False, help_text=_("知道多少写多少"))
    field_order = ("member", "planned", "left_on", "reason", "host_said")

    def __init__(self, *args: Any, members: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choose("planned", [("no", _("已经走了")), ("yes", _("还没走，打算走"))], empty=False)
        self.choose("member", list(members), empty=False)


class ListForm(Ruled):
    file = forms.FileField(
        label=_("居民名单"), help_text=_("xlsx 或 csv，要有姓名；有出生日期、电话、身份证号更准。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )  # fmt: skip
    title = short(_("叫什么"), 80)
    basis = one(_("凭什么法律依据用它"))
    document = short(_("凭哪份函件、协议交来的"), 120)
    keep_days = number(_("留几天"), least=1)
    field_order = ("file", "title", "basis", "document", "keep_days")


def given(form: Any) -> Mapping[str, Any]:
    """What was filled in."""
    return {name: value for name, value in form.cleaned_data.items() if value not in (None, "")}
