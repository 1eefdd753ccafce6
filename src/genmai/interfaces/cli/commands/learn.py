"""学习分类：genmai learn [表…] 用标注过的表和本地办结的事项重新学一遍，供分派台参考。"""

from __future__ import annotations

import argparse
import os
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from genmai.interfaces.cli import children
from genmai.kernel.refusal import Refused
from genmai.kernel.viewer import Actor
from genmai.processes.cases.commands import suggesting
from genmai.processes.cases.suggestion import current
from genmai.processes.cases.suggestion.model import Model

SYSTEM = Actor.system("genmai learn")
LONGEST_RUN = timedelta(hours=2)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "sheets", nargs="*", type=Path, metavar="SHEET", help="标注过的表（xlsx、csv）：一列内容、一列分类"
    )
    parser.add_argument("--list", action="store_true", help="列出留着学习的表")
    parser.add_argument("--forget", metavar="SHA256", help="不再从这张表学（写指纹的前几位），文件也删掉")
    parser.add_argument("--asked", action="store_true", help=argparse.SUPPRESS)  # by the worker: gently


def run(args: argparse.Namespace) -> int:
    """0 when a new model is in use, 1 when a sheet is refused or there is too little to learn from."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    if args.asked:
        children.give_way()
    from genmai.interfaces import learning  # brings the learning library in: seconds, only here

    if args.list:
        for one in learning.kept():
            print(f"{one.sha256[:12]}  {one.name}  {one.rows} 行")
        return 0
    if args.forget:
        gone = learning.forget(args.forget)
        print(f"不再从“{gone.name}”学" if gone else "没有这张表；用 --list 看有哪些（指纹至少写 6 位）")
        return 0 if gone else 1
    for path in args.sheets:
        if not _keep(path):
            return 1
    return _learn()


def _keep(path: Path) -> bool:
    from genmai.interfaces import learning

    try:
        sheet, unknown = learning.keep(path.read_bytes(), path.name)
    except (Refused, OSError) as refused:
        print(f"✗ {path.name}：{refused}", file=sys.stderr)
        return False
    print(f"{path.name}：{sheet.rows} 行有分类表里的分类")
    if unknown:
        named = "、".join(label or "（空）" for label in unknown[:10])
        print(f"  另有 {sheet.unknown} 行的分类不在分类表里，没有学：{named}{' …' if len(unknown) > 10 else ''}")
    return True


def _learn() -> int:
    from genmai.interfaces import learning
    from genmai.processes.cases.suggestion.training import TooLittle

    began = time.monotonic()
    suggesting.give_up_learning(actor=SYSTEM, at=_now(), key=uuid4(), since=_now() - LONGEST_RUN)
    run_of = suggesting.start_learning(actor=SYSTEM, at=_now(), key=uuid4())
    model, trouble = None, "failed"
    try:
        model = learning.relearn(at=_now())
        trouble = ""
    except TooLittle:
        trouble = "too_little"
        print("✗ 标注过的文字还太少，学不了；先用分类表里的词。已有的模型照旧。", file=sys.stderr)
    finally:
        suggesting.end_learning(
            actor=SYSTEM, at=_now(), key=uuid4(), learning=run_of, trouble=trouble,
            version=model.version if model else "", from_sheets=model.count("from_sheets") if model else 0,
            from_cases=model.count("from_cases") if model else 0,
        )  # fmt: skip
    if model is None:
        return 1
    _tell(model, time.monotonic() - began)
    return 0


def _tell(model: Model, seconds: float) -> None:
    print(f"学好了：{model.version}，用了 {seconds:.0f} 秒；存在 {current.folder()}")
    print(f"  来自标注表 {model.count('from_sheets')} 条、本地办结事项 {model.count('from_cases')} 件")
    for head in model.heads:
        print(
            f"  第 {head.level} 级 {len(head.classes)} 类：没学过的 {head.held_out} 条里，有把握的 {head.decided} 条"
            f"（{head.decided / head.held_out:.1%}），其中对的占 {head.precision:.1%}；各类平均 F1 {head.macro_f1:.3f}"
        )


def _now() -> datetime:
    return datetime.now(UTC)
