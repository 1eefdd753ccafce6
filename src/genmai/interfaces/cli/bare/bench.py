"""量一量：首页、收件、页面有多快；打印出来并改写 docs/benchmarks.md。"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from genmai.interfaces.cli.installation import REPOSITORY

PASSES_ARGUMENTS_ON = True  # to the benchmarks, which lie beside the package and not in it


def run(args: argparse.Namespace) -> int:
    env = {key: value for key, value in os.environ.items() if not key.startswith("GENMAI_")}
    env["PYTHONPATH"] = os.pathsep.join([str(REPOSITORY), str(REPOSITORY / "src")])
    env["DJANGO_SETTINGS_MODULE"] = "genmai.config.settings"  # sections of mechanisms are read with their words
    command = [sys.executable, "-m", "benchmarks", *args.arguments]
    return subprocess.run(command, cwd=REPOSITORY, env=env, check=False).returncode
