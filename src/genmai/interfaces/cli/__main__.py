"""Entry of `./genmai`: finds the command by its file, sets up what that folder promises, runs it."""

from __future__ import annotations

import argparse
import ast
import importlib
import os
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from genmai.interfaces.cli.installation import Installation
from genmai.kernel.refusal import Refused
from genmai.kernel.walled import act_for_the_house

HERE = Path(__file__).parent
FOLDERS = ("bare", "commands")


def main(argv: Sequence[str]) -> int:
    """Run one command; the exit code is the command's (1 for a refusal, 2 for a wrong call)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genmai.config.settings")
    found = available()
    name = argv[0].replace("-", "_") if argv else ""
    if name not in found:
        _show_help(found, unknown=argv[0] if argv and not argv[0].startswith("-") else "")
        return 0 if argv and argv[0] in {"-h", "--help", "help"} else 2
    try:
        folder = found[name]
        asked_for_help = any(word in {"-h", "--help"} for word in argv[1:])
        act_for_the_house(f"command line: {name}")  # whoever may run it has the whole installation anyway
        surroundings = _surroundings(folder, needs_database=not asked_for_help)
        with surroundings:
            module = importlib.import_module(f"genmai.interfaces.cli.{folder}.{name}")
            if getattr(module, "PASSES_ARGUMENTS_ON", False):
                return int(module.run(argparse.Namespace(arguments=list(argv[1:]))) or 0)
            parser = argparse.ArgumentParser(
                prog=f"genmai {argv[0]}",
                description=module.__doc__,
                formatter_class=argparse.RawDescriptionHelpFormatter,
            )
            module.add_arguments(parser)
            return int(module.run(parser.parse_args(argv[1:])) or 0)
    except Refused as refused:
        print(f"✗ {refused}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def available() -> dict[str, str]:
    """Command name (as in the file's name) → folder that holds it."""
    return {
        file.stem: folder
        for folder in FOLDERS
        for file in sorted((HERE / folder).glob("*.py"))
        if not file.stem.startswith("_")
    }


def _surroundings(folder: str, *, needs_database: bool) -> AbstractContextManager[object]:
    if folder == "bare":
        return nullcontext()
    return Installation.from_environment().opened(needs_database=needs_database)


def _show_help(found: dict[str, str], *, unknown: str) -> None:
    if unknown:
        print(f"没有 {unknown} 这个命令。", file=sys.stderr)
    print("用法：./genmai 命令 [参数]      ./genmai 命令 --help 看参数\n")
    for name, folder in sorted(found.items()):
        doc = ast.get_docstring(ast.parse((HERE / folder / f"{name}.py").read_text(encoding="utf-8"))) or ""
        print(f"  {name.replace('_', '-'):<12} {doc.splitlines()[0] if doc else ''}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
