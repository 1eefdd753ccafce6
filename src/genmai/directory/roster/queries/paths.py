"""Materialised paths of the trees, read without the database: "/1/7/52/" is body 52 below 7 below 1."""

from __future__ import annotations

from collections.abc import Iterable


def ids_of(path: str) -> tuple[int, ...]:
    """The organisation ids along a path, top first: "/1/7/52/" → (1, 7, 52)."""
    return tuple(int(part) for part in path.split("/") if part)


def head_of(path: str) -> int:
    """The body whose subtree a path names."""
    return ids_of(path)[-1]


def outermost(paths: Iterable[str]) -> tuple[str, ...]:
    """Of subtrees those that lie below no other, by path."""
    outer: list[str] = []
    for path in sorted(set(paths)):
        if not any(path.startswith(other) for other in outer):
            outer.append(path)
    return tuple(outer)
