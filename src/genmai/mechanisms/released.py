"""Released versions never change: `released.lock` holds their sha256, `released/<key>@<version>/` a copy to pin.

The hash of a folder is over each file's path and content in path order: nothing about disks or clocks enters it.
"""

from __future__ import annotations

import hashlib
import shutil
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from genmai.kernel.refusal import Refused
from genmai.mechanisms.library import Mechanism
from genmai.mechanisms.loading import RELEASED
from genmai.mechanisms.problems import Problem

LOCK = "released.lock"
HEAD = "# Written by `genmai mechanisms release`. A released version never changes; change it under a new number.\n"


@dataclass(frozen=True, slots=True)
class Release:
    """One released version: the hash of the whole folder, and of each file so that a change can be named."""

    key: str
    version: int
    sha256: str
    files: Mapping[str, str]

    @property
    def ref(self) -> str:
        return f"{self.key}@{self.version}"


def file_hashes(folder: Path) -> dict[str, str]:
    """sha256 of each file below a folder, by its path, in path order."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def folder_hash(files: Mapping[str, str]) -> str:
    """One sha256 for all files of a folder."""
    lines = "".join(f"{name}\0{digest}\n" for name, digest in sorted(files.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def read_lock(root: Path) -> dict[str, Release]:
    """Releases by `key@version`; none when there is no lock yet."""
    path = root / LOCK
    if not path.exists():
        return {}
    entries = tomllib.loads(path.read_text(encoding="utf-8")).get("release", [])
    releases = (Release(e["key"], e["version"], e["sha256"], e["files"]) for e in entries)
    return {release.ref: release for release in releases}


def write_lock(root: Path, releases: Mapping[str, Release]) -> None:
    """The lock file, sorted, so that two people releasing different mechanisms don't collide by accident."""
    parts = [HEAD]
    for _, release in sorted(releases.items()):
        files = "".join(f'"{name}" = "{digest}"\n' for name, digest in sorted(release.files.items()))
        parts.append(
            f'\n[[release]]\nkey = "{release.key}"\nversion = {release.version}\nsha256 = "{release.sha256}"\n'
            f"[release.files]\n{files}"
        )
    (root / LOCK).write_text("".join(parts), encoding="utf-8")


def kept_folder(root: Path, ref: str) -> Path:
    """Where the copy of a released version lies."""
    return root / RELEASED / ref


def check_released(root: Path, current: Mapping[str, Mechanism]) -> list[Problem]:
    """Every released version that changed, by file: in its kept copy, and in the folder if it is still that version."""
    problems: list[Problem] = []
    for ref, release in read_lock(root).items():
        problems += _differences(kept_folder(root, ref), f"{RELEASED}/{ref}", release)
        now = current.get(release.key)
        if now is not None and now.version == release.version:
            problems += _differences(now.folder, release.key, release)
        elif now is not None and now.version < release.version:
            allowed = f"{release.version} or more: that version is released"
            problems.append(Problem(f"{release.key}/mechanism.toml", 0, "version", str(now.version), allowed))
    return problems


def _differences(folder: Path, label: str, release: Release) -> Iterator[Problem]:
    found = file_hashes(folder) if folder.is_dir() else {}
    for name in sorted({*found, *release.files}):
        if found.get(name) != release.files.get(name):
            what = "missing" if name not in found else "new" if name not in release.files else "changed"
            allowed = (
                f"{what}, but {release.ref} is released: give the folder version {release.version + 1}, or undo it"
            )
            yield Problem(f"{label}/{name}", 0, "", "", allowed)


def release(root: Path, mechanism: Mechanism) -> Release:
    """Freezes the current version: a copy and a line in the lock. Doing it again changes nothing.

    Raises Refused('released_differs') when this number is released with another content, and
    Refused('parent_not_released') when what it extends isn't released.
    """
    releases = read_lock(root)
    ref, parent = mechanism.ref, mechanism.info.extends
    if parent is not None and parent not in releases:
        text = "{ref}依托的{parent}还没有发布，请先发布它。没有改动任何文件。"
        raise Refused("parent_not_released", text, ref=ref, parent=parent)
    files = file_hashes(mechanism.folder)
    made = Release(mechanism.key, mechanism.version, folder_hash(files), files)
    before = releases.get(ref)
    if before is not None and before.sha256 != made.sha256:
        text = "{ref}已经发布，内容不能再变。请把 mechanism.toml 里的 version 改成{number}。"
        raise Refused("released_differs", text, ref=ref, number=mechanism.version + 1)
    kept = kept_folder(root, mechanism.ref)
    if not kept.exists():
        shutil.copytree(mechanism.folder, kept, ignore=shutil.ignore_patterns(".*"))
    write_lock(root, {**releases, made.ref: made})
    return made
