"""名册：genmai registry import FILE… 导入党组织和党员名册，template KIND 给一张空表，carry 由后台调用。"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

from genmai.coordination import registry
from genmai.directory.roster.models import RegistryImport
from genmai.directory.roster.registry.definition import KINDS, definition
from genmai.directory.roster.registry.template import template_file
from genmai.directory.territory.days import day_of
from genmai.interfaces import registry_import
from genmai.interfaces.cli import children
from genmai.kernel.refusal import Refused
from genmai.kernel.sheets import match_columns, open_large
from genmai.kernel.viewer import Actor


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    bring = verbs.add_parser("import", help="导入名册（xlsx、csv），可以几份一起")
    bring.add_argument("files", type=Path, nargs="+")
    bring.add_argument("--kind", choices=KINDS, help="是哪一种表，默认从列名认")
    bring.add_argument("--dry-run", action="store_true", help="只检查，不写入")
    template = verbs.add_parser("template", help="一张空表，列名、下拉和说明都在")
    template.add_argument("kind", choices=KINDS)
    template.add_argument("--to", type=Path, help="存到哪里，默认当前目录")
    carry = verbs.add_parser("carry", help="后台用：把一份已上传的名册往前办一步")
    carry.add_argument("upload", type=UUID)


def run(args: argparse.Namespace) -> int:
    """Exit code 1 when a file itself is refused; rows that fail don't stop the others."""
    if args.verb == "template":
        path = args.to or Path(f"{definition(args.kind).sheet.title}.xlsx")
        path.write_bytes(template_file(definition(args.kind)))
        print(path)
        return 0
    children.give_way()
    if args.verb == "carry":
        upload = RegistryImport.objects.get(public_id=args.upload)
        registry_import.carry(at=datetime.now(UTC), upload=upload, clock=lambda: datetime.now(UTC))
        return 0
    return max([_import(file, args.kind, args.dry_run) for file in args.files])


def _import(path: Path, kind: str | None, dry: bool) -> int:
    at = datetime.now(UTC)
    try:
        with path.open("rb") as file:
            brought = registry.bring_in(
                actor=Actor.system("genmai registry import"), at=at, key=uuid4(), kind=kind or kind_of(path), file=file,
                on=day_of(at), dry=dry, progress=_tell,
            )  # fmt: skip
    except (Refused, OSError) as refused:
        print(f"{path.name}：{refused}")
        return 1
    print()
    for problem in brought.problems[:20]:
        print(f"第 {problem.row} 行 {problem.column} 列“{problem.column_name}”：{problem.shown} {problem.text()}")
    print(
        f"{path.name}：共 {brought.rows} 行，新增 {brought.new}，有变 {brought.changed}，没变 {brought.same}，出错 {brought.failed}"
    )
    return 0


def _tell(done: int, about: int, so_far: registry.Brought) -> bool:
    print(f"\r  {done} / {about}", end="", flush=True)
    return True


def kind_of(path: Path) -> str:
    """The kind whose columns the sheet has most of."""
    with path.open("rb") as file:
        book = open_large(file)
        found = {}
        for kind in KINDS:
            fields = definition(kind).fields
            matching = match_columns(book.sheet(fields=fields).header.names, fields)
            sure = sum(match.confidence >= 0.9 for match in matching.found.values())
            found[kind] = (-len(matching.missing), sure)
    return max(found, key=lambda kind: found[kind])
