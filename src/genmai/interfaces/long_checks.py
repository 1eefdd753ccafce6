"""A long file that was handed in to be checked: kept sealed until a process of the background has gone through it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from genmai.interfaces.file_check import Verdict, check
from genmai.interfaces.sealed_folder import SealedFolder, throw_away
from genmai.kernel import ids
from genmai.kernel.refusal import Refused
from genmai.kernel.viewer import NOBODY, Actor
from genmai.reports.exports import checks
from genmai.reports.exports.findings import Fault, Finding
from genmai.reports.exports.limits import limits
from genmai.reports.exports.models import FileCheck

CHECKS = SealedFolder("checks")
SYSTEM = Actor.system("file checks")
PASSES = 2  # the table is gone through for its width, then row by row
KEPT = 1000  # differences told; how many there are is told besides
BROKEN = gettext_noop("核对这份表时程序出了意外，什么都没有改动；请再传一次，或告诉系统管理员")


def hand_in(
    *, actor: Actor, at: datetime, key: UUID, pieces: Iterable[bytes], filename: str, code: str, about: int
) -> FileCheck:
    """Keep the file sealed and have it checked. Raises NotPermitted, Refused('checks_waiting'): nothing is kept then."""
    checks.check_room(actor.viewer)
    public_id = checks.public_id_of(at, key)
    CHECKS.put(public_id, pieces)
    row = checks.hand_in(
        actor=actor, at=at, key=key, filename=filename, code=code, about=about,
        language=translation.get_language() or settings.LANGUAGE_CODE,
    )  # fmt: skip
    if row.public_id != public_id:  # handed in before
        CHECKS.remove(public_id)
    return row


def carry(*, check_id: UUID, clock: Callable[[], datetime]) -> str:
    """Check one to its end, in a process of its own; the file is thrown away, what was found stays. How it ended."""
    row = FileCheck.objects.get(public_id=check_id)
    if row.state not in checks.OPEN:
        return str(row.state)
    checks.begin(actor=SYSTEM, at=clock(), key=row.key, check=row)

    def tell(passed: int, about: int) -> None:
        checks.tell(actor=SYSTEM, at=clock(), key=row.key, check=row, done=min(passed // PASSES, about), about=about)

    try:
        with translation.override(row.language):
            data = b"".join(CHECKS.read(row.public_id))
            verdict = check(NOBODY, data=data, code=row.code, most=limits().most_rows, progress=tell)
    except (Refused, FileNotFoundError) as broken:
        _fail(row, clock(), broken)
    else:
        sealed = CHECKS.seal_words(row.public_id, _written(verdict))
        checks.finish(
            actor=SYSTEM, at=clock(), key=row.key, check=row, export=verdict.export, verdict=sealed
        )  # fmt: skip
    CHECKS.remove(row.public_id)
    row.refresh_from_db()
    return str(row.state)


def give_up(*, at: datetime, row: FileCheck) -> None:
    """The process that carried it broke again and again: say so and stop."""
    _fail(row, at, None)
    CHECKS.remove(row.public_id)


def _fail(row: FileCheck, at: datetime, broken: Exception | None) -> None:
    with translation.override(row.language):
        message = broken.text(_) if isinstance(broken, Refused) else _(BROKEN)
    checks.fail(actor=SYSTEM, at=at, key=row.key, check=row, message=message)


def verdict_of(row: FileCheck) -> tuple[list[Finding], int]:
    """What was found, and how many differences there are in all."""
    if row.verdict is None:
        return [], 0
    said = json.loads(CHECKS.open_words(row.public_id, bytes(row.verdict)))
    return [Finding(Fault(fault), params) for fault, params in said["findings"]], said["count"]


def tidy(*, at: datetime) -> int:
    """Verdicts that had their days, and files that belong to no check; how many files went."""
    paths = CHECKS.lying()
    checks.forget(actor=SYSTEM, at=at, key=ids.key_of("old checks", at.isoformat()))
    needed = {str(one) for one in checks.with_file(NOBODY)}
    gone = [path for path in paths if path.stem not in needed and path.stat().st_mtime < at.timestamp() - 3600]
    for path in gone:  # one just written waits a moment for its row
        throw_away(path)
    return len(gone)


def _written(verdict: Verdict) -> bytes:
    told = [(finding.fault, dict(finding.params)) for finding in verdict.findings[:KEPT]]
    return json.dumps({"count": len(verdict.findings), "findings": told}, ensure_ascii=False, default=str).encode()
