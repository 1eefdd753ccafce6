"""Exported files as they lie in the data folder: sealed under a key of their own from the first byte, opened on their way out.

Whoever has the disk and not the master key has nothing; a backup doesn't hold them.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.conf import settings

from genmai.kernel.sealed_files import PIECE, Sealing, opened
from genmai.kernel.secrets import derive_key


def folder() -> Path:
    """Where they lie."""
    found: Path = settings.GENMAI_DATA / "exports"
    return found


def path_of(public_id: UUID) -> Path:
    """Where one lies while it is kept."""
    return folder() / f"{public_id}.sealed"


def begin(public_id: UUID) -> tuple[BinaryIO, Sealing]:
    """One to be written, beside the place it will have."""
    folder().mkdir(parents=True, exist_ok=True)
    part = path_of(public_id).with_suffix(".part")
    part.touch(mode=0o600)
    file = part.open("wb")
    return file, Sealing(file, _key(public_id), aad=public_id.bytes)


def finish(public_id: UUID, file: BinaryIO) -> None:
    """It is whole: there at once, or not at all."""
    file.close()
    path_of(public_id).with_suffix(".part").replace(path_of(public_id))


def read(public_id: UUID) -> Iterator[bytes]:
    """The file as the person gets it, in pieces. Raises FileNotFoundError at once; SealBroken for what was changed."""
    file = path_of(public_id).open("rb")

    def pieces() -> Iterator[bytes]:
        with file:
            yield from opened(file, _key(public_id), aad=public_id.bytes)

    return pieces()


def remove(public_id: UUID) -> None:
    """The file, and what an interrupted try left beside it."""
    path = path_of(public_id)
    for suffix in (".sealed", ".part", ".xlsx"):
        beside = path.with_suffix(suffix)
        if beside.is_dir():  # as they were made in clear once
            shutil.rmtree(beside, ignore_errors=True)
        else:
            beside.unlink(missing_ok=True)


def lying() -> list[Path]:
    """Whatever is there now."""
    return sorted(folder().glob("*"))


def tidy(paths: Iterable[Path], *, kept: Collection[UUID], at_work: Collection[UUID]) -> tuple[int, int]:
    """Seal what lies in clear from before exports were sealed, and throw away what belongs to none; how many each.

    `kept`: exports whose file is to be there; `at_work`: those being made; both asked for after `lying`, so that the
    file of one just begun is not taken for nobody's.
    """
    sealed, gone, whose = 0, 0, {str(one): one for one in (*kept, *at_work)}
    for path in paths:
        public_id = whose.get(path.stem)
        if public_id is not None and public_id in kept and path.suffix == ".xlsx":
            _seal(public_id, path)
            sealed += 1
        elif public_id is None or (public_id in kept and path.suffix != ".sealed"):
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
            gone += 1
    return sealed, gone


def _seal(public_id: UUID, clear: Path) -> None:
    file, sealing = begin(public_id)
    with clear.open("rb") as source:
        while data := source.read(PIECE):
            sealing.write(data)
    sealing.close()
    finish(public_id, file)
    clear.unlink()


def _key(public_id: UUID) -> bytes:
    return derive_key(settings.GENMAI_MASTER_KEY, f"exports/file/{public_id}")
