"""An xlsx of one sheet, written row by row and packed as it is written: memory holds the packed bytes, no disk anything.

For sheets full of persons' numbers, however long: the usual writer keeps every cell in memory, or puts them in clear into
a file of the system. Texts stand in their cells, so that rows are read in pieces again.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import IO, NamedTuple

from genmai.kernel.sheets.markup import column_letter

SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    + "".join(
        f'<Override PartName="/xl/{part}.xml" '
        f'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.{kind}+xml"/>'
        for part, kind in (("workbook", "sheet.main"), ("styles", "styles"), ("worksheets/sheet1", "worksheet"))
    )
    + "</Types>",
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_DOCUMENT}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_DOCUMENT}/styles" Target="styles.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{SPREADSHEET}" xmlns:r="{_DOCUMENT}">'
    '<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
}
_FIRST_DAY = datetime(1899, 12, 30)  # noqa: DTZ001  what sheets count days from has no zone
# A literal _x0041_ and what XML can't hold, as spreadsheets write them.
_CODED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_PLAIN = re.compile(r"[^&<>\x00-\x1f_\ufffe\uffff\s]+").fullmatch

Written = str | int | float | bool | date | datetime | None


class Look(NamedTuple):
    """How a cell looks. `quoted` keeps a text a text even when somebody edits the cell."""

    number_format: str = ""
    bold: bool = False
    marked: bool = False
    quoted: bool = False


class PackedSheet:
    """One file under way: `row` after `row`, then `close` gives its bytes."""

    def __init__(self, widths: Sequence[float], looks: Sequence[Look]) -> None:
        self._style = {look: number for number, look in enumerate(looks, 1)}
        self._letters = [column_letter(index) for index in range(len(widths))]
        self._line = 0
        self._out = io.BytesIO()
        self._archive = zipfile.ZipFile(self._out, "w", zipfile.ZIP_DEFLATED)
        for name, part in {**PARTS, "xl/styles.xml": _styles(looks)}.items():
            self._archive.writestr(_entry(name), _HEAD + part)
        self._page: IO[bytes] = self._archive.open(_entry("xl/worksheets/sheet1.xml"), "w", force_zip64=True)
        columns = "".join(
            f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>' for at, width in enumerate(widths, 1)
        )
        frozen = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        self._page.write(
            f'{_HEAD}<worksheet xmlns="{SPREADSHEET}"><sheetViews><sheetView workbookViewId="0">{frozen}</sheetView>'
            f"</sheetViews><cols>{columns}</cols><sheetData>".encode()
        )

    def row(self, cells: Sequence[tuple[Written, Look]]) -> None:
        """The next row; None and "" leave a cell out."""
        self._line += 1
        line, style = self._line, self._style
        xml = "".join(
            _cell(f'r="{letter}{line}" s="{style[look]}"', value)
            for letter, (value, look) in zip(self._letters, cells, strict=False)
            if value is not None and value != ""
        )
        self._page.write(f'<row r="{line}">{xml}</row>'.encode())

    def close(self) -> bytes:
        """The whole file."""
        self._page.write(b"</sheetData></worksheet>")
        self._page.close()
        self._archive.close()
        return self._out.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    """Without the time of day: the same rows are the same bytes."""
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _cell(place: str, value: Written) -> str:
    if isinstance(value, str):
        if _PLAIN(value):
            return f'<c {place} t="inlineStr"><is><t>{value}</t></is></c>'
        return f'<c {place} t="inlineStr"><is><t xml:space="preserve">{xml_text(value)}</t></is></c>'
    if isinstance(value, bool):
        return f'<c {place} t="b"><v>{int(value)}</v></c>'
    return f"<c {place}><v>{_days(value) if isinstance(value, date) else repr(value)}</v></c>"


def xml_text(value: str) -> str:
    """As spreadsheets write a text into XML, what XML can't hold included."""
    value = _CODED.sub("_x005F_", value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
    return _UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", value)


def _days(value: date) -> str:
    moment = value if isinstance(value, datetime) else datetime.combine(value, time())
    passed = moment.replace(tzinfo=None) - _FIRST_DAY
    return f"{passed.days + passed.seconds / 86_400:.11g}" if passed.seconds else str(passed.days)


def _styles(looks: Sequence[Look]) -> str:
    """Number 0 is the look of nothing, then one each."""
    formats = {look.number_format: number for number, look in enumerate(looks, 164) if look.number_format}
    coded = "".join(f'<numFmt numFmtId="{number}" formatCode="{code}"/>' for code, number in formats.items())
    kinds = "".join(
        f'<xf numFmtId="{formats.get(look.number_format, 0)}" fontId="{int(look.bold)}" '
        f'fillId="{2 if look.marked else 0}" borderId="{int(look.bold)}" xfId="0" applyNumberFormat="1" applyFont="1" '
        f'applyFill="1" applyBorder="1" applyAlignment="1"{_QUOTED if look.quoted else ""}>'
        '<alignment vertical="top" wrapText="1"/></xf>'
        for look in looks
    )
    nothing = '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"'
    return (
        f'<styleSheet xmlns="{SPREADSHEET}"><numFmts count="{len(formats)}">{coded}</numFmts>'
        f'<fonts count="2"><font><sz val="11"/></font><font><b/><sz val="11"/></font></fonts>{_FILLS}{_BORDERS}'
        f'<cellStyleXfs count="1">{nothing}/></cellStyleXfs>'
        f'<cellXfs count="{len(looks) + 1}">{nothing} xfId="0"/>{kinds}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


_QUOTED = ' quotePrefix="1"'
_FILLS = (
    '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFFCE8E6"/></patternFill></fill></fills>'
)
_NO_SIDES = "<left/><right/><top/>"
_BORDERS = (
    f'<borders count="2"><border>{_NO_SIDES}<bottom/><diagonal/></border>'
    f'<border>{_NO_SIDES}<bottom style="thin"/><diagonal/></border></borders>'
)
