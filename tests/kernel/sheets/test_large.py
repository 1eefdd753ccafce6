"""A long sheet read in pieces says what the same sheet read whole says, and no piece of it may be what it should not."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from genmai.kernel.sheets import Cell, Field, SheetRefused, open_large, pieces
from genmai.kernel.sheets import large as module
from genmai.kernel.sheets.values import Oddity

FIELDS = (Field(key="name", label="姓名"), Field(key="age", label="年龄"), Field(key="day", label="日期"))
Fill = Callable[[xlsxwriter.workbook.Worksheet, xlsxwriter.Workbook], None]


def workbook(fill: Fill, **options: object) -> io.BytesIO:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, **options}) as book:
        fill(book.add_worksheet("名册"), book)
    out.seek(0)
    return out


def kind_of(file: io.BytesIO) -> type:
    file.seek(0)
    return type(open_large(file).sheet(fields=FIELDS)._source)


def read(file: io.BytesIO, size: int = 40) -> tuple[tuple[str, ...], list[tuple[int, list[Cell]]]]:
    file.seek(0)
    sheet = open_large(file).sheet(fields=FIELDS)
    width = len(sheet.header.names)
    assert all(len(cells) == len(numbers) <= size for numbers, cells in sheet.slices(size))
    return sheet.header.names, [
        (number, cells[:width]) for slice_ in sheet.slices(size) for number, cells in zip(*slice_, strict=True)
    ]


@pytest.fixture
def in_small_pieces(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr(pieces, "_FIRST", 1500)
    monkeypatch.setattr(pieces, "_PIECE", 700)
    return monkeypatch


def whole(file: io.BytesIO, monkeypatch: pytest.MonkeyPatch) -> tuple[tuple[str, ...], list[tuple[int, list[Cell]]]]:
    with monkeypatch.context() as patched:
        patched.setattr(module, "_in_pieces", lambda archive, limits: None)
        return read(file)


def plain(page: xlsxwriter.workbook.Worksheet, book: xlsxwriter.Workbook) -> None:
    page.write_row(0, 0, ["姓名", "年龄", "日期"])
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for line in range(1, 200):
        page.write_row(line, 0, [f"张{line}", line])
        page.write_datetime(line, 2, date(2020, 1, 1 + line % 28), day)  # type: ignore[arg-type]


def full_of_traps(page: xlsxwriter.workbook.Worksheet, book: xlsxwriter.Workbook) -> None:
    """A title, a blank column at the left, two lines of header, blank rows, formulas, errors, a stray cell far below."""
    page.merge_range("B1:D1", "某街道人员名册")
    page.merge_range("B3:B4", "姓名")
    page.merge_range("C3:D3", "本人")
    page.write_row(3, 2, ["年龄", "日期"])
    for line in range(4, 160):
        if line % 7:
            page.write(line, 1, f"<李>&{line}")
            page.write_formula(line, 2, "=1+1", value="" if line % 2 else 2)
        if line % 31 == 0:
            page.write_formula(line, 3, "=1/0", value="#DIV/0!")
        if line % 5 == 0:
            page.write_boolean(line, 3, True)
    page.write(1_048_575, 1, "掉在最下面")


@pytest.mark.parametrize("fill", [plain, full_of_traps])
def test_pieces_say_what_the_whole_says(fill: Fill, in_small_pieces: pytest.MonkeyPatch) -> None:
    file = workbook(fill, constant_memory=fill is plain)
    assert kind_of(file) is pieces.PieceTable, "read whole after all"
    found = read(file)
    assert found == whole(file, in_small_pieces)
    assert len(found[1]) > 100


def test_formulas_stand_where_they_stand(in_small_pieces: pytest.MonkeyPatch) -> None:
    names, rows = read(workbook(full_of_traps))
    assert names[1:] == ("姓名", "本人·年龄", "本人·日期")
    assert all(cells[2] is Oddity.FORMULA for number, cells in rows if 5 <= number <= 160 and (number - 1) % 7)
    assert rows[-1] == (1_048_576, ["", "掉在最下面", "", ""])


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.lists(st.sampled_from(["", "甲", "乙<&>", "  ", 3, 2.5]), max_size=6).filter(any), min_size=1, max_size=60
    )
)
def test_whatever_is_blank_or_not(lines: list[list[str | float]]) -> None:
    def fill(page: xlsxwriter.workbook.Worksheet, book: xlsxwriter.Workbook) -> None:
        page.write_row(0, 0, ["姓名", "年龄", "日期"])
        for at, line in enumerate(lines, 1):
            page.write_row(at, 0, line)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(pieces, "_FIRST", 1200)
        patched.setattr(pieces, "_PIECE", 90)
        file = workbook(fill)
        assert read(file) == whole(file, patched)


def repacked(file: io.BytesIO, change: Callable[[bytes], bytes]) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            data = old.read(entry)
            new.writestr(entry.filename, change(data) if entry.filename.endswith("sheet1.xml") else data)
    return out


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b'<row r="150"', b'<!DOCTYPE a [<!ENTITY b "c">]><row r="150"', "sheet_broken"),
        (b'150"', b'15"', "sheet_broken"),
        (b'<c r="C150"', b'<c r="XFD150"', "sheet_too_many_columns"),
        (b"</sheetData>", b"", "sheet_broken"),
    ],
)
def test_what_stands_deep_in_the_sheet_is_found(
    old: bytes, new: bytes, code: str, in_small_pieces: pytest.MonkeyPatch
) -> None:
    file = repacked(workbook(plain, constant_memory=True), lambda data: data.replace(old, new))
    with pytest.raises(SheetRefused) as refused:
        read(file)
    assert refused.value.code == code


def test_a_directory_that_lies_about_the_size_is_no_way_in(monkeypatch: pytest.MonkeyPatch) -> None:
    file = workbook(plain, constant_memory=True)
    data = bytearray(file.getvalue())
    with zipfile.ZipFile(file) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    told = size.to_bytes(4, "little")
    assert data.count(told) >= 1
    lying = io.BytesIO(bytes(data.replace(told, (size // 2).to_bytes(4, "little"))))
    with pytest.raises(SheetRefused):
        read(lying)
    file.seek(0)
    with pytest.raises(SheetRefused) as bomb:
        open_large(file, module.LARGE.__class__(max_inflated=5000))
    assert bomb.value.code == "sheet_bomb"


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.replace(b"<row", b"<x:row").replace(b"</row", b"</x:row").replace(
            b"<worksheet ", b'<worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        ),
        lambda data: data.replace(b'<row r="', b'<row q="'),
    ],
)  # fmt: skip
def test_another_form_is_read_whole(change: Callable[[bytes], bytes], in_small_pieces: pytest.MonkeyPatch) -> None:
    changed = repacked(workbook(plain, constant_memory=True), change)
    assert kind_of(changed) is not pieces.PieceTable
    assert len(read(changed)[1]) == 199


def test_a_big_sheet_is_taken_from_memory_as_from_a_disk_and_a_bomb_from_neither(tmp_path: Path) -> None:
    def book(cells: int, word: str) -> bytes:
        out = io.BytesIO()
        with xlsxwriter.Workbook(out, {"constant_memory": True}) as made:
            page = made.add_worksheet()
            for row in range(cells):
                page.write_row(row, 0, [f"{word}{row * 7919 % 10007}", word, row])
        return out.getvalue()

    plain, bomb = book(150_000, "姓名"), book(600, "零" * 30_000)
    for data, taken in ((plain, True), (bomb, False)):
        assert sum(entry.file_size for entry in zipfile.ZipFile(io.BytesIO(data)).infolist()) > 1 << 24
        (tmp_path / "sheet.xlsx").write_bytes(data)
        with (tmp_path / "sheet.xlsx").open("rb") as file:
            for held in (file, io.BytesIO(data)):
                if taken:
                    assert open_large(held).sheet().height == 150_000
                else:
                    with pytest.raises(SheetRefused) as told:
                        open_large(held)
                    assert told.value.code == "sheet_bomb"
