"""The dispatch directory: which body a subject belongs to, and whether the base may be given it at all.

Rule: 国办函〔2025〕66号, 应由职能部门办理的不得分派给基层. A subject without a row is *undecided*: no default desk.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from genmai.kernel.refusal import Refused
from genmai.mechanisms.problems import Problem, shown
from genmai.mechanisms.reasons import Reason
from genmai.mechanisms.tables import LINE, missing_columns
from genmai.mechanisms.taxonomy import Taxonomy

RULE = "国办函〔2025〕66号"
DEPARTMENT_WORK = {
    "assist": "这类事由{body}主办，村社、镇街只是配合，不能派给基层（{rule}；派单目录{row}）。请派给{body}。",
    "taken_back": "这类事已由上级部门收回，不能派给基层（{rule}；派单目录{row}）。请派给{body}。",
}
KINDS = ("base", "assist", "taken_back")  # 基本履职, 配合履职, 上级部门收回
BODY_COLUMNS = ("code", "zh", "en", "kind")
DUTY_COLUMNS = ("no", "prefix", "body", "kind", "assisting", "basis", "valid_from", "valid_to", "status")
TargetKind = Literal["base", "department"]


@dataclass(frozen=True, slots=True)
class Body:
    """One that matters can be given to: a department by its code, or the base (`base:village`, `base:town`)."""

    code: str
    zh: str
    en: str
    kind: TargetKind


@dataclass(frozen=True, slots=True)
class DutyRow:
    """One row of the directory. `valid_to` is the last day it holds; None: until further notice."""

    no: str
    prefix: str
    body: str
    kind: str
    assisting: tuple[str, ...]
    basis: str
    valid_from: date
    valid_to: date | None
    status: str

    @property
    def for_base(self) -> bool:
        """Whether villages and towns may be given this as their own work (基本履职)."""
        return self.kind == "base"

    def holds(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class DutyList:
    """All duty rows of a mechanism."""

    def __init__(self, rows: Iterable[DutyRow], bodies: Iterable[Body]) -> None:
        self.rows: tuple[DutyRow, ...] = tuple(rows)
        self.bodies: Mapping[str, Body] = {body.code: body for body in bodies}

    def row_for(self, category: str, *, on: date) -> DutyRow | None:
        """The row a subject falls under on a day: the longest prefix wins. None is *undecided* (see `why_undecided`).

        A subject that isn't a leaf is undecided when rows below it name different bodies: a choice would be a guess.
        """
        if not category or self._split_below(category, on):
            return None
        return self._longest(category, on)

    def why_undecided(self, category: str, *, on: date) -> Reason:
        """Why `row_for` gave None, in words for the dispatch desk; an empty reason when it is decided."""
        if not category:
            return Reason("还没有分类")
        split = self._split_below(category, on)
        if split:
            return Reason("下级分类分属 {n} 个单位，须先定到下级分类", {"n": len(split)})
        return Reason() if self._longest(category, on) else Reason("派单目录中没有这一类，须由区级界定职责")

    def check_target(self, category: str, target_kind: TargetKind, *, on: date) -> DutyRow | None:
        """The row a dispatch rests on; None when undecided (then a person of the district decides).

        Raises Refused('department_work') when the row says department and the target is the base.
        """
        row = self.row_for(category, on=on)
        if row is None or target_kind != "base" or row.for_base:
            return row
        raise Refused(
            "department_work",
            DEPARTMENT_WORK[row.kind],
            field="to",
            body=self.bodies[row.body].zh,
            rule=RULE,
            row=row.no,
        )

    def _longest(self, category: str, on: date) -> DutyRow | None:
        holding = [row for row in self.rows if category.startswith(row.prefix) and row.holds(on)]
        return max(holding, key=lambda row: len(row.prefix), default=None)

    def _split_below(self, category: str, on: date) -> frozenset[str]:
        """Bodies at odds below a subject; empty when all agree."""
        below = {
            r.body for r in self.rows if len(r.prefix) > len(category) and r.prefix.startswith(category) and r.holds(on)
        }
        own = self._longest(category, on)
        everyone = below | ({own.body} if own else set())
        return frozenset(everyone) if below and len(everyone) > 1 else frozenset()


def read_bodies(rows: tuple[Mapping[str, str], ...], file: str, problems: list[Problem]) -> tuple[Body, ...]:
    """The bodies of `bodies.csv`: code, zh, en, kind."""
    if missing_columns(rows, BODY_COLUMNS, file, problems):
        return ()
    bodies: dict[str, Body] = {}
    for row in rows:
        line, kind = int(row[LINE]), row["kind"]
        if row["code"] in bodies:
            problems.append(Problem(file, line, "code", shown(row["code"]), "each code once"))
        elif kind == "base" or kind == "department":
            bodies[row["code"]] = Body(row["code"], row["zh"], row["en"], "base" if kind == "base" else "department")
        else:
            problems.append(Problem(file, line, "kind", shown(kind), "one of: base, department"))
    return tuple(bodies.values())


def read_duties(
    rows: tuple[Mapping[str, str], ...],
    bodies: tuple[Body, ...],
    taxonomy: Taxonomy,
    file: str,
    problems: list[Problem],
) -> DutyList:
    """The directory of `duties.csv`. Every row is checked against the subjects, the bodies and the other rows."""
    if missing_columns(rows, DUTY_COLUMNS, file, problems):
        return DutyList((), bodies)
    known = {body.code: body for body in bodies}
    read: list[DutyRow] = []
    for row in rows:
        faults = list(_faults(row, known, taxonomy))
        problems.extend(Problem(file, int(row[LINE]), key, shown(row[key]), allowed) for key, allowed in faults)
        if faults:
            continue
        duty = _duty(row)
        for other in read:
            if other.no == duty.no:
                problems.append(Problem(file, int(row[LINE]), "no", shown(duty.no), "each number once"))
            if other.prefix == duty.prefix and _overlap(other, duty):
                allowed = f"not the same subject and days as row {other.no}"
                problems.append(Problem(file, int(row[LINE]), "prefix", shown(duty.prefix), allowed))
        read.append(duty)
    return DutyList(read, bodies)


def _faults(row: Mapping[str, str], bodies: Mapping[str, Body], taxonomy: Taxonomy) -> Iterable[tuple[str, str]]:
    if row["prefix"] not in taxonomy:
        yield "prefix", "a code of taxonomy.csv"
    if row["body"] not in bodies:
        yield "body", "a code of bodies.csv"
    elif row["kind"] in KINDS and (row["kind"] == "base") != (bodies[row["body"]].kind == "base"):
        yield "kind", "'base' with a body of the base, 'assist' or 'taken_back' with a department"
    if row["kind"] not in KINDS:
        yield "kind", f"one of: {', '.join(KINDS)}"
    for body in row["assisting"].split():
        if body not in bodies:
            yield "assisting", f"codes of bodies.csv, separated by blanks; {body} is not one"
    if row["status"] not in ("official", "default", "example"):
        yield "status", "one of: official, default, example"
    for column in ("valid_from", "valid_to"):
        if not _is_date(row[column]) and not (column == "valid_to" and not row[column]):
            yield column, "a date like 2026-01-01"


def _duty(row: Mapping[str, str]) -> DutyRow:
    return DutyRow(
        no=row["no"],
        prefix=row["prefix"],
        body=row["body"],
        kind=row["kind"],
        assisting=tuple(row["assisting"].split()),
        basis=row["basis"],
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        status=row["status"],
    )


def _overlap(one: DutyRow, other: DutyRow) -> bool:
    return one.valid_from <= (other.valid_to or date.max) and other.valid_from <= (one.valid_to or date.max)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == 10
