"""Real messages of citizens: each ends with a body from an example row, or undecided with a reason. None is guessed."""

from __future__ import annotations

import os
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from genmai.interfaces import installed

SHARED = Path(os.environ.get("GENMAI_SHARED_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
ON = date(2026, 3, 2)


def test_most_find_their_body_and_none_contradicts_the_label_a_person_gave() -> None:
    path = SHARED / "messages" / "workorders.xlsx"
    if not path.exists():
        pytest.skip(f"NOT RUN: {path} is not here")
    head, *rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    title, text, label = (head.index(name) for name in ("留言主题", "留言详情", "一级标签"))
    loop = installed.library().get("default/case-loop")
    shares: Counter[str] = Counter()
    bodies: Counter[str] = Counter()
    for row in rows:
        placed = loop.place([str(row[title]), f"{row[title]} {row[text]}"], label=str(row[label]), on=ON)
        assert placed.category is not None
        assert placed.category.path[0] == row[label]
        assert placed.reason
        shares["body" if placed.row else "undecided"] += 1
        if placed.row:
            assert placed.row.status == "example"
            bodies[placed.row.body] += 1
    print({name: f"{count}/{len(rows)}" for name, count in shares.items()}, bodies.most_common(5))  # noqa: T201
    assert len(rows) == 1756
    assert shares["body"] / len(rows) > 0.8
    assert max(bodies.values()) / len(rows) < 0.25  # no desk takes everything
