"""What the audit administrator writes down."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from genmai.interfaces.web.shell.plain_forms import PlainForm, refuse_nul


class FindingForm(PlainForm):
    """Whom they asked, and what it was."""

    finding = forms.CharField(
        label=_("问了谁，是什么原因"),
        help_text=_("提示不等于违规；写明核实的结果，以后的审计员看得到"),
        max_length=200,
        validators=[refuse_nul],
        widget=forms.Textarea(attrs={"rows": 3}),
    )
