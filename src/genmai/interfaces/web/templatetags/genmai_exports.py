"""The button that exports what a page shows: one tag, drawn only for who may."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import template
from django.template.context import RequestContext

from genmai.interfaces.web.edge.posting import new_key
from genmai.interfaces.web.exports.registry import registry
from genmai.reports.exports.policies import may_export

register = template.Library()


@register.inclusion_tag("exports/button.html", takes_context=True)
def export_button(context: RequestContext, what: str, label: str = "", **more: object) -> dict[str, Any]:
    """`what` is a key of the registry; the page's own filters go with it, and `more` names and values besides."""
    request = context["request"]
    export = registry()[what]
    if not may_export(request.viewer, export.permission):
        return {"allowed": False}
    kept = {name: value for name, value in request.GET.items() if name != "page"}
    kept |= {name: str(value) for name, value in more.items() if value not in (None, "")}
    return {
        "allowed": True, "what": what, "label": label, "query": urlencode(kept), "key": new_key(),
        "csrf_token": context.get("csrf_token"),
    }  # fmt: skip
