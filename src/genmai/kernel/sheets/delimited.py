"""csv files as offices make them: UTF-8 or GB 18030, commas, semicolons or tabs, line breaks inside quotes."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from genmai.kernel.sheets.messages import SheetRefused
from genmai.kernel.sheets.values import Cell, Oddity

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_DELIMITERS = ",\t;，"
_QUOTED = re.compile(r'"[^"]*"')
# What a spreadsheet would compute. "=====" between paragraphs is no formula; ="0012" only keeps the zeros.
_FORMULA = re.compile(r"=\s*[A-Za-z_(\"'+\-@0-9$\[{]")
_KEPT_AS_TEXT = re.compile(r'="([^"]*)"')
# The csv module has one limit for the whole process; set once, to what a sheet cell may hold several times over.
csv.field_size_limit(1_000_000)


def decode(data: bytes) -> tuple[str, str]:
    """The text of a csv file and the encoding found. Raises SheetRefused naming the line that can't be read."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decode(data, encoding), encoding
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        encoding = "utf-8" if _is_damaged_utf8(data) else "gb18030"
        return _decode(data, encoding), encoding


def _is_damaged_utf8(data: bytes) -> bool:
    """A few bad bytes in UTF-8 would pass as GB 18030 and turn the whole file into wrong characters."""
    text = data.decode("utf-8", errors="replace")
    bad = text.count("\ufffd")
    good = sum(1 for char in text[:200_000] if char > "\x7f") - min(bad, 200_000)
    return good > 20 and bad * 20 < good


def _decode(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise SheetRefused("sheet_encoding", line=line, allowed="xlsx, csv (UTF-8, GB18030)") from error


def find_delimiter(text: str) -> str:
    """The sign that divides the first lines most evenly outside quotes; a comma if none does."""
    lines = [line for line in _QUOTED.sub("", text[:65536]).splitlines()[:30] if line.strip(" \r\n")]
    best, best_score = ",", 0.0
    for sign in _DELIMITERS:
        counts = [line.count(sign) for line in lines]
        usual = max(set(counts), key=lambda count: (counts.count(count) * (count > 0), count), default=0)
        score = usual and counts.count(usual) / len(counts) + min(usual, 50) / 100
        if score > best_score:
            best, best_score = sign, score
    return best


def read_rows(text: str, delimiter: str) -> Iterator[tuple[int, list[Cell]]]:
    """Number from 1 (as a spreadsheet would count, so a quoted line break is one row) and cells of every row."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, row in enumerate(reader, 1):
            yield number, [_cell(value) if value[:1] == "=" else value for value in row]
    except csv.Error as error:
        if "field larger" in str(error):
            raise SheetRefused("sheet_cell_too_long") from error
        raise SheetRefused("sheet_quotes", line=number + 1) from error


def _cell(value: str) -> Cell:
    if kept := _KEPT_AS_TEXT.fullmatch(value.strip()):
        return kept[1]
    return Oddity.FORMULA if _FORMULA.match(value) else value
