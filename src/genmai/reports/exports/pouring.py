"""An xlsx whose rows go into the packed file as they are written: no row is kept, in memory or on any disk.

XlsxWriter keeps rows in a file of the system, in clear, until a workbook is closed. Here it writes a workbook without
rows, in memory; its long sheet is opened at the place where the rows belong, and they are poured in between.
"""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from typing import IO, Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

_HERE = "<!--rows-->"
_ROWS, _ROWS_END = "<sheetData>", "</sheetData>"
_PAGE = "xl/worksheets/sheet1.xml"
_TIME = (1980, 1, 1, 0, 0, 0)
_CELL = 140  # bytes of XML a cell may take: beyond two gigabytes a file needs the longer form of its container


class _Page(Worksheet):  # type: ignore[misc]
    """The long sheet: a row goes to `fh` when the next begins."""

    def _initialize(self, init_data: dict[str, Any]) -> None:
        super()._initialize({**init_data, "constant_memory": False})
        self.constant_memory = True

    def _opt_reopen(self) -> None:
        """There is no file of rows."""

    def _write_dimension(self) -> None:
        """Not known before the last row, and not needed."""

    def _write_optimized_sheet_data(self) -> None:
        self.fh.write(_HERE)

    def head(self) -> str:
        """The sheet up to its rows, once everything is set that stands before them."""
        text = io.StringIO()
        self._set_xml_writer(text)
        self._assemble_xml_file()
        return text.getvalue().partition(_HERE)[0]


class PouredBook:
    """A workbook of two sheets, `page` long and `notes` short, written to `out`, which need not be sought in.

    Set up widths, margins and formats; `begin`; then rows of `page` from the top; `close`, or `abandon`.
    """

    def __init__(self, out: Any, sheets: tuple[str, str], **options: object) -> None:
        self._rest = io.BytesIO()
        self.book: Any = xlsxwriter.Workbook(self._rest, {**options, "in_memory": True})
        self.page: Any = self.book.add_worksheet(sheets[0], worksheet_class=_Page)
        self.notes: Any = self.book.add_worksheet(sheets[1])
        self.page.activate()
        self._archive = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED)
        self._entry: IO[bytes] | None = None
        self._poured: io.TextIOWrapper | None = None

    def begin(self, cells: int) -> None:
        """`cells`: about how many there will be."""
        about = _about(_PAGE)
        about.file_size = cells * _CELL
        self._entry = self._archive.open(about, "w")
        self._poured = io.TextIOWrapper(self._entry, encoding="utf-8", newline="\n")
        self._poured.write(self.page.head() + _ROWS)
        self.page.fh = self._poured

    def close(self) -> None:
        """The last row, what stands after the rows, and the parts that are no rows."""
        self.book.close()
        with zipfile.ZipFile(self._rest) as rest:
            self._end_page(rest.read(_PAGE).decode().partition(_HERE)[2])
            for name in rest.namelist():
                if name != _PAGE:
                    self._archive.writestr(_about(name), rest.read(name))
        self._archive.close()

    def abandon(self) -> None:
        """Let go without an end; whatever `out` has taken is the caller's to throw away."""
        self.book.fileclosed = True
        with suppress(Exception):
            self._end_page("")
        with suppress(Exception):
            self._archive.close()

    def _end_page(self, tail: str) -> None:
        if self._poured is not None and self._entry is not None:
            poured, self._poured = self._poured, None
            poured.write(_ROWS_END + tail)
            poured.flush()
            poured.detach()
            self._entry.close()


def _about(name: str) -> zipfile.ZipInfo:
    """Without the time of day: the same rows are the same bytes."""
    about = zipfile.ZipInfo(name, _TIME)
    about.compress_type = zipfile.ZIP_DEFLATED
    return about
