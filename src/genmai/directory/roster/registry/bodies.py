"""Which organisation a cell means: by code, or by a name that only one has; what else it may have meant."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from genmai.directory.roster.models import Category, Link, Organisation, Tree
from genmai.directory.roster.registry.cells import Wrong

BRANCHES = frozenset((Category.BRANCH.value, Category.JOINT_BRANCH.value, Category.GENERAL_BRANCH.value))
_MOST_ASKED = 200  # unknown names for which likely ones are looked for: the search goes through all of a city


@dataclass(frozen=True, slots=True)
class Body:
    """An organisation as the rows need it; `path` in the tree asked for."""

    id: int
    code: str
    name: str
    category: str
    path: str
    closed: bool


class Bodies:
    """All organisations of one tree by code and name, read once; in scope only those below the given paths."""

    def __init__(self, *, on: date, within: Sequence[str] | None, tree: str = Tree.PARTY) -> None:
        self._within = None if within is None else tuple(within)
        self._asked = 0
        self.by_code: dict[str, Body] = {}
        self._by_name: dict[str, list[Body]] = {}
        links = dict(Link.objects.filter(tree=tree, valid_to__isnull=True).values_list("organisation_id", "path"))
        found = Organisation.objects.values_list("id", "code", "name", "category", "closed_on")
        for identity, code, name, category, closed_on in found.iterator(chunk_size=5000):
            path = links.get(identity, "")
            if not path:
                continue
            closed = closed_on is not None and closed_on <= on
            self.add(Body(identity, code, name, category, path, closed))
        self._paths = links

    def path_of(self, identity: int | None) -> str:
        """Where a body stands in the tree, "" for none or one that stands nowhere."""
        return self._paths.get(identity, "") if identity is not None else ""

    def add(self, body: Body) -> None:
        """Also one that was just opened."""
        self.by_code[body.code] = body
        self._by_name.setdefault(body.name, []).append(body)

    def find(self, written: str, *, unknown: str = "unknown_branch") -> Body | Wrong:
        """The body, or what to say. One outside the scope is as unknown as one that is not there."""
        found = self.by_code.get(written)
        if found is None:
            named = [body for body in self._by_name.get(written, ()) if self._in_scope(body)]
            if len(named) > 1:
                return Wrong("name_not_unique", "、".join(body.code for body in named[:5]))
            found = named[0] if named else None
        if found is None or not self._in_scope(found):
            return Wrong(unknown, self._likely(written))
        return Wrong("closed_branch", found.name) if found.closed else found

    def branch(self, written: str) -> Body | Wrong:
        """The same for where members may be: a branch, a joint one, or a general branch."""
        found = self.find(written)
        if isinstance(found, Body) and found.category not in BRANCHES:
            return Wrong("not_a_branch", found.name)
        return found

    def _in_scope(self, body: Body) -> bool:
        return self._within is None or body.path.startswith(self._within)

    def _likely(self, written: str) -> str:
        """The nearest names in scope, or the nearest codes, at most three."""
        self._asked += 1
        if self._asked > _MOST_ASKED:
            return ""
        alike: Collection[str] = self.by_code if written.isascii() else self._by_name
        near = get_close_matches(written, [one for one in alike if abs(len(one) - len(written)) < 8], n=6, cutoff=0.75)
        shown = [
            one for one in near if self._in_scope(self.by_code[one] if written.isascii() else self._by_name[one][0])
        ]
        return "、".join(shown[:3])
