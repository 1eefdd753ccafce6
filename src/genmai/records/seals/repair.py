"""Which column of a changed deed was changed: by finding what stood there before.

The digest says only that something changed. But whoever changed a byte, or put in another common value, can be undone
by trying: the value whose digest is the sealed one is what stood there, and its column is named beyond doubt.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from genmai.records.deeds import canonical
from genmai.records.deeds.models import Deed

_COMMON: tuple[Any, ...] = (None, "", 0, 1, {})
_SIBLINGS = 400


def changed_column(deed: Deed, sealed: bytes) -> str:
    """The changed column's name, or "" when it can't be told (several changed, or by more than the tries reach)."""
    values = [canonical.plain(getattr(deed, name)) for name in canonical.COLUMNS]
    return _by_value(values, deed, sealed) or _by_byte(values, sealed)


def _by_value(values: list[Any], deed: Deed, sealed: bytes) -> str:
    candidates = _candidates(deed)
    for place, name in enumerate(canonical.COLUMNS):
        for value in candidates[name]:
            if canonical.sm3(canonical.encode([*values[:place], value, *values[place + 1 :]])) == sealed:
                return name
    return ""


def _candidates(deed: Deed) -> dict[str, list[Any]]:
    """Values of the same column in related deeds, and the common ones; each once."""
    same_source = Deed.objects.filter(source_id=deed.source_id).exclude(pk=deed.pk)
    same_kind = Deed.objects.filter(kind=deed.kind).exclude(pk=deed.pk).order_by("-id")
    rows = [*same_source.values(*canonical.COLUMNS)[:_SIBLINGS], *same_kind.values(*canonical.COLUMNS)[:_SIBLINGS]]
    return {name: _distinct([*_COMMON, *(canonical.plain(row[name]) for row in rows)]) for name in canonical.COLUMNS}


def _distinct(values: Iterable[Any]) -> list[Any]:
    return list({json.dumps(value, sort_keys=True): value for value in values}.values())


def _by_byte(values: Sequence[Any], sealed: bytes) -> str:
    """One byte replaced, added or taken away anywhere in the canonical bytes (about half a second)."""
    data = canonical.encode(values)
    for place, attempt in _edits(data):
        if canonical.sm3(attempt) == sealed:
            return _column_at(values, place)
    return ""


def _edits(data: bytes) -> Iterator[tuple[int, bytes]]:
    for place in range(len(data)):
        before, after = data[:place], data[place + 1 :]
        yield place, before + after
        for byte in range(256):
            middle = bytes((byte,))
            yield place, before + middle + after
            yield place, before + middle + data[place:]


def _column_at(values: Sequence[Any], place: int) -> str:
    for index, name in enumerate(canonical.COLUMNS):
        # Without the closing bracket: where this column's value ends.
        if place < len(canonical.encode(values[: index + 1])):
            return name
    return canonical.COLUMNS[-1]
