"""Forms whose errors are said in the reader's words, and whose texts refuse what the database can't hold."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

PLAIN_ERRORS = {
    "required": _("这里还没有填"),
    "invalid": _("这里的格式不对"),
    "invalid_choice": _("这一项现在选不了，请重新选"),
    "max_length": _("太长了，请缩短到 %(limit_value)d 个字以内（现在 %(show_value)d 个字）"),
    "min_length": _("太短了，至少 %(limit_value)d 个字"),
    "min_value": _("不能小于 %(limit_value)s"),
    "max_value": _("不能大于 %(limit_value)s"),
}
BY_FIELD: dict[type[forms.Field], dict[str, object]] = {
    forms.IntegerField: {"invalid": _("请填整数，例如 4")},
    forms.DateField: {"invalid": _("请填日期，例如 2026-11-22")},
    forms.DateTimeField: {"invalid": _("请填日期和时间，例如 2026-11-22 14:30")},
    forms.ChoiceField: {"required": _("请选一项")},
    forms.FileField: {"required": _("还没有选文件"), "empty": _("这个文件是空的"), "missing": _("还没有选文件")},
    forms.BooleanField: {"required": _("请勾选后再继续")},
}


class PlainForm(forms.Form):
    """A form with plain words for faults; a field's own `error_messages` still win."""

    use_required_attribute = False
    error_css_class = "has-error"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            _speak_plainly(field, type(self).base_fields[name])


def _speak_plainly(field: forms.Field, declared: forms.Field) -> None:
    stock: dict[str, object] = {}
    for kind in reversed(type(field).__mro__):
        stock.update(getattr(kind, "default_error_messages", {}))
    plain: dict[str, object] = dict(PLAIN_ERRORS)
    for known, texts in BY_FIELD.items():
        if isinstance(field, known):
            plain.update(texts)
    for key, text in plain.items():
        own = declared.error_messages.get(key)
        if own is None or own == stock.get(key):
            field.error_messages[key] = text  # type: ignore[assignment]


def refuse_nul(text: str) -> None:
    """A NUL character can't be stored; it only ever comes from a broken paste or an attack."""
    if "\x00" in text:
        raise ValidationError(_("文字里有不能保存的字符，请重新输入一遍"), code="nul")
