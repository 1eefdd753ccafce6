"""Lists drawn in one go say the same as Django's own templates."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.test.html import parse_html

from genmai.interfaces.web.shell.preloading import preload_templates
from genmai.interfaces.web.shell.rendering import Renderer, choices

PAIRS = [("", "请选单位"), ("a", "北一村（在办 3）"), ('b"<', "<b>南 & 北</b>"), (3, "三")]
GROUPED = [("村社", [("a", "北一村"), ("b", "北二村")]), ("c", "城管局")]


@pytest.mark.parametrize("pairs", [PAIRS, GROUPED, []])
@pytest.mark.parametrize("value", [None, "a", 'b"<', 3, ["a", "c"]])
@pytest.mark.parametrize("widget", [forms.Select, forms.SelectMultiple])
@pytest.mark.parametrize("attrs", [{}, {"id": "x", "class": "short", "disabled": True, "hidden": False}])
def test_a_list_is_what_django_draws(pairs: Any, value: Any, widget: Any, attrs: dict[str, Any]) -> None:
    ours, theirs = (
        widget(choices=pairs).render("to", value, dict(attrs), renderer=renderer())
        for renderer in (Renderer, DjangoTemplates)
    )
    assert parse_html(ours) == parse_html(theirs)
    assert "<b>" not in ours


class Card(forms.Form):
    one = forms.ChoiceField(choices=PAIRS, widget=forms.RadioSelect)
    many = forms.MultipleChoiceField(choices=PAIRS, widget=forms.CheckboxSelectMultiple)


@pytest.mark.parametrize("name", ["one", "many"])
def test_cards_hold_djangos_boxes(name: str) -> None:
    bound = Card({"one": "a", "many": ["a", 'b"<']})[name]
    drawn = choices(bound)
    boxes = [parse_html(option.tag()) for option in bound]
    assert [parse_html(drawn).count(box) for box in boxes] == [1] * len(PAIRS)
    assert drawn.count(" checked") == (1 if name == "one" else 2)
    assert 'for="id_' in drawn
    assert "<b>" not in drawn


def test_every_template_can_be_read_ahead() -> None:
    assert preload_templates() > 150
