"""Writes an export as xlsx, a row at a time: what is written goes on to where the file is kept, what stays are digests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from genmai.reports.exports.digests import Keyed
from genmai.reports.exports.layout import Layout, keys_of
from genmai.reports.exports.pouring import PouredBook
from genmai.reports.exports.values import Kind, Value, canonical, written

_RISKY = ("=", "+", "-", "@", "\t", "'")
_FACE = "SimSun"
_LINE = 16.5  # points a line of text takes
_FORMATS = {
    Kind.COUNT: "#,##0",
    Kind.NUMBER: "#,##0.##",
    Kind.SHARE: "0.0%",
    Kind.DAY: "yyyy-mm-dd",
    Kind.MOMENT: "yyyy-mm-dd hh:mm",
}


class Writer:
    """One file under way. `row` gives the digests of what it wrote; `close` ends the file. `out` takes bytes in order."""

    def __init__(self, out: Any, layout: Layout, keyed: Keyed, at: datetime, *, expected: int = 0) -> None:
        self.layout, self.keyed, self.rows = layout, keyed, 0
        self._poured = PouredBook(out, layout.cover.sheets, strings_to_formulas=False, strings_to_urls=False)
        self._book, self._page, self._notes = self._poured.book, self._poured.page, self._poured.notes
        self._book.set_properties({"title": layout.cover.title, "created": at.replace(tzinfo=None)})
        self._make_formats()
        self._set_up()
        self._poured.begin((expected + layout.first_row) * layout.span)
        self._above()
        self._header()

    def row(self, values: Sequence[Value]) -> bytes:
        """Write one row; gives the digests kept of it. Raises ValueError when there are more or fewer cells."""
        line, forms = self.layout.first_row + self.rows, []
        for index, (column, value) in enumerate(zip(self.layout.columns, values, strict=True)):
            shown = written(column.kind, value)
            self._cell(line, index, column.kind, shown)
            forms.append(canonical(column.kind, shown))
        self.rows += 1
        return self.keyed.row(forms)

    def close(self) -> None:
        """The second sheet, the filter, the end."""
        layout = self.layout
        last = layout.first_row + max(self.rows, 1) - 1
        if self.rows:
            self._page.autofilter(layout.first_row - 1, 0, last, len(layout.columns) - 1)
        self._page.print_area(0, 0, last, layout.span - 1)
        for line, (name, about) in enumerate(layout.cover.notes):
            self._notes.write_string(line, 0, name, self._looks["label"])
            self._notes.write_string(line, 1, about, self._looks["text"])
        self._poured.close()

    def abandon(self) -> None:
        """Let go without an end; what was written is for the caller to remove."""
        self._poured.abandon()

    def _make_formats(self) -> None:
        make, base = self._book.add_format, {"font_name": _FACE, "font_size": 10.5, "valign": "vcenter"}
        boxed = {**base, "border": 1, "border_color": "#B8B0A0"}
        self._looks = {
            "title": make({**base, "font_name": "SimHei", "font_size": 16, "align": "center"}),
            "line": make({**base, "text_wrap": True}),
            "watermark": make({**base, "font_color": "#6B645A", "text_wrap": True}),
            "header": make({**boxed, "bold": True, "align": "center", "text_wrap": True, "bg_color": "#EFEADF"}),
            "label": make({**base, "bold": True, "valign": "top"}),
            "text": make({**base, "text_wrap": True, "valign": "top"}),
        }
        self._cells = {kind: make({**boxed, "num_format": form}) for kind, form in _FORMATS.items()}
        self._cells[Kind.TEXT] = make({**boxed, "num_format": "@", "text_wrap": True, "valign": "top"})
        # The quote prefix keeps a text a text even when somebody edits the cell.
        self._quoted = make({**boxed, "num_format": "@", "text_wrap": True, "valign": "top", "quote_prefix": True})

    def _set_up(self) -> None:
        page, layout, cover = self._page, self.layout, self.layout.cover
        for index in range(layout.span):
            page.set_column(index, index, layout.width(index))
        self._notes.set_column(0, 0, 24)
        self._notes.set_column(1, 1, 90)
        frozen = len(keys_of(layout.columns)) if keys_of(layout.columns)[0] == 0 else 0
        page.freeze_panes(layout.first_row, frozen)
        page.repeat_rows(layout.header_row, layout.first_row - 1)
        for each in (page, self._notes):
            each.set_paper(9)
            each.fit_to_pages(1, 0)
            each.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
            each.set_footer(f"&L&9{_safe(cover.footer)}&R&9&P / &N")
            each.set_header(f"&R&9{_safe(cover.code)}")
        if sum(layout.width(index) for index in range(layout.span)) > 90:
            page.set_landscape()

    def _above(self) -> None:
        layout, cover = self.layout, self.layout.cover
        self._page.set_row(0, 30)
        self._wide(0, cover.title, "title")
        for row, line in enumerate(cover.lines, 1):
            self._page.set_row(row, _LINE * layout.lines_of(line))
            self._wide(row, line, "line")
        self._page.set_row(layout.header_row - 1, _LINE * layout.lines_of(cover.watermark))
        self._wide(layout.header_row - 1, cover.watermark, "watermark")

    def _wide(self, row: int, text: str, look: str) -> None:
        """A line over the whole width; merged by hand because one row at a time is all this mode can merge."""
        self._page.write_string(row, 0, text, self._looks[look])
        for column in range(1, self.layout.span):
            self._page.write_blank(row, column, None, self._looks[look])
        self._merge(row, 0, row, self.layout.span - 1)

    def _header(self) -> None:
        """Row by row from the top, since a row can't be gone back to; merged areas are declared beside."""
        layout, look = self.layout, self._looks["header"]
        said = {(cell.row, cell.column): cell.title for cell in layout.header}
        for row in range(layout.first_row - layout.header_row):
            for column in range(len(layout.columns)):
                text = said.get((row, column))
                if text is None:
                    self._page.write_blank(layout.header_row + row, column, None, look)
                else:
                    self._page.write_string(layout.header_row + row, column, text, look)
        for cell in layout.header:
            top = layout.header_row + cell.row
            self._merge(top, cell.column, top + cell.rows - 1, cell.column + cell.columns - 1)

    def _merge(self, top: int, left: int, bottom: int, right: int) -> None:
        if (top, left) != (bottom, right):
            self._page.merge.append([top, left, bottom, right])

    def _cell(self, row: int, column: int, kind: Kind, value: Value) -> None:
        """By the method of its type only: the general one takes text for formulas and links."""
        look = self._cells[kind]
        if value is None:
            self._page.write_blank(row, column, None, look)
        elif isinstance(value, str):
            risky = value.startswith(_RISKY)
            self._page.write_string(row, column, value, self._quoted if risky else self._cells[Kind.TEXT])
        elif isinstance(value, date | datetime):
            self._page.write_datetime(row, column, value, look)
        else:
            self._page.write_number(row, column, value, look)


def _safe(text: str) -> str:
    """In headers and footers & begins a command; 255 characters are allowed in all."""
    return text.replace("&", "&&")[:200]
