"""记录的封存与核验：verify 核验全部记录，指出被改动的那一条；seal 立即封存；check FILE 核对一份导出的表。"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from genmai.interfaces import file_check
from genmai.interfaces.web.exports.registry import registry
from genmai.interfaces.web.shell.time_words import exact_words
from genmai.kernel.refusal import Refused
from genmai.kernel.viewer import NOBODY
from genmai.records.deeds import kinds
from genmai.records.seals import commands, queries
from genmai.records.seals.queries import Fault, Finding, Verification
from genmai.reports.exports.limits import limits

MOST_TOLD = 200


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what",
        choices=("verify", "seal", "check"),
        help="verify：核验；seal：封存到此刻；check：核对导出的表有没有改过",
    )
    parser.add_argument("file", nargs="?", type=Path, help="check：要核对的 xlsx")
    parser.add_argument("--code", default="", help="check：校验码，表里的那一行被删掉时才要写")


def run(args: argparse.Namespace) -> int:
    if args.what == "check":
        return _check(args.file, args.code)
    return _seal() if args.what == "seal" else _verify()


def _seal() -> int:
    made = commands.seal(at=datetime.now(UTC))
    if made is None:
        print("没有新的记录要封存。")
    else:
        print(f"第 {made.number} 次封存：{made.count} 条记录，链值 {bytes(made.chain).hex()}")
    return 0


def _verify() -> int:
    result = queries.verify(NOBODY)
    if not result.findings:
        print(f"✓ 核验了 {result.deeds} 条记录、{result.seals} 次封存，与当初所记一致；{result.unsealed} 条还没封存。")
        if result.seals:
            print(f"  最后的链值 {result.head.hex()}；另处记下它，末尾被截去也能发现。")
        return 0
    _tell(result)
    return 1


def _tell(result: Verification) -> None:
    print(f"✗ 核验了 {result.deeds} 条记录、{result.seals} 次封存，有 {len(result.findings)} 处与当初所记不一致：")
    for finding in result.findings:
        print(f"  · {words(finding)}")
    print("  请停止改动数据库，保留现场，用备份对照；其余记录没有问题。")


def _check(file: Path | None, code: str) -> int:
    """0: unchanged; 1: changed, or nothing that can be checked."""
    if file is None:
        print("请写上要核对的文件：genmai records check 文件.xlsx")
        return 1
    try:
        verdict = file_check.check(NOBODY, data=file.read_bytes(), code=code, most=limits().most_rows)
    except (Refused, OSError) as refused:
        print(f"{file.name}：{refused}")
        return 1
    made = verdict.export
    unit = f"（{made.organisation.name}）" if made.organisation else ""
    moment = exact_words(made.as_of) if made.as_of else ""
    known = registry().get(made.what)
    scope = made.scope if known and known.whose else f"{made.scope}及其下级"
    print(f"{made.title}，{made.rows} 行，{made.by.display_name}{unit}导出，数据截至 {moment}，范围：{scope}")
    if not verdict.findings:
        print(f"✓ 没有改动，校验码 {made.code}。")
        return 0
    print(f"✗ 有 {len(verdict.findings)} 处和导出时不一样（校验码 {made.code}）：")
    for finding in verdict.findings[:MOST_TOLD]:
        print(f"  · {finding.text()}")
    if len(verdict.findings) > MOST_TOLD:
        print(f"  … 还有 {len(verdict.findings) - MOST_TOLD} 处")
    return 1


def words(finding: Finding) -> str:
    """One finding in plain words."""
    where = f"第 {finding.seal_number} 次封存" if finding.seal_number else "还没封存的部分"
    what = f"记录 {finding.public_id}（{kinds.title(finding.kind)} {finding.kind}）"
    match finding.fault:
        case Fault.CHANGED:
            column = f"，改动在 {finding.column} 一栏" if finding.column else ""
            return f"{where}：{what}被改动过{column}"
        case Fault.INSERTED:
            return f"{where}：{what}是封存之后塞进来的"
        case Fault.MISSING:
            return f"{where}：第 {finding.deed_id} 号记录不见了"
        case Fault.SEAL:
            return f"{where}本身被改动过，或者它前面少了一次"
