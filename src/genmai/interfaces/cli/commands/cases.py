"""工单：genmai cases import FILE 把一张工单表导入（--dry-run 只检查，--failing 把出错的行另存）。"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from genmai.directory.roster.models import Organisation
from genmai.interfaces import sheet_import
from genmai.kernel.refusal import Refused
from genmai.kernel.sheets import SheetRefused
from genmai.kernel.viewer import Actor
from genmai.processes.cases.commands import importing
from genmai.processes.cases.models import SheetImport

DISTRICT = "330212"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    sheet = verbs.add_parser("import", help="导入工单表（xlsx、csv）")
    sheet.add_argument("file", type=Path)
    sheet.add_argument("--sheet", default="", help="工作表名，默认自动认")
    sheet.add_argument("--organisation", default=DISTRICT, help="导入到哪个单位（编码），默认全区的分派台")
    sheet.add_argument("--dry-run", action="store_true", help="只检查，不写入")
    sheet.add_argument("--failing", type=Path, help="把出错的行另存为这个 xlsx，改好可以再导入")


def run(args: argparse.Namespace) -> int:
    """Exit code 1 when the file itself is refused; rows that fail don't stop the others."""
    organisation = Organisation.objects.select_related("place").filter(code=args.organisation).first()
    if organisation is None:
        print(f"没有编码为 {args.organisation} 的单位")
        return 1
    actor, at = Actor.system("genmai cases import"), datetime.now(UTC)
    try:
        data = args.file.read_bytes()
        upload = sheet_import.check(
            actor=actor, at=at, key=uuid4(), organisation=organisation, data=data, filename=args.file.name,
            sheet=args.sheet,
        )  # fmt: skip
        if why := upload.mapping.get("refused"):
            raise SheetRefused("sheet_wrong", **why["params"])
    except (Refused, OSError) as refused:
        print(f"{args.file.name}：{refused}")
        return 1
    _tell(upload)
    if args.failing and upload.failed:
        args.failing.write_bytes(sheet_import.failing_file(upload))
        print(f"出错的行已另存：{args.failing}")
    if args.dry_run:
        importing.cancel(actor=actor, at=at, key=uuid4(), upload=upload.public_id)
        return 0
    print(summary(_carry_out(actor, upload)))
    return 0


def _tell(upload: SheetImport) -> None:
    for problem in upload.problems[:20]:
        said = f"{problem['message']}（{problem['allowed']}）" if problem["allowed"] else problem["message"]
        print(f"第 {problem['row']} 行 {problem['column']} 列“{problem['column_name']}”：{said}")
    good = upload.rows - upload.failed
    print(
        f"{upload.filename}：共 {upload.rows} 行，可以导入 {good} 行（其中已有 {upload.repeated} 行），出错 {upload.failed} 行"
    )


def _carry_out(actor: Actor, upload: SheetImport) -> SheetImport:
    """To the end, a batch at a time so that progress shows."""
    carrier = sheet_import.Carrier()
    while upload.state in (SheetImport.State.CHECKED, SheetImport.State.RUNNING):
        one = iter((True, False)).__next__
        upload = carrier.go_on(actor=actor, at=datetime.now(UTC), upload=upload, while_=one)
        print(f"\r  已导入 {upload.done} 行", end="", flush=True)
    print()
    return upload


def summary(upload: SheetImport) -> str:
    """What became of the rows: subject found, body named by a duty row (our rows are labelled examples), undecided."""
    rows = (upload.created + upload.repeated) or 1
    shares = (
        ("有分类", upload.categorised),
        ("按职责清单（示例行）定了单位", upload.decided),
        ("待人工判定", upload.undecided),
    )
    told = "，".join(f"{name} {n / rows:.1%}（{n}/{rows}）" for name, n in shares)
    return f"新增 {upload.created}，已有 {upload.repeated}；{told}"
