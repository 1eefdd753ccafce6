"""CSV files of a mechanism: UTF-8, a header line, every row as wide as the header, no cell with stray blanks."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from genmai.mechanisms.problems import Problem, shown

LINE = "_line"  # added to each row: where it stands in the file


def read_rows(path: Path, file: str, problems: list[Problem]) -> tuple[Mapping[str, str], ...]:
    """Rows by column name, with `_line`. What is wrong goes to `problems`; the wrong rows are left out."""
    try:
        lines = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines(), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        problems.append(Problem(file, 0, "", "", f"must be a CSV file in UTF-8 ({error})"))
        return ()
    if not lines:
        problems.append(Problem(file, 1, "", "", "needs a header line"))
        return ()
    header, rows = lines[0], []
    for number, cells in enumerate(lines[1:], start=2):
        if not any(cells):
            continue
        if len(cells) != len(header):
            problems.append(Problem(file, number, "", shown(",".join(cells)), f"needs {len(header)} cells"))
            continue
        rows.append({**{name: cell.strip() for name, cell in zip(header, cells, strict=True)}, LINE: str(number)})
    return tuple(rows)


def missing_columns(
    rows: tuple[Mapping[str, str], ...], wanted: tuple[str, ...], file: str, problems: list[Problem]
) -> bool:
    """Whether columns are missing; each one is told."""
    missing = [name for name in wanted if rows and name not in rows[0]]
    problems.extend(Problem(file, 1, name, "", "this column is required") for name in missing)
    return bool(missing)
