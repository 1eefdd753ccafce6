"""人员：genmai people first-officers 给新装的系统设系统管理员、安全管理员、安全审计员（三个人，密码在提示时输入）。"""

from __future__ import annotations

import argparse
import getpass
from datetime import UTC, datetime
from uuid import uuid4

from genmai.directory.access.commands import FirstOfficer, appoint_first_officers
from genmai.directory.access.roles import ROLES, THREE_PERSONS
from genmai.kernel.refusal import BadInput
from genmai.kernel.viewer import Actor

OPTIONS = dict(zip(THREE_PERSONS, ("--system", "--security", "--audit"), strict=True))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    first = verbs.add_parser("first-officers", help="新装的系统：三员各一人，以后由安全管理员开账号")
    for role, option in OPTIONS.items():
        first.add_argument(option, required=True, metavar="姓名:登录名", dest=role, help=ROLES[role].title)
    first.add_argument("--unit", default="", metavar="编码", help="管到哪个单位，默认行政树的最上面一级")


def run(args: argparse.Namespace) -> int:
    """Asks each officer for their own password, twice, unseen; nothing secret stands on the command line or in a log."""
    officers = [_named(role, getattr(args, role)) for role in THREE_PERSONS]
    officers = [FirstOfficer(one.role, one.name, one.login, _password(one)) for one in officers]
    made = appoint_first_officers(
        actor=Actor.system("genmai people"), at=datetime.now(UTC), key=uuid4(), officers=officers, unit=args.unit
    )
    for one, account in zip(officers, made, strict=True):
        print(f"  {ROLES[one.role].title}  {one.name}  登录名 {account.login}")
    print("三员已设好。第一次登录后请各自加第二道验证（我的账号）；以后的账号由安全管理员开。")
    return 0


def _named(role: str, typed: str) -> FirstOfficer:
    name, colon, login = typed.replace("：", ":").partition(":")
    if not colon or not name.strip() or not login.strip():
        raise BadInput(
            "officer", "请写成“姓名:登录名”：{option}", field=role, allowed="王安:wangan", option=OPTIONS[role]
        )
    return FirstOfficer(role, name.strip(), login.strip(), "")


def _password(one: FirstOfficer) -> str:
    title = ROLES[one.role].title
    first = getpass.getpass(f"{title} {one.name} 的密码（请本人输入）：")
    if first != getpass.getpass("再输一遍："):
        raise BadInput("not_the_same", "两次输入的密码不一样，没有建立任何账号", field="password")
    return first
