"""What a post carries besides its fields: who acts, the form's own key, and the version of the case they looked at."""

from __future__ import annotations

from typing import cast
from uuid import UUID, uuid4

from django.http import HttpRequest

from genmai.interfaces.web.edge.viewing import AskedRequest
from genmai.kernel.refusal import BadInput
from genmai.kernel.viewer import Actor

KEY_FIELD = "key"
SEEN_FIELD = "seen"


def actor(request: HttpRequest) -> Actor:
    """The person signed in, acting for their organisation; a reporter when nobody is."""
    viewer = cast(AskedRequest, request).viewer
    return Actor.reporter() if viewer.anonymous else Actor.staff(viewer)


def new_key() -> UUID:
    """A fresh key for a form when it is drawn: posting the form twice does its work once."""
    return uuid4()


def key(request: HttpRequest) -> UUID:
    """The key of the form that was posted. Raises BadInput for a form without one."""
    try:
        return UUID(request.POST.get(KEY_FIELD, ""))
    except ValueError as wrong:
        raise BadInput("no_key", "这张表单不完整，请回到上一页再提交一次", field=KEY_FIELD) from wrong


def seen(request: HttpRequest) -> int | None:
    """The case version the person was looking at; None when the form does not say."""
    text = request.POST.get(SEEN_FIELD, "")
    return int(text) if text.isdigit() and len(text) < 10 else None
