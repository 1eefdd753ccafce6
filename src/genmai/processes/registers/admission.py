"""What may enter: a task or a room is looked up in a list; outside it, it is refused with the list's row named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings

from genmai.kernel.refusal import NotFound, Refused
from genmai.kernel.text import clean
from genmai.mechanisms import installing
from genmai.mechanisms.schema import Text
from genmai.processes.registers.definition import RegistersSection

ADMITTED, REFUSED = "admitted", "refused"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a list of admission."""

    no: str
    title: str
    status: str
    note: str

    @property
    def admitted(self) -> bool:
        return self.status == ADMITTED


@dataclass(frozen=True, slots=True)
class Gate:
    """One list and the mechanism version it stands in."""

    key: str
    title: Text
    ref: str
    rows: tuple[Row, ...]

    @property
    def decides(self) -> bool:
        """Whether it says what may enter; a checklist whose text is not public only holds its rows."""
        return any(row.status in (ADMITTED, REFUSED) for row in self.rows)


@lru_cache(maxsize=1)
def gates() -> Mapping[str, Gate]:
    """Every list installed here whose rows say `admitted`, `refused` or `blank`, by key."""
    found: dict[str, Gate] = {}
    for mechanism in installing.library(settings.GENMAI_MECHANISMS).having(RegistersSection):
        for key, entries in mechanism.section(RegistersSection).lists.items():
            rows = _rows(mechanism.rows(entries.entries) or ())
            if rows and all(row.status in (ADMITTED, REFUSED, "blank") for row in rows):
                found.setdefault(key, Gate(key, entries.title, mechanism.ref, rows))
    return found


def _rows(rows: Sequence[Mapping[str, str]]) -> tuple[Row, ...]:
    return tuple(Row(row["no"], row["title"], row["status"], row.get("note", "")) for row in rows)


def find(gate: Gate, title: str) -> Row | None:
    """The row of exactly this title, blanks aside. Nothing is guessed: a near miss is no row."""
    wanted = "".join(clean(title, 120, field="title").split())
    return next((row for row in gate.rows if "".join(row.title.split()) == wanted), None)


def check_admitted(key: str, title: str) -> Row:
    """The row that admits it. Raises Refused('refused_by_row') naming the row, or Refused('not_listed')."""
    gate = gates().get(key)
    if gate is None:
        raise NotFound("这里没有安装这张准入清单")
    row = find(gate, title)
    if row is None:
        raise Refused("not_listed", "“{title}”不在“{gate}”里，没有哪一行准它进；要先由区里加进清单", field="title",
                      title=title, gate=gate.title)  # fmt: skip
    if not row.admitted:
        raise Refused("refused_by_row", "“{gate}”第 {no} 行写明“{title}”不得进：{why}", field="title",
                      gate=gate.title, no=row.no, title=row.title, why=row.note)  # fmt: skip
    return row


__all__ = ["Gate", "Row", "check_admitted", "find", "gates"]
