"""Exported files as they lie in the data folder, sealed; and the keeping of that folder."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from uuid import UUID

from genmai.interfaces.sealed_folder import SealedFolder, throw_away
from genmai.kernel.sealed_files import PIECE

EXPORTS = SealedFolder("exports")
begin, finish, read, path_of, lying = EXPORTS.begin, EXPORTS.finish, EXPORTS.read, EXPORTS.path_of, EXPORTS.lying


def remove(public_id: UUID) -> None:
    """The file, what an interrupted try left beside it, and one in clear from before."""
    EXPORTS.remove(public_id)
    path_of(public_id).with_suffix(".xlsx").unlink(missing_ok=True)


def tidy(paths: Iterable[Path], *, kept: Collection[UUID], at_work: Collection[UUID]) -> tuple[int, int]:
    """Seal what lies in clear from before exports were sealed, and throw away what belongs to none; how many each.

    `kept`: exports whose file is to be there; `at_work`: those being made; both asked for after `lying`, so that the
    file of one just begun is not taken for nobody's.
    """
    sealed, gone, whose = 0, 0, {str(one): one for one in (*kept, *at_work)}
    for path in paths:
        public_id = whose.get(path.stem)
        if public_id is not None and public_id in kept and path.suffix == ".xlsx":
            with path.open("rb") as clear:
                EXPORTS.put(public_id, iter(lambda: clear.read(PIECE), b""))
            path.unlink()
            sealed += 1
        elif public_id is None or (public_id in kept and path.suffix != ".sealed"):
            throw_away(path)
            gone += 1
    return sealed, gone
