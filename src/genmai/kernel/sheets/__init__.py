"""Tables handed in by people: opened safely, matched, checked row by row, and given back where they fail."""

from genmai.kernel.sheets.cells import convert
from genmai.kernel.sheets.checking import Checked, GoodRow, Problem, check_rows, fingerprint, show
from genmai.kernel.sheets.columns import WRONG_COLUMN, Match, Matching, match_columns
from genmai.kernel.sheets.container import Limits
from genmai.kernel.sheets.failing import FailingRows, failing_rows_file, harmless_csv_text
from genmai.kernel.sheets.header import Header
from genmai.kernel.sheets.large import LARGE, LargeBook, LargeSheet, Slice, open_large
from genmai.kernel.sheets.messages import PROBLEMS, REFUSALS, SheetRefused, add_problems
from genmai.kernel.sheets.values import Cell, CellProblem, Field, Kind, Value
from genmai.kernel.sheets.workbook import Row, Sheet, Workbook, open_sheet

__all__ = [
    "LARGE",
    "PROBLEMS",
    "REFUSALS",
    "WRONG_COLUMN",
    "Cell",
    "CellProblem",
    "Checked",
    "FailingRows",
    "Field",
    "GoodRow",
    "Header",
    "Kind",
    "LargeBook",
    "LargeSheet",
    "Limits",
    "Match",
    "Matching",
    "Problem",
    "Row",
    "Sheet",
    "SheetRefused",
    "Slice",
    "Value",
    "Workbook",
    "add_problems",
    "check_rows",
    "convert",
    "failing_rows_file",
    "fingerprint",
    "harmless_csv_text",
    "match_columns",
    "open_large",
    "open_sheet",
    "show",
]
