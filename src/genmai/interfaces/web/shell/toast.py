"""A toast says what was just done and, where it can be taken back, offers that instead of asking beforehand."""

from __future__ import annotations

import json

from django.contrib import messages
from django.http import HttpRequest

from genmai.interfaces.web.shell.view_models import Undo

_MARK = "undo:"


def say(request: HttpRequest, text: str, *, undo: Undo | None = None) -> None:
    """Show `text` on the next page drawn for this session, with a way back when `undo` is given."""
    tags = _MARK + json.dumps({"url": undo.url, "label": undo.label, "fields": undo.fields}) if undo else ""
    messages.success(request, text, extra_tags=tags)


def undo_of(extra_tags: str | None) -> Undo | None:
    """The way back kept in a message's tags, or None."""
    if not extra_tags or not extra_tags.startswith(_MARK):
        return None
    kept = json.loads(extra_tags.removeprefix(_MARK))
    return Undo(kept["url"], kept["label"], kept["fields"])
