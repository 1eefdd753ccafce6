"""更新数据库结构（由所有者角色执行）；up 会自动做这一步。"""

from __future__ import annotations

import argparse

from genmai.interfaces.cli import database
from genmai.interfaces.cli.installation import Installation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments: which database is decided by the environment."""


def run(args: argparse.Namespace) -> int:
    installation = Installation.from_environment()
    installation.connect(share=True)
    try:
        database.migrate(installation.owner_url, installation.application_role)
        database.mark_digest(installation.owner_url, database.code_digest())
    finally:
        installation.disconnect()
    return 0
