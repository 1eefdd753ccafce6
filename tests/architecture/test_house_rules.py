"""Names, sizes and habits of the house, so that a reader guesses right and nothing grows past reading."""

from __future__ import annotations

import ast
import re

import pytest
from tests.architecture.code import PACKAGE, ROOT, below_interfaces, lines_of, sources, tracked_files

FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc", "manager", "managers", "services", "tools", "base_utils"}
LONGEST_FILE, LONGEST_FUNCTION, LONGEST_README = 400, 60, 20
_TEXTS = {".py", ".toml", ".md", ".txt", ".lock", ".yaml", ".yml", ".html", ".css", ".js", ".po", ".svg", ".cfg", ""}


def test_no_file_is_named_after_nothing() -> None:
    files = [path for path in tracked_files() if path.suffix == ".py"]
    wrong = [str(path.relative_to(ROOT)) for path in files if {path.stem, path.parent.name} & FORBIDDEN_NAMES]
    assert not wrong


def test_files_stay_readable() -> None:
    files = [path for path in tracked_files() if path.suffix == ".py" and "migrations" not in path.parts]
    long = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    assert not {name: lines for name, lines in long.items() if lines > LONGEST_FILE}


def test_functions_stay_readable() -> None:
    wrong = [
        f"{source.name}:{function.name} {lines_of(function)}"
        for source in sources()
        for function in source.functions()
        if lines_of(function) > LONGEST_FUNCTION
    ]
    assert not wrong


def _packages() -> list[str]:
    """Rooms and the folders directly in them."""
    found = [path.parent for path in PACKAGE.rglob("__init__.py")]
    deep = [path for path in found if 1 <= len(path.relative_to(PACKAGE).parts) <= 2 and "migrations" not in path.parts]
    return sorted(str(path.relative_to(PACKAGE)) for path in deep)


@pytest.mark.parametrize("package", _packages())
def test_each_package_says_what_it_is_in_twenty_lines(package: str) -> None:
    readme = PACKAGE / package / "README.md"
    assert readme.exists(), f"src/genmai/{package}/README.md is missing"
    assert len(readme.read_text(encoding="utf-8").splitlines()) <= LONGEST_README


def test_no_signals_and_no_generic_foreign_keys() -> None:
    words = re.compile(
        r"\b(receiver\(|post_save|pre_save|post_delete|pre_delete|m2m_changed|GenericForeignKey|Signal\()"
    )
    assert not [source.name for source in sources() if words.search(source.text)]


def test_no_cycle_hides_in_type_checking_or_inside_functions() -> None:
    """Below the edge a type-only import counts as an import; hiding one hides a cycle."""
    wrong = [source.name for source in below_interfaces() if "TYPE_CHECKING" in source.text]
    assert not wrong


def test_nothing_names_a_machine_or_a_registry() -> None:
    """Neither a path of the machine it was written on nor the address packages come from."""
    roots = "|".join(("work", "tmp/g", "root", "Users", "home/[a-z]+"))
    path = re.compile(rf"(?<![\w.:/~])/(?:{roots})/[\w.-]+")
    address = re.compile(
        r"https?://[^\s\"']*(?:pypi|simple/|registry|mirror|artifact|nexus)[^\s\"']*|--(?:extra-)?index-url \S"
    )
    found = []
    for file in tracked_files():
        if file.suffix in _TEXTS and file != PACKAGE:
            for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
                if path.search(line) or address.search(line):
                    found.append(f"{file.relative_to(ROOT)}:{number} {line.strip()[:100]}")
    assert not found


def test_settings_stay_one_file_of_three_hundred_lines() -> None:
    assert [path.name for path in (PACKAGE / "config").glob("settings*")] == ["settings.py"]
    assert len((PACKAGE / "config" / "settings.py").read_text().splitlines()) <= 300


def test_every_module_begins_by_saying_what_it_is() -> None:
    silent = [
        source.name
        for source in sources()
        if source.path.name != "apps.py" and source.text.strip() and not ast.get_docstring(source.tree)
    ]
    assert not silent
