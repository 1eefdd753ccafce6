"""From what somebody wrote to a subject and a duty row, or to *undecided* with the reason. Never a guess."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from genmai.mechanisms.duties import DutyList, DutyRow
from genmai.mechanisms.reasons import Reason
from genmai.mechanisms.taxonomy import Category, Finding, Taxonomy


@dataclass(frozen=True, slots=True)
class Placement:
    """`row` None: undecided, a person of the district decides. `category` may be known although the body isn't."""

    category: Category | None
    row: DutyRow | None
    reason: Reason


def place(taxonomy: Taxonomy, duties: DutyList, *, texts: Sequence[str], label: str = "", on: date) -> Placement:
    """Where a matter belongs. `texts` are tried in turn, the tellingest first (a title before its body).

    A `label` given by a person (a subject's name or path) is a fact: only subjects under it are looked at. When a text
    points to several subjects, the body is still sure if each of them has the same one.
    """
    named = taxonomy.find(label) if label else Finding(None, Reason())
    if label and named.category is None:
        return Placement(None, None, named.reason)
    best, why = named.category, named.reason if named.category else Reason("没有认出关键词")
    within = named.category.code if named.category else ""
    for text in texts:
        finding = taxonomy.find(text, within=within)
        category = finding.category or best
        row = _row(duties, finding, on)
        if row is not None:
            return Placement(category, row, finding.reason)
        if finding.candidates:
            why = finding.reason
        if finding.category is not None and (best is None or finding.category.level > best.level):
            best = finding.category
    if best is None:
        return Placement(None, None, why)
    return Placement(best, duties.row_for(best.code, on=on), duties.why_undecided(best.code, on=on) or why)


def _row(duties: DutyList, finding: Finding, on: date) -> DutyRow | None:
    """The row of the subject found, or of the candidates when all of them lead to one body on the same terms."""
    if finding.category is not None:
        sure = duties.row_for(finding.category.code, on=on)
        if sure is not None:
            return sure
    rows = [duties.row_for(code, on=on) for code in finding.candidates]
    found = [row for row in rows if row is not None]
    same = len({(row.body, row.kind) for row in found}) == 1
    return found[0] if found and same and len(found) == len(rows) else None
