"""What every journey that brings a sheet in says of its columns and of the cells it can't take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from genmai.kernel.refusal import BadInput
from genmai.kernel.sheets.markup import column_letter

SURE = 0.9  # from here a suggested column needs no second look


@dataclass(frozen=True)
class Choice:
    """One field and the column it comes from. `sure`: "", look, or yes."""

    key: str
    label: str
    required: bool
    chosen: int | None
    sure: str


@dataclass(frozen=True)
class Problem:
    """One cell that can't be taken, in the reader's words."""

    row: int
    column: str
    shown: str
    what: str


def choice(key: str, label: str, required: bool, plan: Mapping[str, Any]) -> Choice:
    """A field with the column that `plan` (its "columns" and "sure") suggests, or that was chosen."""
    columns, sure = plan.get("columns", {}), plan.get("sure", {})
    word = "" if key not in columns else "yes" if float(sure.get(key, 0)) >= SURE else "look"
    return Choice(key, gettext(label), required, columns.get(key), word)


def headers(plan: Mapping[str, Any]) -> list[tuple[int, str]]:
    """The columns of the sheet, as the lists offer them."""
    names = enumerate(plan.get("headers", ()))
    return [(index, column(column_letter(index), name or gettext("（没有列名）"))) for index, name in names]


def left_over(plan: Mapping[str, Any], used: Iterable[int]) -> list[str]:
    """Columns nobody takes over: told, not dropped in silence."""
    taken = set(used)
    return [name for index, name in enumerate(plan.get("headers", ())) if name and index not in taken]


def column(letter: str, name: str) -> str:
    """B 列：标题, as the spreadsheet shows it."""
    return gettext("%(letter)s 列：%(name)s") % {"letter": letter, "name": name}


def with_allowed(said: str, allowed: str) -> str:
    """What is wrong and, where it can be listed, what is allowed."""
    return gettext("%(said)s（可以是：%(allowed)s）") % {"said": said, "allowed": allowed} if allowed else said


def problem(kept: Mapping[str, Any], name: str) -> Problem:
    """A problem as it was kept with the upload; `name`: its column in words, empty where the sheet gave it none."""
    refused = BadInput("row", kept["message"], allowed=kept["allowed"])
    what = with_allowed(refused.text(gettext), refused.accepts(gettext))
    return Problem(kept["row"], column(kept["column"], name) if name else kept["column"], kept["shown"], what)


def refusal(plan: Mapping[str, Any]) -> str:
    """Why the columns can't be used yet; empty when they can."""
    kept = plan.get("refused")
    return BadInput("sheet", kept["message"], **kept["params"]).text(gettext) if kept else ""
