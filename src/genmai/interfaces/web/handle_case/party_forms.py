"""What a body that takes part fills in: its promise and the day."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from genmai.interfaces.web.handle_case.fields import VerbForm, said


class PromiseForm(VerbForm):
    """By which day, and what."""

    on = forms.DateField(
        label=_("答应哪一天办好"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "short"})
    )
    text = said(_("答应办什么"), rows=2)
