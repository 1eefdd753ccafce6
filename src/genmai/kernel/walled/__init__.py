"""How far the statements of this thread reach, told to PostgreSQL, whose row policies compare it (the second wall).

The first wall is the application's own filter by `Viewer`. Nothing said means nothing seen: a web request says who asks
(`asked_by`), everything else says aloud that it acts for the whole house (`house`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Scope:
    """What the policies compare with. The default reaches nothing.

    `organisations` heads of administrative subtrees; `paths` subtrees of the Party tree; `cases` and `person` single rows
    that are one's own whatever the tree says (a resident's matter, one's own data).
    """

    whole_house: bool = False
    organisations: tuple[int, ...] = ()
    paths: tuple[str, ...] = ()
    cases: tuple[int, ...] = ()
    person: int | None = None

    def settings(self) -> tuple[str, str, str, str, str]:
        """The values of SETTINGS."""
        return (
            "house" if self.whole_house else "viewer",
            _array(self.organisations),
            "{" + ",".join(_plain(path) for path in self.paths) + "}",
            _array(self.cases),
            "" if self.person is None else str(int(self.person)),
        )


SETTINGS = ("genmai.acts_for", "genmai.organisations", "genmai.paths", "genmai.cases", "genmai.person")
NOTHING, HOUSE = Scope(), Scope(whole_house=True)

_said: ContextVar[Scope | Callable[[], Scope]] = ContextVar("genmai_scope", default=NOTHING)


def current() -> Scope:
    """What has been said; a scope still to be found out is found out now, seeing nothing meanwhile."""
    said = _said.get()
    if isinstance(said, Scope):
        return said
    _said.set(NOTHING)
    try:
        found = said()
    except BaseException:
        _said.set(said)
        raise
    _said.set(found)
    return found


@contextmanager
def asked_by(find: Callable[[], Scope]) -> Iterator[None]:
    """Within: the scope that `find` gives, asked at the first statement; a page without statements never asks."""
    token = _said.set(find)
    try:
        yield
    finally:
        _said.reset(token)


@contextmanager
def nothing() -> Iterator[None]:
    """Within: no walled row at all; for finding out who asks."""
    token = _said.set(NOTHING)
    try:
        yield
    finally:
        _said.reset(token)


@contextmanager
def house(why: str) -> Iterator[None]:
    """Within: every row. `why` says to the reader what this is for; it must not be empty."""
    if not why:
        raise ValueError("acting for the whole house needs a reason")
    token = _said.set(HOUSE)
    try:
        yield
    finally:
        _said.reset(token)


def act_for_the_house(why: str) -> None:
    """For a process that serves nobody in particular (worker, command line, simulation): every row, until it ends."""
    if not why:
        raise ValueError("acting for the whole house needs a reason")
    _said.set(HOUSE)


def let_in(*, cases: Iterable[int]) -> None:
    """For the rest of the request: these cases, too. Only after a follow-up code has proved them the reader's own."""
    scope = current()
    if not scope.whole_house:
        _said.set(replace(scope, cases=tuple(sorted({*scope.cases, *cases}))))


def _array(numbers: Iterable[int]) -> str:
    return "{" + ",".join(str(int(one)) for one in numbers) + "}"


def _plain(path: str) -> str:
    if path != "/" and not all(part.isdigit() for part in path.strip("/").split("/")):
        raise ValueError(f"no path of a tree: {path!r}")
    return path
