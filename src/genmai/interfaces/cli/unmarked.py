"""Chinese that people read though no gettext call marks it: refusals, reasons, tables of words, labels of choices.

Whatever is not known to be something else counts as read by people, so that a new table can't be forgotten.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

CHINESE = re.compile(r"[\u4e00-\u9fff]")
REFUSALS = frozenset({"Refused", "NotPermitted", "NotFound", "Changed", "BadInput", "CellProblem", "Reason"})

# Not looked up in the catalogue, except what their refusals say; each line gives the reason.
OTHERWISE: dict[str, str] = {
    "interfaces/cli/": "the terminal has no language switch; it speaks Chinese",
    "interfaces/sheet_import.py": "notes of jobs for the terminal",
    "simulation/": "made-up people, and what they write",
    "interfaces/web/shell/gallery": "made-up samples of the design system",
    "interfaces/web/shell/time_words.py": "each language has a branch of its own",
    "interfaces/web/shell/counting_words.py": "each language has a branch of its own",
    "interfaces/web/handle_case/limits.py": "each language has a branch of its own",
    "interfaces/web/hotline/saving.py": "written into the record as it was said",
    "directory/territory/divisions.py": "names of places",
    "directory/roster/commands/district.py": "names of organisations",
    "coordination/meeting_tasks.py": "written into the record as it was said",
    "processes/registers/commands/facts.py": "names of organisations",
    "kernel/identity_numbers.py": "what people type",
    "kernel/secrets.py": "surnames",
    "kernel/sheets/cells.py": "what people write into cells",
    "kernel/sheets/moments.py": "what people write into cells",
    "kernel/sheets/values.py": "what stands in the sheet sent back",
    "kernel/sheets/columns.py": "what stands in the sheet sent back",
    "mechanisms/compare.py": "for the terminal",
    "mechanisms/duties.py": "the number of a document",
    "reports/circular/document.py": "names of typefaces",
    "mechanisms/skeleton.py": "a file its writer fills in",
}
UNSAID = ("interfaces/cli/", "simulation/")  # their refusals, too, are read in the terminal only


class Found(NamedTuple):
    """A literal and its line; `whole` is false for a sentence put together in an f-string: it can't be looked up."""

    line: int
    text: str
    whole: bool = True


def literals(code: str, name: str, marks: frozenset[str]) -> Iterator[Found]:
    """What people may read in one module; arguments of `marks` (gettext and its kin) are left to their own reader."""
    if not name.startswith(UNSAID):
        yield from _read(ast.parse(code), marks, counts=not name.startswith(tuple(OTHERWISE)))


def _read(node: ast.AST, marks: frozenset[str], *, counts: bool) -> Iterator[Found]:
    """`counts` is whether a literal standing here is read by people."""
    if isinstance(node, ast.Constant):
        if counts and isinstance(node.value, str) and CHINESE.search(node.value):
            yield Found(node.lineno, node.value)
    elif isinstance(node, ast.JoinedStr):
        yield from _read_joined(node, marks, counts=counts)
    elif isinstance(node, ast.Call):
        yield from _read_call(node, marks, counts=counts)
    elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):  # not a docstring
        for child in ast.iter_child_nodes(node):
            yield from _read(child, marks, counts=counts)


def _read_joined(node: ast.JoinedStr, marks: frozenset[str], *, counts: bool) -> Iterator[Found]:
    fixed = [part.value for part in node.values if isinstance(part, ast.Constant)]
    if counts and any(CHINESE.search(str(part)) for part in fixed):
        yield Found(node.lineno, ast.unparse(node), whole=False)
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            yield from _read(part.value, marks, counts=counts)


def _read_call(node: ast.Call, marks: frozenset[str], *, counts: bool) -> Iterator[Found]:
    """A refusal's sentence and what it allows are read by people wherever they stand."""
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if called == "Field":  # of a sheet: the label is read, the aliases are how columns are headed
        yield from (found for word in node.keywords if word.arg == "label" for found in _read(word, marks, counts=True))
        return
    for child in ast.iter_child_nodes(node):
        if not (called in marks and isinstance(child, ast.Constant)):
            yield from _read(child, marks, counts=counts or called in REFUSALS)
