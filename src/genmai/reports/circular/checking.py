"""The check code under a circular: the same figures give the same code, other figures another."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import astuple

from genmai.kernel.secrets import derive_key
from genmai.reports.circular.figures import RoundFigures
from genmai.reports.exports.digests import code_of


def check_code(found: RoundFigures, *, master: bytes) -> str:
    """Three groups of four signs, as under every export. Whoever changes a number in a file can't make its code."""
    said = "\x1f".join(_canonical(found))
    digest = hashlib.sha256(said.encode()).hexdigest()
    return code_of(derive_key(master, f"circular {found.round.public_id} {digest}"))


def _canonical(found: RoundFigures) -> Iterable[str]:
    yield found.round.document
    yield found.as_of.isoformat()
    yield found.rule
    yield found.scope
    yield repr(astuple(found.total))
    for row in found.classes:
        yield f"{row.key} {astuple(row.tally)}"
    for one in found.bodies:
        yield f"{one.body.public_id} {astuple(one.tally)}"
    for open_row in found.open:
        yield f"{open_row.no} {open_row.what} {open_row.where} {open_row.due_at} {open_row.overdue}"
