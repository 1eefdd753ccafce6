"""The question "why can or can't I see this?"."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from genmai.interfaces.web.shell.plain_forms import PlainForm, refuse_nul

CASE, UNIT, MEMBER = "case", "unit", "member"


class WhyForm(PlainForm):
    """What kind of thing, and its number, code or name."""

    what = forms.ChoiceField(
        label=_("什么"), choices=[(CASE, _("事项")), (UNIT, _("单位")), (MEMBER, _("党员所在的支部"))]
    )
    which = forms.CharField(
        label=_("哪一个"),
        help_text=_("事项写编号，单位和支部写全称或编码"),
        max_length=120,
        validators=[refuse_nul],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
