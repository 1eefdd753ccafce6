"""Who may see a board, and of which place."""

from __future__ import annotations

from dataclasses import fields, replace

from genmai.kernel.refusal import NotFound, NotPermitted
from genmai.kernel.viewer import Reach, Viewer

PERMISSION = "board:view"


def may_see(viewer: Viewer, path: str | None = None) -> bool:
    """Leaders and desks of towns and the district; deny by default."""
    return viewer.may(PERMISSION, path, Reach.VIEW) and viewer.may("cases:view", path, Reach.VIEW)


def check_board(viewer: Viewer, path: str) -> None:
    """Raises NotPermitted for who has no board at all, NotFound outside the places they have one of."""
    if not may_see(viewer):
        raise NotPermitted("not_permitted", "总览给区和镇街的领导、分派台看；本单位的情况在“本单位”一页")
    if not path or not may_see(viewer, path):
        raise NotFound


def within(viewer: Viewer, path: str) -> Viewer:
    """The same person looking at one place only: what other rooms count for them then ends at its border."""
    held = tuple(replace(grant, path=path) for grant in viewer.grants if path.startswith(grant.path))
    return Viewer(**{each.name: getattr(viewer, each.name) for each in fields(Viewer)} | {"grants": held})
