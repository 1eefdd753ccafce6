"""演示区（或一整个市）与导入：up 启动网站后做的事；可重复执行，接着上次做。"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import importlib
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from genmai.interfaces.cli import keys
from genmai.interfaces.cli.up import say
from genmai.simulation.city.bringing_in import ensure_city, is_city
from genmai.simulation.demo import CASES, DAYS, ensure_demo

DEMO_SEED = 20260101


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--without-demo", action="store_true", help="不生成演示区")
    parser.add_argument("--city", default="", help="模拟的市")
    parser.add_argument("--city-share", type=int, default=1, help="只要几分之一")
    parser.add_argument("--import", dest="import_file", type=Path, default=None, help="工单表（xlsx 或 csv）")


def run(args: argparse.Namespace) -> int:
    if args.city:
        _ensure_city(args.city, args.city_share)
    elif not args.without_demo and not is_city():  # a city's folder stays one
        _ensure_demo()
    if args.import_file:
        return _import(args.import_file)
    return 0


def _ensure_demo() -> None:
    """The demo district, which does nothing when all is there, and its log-ins."""
    logins = ensure_demo(
        at=datetime.now(UTC),
        seed=DEMO_SEED,
        password_of=password_of,
        say=say,
        # A smaller one for tests of the set-up itself.
        cases=int(os.environ.get("GENMAI_DEMO_CASES", CASES)),
        days=int(os.environ.get("GENMAI_DEMO_DAYS", DAYS)),
    )
    _show(logins)


def _ensure_city(key: str, share: int) -> None:
    """The city, as far as it is missing, and its log-ins."""
    folder = settings.GENMAI_DATA / f"city-{key}-{share}"
    _show(ensure_city(at=datetime.now(UTC), key=key, seed=DEMO_SEED, share=share, folder=folder,
                      password_of=password_of, say=say))  # fmt: skip


def _show(logins: Iterable[tuple[str, str]]) -> None:
    print("\n  演示账号（密码只属于这台机器）", flush=True)
    for role, login in logins:
        print(f"    {role:　<8}{login:<18}{password_of(login)}", flush=True)
    print(flush=True)


def password_of(login: str) -> str:
    """The login's password on this installation: random (from a secret made here once), the same at every start."""
    secret = bytes.fromhex(keys.read_or_make(settings.GENMAI_DATA, "demo_passwords"))
    return base64.b32encode(hmac.new(secret, login.encode(), hashlib.sha256).digest())[:12].decode().lower()


def _import(file: Path) -> int:
    """By the public command, as anyone would."""
    parser = argparse.ArgumentParser(prog="genmai cases")
    cases = importlib.import_module("genmai.interfaces.cli.commands.cases")
    cases.add_arguments(parser)
    return int(cases.run(parser.parse_args(["import", str(file)])) or 0)
