"""Confirmed work-order sheets are taken in, a few seconds' worth at a turn so that the clocks of cases go on."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

import structlog
from django.db import InterfaceError, OperationalError

from genmai.interfaces.sheet_import import Carrier
from genmai.kernel import ids
from genmai.kernel.refusal import Refused
from genmai.kernel.viewer import Actor
from genmai.processes.cases.commands import importing
from genmai.processes.cases.models import SheetImport

SYSTEM = Actor.system("import")
SLICE = 8.0  # seconds at a turn
_log = structlog.get_logger(__name__)
_carrier = Carrier()


def run(*, at: datetime, clock: Callable[[], float] = time.monotonic) -> str:
    """The oldest upload that waits or was interrupted; what was done, in words for the log."""
    upload = _next()
    if upload is None:
        return ""
    until = clock() + SLICE
    try:
        upload = _carrier.go_on(actor=SYSTEM, at=at, upload=upload, while_=lambda: clock() < until)
    except (OperationalError, InterfaceError):
        raise  # the database is away: tried again at the next turn
    except Exception as broken:  # whatever it is, one bad upload must not hold up the others
        _log.exception("import failed", upload=str(upload.public_id))
        key = ids.key_of("import failed", str(upload.public_id))
        upload = importing.fail(actor=SYSTEM, at=at, key=key, upload=upload, message=_why(broken))
    return f"import {upload.public_id}: {upload.state}, {upload.done} rows"


def _why(broken: Exception) -> str:
    if isinstance(broken, Refused):
        return broken.text()
    if isinstance(broken, (OSError, ValueError)):
        return "存下来的文件打不开了，请重新上传"
    return "导入时出了意外，已经导入的都还在；请告诉系统管理员"


def _next() -> SheetImport | None:
    waiting = (SheetImport.State.QUEUED, SheetImport.State.RUNNING)
    found = SheetImport.objects.filter(state__in=waiting).select_related("organisation__place", "round")
    return found.order_by("id").first()
