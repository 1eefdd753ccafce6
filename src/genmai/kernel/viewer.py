"""Who is looking or acting, and how far that reaches.

A `Viewer` is resolved once at the edge (`directory.access`) and handed down; lower rooms filter by it and never look
anything up. Deny by default: no grant, no row.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

ADMINISTRATIVE = "administrative"  # the tree that is meant where none is named


class Reach(StrEnum):
    """The three scopes a grant gives apart: where one may write, read, and find that something exists."""

    CAPTURE = "capture"
    VIEW = "view"
    SEARCH = "search"


@dataclass(frozen=True, slots=True)
class Granted:
    """One dated grant, already found valid: a role's permissions over one subtree."""

    role: str
    permissions: frozenset[str]
    path: str  # materialised path in `tree`, "/1/7/", prefix of everything below
    reaches: frozenset[Reach]
    tree: str = ADMINISTRATIVE


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person at work (or nobody): what they may do and where, and why they are looking."""

    account_id: int | None = None
    person_id: int | None = None
    person_public_id: UUID | None = None
    name: str = ""
    organisation_id: int | None = None
    organisation_name: str = ""
    path: str = ""
    level: int = 0
    role: str = ""
    grants: tuple[Granted, ...] = field(default=())
    purpose: str = ""
    acts_for: str = ""  # name of whoever is away, while the person stands in for them

    def paths(self, permission: str, reach: Reach = Reach.VIEW, *, tree: str = ADMINISTRATIVE) -> tuple[str, ...]:
        """Subtrees of one tree where `permission` holds with this reach, outermost only. Empty: nowhere."""
        held = (g for g in self.grants if g.tree == tree and permission in g.permissions and reach in g.reaches)
        found = sorted({g.path for g in held})
        outer: list[str] = []
        for path in found:
            if not any(path.startswith(other) for other in outer):
                outer.append(path)
        return tuple(outer)

    def organisation_ids(self, permission: str, reach: Reach = Reach.VIEW) -> tuple[int, ...]:
        """The organisations at the head of those subtrees: what a row's `reach` array is matched against."""
        return tuple(int(path.strip("/").rpartition("/")[2]) for path in self.paths(permission, reach))

    def may(
        self, permission: str, path: str | None = None, reach: Reach = Reach.CAPTURE, *, tree: str = ADMINISTRATIVE
    ) -> bool:
        """Whether `permission` holds at `path` of a tree, or anywhere in it when no path is named."""
        reached = self.paths(permission, reach, tree=tree)
        return bool(reached) if path is None else any(path.startswith(outer) for outer in reached)

    @property
    def anonymous(self) -> bool:
        return self.account_id is None


NOBODY = Viewer()


class ActorKind(StrEnum):
    STAFF = "staff"
    REPORTER = "reporter"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does a thing. Staff act for an organisation, a reporter for themself, the system by a job's name."""

    kind: ActorKind
    viewer: Viewer = NOBODY
    name: str = ""

    @property
    def person_id(self) -> int | None:
        return self.viewer.person_id

    @property
    def organisation_id(self) -> int | None:
        return self.viewer.organisation_id

    @classmethod
    def staff(cls, viewer: Viewer) -> Actor:
        return cls(ActorKind.STAFF, viewer, viewer.name)

    @classmethod
    def reporter(cls) -> Actor:
        return cls(ActorKind.REPORTER)

    @classmethod
    def system(cls, name: str) -> Actor:
        return cls(ActorKind.SYSTEM, NOBODY, name)
