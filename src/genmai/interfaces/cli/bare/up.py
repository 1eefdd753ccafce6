"""运行整个根脉：数据库、网站、后台和演示区；只在本机可访问。"""

from __future__ import annotations

import argparse
from pathlib import Path

from genmai.interfaces.cli import up


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8000, help="网站端口（默认 8000）")
    parser.add_argument("--data", type=Path, default=None, help="数据目录（默认检出目录下的 .genmai/）")
    parser.add_argument(
        "--import", dest="import_file", type=Path, default=None, help="启动后导入的工单表（xlsx 或 csv）"
    )
    parser.add_argument("--without-demo", action="store_true", help="不生成演示区")
    parser.add_argument("--city", choices=["ningbo"], help="改为模拟一整个市的党组织和党员名册（不生成演示区）")
    parser.add_argument("--city-share", type=int, default=1, help="只要这个市的几分之一（试用；默认 1，即全市）")


def run(args: argparse.Namespace) -> int:
    return up.run(args)
