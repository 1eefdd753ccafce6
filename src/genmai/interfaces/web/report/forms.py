"""What is asked of somebody who reports: as little as will do. Rules live in `cases.commands.intake`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from genmai.directory.territory.models import Place
from genmai.interfaces.web.report.photos import PhotosField
from genmai.interfaces.web.report.places import BASE, TOWN, Ground, PlaceSelect, lies_in
from genmai.interfaces.web.shell.plain_forms import PlainForm
from genmai.kernel.identity_numbers import normalise_phone
from genmai.kernel.refusal import BadInput
from genmai.kernel.text import clean
from genmai.mechanisms.schema import Text
from genmai.processes.cases.commands.intake import LONGEST_PLACE, LONGEST_TEXT
from genmai.processes.cases.definition import CasesSection


class CleanText(forms.CharField):
    """Text as the kernel takes it: no NUL, no half characters, not too long; said in plain words."""

    def __init__(self, *, longest: int, multiline: bool = False, **more: Any) -> None:
        self.longest, self.multiline = longest, multiline
        super().__init__(strip=False, **more)

    def to_python(self, value: Any) -> str:
        """Raises ValidationError with the kernel's own sentence."""
        try:
            return clean(str(value or ""), self.longest, multiline=self.multiline)
        except BadInput as refused:
            raise ValidationError(refused.text(gettext), code=refused.code) from refused


def say(text: Text) -> str:
    """A mechanism's words in the reader's language."""
    return text.en if get_language() == "en" else text.zh


def _once(**attrs: object) -> dict[str, object]:
    """What says who somebody is never stays in the draft on a phone others may use."""
    return {"data-no-draft": True, **attrs}


class ReportForm(PlainForm):
    """Everything a report can say. Only the text and the town are asked for."""

    text = CleanText(
        longest=LONGEST_TEXT,
        multiline=True,
        label=_("出了什么事"),
        help_text=_("几句话就行：什么东西、怎么了、多久了。"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    photos = PhotosField(label=_("拍几张照片"), help_text=_("照片里的定位信息会先去掉。"), required=False)
    town = forms.CharField(
        label=_("在哪个镇街"),
        widget=PlaceSelect(_("请选择镇街")),
        required=False,
        error_messages={"required": _("请选择事情发生在哪个镇街")},
    )
    village = forms.CharField(label=_("哪个村（社区）"), widget=PlaceSelect(_("说不准，不选也行")), required=False)
    estate = forms.CharField(label=_("哪个小区"), widget=PlaceSelect(_("不在小区里，不选也行")), required=False)
    grid = forms.CharField(label=_("哪个网格"), widget=PlaceSelect(_("不清楚，不选也行")), required=False)
    place_text = CleanText(
        longest=LONGEST_PLACE,
        label=_("具体位置"),
        help_text=_("写小区、楼号，或者路口和旁边的店名。"),
        required=False,
    )
    urgency = forms.ChoiceField(label=_("有多急"), widget=forms.RadioSelect, required=False)
    service = forms.ChoiceField(label=_("是哪一类"), required=False)
    wants_answer = forms.ChoiceField(
        label=_("办好以后要答复您吗"),
        choices=[("yes", _("要答复")), ("no", _("不用答复"))],
        widget=forms.RadioSelect,
        initial="yes",
        required=False,
    )
    name = CleanText(
        longest=40, label=_("怎么称呼您"), widget=forms.TextInput(attrs=_once(autocomplete="name")), required=False
    )
    phone = CleanText(
        longest=40,
        label=_("电话"),
        widget=forms.TextInput(attrs=_once(type="tel", inputmode="tel", autocomplete="tel")),
        required=False,
    )

    def __init__(
        self, *args: Any, definition: CasesSection, ground: Ground, by_staff: bool = False, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        if by_staff:
            self._for_somebody_else()
        self.by_staff, self.ground = by_staff, ground
        self.fields["urgency"].choices = [("", gettext("说不准，请你们看")), *_urgencies(definition)]  # type: ignore[attr-defined]
        self.fields["service"].choices = [("", gettext("说不准")), *_kinds(definition)]  # type: ignore[attr-defined]
        self.fields["town"].widget.groups = ground.towns
        self.fields["village"].widget.groups = ground.villages
        self.fields["estate"].widget.groups = lambda: [(None, self.estates)]
        self.fields["grid"].widget.groups = lambda: [(None, self.grids)]
        self.place: Place | None = None

    def _for_somebody_else(self) -> None:
        """The same questions, asked of whoever takes it down."""
        self.fields["name"].label = gettext("反映人怎么称呼")
        self.fields["phone"].label = gettext("反映人电话")
        self.fields["wants_answer"].label = gettext("办好以后要答复反映人吗")

    @cached_property
    def grids(self) -> list[Place]:
        """Of the village that was chosen."""
        return self.ground.grids(str(self["village"].value() or ""))

    @cached_property
    def estates(self) -> list[Place]:
        """Of the village that was chosen, for residents: staff go by the grid, whose matter it then is."""
        return [] if self.by_staff else self.ground.estates(str(self["village"].value() or ""))

    def clean_phone(self) -> str:
        """A number that can be rung, as it was written."""
        phone: str = self.cleaned_data["phone"]
        if phone and normalise_phone(phone, area="0574") is None:
            raise ValidationError(_("这个号码打不通：手机是 11 位数字，座机请带区号。不想留也可以空着"), code="phone")
        return phone

    def clean(self) -> dict[str, Any]:
        """The narrowest place chosen is the place; a village of another town is asked about, not guessed."""
        given = super().clean() or self.cleaned_data
        town, village, estate, grid = (str(given.get(name) or "") for name in ("town", "village", "estate", "grid"))
        chosen = self.ground.chosen(town, village, estate, grid)
        if village and (village not in chosen or chosen[village].kind not in BASE):
            self.add_error("village", _("名单里没有这个村（社区），请重新选"))
        elif town and (town not in chosen or chosen[town].kind != TOWN):
            self.add_error("town", _("名单里没有这个镇街，请重新选"))
        elif village and town and not lies_in(chosen[village], town):
            self.add_error("village", _("这个村（社区）不在所选的镇街，请重新选一个"))
        else:
            within = [
                chosen[one] for one in (estate, grid) if one in chosen and village and lies_in(chosen[one], village)
            ]
            self.place = next(iter(within), None) or chosen.get(village) or chosen.get(town)
            if self.place is None:
                self.add_error("town", _("请选择事情发生在哪个镇街"))
        return given


def _urgencies(definition: CasesSection) -> Iterable[tuple[str, str]]:
    for key, urgency in sorted(definition.urgencies.items(), key=lambda row: row[1].order):
        title = say(urgency.title)
        yield key, f"{title}{gettext('：')}{say(urgency.say)}" if urgency.say else title


def _kinds(definition: CasesSection) -> Iterable[tuple[str, str]]:
    return ((key, say(kind.title)) for key, kind in definition.kinds.items())
