"""把代码画成图表，写进 docs/：状态、记录种类、数据表、分层、角色（--check 只看是不是最新）。"""

from __future__ import annotations

import argparse

import django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="只检查，不写；有过期的就退出码 1")


def run(args: argparse.Namespace) -> int:
    django.setup()
    from genmai.interfaces.cli import generated_maps

    names = generated_maps.stale() if args.check else generated_maps.write()
    for name in names:
        print(f"{'过期' if args.check else '已更新'}：docs/{name}")
    return 1 if args.check and names else 0
