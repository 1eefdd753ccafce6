"""What is written down during a call, in the order it is said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from genmai.directory.territory.models import Place, PlaceKind
from genmai.interfaces.web.handle_case.words import say
from genmai.interfaces.web.shell.plain_forms import PlainForm, refuse_nul
from genmai.processes.cases.definition import CasesSection

ANSWERED = "answered"
DOINGS = ("desk", "mine", ANSWERED)
MINE, DESK = "mine", "desk"


class CardForm(PlainForm):
    """The card. `doing` is the button pressed; `same` an earlier matter this call is about again."""

    phone = forms.CharField(
        label=_("来电号码"),
        required=False,
        max_length=40,
        validators=[refuse_nul],
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off", "autofocus": True}),
    )
    name = forms.CharField(
        label=_("怎么称呼"),
        required=False,
        max_length=40,
        validators=[refuse_nul],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    service = forms.ChoiceField(label=_("哪一类"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("说了什么"),
        max_length=2000,
        validators=[refuse_nul],
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    place = forms.ChoiceField(label=_("哪里"))
    place_text = forms.CharField(
        label=_("具体地点"),
        required=False,
        max_length=60,
        validators=[refuse_nul],
        widget=forms.TextInput(attrs={"placeholder": _("门牌、路口、几号楼"), "autocomplete": "off"}),
    )
    urgency = forms.ChoiceField(label=_("有多急"), required=False)
    answer = forms.CharField(
        label=_("当场怎么答复的"),
        required=False,
        max_length=2000,
        validators=[refuse_nul],
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    outcome = forms.ChoiceField(label=_("结果"), required=False)
    doing = forms.ChoiceField(required=False, choices=[(one, one) for one in DOINGS], widget=forms.HiddenInput)
    same = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, definition: CasesSection, places: Sequence[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.definition = definition
        self._choices("service", [(key, say(kind.title)) for key, kind in definition.kinds.items()])
        urgencies = sorted(definition.urgencies.items(), key=lambda item: item[1].order)
        by_kind: tuple[str, object] = ("", _("按类别定"))
        self._choices("urgency", [by_kind, *((key, say(one.title)) for key, one in urgencies)])
        ends = [
            (key, say(one.title)) for key, one in definition.closings.items() if not (one.approver or one.needs_reason)
        ]
        self._choices("outcome", [(key, words) for key, words in ends if definition.closings[key].counted])
        self._choices("place", grouped(places))
        if self.data.get("same"):
            for optional in ("service", "text", "place"):
                self.fields[optional].required = False

    def _choices(self, name: str, choices: Sequence[Any]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices

    def clean(self) -> dict[str, Any]:
        """Answered on the spot needs the answer, and a kind that may be closed in the call."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("doing") == ANSWERED and not cleaned.get("same"):
            kind = self.definition.kinds.get(cleaned.get("service", ""))
            if not cleaned.get("answer"):
                self.add_error("answer", _("当场答复了的，请写下怎么答复的"))
            if kind is not None and not kind.can_close_on_the_spot:
                self.add_error("service", _("这一类不能当场办结，请交给分派台或自己接下来办"))
        return cleaned

    @property
    def kinds(self) -> list[tuple[str, str, str, str, bool]]:
        """Key, words, urgency preset in words and by key, and whether it may be answered on the spot."""
        urgencies, chosen = self.definition.urgencies, self["service"].value() or ""
        return [
            (key, say(kind.title), kind.urgency, say(urgencies[kind.urgency].title), key == chosen)
            for key, kind in self.definition.kinds.items()
        ]

    @property
    def on_the_spot(self) -> str:
        """The kinds that may be answered on the spot, in words."""
        return str(_("、")).join(
            say(kind.title) for kind in self.definition.kinds.values() if kind.can_close_on_the_spot
        )


def grouped(places: Sequence[Place]) -> list[Any]:
    """Villages and communities under their towns; what has no town among them stands alone."""
    towns = {place.code: place for place in places if place.kind == PlaceKind.TOWN}
    below: dict[str, list[tuple[str, str]]] = {code: [(code, town.name)] for code, town in towns.items()}
    alone: list[Any] = []
    for place in places:
        town = next((code for code in place.path.split("/") if code in towns), None)
        if place.code not in towns:
            (below[town] if town else alone).append((place.code, place.name))
    return [*alone, *((towns[code].name, rows) for code, rows in below.items())]
