"""What an export is: a tree of typed columns, a function that yields its rows, and who may have it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from genmai.kernel.viewer import Reach, Viewer
from genmai.reports.exports.values import Kind, Value

Row = Sequence[Value]
ANYONE = ""  # as a permission: whoever is signed in, for their own data or for what is everybody's to read


@dataclass(frozen=True)
class Column:
    """One column. `key`: its cell says which row this is (a number, a name); `about` explains it on the second sheet."""

    title: str
    kind: Kind = Kind.TEXT
    width: float = 0
    key: bool = False
    about: str = ""


@dataclass(frozen=True)
class Group:
    """Columns under one merged header; groups may hold groups."""

    title: str
    columns: tuple[Column | Group, ...]


Tree = Sequence[Column | Group]


@dataclass(frozen=True)
class HeaderCell:
    """One cell of the header, merged over `rows` × `columns`."""

    row: int
    column: int
    rows: int
    columns: int
    title: str


@dataclass(frozen=True)
class Asked:
    """What is asked for: the filters of the page's address, the moment, and the reader's language."""

    query: Mapping[str, str]
    now: datetime

    def get(self, name: str) -> str:
        return self.query.get(name, "")


@dataclass(frozen=True)
class Said:
    """What stands above the table: the title, the filters in words, the rule of each figure, when facts end."""

    title: str
    filters: tuple[tuple[str, str], ...] = ()
    rules: tuple[str, ...] = ()


@dataclass(frozen=True)
class Export:
    """One row of the registry. All functions take the viewer narrowed to where the permission holds.

    `rows` yields one sequence a row, in the order of the leaves of `columns`; its queries grow with the thousands only.
    `persons`: whose personal data (masked, as on the screen) the file holds; then a purpose is asked for and each is
    noted in the log of looks. `whose`: what stands for the scope where the permission is ANYONE's (本人, 公开).
    """

    key: str
    title: str  # msgid
    columns: Callable[[Viewer, Asked], Tree]
    rows: Callable[[Viewer, Asked], Iterable[Row]]
    count: Callable[[Viewer, Asked], int]
    said: Callable[[Viewer, Asked], Said]
    permission: str = "cases:export"
    persons: Callable[[Viewer, Asked], Iterable[int]] | None = None
    whose: str = ""  # msgid


def narrowed(viewer: Viewer, permission: str) -> Viewer:
    """The same person with only those grants that carry the permission: what they see elsewhere stays out of the file.

    With ANYONE's permission no grant is left: such an export reads by who the person is, or what nobody's scope bounds.
    """
    held = tuple(g for g in viewer.grants if permission in g.permissions and Reach.VIEW in g.reaches)
    # The viewer of a request is a stand-in until somebody asks; `replace` would not know it.
    return Viewer(**{each.name: getattr(viewer, each.name) for each in fields(Viewer)} | {"grants": held})


def leaves(tree: Tree) -> list[Column]:
    """The columns proper, left to right."""
    found: list[Column] = []
    for each in tree:
        found.extend(leaves(each.columns) if isinstance(each, Group) else [each])
    return found


def depth(tree: Tree) -> int:
    """How many rows the header takes."""
    return max((1 + depth(each.columns) if isinstance(each, Group) else 1 for each in tree), default=1)


def header(tree: Tree) -> list[HeaderCell]:
    """The header's cells: groups over their columns, single columns down to the last header row."""
    return list(_header(tree, 0, 0, depth(tree)))


def _header(tree: Tree, row: int, column: int, below: int) -> Iterator[HeaderCell]:
    for each in tree:
        if isinstance(each, Group):
            width = len(leaves(each.columns))
            yield HeaderCell(row, column, 1, width, each.title)
            yield from _header(each.columns, row + 1, column, below - 1)
            column += width
        else:
            yield HeaderCell(row, column, below, 1, each.title)
            column += 1


def paths(tree: Tree, above: str = "") -> list[str]:
    """Each leaf's title with its groups before it: 响应率 / 分子."""
    found: list[str] = []
    for each in tree:
        title = f"{above} / {each.title}" if above else each.title
        found.extend(paths(each.columns, title) if isinstance(each, Group) else [title])
    return found
