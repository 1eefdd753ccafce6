"""后台：按时执行 interfaces/jobs 里的工作；up 会自动启动它。"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from django.conf import settings

from genmai.interfaces.jobs.worker import Loop, Memory, find_jobs, run_due


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--once", action="store_true", help="把到期的做完就结束")


def run(args: argparse.Namespace) -> int:
    memory = Memory(settings.GENMAI_DATA / "jobs.json")
    if args.once:
        print(f"执行了 {run_due(find_jobs(), memory, lambda: datetime.now(UTC))} 项工作")
    else:
        Loop(memory).run()
    return 0
