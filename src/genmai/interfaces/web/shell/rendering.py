"""Lists of a hundred organisations drawn without a template for each of them.

Django draws every option of a list, and every tick box, by two or three templates of its own: a matter that waits to be given away
has a thousand of them, and they were half the page's time. What is drawn is the same.
"""

from __future__ import annotations

from typing import Any

from django.forms import BoundField
from django.forms.renderers import DjangoTemplates
from django.forms.utils import flatatt
from django.utils.html import conditional_escape, escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

SELECT = "django/forms/widgets/select.html"


class Renderer(DjangoTemplates):
    """Django's own but for lists (`FORM_RENDERER`)."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        if template_name == SELECT:
            return _select(context["widget"])
        return super().render(template_name, context, request)


def _select(widget: dict[str, Any]) -> SafeString:
    parts: list[str] = [format_html('<select name="{}"{}>', widget["name"], flatatt(widget["attrs"]))]
    for name, options, _index in widget["optgroups"]:  # a group without a name is one option by itself
        lines = [_option(option) for option in options]
        parts += [format_html('<optgroup label="{}">', name), *lines, "</optgroup>"] if name else lines
    return mark_safe("".join([*parts, "</select>"]))  # noqa: S308 (each part is escaped)


def _option(option: dict[str, Any]) -> str:
    value, label, attrs = escape(str(option["value"])), conditional_escape(option["label"]), option["attrs"]
    return f'<option value="{value}"{flatatt(attrs) if attrs else ""}>{label}</option>'


def choices(bound: BoundField) -> SafeString:
    """One of a few or several of many as cards: each its box and its words, the whole card to be tapped."""
    lines = (
        (flatatt({"for": data["attrs"].get("id", "")}), _box(data), data["label"])
        for data in (option.data for option in bound.subwidgets)
    )
    return format_html_join("", '<label class="choice"{}>{}<span>{}</span></label>', lines)


def _box(data: dict[str, Any]) -> SafeString:
    value = "" if data["value"] is None else data["value"]
    return format_html(
        '<input type="{}" name="{}" value="{}"{}>', data["type"], data["name"], value, flatatt(data["attrs"])
    )
