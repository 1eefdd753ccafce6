"""Faults in forms are said in plain words; a field's own words win."""

from __future__ import annotations

import pytest
from django import forms
from django.core.exceptions import ValidationError

from genmai.interfaces.web.shell.plain_forms import PlainForm, refuse_nul


class Sample(PlainForm):
    text = forms.CharField(max_length=5)
    own = forms.CharField(error_messages={"required": "请写明原因"})
    number = forms.IntegerField()
    choice = forms.ChoiceField(choices=[("a", "甲")])


def faults(data):
    form = Sample(data)
    form.is_valid()
    return {name: found[0] for name, found in form.errors.items()}


def test_missing_values():
    assert faults({}) == {"text": "这里还没有填", "own": "请写明原因", "number": "这里还没有填", "choice": "请选一项"}


def test_wrong_values():
    wrong = faults({"text": "一二三四五六", "own": "x", "number": "四", "choice": "z"})
    assert wrong["text"] == "太长了，请缩短到 5 个字以内（现在 6 个字）"
    assert wrong["number"] == "请填整数，例如 4"
    assert wrong["choice"] == "这一项现在选不了，请重新选"


def test_one_forms_words_do_not_leak_into_another():
    class Other(forms.Form):
        text = forms.CharField()

    other = Other({})
    Sample({}).is_valid()
    assert not other.is_valid()
    assert other.errors["text"][0] != "这里还没有填"


def test_nul_is_refused():
    with pytest.raises(ValidationError):
        refuse_nul("a\x00b")
    refuse_nul("正常 😀")
