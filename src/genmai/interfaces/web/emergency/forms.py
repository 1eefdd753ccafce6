"""What is asked in an emergency: as little as will bring help; and what a leader says who declares one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from genmai.directory.roster.models import Organisation
from genmai.interfaces.web.handle_case.words import say
from genmai.interfaces.web.report.forms import CleanText
from genmai.interfaces.web.shell.plain_forms import PlainForm
from genmai.kernel.identity_numbers import normalise_phone
from genmai.processes.cases.commands.emergency import LONGEST_TEXT
from genmai.processes.cases.commands.intake import LONGEST_PLACE
from genmai.processes.cases.definition import CasesSection
from genmai.processes.cases.definition_emergency import EmergencyMode

HOURS = (6, 12, 24, 48, 72, 120, 168)


class ShortForm(PlainForm):
    """Kind of need, what, where, telephone. Only the place has to be said, and the need or the words."""

    service = forms.ChoiceField(label=_("出了什么事"), required=False)
    text = CleanText(longest=500, label=_("说一句"), required=False)
    place_text = CleanText(
        longest=LONGEST_PLACE,
        label=_("在哪里"),
        error_messages={"required": _("请写在哪里：村、小区、楼号，或者旁边有什么")},
    )
    phone = CleanText(longest=40, label=_("电话"), required=False)

    def __init__(self, *args: Any, definition: CasesSection, usual: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.usual = usual
        kinds = [(key, say(kind.title)) for key, kind in definition.kinds.items()]
        cast(forms.ChoiceField, self.fields["service"]).choices = kinds

    def clean_phone(self) -> str:
        """A number that can be rung; a wrong one is asked about, since somebody may be waiting for the call."""
        phone: str = self.cleaned_data["phone"]
        if phone and normalise_phone(phone, area="0574") is None:
            raise ValidationError(_("这个号码打不通：手机是 11 位数字，座机请带区号。不想留也可以空着"), code="phone")
        return phone

    def clean(self) -> dict[str, Any]:
        """A tap on a button is a report already."""
        given: dict[str, Any] = super().clean() or {}
        if not given.get("service") and not str(given.get("text") or "").strip():
            self.add_error("service", _("请点一种，或者在下面写一句"))
        given["service"] = given.get("service") or self.usual
        return given


class DeclareForm(PlainForm):
    """What a leader decides, and what everybody is told."""

    place = forms.ChoiceField(label=_("哪里"))
    kind = forms.ChoiceField(label=_("什么事"), widget=forms.RadioSelect)
    level = forms.ChoiceField(label=_("几级"), widget=forms.RadioSelect)
    hours = forms.TypedChoiceField(
        label=_("多久"), coerce=int, choices=[(hours, _("%(n)d 小时") % {"n": hours}) for hours in HOURS], initial=24,
        help_text=_("到时自动结束，结束前会问您要不要延长。"),
    )  # fmt: skip
    text = CleanText(
        longest=LONGEST_TEXT,
        multiline=True,
        label=_("告诉大家什么"),
        help_text=_("现在知道什么、请大家怎么做。本地的每一页上都看得到。"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    extras = forms.MultipleChoiceField(
        label=_("马上停掉哪些"),
        help_text=_("登记和派单永远照常。不选也行：忙不过来时会自己让路，页面上会写明。"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, mode: EmergencyMode, places: Sequence[Organisation], **more: Any) -> None:
        super().__init__(*args, **more)
        self._choose("place", [(str(one.pk), one.short_name) for one in places])
        self._choose("kind", [(key, say(title)) for key, title in mode.kinds.items()])
        levels = sorted(mode.levels.items(), key=lambda row: row[1].order)
        self._choose("level", [(key, say(level.title)) for key, level in levels])
        self._choose("extras", [(key, say(title)) for key, title in mode.extras.items()])

    def _choose(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices


class ProlongForm(PlainForm):
    """So much longer, counted from now."""

    hours = forms.TypedChoiceField(
        label=_("从现在起再"),
        coerce=int,
        choices=[(hours, _("%(n)d 小时") % {"n": hours}) for hours in HOURS],
        initial=24,
    )


class InformForm(PlainForm):
    """One more word to everybody."""

    text = CleanText(
        longest=LONGEST_TEXT, multiline=True, label=_("现在告诉大家什么"), widget=forms.Textarea(attrs={"rows": 3})
    )
