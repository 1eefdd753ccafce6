"""What row security compares for a viewer: the second wall knows grants only by where they stand."""

from __future__ import annotations

from genmai.directory.roster.models import Link, Tree
from genmai.directory.roster.queries.paths import head_of, outermost
from genmai.kernel.viewer import Viewer
from genmai.kernel.walled import Scope

# Permissions by which a person reads matters; who only keeps accounts or reads logs reaches none.
_OF_CASES = ("cases:", "figures:", "board:", "rounds:", "tasks:")
WHOLE = "/"


def scope_of(viewer: Viewer, *, acting: bool = False) -> Scope:
    """The heads of every subtree where any of the viewer's grants reaches matters, and their Party subtrees.

    Wider than any one page's filter (that is the first wall's work), never wider than the grants together. `acting`: what
    a command does to members lies on both sides of a transfer or a merger, so its own policies alone decide there.
    """
    matters = {
        head_of(grant.path)
        for grant in viewer.grants
        if grant.tree == Tree.ADMINISTRATIVE and any(held.startswith(_OF_CASES) for held in grant.permissions)
    }
    paths = {grant.path for grant in viewer.grants if grant.tree == Tree.PARTY}
    return Scope(
        organisations=tuple(sorted(matters)),
        paths=(WHOLE,) if acting and paths else _heads(paths),
        person=viewer.person_id,
    )


def _heads(paths: set[str]) -> tuple[str, ...]:
    """Without what lies below another; `/` for who heads the only Party tree there is (one query, for those alone)."""
    outer = outermost(paths)
    heads = [path for path in outer if path.count("/") == 2]
    if heads and Link.objects.filter(tree=Tree.PARTY, parent=None, valid_to=None).count() == len(heads):
        return (WHOLE,)
    return outer
