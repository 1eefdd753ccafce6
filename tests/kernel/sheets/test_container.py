"""What is no sheet, or more than a sheet, is refused before anything is read from it, with what to do instead."""

import io
import struct
import time
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genmai.kernel.sheets import Limits, SheetRefused, open_sheet
from genmai.kernel.sheets.values import Oddity

Make = Callable[..., bytes]
CELL = '<row r="1"><c r="A1" t="inlineStr"><is><t>编号</t></is></c></row>'


def _refused(data: bytes, limits: Limits | None = None) -> SheetRefused:
    with pytest.raises(SheetRefused) as refused:
        list(open_sheet(data, "a.xlsx", limits).sheet().rows())
    assert "{" not in refused.value.text(), "every place in the sentence is filled"
    return refused.value


OLD_XLS = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "sheet_empty_file"),
        (b"\xef\xbb\xbf \r\n", "sheet_empty_file"),
        (b"\x00" * 100, "sheet_empty_file"),
        (OLD_XLS, "sheet_old_xls"),
        (OLD_XLS + "EncryptedPackage".encode("utf-16-le"), "sheet_password"),
        (b"%PDF-1.7 ...", "sheet_not_a_sheet"),
        (b"\xff\xd8\xff\xe0 renamed photo", "sheet_not_a_sheet"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "sheet_not_a_sheet"),
        (b"\r\n<!DOCTYPE html>", "sheet_not_a_sheet"),
        (b"PK\x03\x04 not really a zip", "sheet_broken"),
    ],
)
def test_what_is_no_sheet_is_refused_whatever_its_name(data: bytes, code: str) -> None:
    assert _refused(data).code == code


@pytest.mark.parametrize("part", ["word/document.xml", "ppt/presentation.xml", "xl/workbook.bin", "photo.jpg"])
def test_other_zip_files_are_named_for_what_they_are(part: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(part, "x")
    assert _refused(out.getvalue()).code == "sheet_not_a_sheet"


def test_sheet_is_opened_by_what_it_is_not_by_its_name(xlsx: Make) -> None:
    assert open_sheet(xlsx([["编号"], ["1"]]), "report.csv").kind == "xlsx"
    assert open_sheet(b"a,b\n1,2\n", "report.xlsx").kind == "csv"


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ("xl/vbaProject.bin", "sheet_macros"),
        ("xl/VBAPROJECT.BIN", "sheet_macros"),
        ("xl/macrosheets/sheet1.xml", "sheet_macros"),
        ("xl/externalLinks/externalLink1.xml", "sheet_external_links"),
        ("xl\\externalLinks\\externalLink1.xml", "sheet_external_links"),
        ("xl/connections.xml", "sheet_external_links"),
    ],
)
def test_macros_and_links_to_the_outside_are_refused(raw_xlsx: Make, part: str, code: str) -> None:
    assert _refused(raw_xlsx(CELL, {part: "x"})).code == code


def test_macro_enabled_content_type_is_refused_even_without_a_macro(raw_xlsx: Make) -> None:
    types = '<Types><Override PartName="/xl/workbook.xml" ContentType="x.sheet.macroEnabled.main+xml"/></Types>'
    assert _refused(raw_xlsx(CELL, {"[Content_Types].xml": types})).code == "sheet_macros"


def test_backslashes_and_capitals_in_part_names_hide_nothing(raw_xlsx: Make) -> None:
    data = raw_xlsx(CELL + '<row r="2"><c r="A2"><f>1+1</f><v>2</v></c></row>')
    data = _renamed(data, "xl/worksheets/sheet1.xml", "xl\\Worksheets\\Sheet1.XML")
    assert [row.cells for row in open_sheet(data, "a.xlsx").sheet().rows()] == [[Oddity.FORMULA]]


