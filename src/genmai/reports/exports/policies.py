"""Who may export what, and whose export this is."""

from __future__ import annotations

from genmai.kernel.refusal import BadInput, NotFound, NotPermitted
from genmai.kernel.viewer import Reach, Viewer
from genmai.reports.exports.limits import limits
from genmai.reports.exports.models import ExportRecord
from genmai.reports.exports.shape import ANYONE, Export


def may_export(viewer: Viewer, permission: str = "cases:export") -> bool:
    """Deny by default: only where a grant says so, or where it is ANYONE's who has signed in."""
    if permission == ANYONE:
        return not viewer.anonymous and viewer.person_id is not None
    held = (grant for grant in viewer.grants if permission in grant.permissions and Reach.VIEW in grant.reaches)
    return not viewer.anonymous and any(held)  # in whichever tree: the export's own queries keep to theirs


def check_may_export(viewer: Viewer, permission: str) -> None:
    """Raises NotPermitted."""
    if not may_export(viewer, permission):
        raise NotPermitted("not_permitted", "您的账号没有导出的权限；要用这些数据，请找本单位的分派台或领导")


def check_export(viewer: Viewer, export: Export, *, purpose: str) -> None:
    """Raises NotPermitted, BadInput('purpose_missing')."""
    check_may_export(viewer, export.permission)
    if export.persons is not None and len(purpose.strip()) < 2:
        raise BadInput("purpose_missing", "请先写明导出的用途，本人可以看到这条记录", field="purpose")


def check_size(expected: int) -> None:
    """Raises BadInput('too_many_rows')."""
    most = limits().most_rows
    if expected > most:
        raise BadInput(
            "too_many_rows", "这份清单有 {n} 行，一张表放不下；请先加一个条件", allowed=f"≤ {most}", n=f"{expected:,}"
        )


def check_own(viewer: Viewer, record: ExportRecord | None) -> ExportRecord:
    """Raises NotFound for another person's, as for none."""
    if record is None or viewer.anonymous or record.account_id != viewer.account_id:
        raise NotFound
    return record


def account_of(viewer: Viewer) -> tuple[int, int]:
    """Account and person of who is signed in. Raises NotPermitted for nobody."""
    if viewer.account_id is None or viewer.person_id is None:
        raise NotPermitted("not_permitted", "请先登录")
    return viewer.account_id, viewer.person_id
