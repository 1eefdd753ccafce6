"""Django 的管理命令（shell、dbshell、makemigrations …）；以应用身份连接数据库。"""

from __future__ import annotations

import argparse

from django.core.management import execute_from_command_line

PASSES_ARGUMENTS_ON = True  # to a program with options of its own: ours would get in their way


def run(args: argparse.Namespace) -> int:
    execute_from_command_line(["genmai manage", *args.arguments])
    return 0
