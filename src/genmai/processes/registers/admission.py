"""What may enter: a task or a room is looked up in a list; outside it, it is refused with the list's row named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
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
    subjects: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()  # codes of the taxonomy of matters, with all below them

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
    places: tuple[str, ...] = ()
    basis: str = ""

    def binds(self, kind: str, place_code: str) -> bool:
        """Whether what is handed to a body of this kind on this ground has to stand in it."""
        return any(place_code.startswith(place) for place in self.places) and any(
            kind in row.subjects for row in self.rows
        )

    def row_for(self, kind: str, topic: str) -> Row | None:
        """The row of a subject of matters for a kind of body: the longest code wins."""
        fitting = [
            (len(code), row)
            for row in self.rows
            if kind in row.subjects
            for code in row.topics
            if topic.startswith(code)
        ]
        return max(fitting, key=lambda one: one[0])[1] if fitting else None

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
                gate = Gate(key, entries.title, mechanism.ref, rows, entries.places, mechanism.info.basis[0].title)
                found.setdefault(key, gate)
    return found


def _rows(rows: Sequence[Mapping[str, str]]) -> tuple[Row, ...]:
    return tuple(
        Row(row["no"], row["title"], row["status"], row.get("note", ""), tuple(row["subjects"].split()),
            tuple(row.get("topics", "").split()))
        for row in rows
    )  # fmt: skip


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


@dataclass(frozen=True, slots=True)
class Asked:
    """What is about to be handed to whom: the subject of the matter by code and by name, the kind of body, its ground."""

    topic: str
    title: str
    kind: str
    place_code: str
    on: date


def check_topic(asked: Asked) -> Row | None:
    """The row by which it may enter; None where no list binds there.

    Raises Refused('refused_by_row') naming the row, Refused('not_listed') where no row admits it,
    Refused('no_topic') while nobody has said what it is about.
    """
    admitted = None
    for gate in gates().values():
        if not gate.binds(asked.kind, asked.place_code):
            continue
        if not asked.topic:
            raise Refused("no_topic", "这里按“{gate}”准入：先定这件事是哪一类，才知道能不能交下去（依据：{basis}）",
                          field="category", gate=gate.title, basis=gate.basis)  # fmt: skip
        admitted = gate.row_for(asked.kind, asked.topic)
        if admitted is None:
            raise Refused("not_listed_topic", "“{title}”不在“{gate}”里，不能交给基层：请自己办，或者先由区里加进清单（依据：{basis}）",
                          field="to", title=asked.title, gate=gate.title, basis=gate.basis)  # fmt: skip
        if not admitted.admitted:
            raise Refused("refused_topic", "“{title}”不能交给基层：“{gate}”第 {no} 行，{why}（依据：{basis}）",
                          field="to", title=asked.title, gate=gate.title, no=admitted.no, why=admitted.note,
                          basis=gate.basis)  # fmt: skip
    return admitted


__all__ = ["Asked", "Gate", "Row", "check_admitted", "check_topic", "find", "gates"]
