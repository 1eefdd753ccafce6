"""机制是数据：检查（check）、新建（new）、比较（diff）、跑例子（test）、发布（release）。"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from genmai.interfaces import installed
from genmai.kernel.refusal import BadInput
from genmai.mechanisms.compare import changes
from genmai.mechanisms.library import Library, Mechanism
from genmai.mechanisms.loading import load_with_problems
from genmai.mechanisms.problems import Problem
from genmai.mechanisms.released import check_released, read_lock, release
from genmai.mechanisms.running import run_examples
from genmai.mechanisms.skeleton import BASE, create


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="check|new|diff|test|release")
    verbs.add_parser("check", help="列出每一处问题：文件、行、键、现值、允许的值")
    new = verbs.add_parser("new", help="建一个能用的文件夹，从它写起")
    new.add_argument("place", help="地方，如 yinzhou")
    new.add_argument("key", help="名称，如 shuji-yidiantong")
    diff = verbs.add_parser("diff", help="两个版本之间改了什么")
    diff.add_argument("old", metavar="KEY[@VERSION]", help="不写版本：最近发布的")
    diff.add_argument("new", metavar="KEY@VERSION|FOLDER", nargs="?", help="不写：现在的文件夹")
    test = verbs.add_parser("test", help="跑例子")
    test.add_argument("key", nargs="?", help="只跑这一个机制的")
    freeze = verbs.add_parser("release", help="发布现在的版本，此后不再改变")
    freeze.add_argument("key")


def run(args: argparse.Namespace) -> int:
    """0 when all is well, 1 when something has to be put right."""
    root = installed.folder()
    library, problems = load_with_problems(root, installed.SECTIONS)
    problems += check_released(root, library.current)
    if args.verb == "check":
        return _check(root, library, problems)
    if args.verb == "new":
        return _new(root, library, args.place, args.key)
    if args.verb == "diff":
        return _diff(root, library, args.old, args.new)
    if args.verb == "test":
        return _test(library, problems, args.key)
    return _release(root, library, problems, args.key)


def _check(root: Path, library: Library, problems: list[Problem]) -> int:
    for problem in problems:
        print(problem)
    drafts = [m.ref for m in library if m.ref not in read_lock(root)]
    print(f"{len(library)} 个机制可用，{len(problems)} 处要改；未发布的版本：{'、'.join(drafts) or '无'}")
    return 1 if problems else 0


def _new(root: Path, library: Library, place: str, key: str) -> int:
    folder = create(root, place, key, base_version=_found(library, BASE).version)
    print(f"已建好 {folder}\n下一步：改 mechanism.toml，再运行 ./genmai mechanisms test {place}/{key}")
    return 0


def _diff(root: Path, library: Library, old: str, new: str | None) -> int:
    before = _found(library, old if "@" in old else _last_released(root, old))
    if new is None:
        after = _found(library, before.key)
    elif Path(new).is_dir() and (Path(new) / "mechanism.toml").exists():
        after = _from_folder(root, before.key, Path(new))
    else:
        after = _found(library, new)
    lines = changes(before, after)
    print("\n".join(lines) if lines else f"{before.ref} 与 {after.ref}（{after.folder.name}）内容相同")
    return 0


def _last_released(root: Path, key: str) -> str:
    versions = [r.version for r in read_lock(root).values() if r.key == key]
    if not versions:
        raise BadInput("not_released", "{key}还没有发布过的版本", key=key, field="old", allowed="写明 KEY@版本")
    return f"{key}@{max(versions)}"


def _from_folder(root: Path, key: str, folder: Path) -> Mechanism:
    """The mechanism of a folder that lies elsewhere, loaded as if it stood in this installation."""
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / "mechanisms"
        shutil.copytree(root, copy)
        shutil.rmtree(copy / key, ignore_errors=True)
        shutil.copytree(folder, copy / key)
        library, problems = load_with_problems(copy, installed.SECTIONS)
        for problem in problems:
            print(problem, file=sys.stderr)
        return _found(library, key)


def _test(library: Library, problems: list[Problem], key: str | None) -> int:
    for problem in problems:
        print(problem)
    chosen = [_found(library, key)] if key else list(library)
    outcomes = [outcome for mechanism in chosen for outcome in run_examples(mechanism, installed.due_of)]
    wrong = [outcome for outcome in outcomes if outcome.wrong]
    for outcome in wrong:
        print(f"✗ {outcome.mechanism}：{outcome.title}：{outcome.wrong}")
    print(f"{len(chosen)} 个机制，{len(outcomes)} 个例子，{len(wrong)} 个不符")
    return 1 if wrong or problems or not outcomes else 0


def _release(root: Path, library: Library, problems: list[Problem], key: str) -> int:
    mechanism = _found(library, key)
    if _test(library, [p for p in problems if p.file.startswith(f"{mechanism.key}/")], key):
        print("先改好再发布，没有改动任何文件。")
        return 1
    made = release(root, mechanism)
    print(f"已发布 {made.ref}  sha256 {made.sha256[:12]}…")
    return 0


def _found(library: Library, ref: str) -> Mechanism:
    try:
        return library.get(ref)
    except KeyError:
        known = "、".join(library.current)
        raise BadInput("unknown_mechanism", "没有能用的机制{ref}", ref=ref, field="key", allowed=known) from None
