"""Writing an xlsx of any length row by row: what goes in comes out the same, to the byte, and nothing is kept in memory.

A spreadsheet program writes more; this is the least that is a workbook of one sheet: texts in the cells, dates as days.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

_SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{_SPREADSHEET}"><numFmts count="1"><numFmt numFmtId="164" '
    'formatCode="yyyy\\-mm\\-dd"/></numFmts><fonts count="1"><font/></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill '
    'patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf/>'
    '<xf numFmtId="164" applyNumberFormat="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" '
    'xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}
_EPOCH = date(1899, 12, 30).toordinal()
_TOGETHER = 2000  # rows handed to the packer at once


def write_sheet(file: Path, title: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write header and rows into `file`; gives the number of rows. Half a file is never left under its name."""
    fresh = file.with_suffix(".new")
    count = 0
    with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in _PARTS.items():
            _put(package, name, _HEAD + text)
        _put(package, "xl/workbook.xml", _workbook(title))
        with package.open(_entry("xl/worksheets/sheet1.xml"), "w", force_zip64=True) as sheet:
            sheet.write(f'{_HEAD}<worksheet xmlns="{_SPREADSHEET}"><sheetData>'.encode())
            held = [_row(1, header, _letters(len(header)))]
            letters = _letters(len(header))
            for count, row in enumerate(rows, 1):
                held.append(_row(count + 1, row, letters))
                if len(held) >= _TOGETHER:
                    sheet.write("".join(held).encode())
                    held.clear()
            sheet.write(("".join(held) + "</sheetData></worksheet>").encode())
    fresh.replace(file)
    return count


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


def _put(package: zipfile.ZipFile, name: str, text: str) -> None:
    package.writestr(_entry(name), text)


def _workbook(title: str) -> str:
    return (
        f'{_HEAD}<workbook xmlns="{_SPREADSHEET}" xmlns:r="{_RELATIONS}"><sheets>'
        f'<sheet name="{escape(title)}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )


def _letters(count: int) -> list[str]:
    return [chr(65 + at) if at < 26 else chr(64 + at // 26) + chr(65 + at % 26) for at in range(count)]


def _row(number: int, values: Sequence[Any], letters: Sequence[str]) -> str:
    return f'<row r="{number}">{"".join(_cells(number, values, letters))}</row>'


def _cells(number: int, values: Sequence[Any], letters: Sequence[str]) -> Iterator[str]:
    for letter, value in zip(letters, values, strict=False):
        if value is None or value == "":
            continue
        if isinstance(value, str):
            text = escape(value) if "<" in value or "&" in value or ">" in value else value
            yield f'<c r="{letter}{number}" t="inlineStr"><is><t>{text}</t></is></c>'
        elif isinstance(value, date):
            yield f'<c r="{letter}{number}" s="1"><v>{value.toordinal() - _EPOCH}</v></c>'
        else:
            yield f'<c r="{letter}{number}"><v>{value}</v></c>'
