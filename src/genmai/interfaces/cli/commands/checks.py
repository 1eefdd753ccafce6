"""核对大表：carry 由后台调用，把网页上传来的一份导出文件核对到底。"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from uuid import UUID

from genmai.interfaces import long_checks


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    carry = verbs.add_parser("carry", help="后台用：核对一份已传来的文件")
    carry.add_argument("check", type=UUID)


def run(args: argparse.Namespace) -> int:
    """What was found stands in the row of the check."""
    print(long_checks.carry(check_id=args.check, clock=lambda: datetime.now(UTC)))
    return 0
