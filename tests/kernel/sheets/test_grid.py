"""A sheet compared cell by cell is the same read in pieces and whole, and no larger than allowed in either way."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest
import xlsxwriter

from genmai.kernel.sheets import Limits, SheetRefused, grid, pieces
from genmai.kernel.sheets.grid import Grid, grids


@pytest.fixture(autouse=True)
def in_small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "_FIRST", 1500)
    monkeypatch.setattr(pieces, "_PIECE", 700)
    monkeypatch.setattr(grid, "_BLOCK", 7)


def book(last: int = 60, columns: int = 3, **options: object) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, **options}) as made:
        for name in ("清单", "说明"):
            page = made.add_worksheet(name)
            page.write(2, 1, "标题")
            for line in range(5, last):
                if line % 11:
                    for column in range(1, columns):
                        page.write(line, column, f"第 {line} 行" if column % 2 else line / 4)
            page.write_formula(20, 2, "=1+1", value=5)
    return out.getvalue()


def whole(data: bytes, monkeypatch: pytest.MonkeyPatch) -> list[Grid]:
    with monkeypatch.context() as patched:
        patched.setattr(grid, "in_pieces", lambda file, limits: None)
        return grids(data)


def shape(one: Grid) -> list[Sequence[object]]:
    """Without blanks at the end of a row, which say nothing, and without what a formula shows."""
    rows = [list(row) for row in one.rows()]
    for row, column in one.formulas:
        rows[row - 1][column] = "="
    for row in rows:  # type: ignore[assignment]
        while row and row[-1] == "":
            row.pop()
    while rows and not rows[-1]:
        rows.pop()
    return rows


def test_pieces_say_what_the_whole_says(monkeypatch: pytest.MonkeyPatch) -> None:
    data = book()
    found, expected = grids(data), whole(data, monkeypatch)
    assert [type(one).__name__ for one in found] == ["_Pieces", "_Pieces"]
    assert [one.name for one in found] == [one.name for one in expected] == ["清单", "说明"]
    for one, other in zip(found, expected, strict=True):
        assert shape(one) == shape(other)
        assert one.formulas == other.formulas == {(21, 2)}
        assert shape(one) == shape(one), "as often as asked"
    assert shape(found[0])[30] == ["", "第 30 行", 7.5]


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(max_rows=50), "sheet_too_many_rows"),
        (Limits(max_columns=2), "sheet_too_many_columns"),
        (Limits(max_cells=20), "sheet_too_many_cells"),
    ],
)
def test_more_than_is_allowed_is_refused(limits: Limits, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grid, "_SLACK", 0)
    first, _ = grids(book(), limits)
    with pytest.raises(SheetRefused) as refused:
        list(first.rows())
    assert refused.value.code == code
