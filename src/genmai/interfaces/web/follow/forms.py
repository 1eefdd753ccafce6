"""The code, the judgement, and the wish to be forgotten."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from genmai.interfaces.web.report.forms import CleanText
from genmai.interfaces.web.shell.plain_forms import PlainForm
from genmai.processes.cases.commands.verifying import LONGEST_SAID


class CodeForm(PlainForm):
    """The follow-up code, typed with or without dashes, in capitals or not."""

    code = CleanText(
        longest=60,
        label=_("查询码"),
        help_text=_("12 位字母和数字，反映时给您的那一个。大小写、横线都不要紧。"),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "class": "code-entry"}
        ),
        error_messages={"required": _("请填查询码")},
    )


class JudgeForm(PlainForm):
    """The reporter's own judgement: fixed or not, how satisfied, in their words."""

    fixed = forms.ChoiceField(
        label=_("这件事办好了吗？"), choices=[("yes", _("办好了")), ("no", _("没有办好"))], widget=forms.RadioSelect
    )
    satisfaction = forms.ChoiceField(
        label=_("对办理的过程满意吗？"),
        choices=[("3", _("满意")), ("2", _("基本满意")), ("1", _("不满意"))],
        widget=forms.RadioSelect,
        required=False,
    )
    words = CleanText(
        longest=LONGEST_SAID,
        multiline=True,
        label=_("想说的话"),
        help_text=_("没有办好的，写一写还差什么。"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )


class ForgetForm(PlainForm):
    """What can't be undone is asked twice."""

    sure = forms.BooleanField(label=_("我明白删除以后不能恢复"))
