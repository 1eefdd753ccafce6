"""试分类：genmai suggest SHEET 逐行给出最像的分类、把握、定没定和理由（csv）。"""

from __future__ import annotations

import argparse
import csv
import sys
from datetime import UTC, datetime
from pathlib import Path

from genmai.kernel.refusal import Refused
from genmai.kernel.sheets import harmless_csv_text, open_sheet
from genmai.processes.cases import labelled_sheets, mechanism
from genmai.processes.cases.suggestion import current
from genmai.processes.cases.suggestion.deciding import decide
from genmai.processes.cases.suggestion.guess import DOUBTS, Guess, Matter

HEAD = ("行号", "分类", "把握", "定了", "理由")
SAID = {"damaged": "模型文件坏了，先用分类表里的词", "missing": "找不到模型文件，先用分类表里的词"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sheet", type=Path, metavar="SHEET", help="xlsx 或 csv，要有一列内容；有分类列也不看它")


def run(args: argparse.Namespace) -> int:
    """Exit code 1 when the sheet is refused. What doesn't belong into the csv goes to the error output."""
    standing, today = current.standing(), datetime.now(UTC).date()
    if standing.trouble in SAID:
        print(SAID[standing.trouble], file=sys.stderr)
    out = csv.writer(sys.stdout, lineterminator="\n")
    try:
        lines = list(
            labelled_sheets.lines(open_sheet(args.sheet.read_bytes(), args.sheet.name), labelled_sheets.TO_ASK)
        )
    except (Refused, OSError) as refused:
        print(f"✗ {args.sheet.name}：{refused}", file=sys.stderr)
        return 1
    taxonomy, duties = mechanism.taxonomy(), mechanism.duties()
    out.writerow(HEAD)
    for line in lines:
        matter = Matter(line.text, line.title, on=today)
        out.writerow(_row(line.row, decide(taxonomy, duties, [matter], standing.model)[0]))
    return 0


def _row(number: int, guess: Guess) -> tuple[object, ...]:
    category = mechanism.taxonomy().categories.get(guess.category)
    reasons = ["因为提到：" + "、".join(guess.words)] if guess.words else []
    if guess.doubt:
        reasons.append(DOUBTS[guess.doubt])
    return (
        number,
        harmless_csv_text(category.title if category else ""),
        f"{guess.confidence / 1000:.3f}" if guess.confidence is not None else "",
        "是" if guess.decided else "否",
        harmless_csv_text("；".join(reasons)),
    )
