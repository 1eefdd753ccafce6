"""居民名单：compare 由后台调用，把一份名单和党员名册在内存里比对。"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from uuid import UUID

from genmai.kernel import ids
from genmai.kernel.viewer import Actor
from genmai.processes.registers.flowing.commands import lists


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    compare = verbs.add_parser("compare", help="后台用：比对一份已收下的名单")
    compare.add_argument("residents", type=UUID)


def run(args: argparse.Namespace) -> int:
    """Finds candidates and acts on none; run again it changes nothing."""
    key = ids.key_of("residents compared", str(args.residents))
    found = lists.compare(
        actor=Actor.system("residents"), at=datetime.now(UTC), key=key, residents=args.residents
    )  # fmt: skip
    print(f"{found} candidates")
    return 0