def _renamed(data: bytes, old: str, new: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(out, "w") as made:
        for name in given.namelist():
            made.writestr(new if name == old else name, given.read(name))
    return out.getvalue()


def test_a_bomb_is_refused_from_its_directory_alone(raw_xlsx: Make) -> None:
    bomb = raw_xlsx("<row/>" * 8_000_000)
    assert len(bomb) < 300_000
    started = time.process_time()
    assert _refused(bomb).code == "sheet_bomb"
    assert time.process_time() - started < 0.5


def test_a_part_nobody_reads_counts_as_well(raw_xlsx: Make) -> None:
    assert _refused(raw_xlsx(CELL, {"xl/media/a.png": bytes(40_000_000)})).code == "sheet_bomb"


def _with_declared_size(data: bytes, name: bytes, size: int) -> bytes:
    """The same zip with another uncompressed size in the directory and before the part."""
    changed = bytearray(data)
    central = data.rindex(name) - 46
    assert data[central : central + 4] == b"PK\x01\x02"
    struct.pack_into("<I", changed, central + 24, size)
    local = data.index(name) - 30
    struct.pack_into("<I", changed, local + 22, size)
    return bytes(changed)


def test_a_directory_that_lies_about_sizes_gets_no_further_than_what_it_says(raw_xlsx: Make) -> None:
    bomb = raw_xlsx("<row/>" * 8_000_000)
    lying = _with_declared_size(bomb, b"xl/worksheets/sheet1.xml", 5000)
    started = time.process_time()
    assert _refused(lying).code == "sheet_broken"
    assert time.process_time() - started < 0.5


def test_budget_holds_while_inflating_not_only_in_the_directory(raw_xlsx: Make) -> None:
    data = raw_xlsx(CELL + "<row/>" * 1000)
    assert _refused(data, Limits(max_inflated=3000)).code == "sheet_bomb"


def test_two_parts_of_one_name_are_refused(raw_xlsx: Make) -> None:
    out = io.BytesIO(raw_xlsx(CELL))
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("xl/worksheets/sheet1.xml", "<x/>")
    assert _refused(out.getvalue()).code == "sheet_bomb"


@pytest.mark.parametrize("head", ['<!DOCTYPE x [<!ENTITY a "b">]>', "<!DOCTYPE x SYSTEM 'http://x/'>"])
def test_entities_are_refused(raw_xlsx: Make, head: str) -> None:
    part = f"<?xml version='1.0'?>{head}<worksheet><sheetData>{CELL}</sheetData></worksheet>"
    assert _refused(raw_xlsx("", {"xl/worksheets/sheet1.xml": part})).code == "sheet_broken"


def test_another_encoding_cannot_hide_from_the_checks(raw_xlsx: Make) -> None:
    part = "<?xml version='1.0' encoding='UTF-16'?><worksheet/>".encode("utf-16")
    assert _refused(raw_xlsx("", {"xl/worksheets/sheet1.xml": part})).code == "sheet_broken"


FAR = [
    ('<row r="1048576"><c r="A1048576"><v>1</v></c></row>', "sheet_too_many_rows"),
    ('<row><c r="XFD1"><v>1</v></c></row>', "sheet_too_many_columns"),
    ("<row><c r = 'GS2' ><v>1</v></c></row>", "sheet_too_many_columns"),
    ('<row><c t=">" r="XFD1048576"><v>1</v></c></row>', "sheet_too_many_rows"),
    ("<row>" + "<c><v>1</v></c>" * 300 + "</row>", "sheet_too_many_columns"),
    ('<row r="99000"><c r="A99000"><v>1</v></c></row><row><c r="CZ1"><v>1</v></c></row>', "sheet_too_many_cells"),
]


@pytest.mark.parametrize(("rows", "code"), FAR)
def test_two_cells_far_apart_do_not_fill_the_memory_between_them(raw_xlsx: Make, rows: str, code: str) -> None:
    assert _refused(raw_xlsx(CELL + rows)).code == code


def test_formatting_down_to_the_last_row_is_not_content(raw_xlsx: Make) -> None:
    styled = '<row r="1048576"><c r="A1048576" s="0"/><c r="XFD1048576" s="0"/></row>'
    sheet = open_sheet(raw_xlsx(CELL + '<row r="2"><c r="A2"><v>7</v></c></row>' + styled), "a.xlsx").sheet()
    assert [tuple(row) for row in sheet.rows()] == [(2, [7.0])]


def test_one_long_string_pointed_to_from_everywhere_is_refused(raw_xlsx: Make) -> None:
    """Four kilobytes of zip that would be two gigabytes of text."""
    shared = f"<sst><si><t>{'长' * 30_000}</t></si></sst>"
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 25_000))
    assert _refused(raw_xlsx(rows, {"xl/sharedStrings.xml": shared})).code == "sheet_too_many_cells"


def test_a_string_no_spreadsheet_could_hold_is_refused(raw_xlsx: Make) -> None:
    shared = f"<sst><si><t>{'a' * 600_000}</t></si></sst>"
    assert _refused(raw_xlsx(CELL, {"xl/sharedStrings.xml": shared})).code == "sheet_cell_too_long"


def test_too_many_bytes_are_refused_unread() -> None:
    assert _refused(b"a,b\n" * 100, Limits(max_bytes=100)).code == "sheet_too_large"


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_file_is_refused_or_read_but_never_crashes(data: st.DataObject) -> None:
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as archive:
        from_template = data.draw(st.sampled_from(["xl/workbook.xml", "xl/worksheets/sheet1.xml"]))
        archive.writestr(from_template, data.draw(st.binary(max_size=200)))
    whole = bytearray(book.getvalue())
    for _ in range(data.draw(st.integers(0, 4))):
        whole[data.draw(st.integers(4, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        list(open_sheet(bytes(whole), "a.xlsx").sheet().rows())
    except SheetRefused:
        pass


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 255))
def test_one_flipped_byte_in_a_good_file_never_crashes(place: int, flip: int) -> None:
    whole = bytearray(_GOOD)
    whole[place % len(whole)] ^= flip
    try:
        list(open_sheet(bytes(whole), "a.xlsx").sheet().rows())
    except SheetRefused:
        pass


def _good() -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    page = book.active
    for row in [["编号", "电话"], ["1", "13800000000"], [2, "=1+1"]]:
        page.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


_GOOD = _good()
