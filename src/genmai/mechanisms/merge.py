"""How a mechanism extends another: tables merge by key, lists and single values replace; `drop` takes away first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def merge(parent: Mapping[str, Any], child: Mapping[str, Any]) -> dict[str, Any]:
    """`parent` changed by `child`. Neither is altered. Raises KeyError(path) when `drop` names what isn't inherited."""
    base = _without(parent, child.get("drop", ()))
    return _merge(base, {key: value for key, value in child.items() if key != "drop"})


def _merge(parent: Mapping[str, Any], child: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(parent)
    for key, value in child.items():
        inherited = merged.get(key)
        both_tables = isinstance(value, Mapping) and isinstance(inherited, Mapping)
        merged[key] = _merge(inherited, value) if both_tables else value  # type: ignore[arg-type]
    return merged


def _without(table: Mapping[str, Any], paths: list[str] | tuple[str, ...]) -> dict[str, Any]:
    kept = dict(table)
    for path in paths:
        head, _, rest = path.partition(".")
        if head not in kept or (rest and not isinstance(kept[head], Mapping)):
            raise KeyError(path)
        if rest:
            try:
                kept[head] = _without(kept[head], [rest])
            except KeyError:
                raise KeyError(path) from None
        else:
            del kept[head]
    return kept
