"""Very many deeds that differ in little: the same rows as `commands.record` writes, as text for COPY.

A registry of half a million members is half a million deeds. What is the same in all of them is spelled once; id,
digest and the few columns that differ are added row by row. `tests/records/deeds/test_bulk.py` compares byte by byte.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from genmai.kernel import ids
from genmai.kernel.viewer import Actor
from genmai.records.deeds import canonical, kinds

TABLE = "deeds_deed"
COLUMNS = (*canonical.COLUMNS, "digest")
MOST = 32_000  # a key numbers its deeds with a small integer


class Varying(NamedTuple):
    """What differs from deed to deed."""

    source_id: str
    organisation_id: int | None
    path: str
    person_id: int | None
    category: str = ""
    outcome: str = ""


def copy_lines(
    *, actor: Actor, at: datetime, key: UUID, kind: str, mechanism: str, source_kind: str, subject_id: UUID | None,
    rows: Iterable[Varying], start: int = 0,
) -> Iterator[str]:  # fmt: skip
    """Lines of COPY text in the order of COLUMNS, numbered from `start` within `key`; at most MOST a key.

    Path, category and outcome must hold no tab, backslash or line end (ids and codes of our own). Raises Refused for an
    unknown kind.
    """
    payload = kinds.check(kind, {})
    moment = canonical.plain(at)
    who = [str(actor.kind), actor.person_id, actor.organisation_id]
    head = _inside([kind, moment, moment, str(key)])
    middle, tail = _inside(who), _inside([str(subject_id) if subject_id else None, payload, None])
    source, law = _inside([source_kind]), _inside([mechanism])
    stamp = at.isoformat()
    line_head = f"{kind}\t{stamp}\t{stamp}\t{key}"
    line_middle = "\t".join(_null(value) for value in who)
    line_tail = f"{_null(subject_id)}\t{json.dumps(payload, ensure_ascii=False)}\t\\N"
    derived, digest = ids.Deriving(at, key, "deed"), _sm3()
    for ordinal, row in enumerate(rows, start):
        public_id = derived.text(ordinal)
        source_id, body, path, person, category, outcome = row
        form = (
            f'["genmai-deed",{canonical.FORM},"{public_id}",{head},{ordinal},{middle},'
            f'{"null" if body is None else body},"{path}",null,{"null" if person is None else person},null,{source},'
            f'"{source_id}",{law},null,"{category}",null,"",null,"{outcome}","",{tail}]'
        )
        yield (
            f"{public_id}\t{line_head}\t{ordinal}\t{line_middle}\t{_NONE if body is None else body}\t{path}\t\\N\t"
            f"{_NONE if person is None else person}\t\\N\t"
            f"{source_kind}\t{source_id}\t{mechanism}\t\\N\t{category}\t\\N\t\t\\N\t{outcome}\t\t{line_tail}\t"
            f"\\\\x{digest(form.encode())}\n"
        )


def record_many(
    *, actor: Actor, at: datetime, key: UUID, kind: str, mechanism: str, source_kind: str, rows: Iterable[Varying],
    subject_id: UUID | None = None,
) -> int:  # fmt: skip
    """Write them by COPY in the caller's transaction, keys derived per MOST deeds; how many there were."""
    waiting, count, block = iter(rows), 0, 0
    while part := [row for row, _ in zip(waiting, range(MOST), strict=False)]:
        lines = copy_lines(
            actor=actor, at=at, key=ids.subkey(key, "deeds", block), kind=kind, mechanism=mechanism,
            source_kind=source_kind, subject_id=subject_id, rows=part,
        )  # fmt: skip
        with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            copy.write("".join(lines))
        count, block = count + len(part), block + 1
    return count


_COPY = f"COPY {TABLE} ({', '.join(COLUMNS)}) FROM STDIN"


def _inside(values: Sequence[object]) -> str:
    """Values as they stand within the canonical array."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))[1:-1]


_NONE = "\\N"


def _null(value: object) -> str:
    return _NONE if value is None else str(value)


def _sm3() -> Callable[[bytes], str]:
    """SM3 in hexadecimal by the quickest way this Python has: a copy of a fresh state spares looking the algorithm up each time."""
    if "sm3" not in hashlib.algorithms_available:
        return lambda data: canonical.sm3(data).hex()
    empty = hashlib.new("sm3")

    def quick(data: bytes) -> str:
        state = empty.copy()
        state.update(data)
        return state.hexdigest()

    return quick
