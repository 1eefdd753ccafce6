"""运行测试（参数原样交给 pytest，不带参数就用上所有的核）；没有浏览器时列出没有运行的旅程。"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from genmai.interfaces.cli import catalogue
from genmai.interfaces.cli.installation import REPOSITORY

MOST = 4  # processes: more of them wait for each other's disk
PASSES_ARGUMENTS_ON = True  # to a program with options of its own: ours would get in their way


def run(args: argparse.Namespace) -> int:
    catalogue.compile_all()
    # A running installation's variables must not decide what tests see.
    kept = {"GENMAI_DATABASE_URL", "GENMAI_CHROMIUM", "GENMAI_SHARED_DATA", "GENMAI_REQUIRE_BROWSER"}
    kept |= {"GENMAI_KILLS", "GENMAI_KILL_SEED"}
    env = {key: value for key, value in os.environ.items() if not key.startswith("GENMAI_") or key in kept}
    # Each process has a database server of its own; a file stays together, so that what it sets up is set up once.
    arguments = args.arguments or ["-n", str(min(os.cpu_count() or 1, MOST)), "--dist", "loadfile"]
    return subprocess.run([sys.executable, "-m", "pytest", *arguments], cwd=REPOSITORY, env=env, check=False).returncode
