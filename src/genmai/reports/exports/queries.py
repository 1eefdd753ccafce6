"""Reading exports: one's own, the next for the worker, and the one a check code names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Max, Q

from genmai.directory.roster.models import Organisation, Tree
from genmai.kernel.viewer import Reach, Viewer
from genmai.records.deeds.models import Deed
from genmai.reports.exports import commands, deeds, policies
from genmai.reports.exports.checking import Kept
from genmai.reports.exports.digests import Keyed, key_of, read_code
from genmai.reports.exports.limits import limits
from genmai.reports.exports.models import DigestBlock, ExportRecord

State = ExportRecord.State
LATELY = 2000  # deeds: entries come in order but for a late commit or an offline notebook


def own(viewer: Viewer, *, limit: int = 50) -> list[ExportRecord]:
    """The viewer's own exports, newest first."""
    if viewer.account_id is None:
        return []
    return list(ExportRecord.objects.filter(account_id=viewer.account_id).order_by("-id")[:limit])


def one(viewer: Viewer, *, public_id: UUID) -> ExportRecord:
    """One's own export. Raises NotFound."""
    return policies.check_own(viewer, ExportRecord.objects.filter(public_id=public_id).first())


def waiting(viewer: Viewer, *, at: datetime, held: int | None = None) -> ExportRecord | None:
    """The export the worker goes on with: the one it holds, else the oldest that waits or was left lying."""
    left = at - timedelta(seconds=limits().taken_over_seconds)
    mine = Q(state=State.QUEUED) | Q(state=State.RUNNING, touched_at__lt=left) | Q(state=State.RUNNING, pk=held or 0)
    rows = ExportRecord.objects.filter(mine).select_related("account__person")
    return rows.order_by("id").first()


def with_file(viewer: Viewer) -> tuple[set[UUID], set[UUID]]:
    """For the keeping of files: exports whose file is to be there, and those that wait or are being made."""
    rows = ExportRecord.objects.filter(state__in=(State.DONE, State.QUEUED, State.RUNNING)).values_list(
        "public_id", "state"
    )
    found = list(rows)
    return {one for one, state in found if state == State.DONE}, {one for one, state in found if state != State.DONE}


def scope(viewer: Viewer, *, permission: str) -> list[str]:
    """The names of the organisations the permission reaches, in whichever tree; with everything below them. One query."""
    paths = [path for tree in Tree.values for path in viewer.paths(permission, Reach.VIEW, tree=tree)]
    ids = list(dict.fromkeys(int(path.strip("/").rpartition("/")[2]) for path in paths))
    names = dict(Organisation.objects.filter(pk__in=ids).values_list("pk", "name"))
    return [names[each] for each in ids if each in names]


def facts_until(viewer: Viewer, *, at: datetime) -> datetime:
    """When the last deed known at `at` was recorded: later facts are in no figure and no row."""
    last = Deed.objects.filter(pk__in=Deed.objects.order_by("-id").values("pk")[:LATELY], recorded_at__lte=at)
    found = last.aggregate(until=Max("recorded_at"))["until"]
    return found or at


@dataclass(frozen=True)
class Recorded:
    """What is kept of an export. `sound`: its digests are those the sealed deed vouches for."""

    export: ExportRecord
    kept: Kept
    sound: bool


def by_code(viewer: Viewer, *, code: str) -> Recorded | None:
    """The export a check code names; whoever holds the file may have it checked, so no scope is asked.

    None for a code nobody has printed, and for an export that never ended.
    """
    named = read_code(code)
    found = ExportRecord.objects.select_related("by", "organisation").filter(
        code=named, state__in=(State.DONE, State.EXPIRED)
    )
    export = found.first() if named else None
    if export is None:
        return None
    blocks = DigestBlock.objects.filter(export=export).order_by("ordinal").values_list("digests", flat=True)
    rows = b"".join(bytes(block) for block in blocks)
    keyed = Keyed(key_of(settings.GENMAI_MASTER_KEY, export.public_id))
    return Recorded(export, Kept(keyed, export.layout, rows), _sound(export))


def _sound(export: ExportRecord) -> bool:
    made = Deed.objects.filter(source_id=export.public_id, kind=deeds.MADE.name).first()
    return made is not None and made.payload.get("root") == commands.root_of(export).hex()
