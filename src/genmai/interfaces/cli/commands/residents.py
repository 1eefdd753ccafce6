"""居民名单：compare 由后台调用，把一份名单和党员名册在内存里比对。"""

from __future__ import annotations

import argparse
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

from genmai.kernel import ids
from genmai.kernel.secrets import SealBroken
from genmai.kernel.viewer import Actor
from genmai.processes.registers.flowing.commands import lists, tries

REASONS = {71: tries.MEMORY, 72: tries.SEALED}  # by the code this process ends with


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    compare = verbs.add_parser("compare", help="后台用：比对一份已收下的名单")
    compare.add_argument("residents", type=UUID)


def run(args: argparse.Namespace) -> int:
    """Finds candidates and acts on none; run again it changes nothing. What broke it is told by how it ends."""
    key = ids.key_of("residents compared", str(args.residents))
    try:
        found = lists.compare(
            actor=Actor.system("residents"), at=datetime.now(UTC), key=key, residents=args.residents
        )  # fmt: skip
    except Exception as broken:
        code = code_of(broken)
        if code == 1:
            raise
        traceback.print_exception(broken, chain=False, limit=-3)
        return code
    print(f"{found} candidates")
    return 0


def code_of(broken: BaseException) -> int:
    """Whether the memory was too small, or the list sealed under another key; 1 for anything else."""
    for one in _chain(broken):
        if isinstance(one, MemoryError) or type(one).__name__ == "OutOfMemoryException":
            return next(code for code, reason in REASONS.items() if reason == tries.MEMORY)
        if isinstance(one, SealBroken):
            return next(code for code, reason in REASONS.items() if reason == tries.SEALED)
    return 1


def _chain(broken: BaseException | None) -> Iterator[BaseException]:
    while broken is not None:
        yield broken
        broken = broken.__cause__ or broken.__context__
