"""Forms of the problem bank, and of a proposal to climb."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from genmai.interfaces.web.handle_case.fields import VerbForm, one, said, titles
from genmai.interfaces.web.handle_case.forms import NO, YES, DecideForm

EVENING = time(23, 59)


def _day(label: Any, help_text: Any = "", *, required: bool = False) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date", "class": "short"})
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget)


class _UntilForm(VerbForm):
    def given(self) -> dict[str, Any]:
        found = super().given()
        if "until" in found:
            found["until"] = timezone.make_aware(datetime.combine(found["until"], EVENING))
        return found


class AskBankForm(_UntilForm):
    reason = one(_("为什么一时办不了"))
    text = said(_("还缺什么"), help_text=_("反映人会看到"), most=500)
    until = _day(_("下次什么时候复查"), _("不填就按最长的时间"))

    def prepare(self) -> None:
        bank = self.standing.definition.bank
        self.choose("reason", titles(bank.reasons) if bank else [])


class ReviewBankForm(_UntilForm):
    text = said(_("复查的情况"), help_text=_("反映人会看到"))
    until = _day(_("下次什么时候复查"), _("不填就按最长的时间"))
    field_order = ("text", "until")


class ToCallersForm(VerbForm):
    text = said(_("写明情况"), help_text=_("反映人会看到"))


class CloseBankedForm(VerbForm):
    reason = one(_("答应了什么"))
    promised_until = _day(_("答应哪一天办好"), required=True)
    text = said(_("写明情况"), help_text=_("反映人会看到"))

    def prepare(self) -> None:
        closings = self.standing.definition.closings
        self.choose("reason", titles({k: c for k, c in closings.items() if c.promised}))


class DecideBank(DecideForm):
    """Written approval: words either way."""

    text = said(_("批示"), most=500)
    kind = "bank"

    def prepare(self) -> None:
        self.choose("granted", [(YES, pgettext_lazy("do", "同意挂账")), (NO, pgettext_lazy("do", "不同意，接着办"))])


class DecideClimb(DecideForm):
    kind = "climb"

    def prepare(self) -> None:
        choices = [(YES, pgettext_lazy("do", "提到我们这一级办")), (NO, pgettext_lazy("do", "留在下面办"))]
        self.choose("granted", choices)
