"""A sheet of messages that people have labelled: its columns, and its rows as texts with the code of their subject."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from genmai.kernel.sheets import Field, GoodRow, Workbook, check_rows, match_columns
from genmai.mechanisms.taxonomy import CODE, Taxonomy
from genmai.processes.cases import work_orders

LONGEST = 20_000  # longer than a report may be: other people's collections are not to fail for one long letter


def _field(key: str, *, required: bool) -> Field:
    known = next(field for field in work_orders.FIELDS if field.key == key)
    return replace(known, required=required, max_length=LONGEST if key == "text" else 0)


TO_ASK = (_field("title", required=False), _field("text", required=True), _field("label", required=False))
TO_LEARN = (_field("title", required=False), _field("text", required=True), _field("label", required=True))


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its number in the sheet, what was written, and the label as it stands there."""

    row: int
    title: str
    text: str
    label: str


def lines(book: Workbook, fields: tuple[Field, ...], *, sheet: str = "") -> Iterator[Line]:
    """The rows that hold a text. Raises SheetRefused naming the columns that are missing."""
    table = book.sheet(sheet or None, fields)
    matching = match_columns(table.header.names, fields)
    matching.check()
    for row in check_rows(table, matching.columns, fields).good:
        yield _line(row)


def _line(row: GoodRow) -> Line:
    title, text, label = (str(row.values.get(key) or "").strip() for key in ("title", "text", "label"))
    return Line(row.number, title, text, label)


def code_of(taxonomy: Taxonomy, label: str) -> str:
    """The subject a label names: a code, a title at any level, or a path; empty when it names none or several."""
    if CODE.match(label):
        return label if label in taxonomy else ""
    finding = taxonomy.find(label)
    named = finding.category is not None and finding.reason.message == "分类名称相同"
    return finding.category.code if named and finding.category else ""


__all__ = ["TO_ASK", "TO_LEARN", "Line", "code_of", "lines"]
