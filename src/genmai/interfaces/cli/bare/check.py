"""检查代码：格式、规则、类型、分层、机制数据、译文是否齐全。"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from genmai.interfaces.cli import catalogue, translatable
from genmai.interfaces.cli.installation import REPOSITORY
from genmai.interfaces.cli.supervisor import genmai_command
from genmai.kernel.refusal import Refused

CHECKS = ("format", "lint", "layers", "catalogue", "mechanisms", "types")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("only", nargs="*", metavar="项目", help="只做其中几项（默认全部）")
    parser.add_argument("--fix", action="store_true", help="能自动改的就改（格式与规则）")


def run(args: argparse.Namespace) -> int:
    unknown = set(args.only) - set(CHECKS)
    if unknown:
        raise Refused("no_such_check", f"没有这项检查：{'、'.join(sorted(unknown))}", allowed="、".join(CHECKS))
    failed = []
    for name in args.only or CHECKS:
        started = time.monotonic()
        passed = _check_catalogues(fix=args.fix) if name == "catalogue" else _run(_command(name, fix=args.fix))
        print(f"{'✓' if passed else '✗'} {name}（{time.monotonic() - started:.1f} 秒）", flush=True)
        failed += [] if passed else [name]
    if failed:
        print(f"没有通过：{'、'.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _command(name: str, *, fix: bool) -> list[str]:
    """Command line of one check."""
    programs = Path(sys.executable).parent
    where = ["src", "tests", "genmai"]
    return {
        "format": [str(programs / "ruff"), "format", *([] if fix else ["--check"]), *where],
        "lint": [str(programs / "ruff"), "check", *(["--fix"] if fix else []), *where],
        "layers": [str(programs / "lint-imports"), "--no-logo", "--no-cache"],
        "mechanisms": genmai_command("mechanisms", "check"),
        "types": [sys.executable, "-m", "mypy"],
    }[name]


def _run(command: list[str]) -> bool:
    """Quiet when all is well, everything it said when not."""
    env = {**os.environ, "PYTHONPATH": str(REPOSITORY / "src")}
    answer = subprocess.run(command, cwd=REPOSITORY, env=env, capture_output=True, text=True, check=False)
    if answer.returncode:
        print(answer.stdout + answer.stderr, flush=True)
    return answer.returncode == 0


def _check_catalogues(*, fix: bool) -> bool:
    """Each text that has no English, and where it stands; `fix` adds the missing ones for a translator to fill."""
    if fix:
        for po in catalogue.LOCALE.glob("*/LC_MESSAGES/django.po"):
            print(f"{po.parent.parent.name}：补入 {translatable.add_missing(po)} 条待译")
    gaps = translatable.gaps()
    for gap in gaps:
        print(gap)
    return not gaps
