"""Long exports are made a few seconds' worth at a turn, so that the clocks of cases go on; and files leave in time."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

import structlog
from django.db import InterfaceError, OperationalError

from genmai.directory.access.queries import viewer_for
from genmai.interfaces.exporting import Making
from genmai.kernel import ids
from genmai.kernel.refusal import Changed, Refused
from genmai.kernel.viewer import NOBODY, Actor
from genmai.reports.exports import commands, queries
from genmai.reports.exports.models import ExportRecord

SYSTEM = Actor.system("exports")
SLICE = 6.0  # seconds at a turn
_log = structlog.get_logger(__name__)
_under_way: dict[int, Making] = {}  # at most one: the export this worker holds


def run(*, at: datetime, clock: Callable[[], float] = time.monotonic) -> str:
    """The oldest export that waits; what was done, in words for the log."""
    record = queries.waiting(NOBODY, at=at, held=next(iter(_under_way), None))
    if record is None:
        _let_go()
        return ""
    until = clock() + SLICE
    try:
        record = _making(record, at).go_on(lambda: clock() < until)
    except (OperationalError, InterfaceError):
        _let_go()
        raise  # the database is away: begun anew at a later turn
    except Changed:
        _let_go()
        return f"export {record.public_id}: cancelled"
    except Exception as broken:  # whatever it is, one bad export must not hold up the others
        _let_go()
        _log.exception("export failed", export=str(record.public_id))
        key = ids.subkey(record.key, "fail")
        record = commands.fail(actor=SYSTEM, at=at, key=key, export=record, message=_why(broken))
    if record.state != ExportRecord.State.RUNNING:
        _under_way.clear()
    return f"export {record.public_id}: {record.state}, {record.rows} rows"


def _making(record: ExportRecord, at: datetime) -> Making:
    """The one under way; else a new one, with the rights the person has now."""
    if record.pk not in _under_way:
        _let_go()
        viewer = viewer_for(record.account, at=at, acting_for=record.organisation_id)
        _under_way[record.pk] = Making(record, viewer, lambda: datetime.now(UTC))
    return _under_way[record.pk]


def _let_go() -> None:
    for making in _under_way.values():
        making.abandon()
    _under_way.clear()


def _why(broken: Exception) -> str:
    if isinstance(broken, Refused):
        return broken.text()
    return "导出时出了意外，什么都没有改动；请再试一次，或告诉系统管理员"
