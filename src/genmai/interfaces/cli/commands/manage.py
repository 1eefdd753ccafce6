"""Django 的管理命令（shell、dbshell、makemigrations …）；以应用身份连接数据库。"""

from __future__ import annotations

import argparse

from django.core.management import execute_from_command_line


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="例如 shell，或 makemigrations cases")


def run(args: argparse.Namespace) -> int:
    execute_from_command_line(["genmai manage", *args.arguments])
    return 0
