"""The product's own source as the architecture tests read it: files, syntax trees, rooms."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "genmai"
# Bottom to top; a room knows those before it.
ROOMS = (
    "kernel",
    "mechanisms",
    "directory",
    "records",
    "measures",
    "processes",
    "coordination",
    "reports",
    "simulation",
)
ABOVE = ("interfaces", "config")


@dataclass(frozen=True)
class Source:
    """One Python file of the product."""

    path: Path

    @property
    def name(self) -> str:
        """Path from the package on, as messages and exception lists write it."""
        return str(self.path.relative_to(PACKAGE))

    @property
    def room(self) -> str:
        return self.path.relative_to(PACKAGE).parts[0]

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    def functions(self) -> Iterator[ast.FunctionDef]:
        """Every function and method, however deep."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef):
                yield node

    def public_functions(self) -> Iterator[ast.FunctionDef]:
        """Functions of the module itself that others may call."""
        for node in self.tree.body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                yield node

    def is_in(self, kind: str) -> bool:
        """Whether this is `<kind>.py` or lies in a folder `<kind>/` (commands, queries)."""
        return self.path.name == f"{kind}.py" or kind in self.path.relative_to(PACKAGE).parts[:-1]


@cache
def sources(*, migrations: bool = False) -> tuple[Source, ...]:
    """All Python files of the product; migrations, which Django writes, only when asked for."""
    found = sorted(PACKAGE.rglob("*.py"))
    return tuple(Source(path) for path in found if migrations or "migrations" not in path.parts)


def below_interfaces() -> tuple[Source, ...]:
    return tuple(source for source in sources() if source.room in ROOMS)


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every file that is in the repository or would be added to it."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    return tuple(ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file())


def lines_of(node: ast.FunctionDef) -> int:
    """Lines of a function from `def` to its end; the docstring, which is wanted, is not counted."""
    total = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    is_doc = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    return total - ((first.end_lineno or first.lineno) - first.lineno + 1 if is_doc else 0)
