"""What a volunteer says, what an organiser asks for."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from genmai.directory.roster.models import Organisation
from genmai.interfaces.web.handle_case.words import say
from genmai.interfaces.web.report.forms import CleanText
from genmai.interfaces.web.shell.plain_forms import PlainForm
from genmai.kernel.identity_numbers import normalise_phone
from genmai.processes.activities.definition import Volunteering

LOCAL = "%Y-%m-%dT%H:%M"


def _choose(form: forms.Form, name: str, choices: Sequence[tuple[str, str]]) -> None:
    cast(forms.ChoiceField, form.fields[name]).choices = choices


class SignUpForm(PlainForm):
    """Name and telephone, for the organiser alone; what one can do, if one likes."""

    name = CleanText(longest=40, label=_("怎么称呼您"), widget=forms.TextInput(attrs={"autocomplete": "name"}))
    phone = CleanText(
        longest=40, label=_("电话"), help_text=_("召集人用它找您，只给他看；谁看过会留下记录。"),
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
    )  # fmt: skip
    skills = forms.MultipleChoiceField(label=_("您会什么"), widget=forms.CheckboxSelectMultiple, required=False)

    def __init__(self, *args: Any, rules: Volunteering, by_staff: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        if by_staff:  # known from the account
            del self.fields["name"], self.fields["phone"]
        _choose(self, "skills", [(key, say(title)) for key, title in rules.skills.items()])

    def clean_phone(self) -> str:
        """A number that can be rung."""
        phone: str = self.cleaned_data["phone"]
        if normalise_phone(phone, area="0574") is None:
            raise ValidationError(_("这个号码打不通：手机是 11 位数字，座机请带区号"), code="phone")
        return phone


class TaskForm(PlainForm):
    """What is to be done, where, when, by how many."""

    organisation = forms.ChoiceField(label=_("谁来召集"))
    kind = forms.ChoiceField(label=_("哪一类"), widget=forms.RadioSelect)
    title = CleanText(longest=60, label=_("做什么"), widget=forms.TextInput(attrs={"autocomplete": "off"}))
    place_text = CleanText(longest=120, label=_("在哪里集合"), widget=forms.TextInput(attrs={"autocomplete": "off"}))
    begins_at = forms.DateTimeField(
        label=_("什么时候开始"), widget=forms.DateTimeInput(format=LOCAL, attrs={"type": "datetime-local"})
    )
    hours = forms.IntegerField(label=_("大约几个小时"), min_value=1, initial=4)
    wanted = forms.IntegerField(label=_("要几个人"), min_value=1, initial=5)
    skills = forms.MultipleChoiceField(label=_("最好会"), widget=forms.CheckboxSelectMultiple, required=False)
    text = CleanText(
        longest=1000, multiline=True, label=_("要带什么、注意什么"), required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, *args: Any, rules: Volunteering, bodies: Sequence[Organisation], **more: Any) -> None:
        super().__init__(*args, **more)
        _choose(self, "organisation", [(str(one.pk), one.short_name) for one in bodies])
        _choose(self, "kind", [(key, say(title)) for key, title in rules.kinds.items()])
        _choose(self, "skills", [(key, say(title)) for key, title in rules.skills.items()])


class CameForm(PlainForm):
    """Hours of each person; empty: did not come."""

    text = CleanText(longest=300, label=_("说一句"), required=False)

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], usual: Decimal, **more: Any) -> None:
        super().__init__(*args, **more)
        for public_id, name in people:
            self.fields[f"hours-{public_id}"] = forms.DecimalField(
                label=name, required=False, max_digits=4, decimal_places=1, min_value=Decimal("0.5"), initial=usual,
                widget=forms.NumberInput(attrs={"step": "0.5", "inputmode": "decimal"}),
            )  # fmt: skip


class CancelForm(PlainForm):
    """Why, for everybody who signed up."""

    text = CleanText(
        longest=300, label=_("为什么取消"), error_messages={"required": _("请写一句为什么取消，报了名的人都会看到")}
    )


class CodeForm(PlainForm):
    """The code given at sign-up."""

    code = CleanText(longest=20, label=_("查询码"), widget=forms.TextInput(attrs={"autocomplete": "off"}))
