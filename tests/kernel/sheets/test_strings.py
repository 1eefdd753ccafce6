"""Shared strings kept apart from the reader give what the reader gives with all of them, and never more than allowed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from genmai.kernel.sheets import LARGE, Cell, SheetRefused, open_large, pieces, strings
from genmai.kernel.sheets import large as module
from genmai.kernel.sheets.strings import SharedStrings


@pytest.fixture
def in_small_pieces(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    return _small(monkeypatch)


def _small(patched: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    patched.setattr(module, "_FEW", 10)
    patched.setattr(pieces, "_FIRST", 1200)
    patched.setattr(pieces, "_PIECE", 300)
    patched.setattr(strings, "_PIECE", 70)
    return patched


def book(rows: Sequence[Sequence[object]], **options: object) -> io.BytesIO:
    out = io.BytesIO()
    fixed = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, {**fixed, **options}) as made:
        page = made.add_worksheet("名册")
        page.write_row(0, 0, ["姓名", "年龄", "备注"])
        for line, cells in enumerate(rows, 1):
            page.write_row(line, 0, cells)
    return out


def table_of(file: io.BytesIO) -> Any:
    file.seek(0)
    return open_large(file).sheet()._source


def read(file: io.BytesIO) -> list[tuple[int, list[Cell]]]:
    file.seek(0)
    return [
        (number, cells[:3]) for part in open_large(file).sheet().slices(7) for number, cells in zip(*part, strict=True)
    ]


def whole(file: io.BytesIO, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, list[Cell]]]:
    with monkeypatch.context() as patched:
        patched.setattr(module, "_in_pieces", lambda archive, limits: None)
        return read(file)


def changed(file: io.BytesIO, part: str, change: Callable[[bytes], bytes]) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            data = old.read(entry)
            altered = change(data) if entry.filename.endswith(part) else data
            assert altered != data or not entry.filename.endswith(part), "nothing was changed"
            new.writestr(entry.filename, altered)
    return out


ROWS = [[f"张{n}" if n % 3 else "张&<三>", n, f" 第 {n % 5} 组_x0041_\n" if n % 4 else ""] for n in range(120)]


def test_the_strings_stand_apart_and_say_the_same(in_small_pieces: pytest.MonkeyPatch) -> None:
    file = book(ROWS)
    assert table_of(file)._strings is not None, "read in another way"
    found = read(file)
    assert found == whole(file, in_small_pieces)
    assert [cells[0] for _, cells in found] == [row[0] for row in ROWS]
    assert found[7][1][1] == 7, "a number is no pointer"


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(texts | st.integers(-9, 9) | st.booleans() | st.just(""), min_size=1, max_size=4),
        min_size=1,
        max_size=30,
    )
)
def test_whatever_stands_in_cells(rows: list[list[object]]) -> None:
    with pytest.MonkeyPatch.context() as patched:
        _small(patched)
        file = book([["甲", 1, "乙"], *rows])
        assert read(file) == whole(file, patched)


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("sharedStrings.xml", "<t>张1</t>".encode(), "<r><t>张</t></r><r><rPr><b/></rPr><t>1</t></r>".encode()),
        ("sharedStrings.xml", "<t>张1</t>".encode(), '<t>张1</t><phoneticPr fontId="1" type="noConversion"/>'.encode()),
        ("sharedStrings.xml", "<t>张1</t>".encode(), '<t>张1</t><rPh sb="0" eb="1"><t>zhang</t></rPh>'.encode()),
        ("sharedStrings.xml", "<si><t>张1</t></si>".encode(), b"<si/>"),
        ("sharedStrings.xml", "<t>张1</t>".encode(), b"<t/>"),
        ("sharedStrings.xml", "<t>张1</t>".encode(), " <t>\n 张1 </t> ".encode()),
        ("sheet1.xml", b'<c r="A60" t="s">', b"<c r='A60' t='s'>"),
        ("sheet1.xml", b'<c r="A60" t="s">', b'<c r="A60" t = "s" >'),
        ("sheet1.xml", b'<c r="B60"><v>58</v></c>', b'<c r="B60" t="inlineStr"><is><t>a t="s" 3</t></is></c>'),
        ("sheet1.xml", b'<c r="B60"><v>58</v></c>', b'<c r="B60" t="str"><v>3</v></c>'),
        ("sheet1.xml", b'<c r="B60"><v>58</v></c>', b'<c r="B60" t="s"><f>A1&amp;"x"</f><v>3</v></c>'),
        ("sheet1.xml", b'<c r="B60"><v>58</v></c>', b'<c r="B60" t="s"/>'),
        ("sheet1.xml", b'<c r="B60"><v>58</v></c>', b'<c r="B60" t="e"><v>#N/A</v></c>'),
        ("sheet1.xml", b'<c r="B60"><v>58</v></c>', b'<c r="B60" t="d"><v>2020-01-02</v></c>'),
    ],
)  # fmt: skip
def test_every_way_of_writing_says_the_same(
    part: str, old: bytes, new: bytes, in_small_pieces: pytest.MonkeyPatch
) -> None:
    file = changed(book(ROWS), part, lambda data: data.replace(old, new))
    assert table_of(file)._strings is not None
    assert read(file) == whole(file, in_small_pieces)


def test_another_form_of_the_table_is_read_whole(in_small_pieces: pytest.MonkeyPatch) -> None:
    file = changed(book(ROWS), "sharedStrings.xml", lambda data: data.replace(b"<si>", b"<!-- <si> --><si>", 1))
    assert not isinstance(table_of(file), pieces.PieceTable)
    assert len(read(file)) == 120


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("sheet1.xml", b"<v>9</v>", b"<v>999999</v>"),
        ("sharedStrings.xml", b"</sst>", b""),
        ("sharedStrings.xml", b"<sst ", b'<!DOCTYPE a [<!ENTITY b "c">]><sst '),
        ("sharedStrings.xml", "张11<".encode(), "张11<!ENTITY b><".encode()),
    ],
)
def test_what_is_broken_is_refused(part: str, old: bytes, new: bytes, in_small_pieces: pytest.MonkeyPatch) -> None:
    with pytest.raises(SheetRefused) as refused:
        read(changed(book(ROWS), part, lambda data: data.replace(old, new)))
    assert refused.value.code == "sheet_broken"


@pytest.mark.parametrize(
    ("limits", "rows", "code"),
    [
        (replace(LARGE, max_shared=500), ROWS, "sheet_too_many_cells"),
        (replace(LARGE, max_inflated=20_000), ROWS, "sheet_bomb"),
        (replace(LARGE, max_text=20_000), [["长" * 300, n, "a"] for n in range(120)], "sheet_too_many_cells"),
    ],
)
def test_more_than_is_allowed_is_refused(
    limits: Any, rows: list[list[object]], code: str, in_small_pieces: pytest.MonkeyPatch
) -> None:
    file = book([[f"{row[0]}{n if code != 'sheet_too_many_cells' or len(rows[0][0]) < 300 else ''}", *row[1:]]  # type: ignore[arg-type]
                 for n, row in enumerate(rows)])  # fmt: skip
    file.seek(0)
    with pytest.raises(SheetRefused) as refused:
        list(open_large(file, limits).sheet().slices(10))
    assert refused.value.code == code


def test_a_text_longer_than_any_cell_is_refused() -> None:
    with pytest.raises(SheetRefused) as refused:
        SharedStrings().extend([b"x" * 500_000], LARGE)
    assert refused.value.code == "sheet_cell_too_long"


def test_millions_of_texts_take_little_more_than_their_letters() -> None:
    kept = SharedStrings()
    for first in range(0, 200_000, 20_000):
        kept.extend([b"1380000%07d" % number for number in range(first, first + 20_000)], LARGE)
    assert len(kept) == 200_000
    assert kept.text(123_456) == "13800000123456"
    assert kept._text.__sizeof__() + kept._ends.__sizeof__() < 200_000 * (14 + 4) * 1.3
