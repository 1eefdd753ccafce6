"""Files full of personal data in a folder of the data folder: sealed under a key of each file's own from the first byte.

Whoever has the disk and not the master key has nothing; a backup doesn't hold them.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.conf import settings

from genmai.kernel.sealed_files import Sealing, opened
from genmai.kernel.secrets import Sealer, derive_key, open_sealed_bytes


@dataclass(frozen=True)
class SealedFolder:
    """By name; each file has an id."""

    name: str

    @property
    def root(self) -> Path:
        """Where they lie."""
        found: Path = settings.GENMAI_DATA / self.name
        return found

    def path_of(self, public_id: UUID) -> Path:
        """Where one lies while it is kept."""
        return self.root / f"{public_id}.sealed"

    def begin(self, public_id: UUID) -> tuple[BinaryIO, Sealing]:
        """One to be written, beside the place it will have."""
        self.root.mkdir(parents=True, exist_ok=True)
        part = self.path_of(public_id).with_suffix(".part")
        part.touch(mode=0o600)
        file = part.open("wb")
        return file, Sealing(file, self._key(public_id), aad=public_id.bytes)

    def finish(self, public_id: UUID, file: BinaryIO) -> None:
        """It is whole: there at once, or not at all."""
        file.close()
        self.path_of(public_id).with_suffix(".part").replace(self.path_of(public_id))

    def put(self, public_id: UUID, pieces: Iterable[bytes]) -> int:
        """All of one; its size."""
        file, sealing = self.begin(public_id)
        with file:
            for piece in pieces:
                sealing.write(piece)
            sealing.close()
        self.finish(public_id, file)
        return sealing.size

    def read(self, public_id: UUID) -> Iterator[bytes]:
        """What was written, in pieces. Raises FileNotFoundError at once; SealBroken for what was changed."""
        file = self.path_of(public_id).open("rb")

        def pieces() -> Iterator[bytes]:
            with file:
                yield from opened(file, self._key(public_id), aad=public_id.bytes)

        return pieces()

    def remove(self, public_id: UUID) -> None:
        """The file, and what an interrupted try left beside it."""
        for suffix in (".sealed", ".part"):
            throw_away(self.path_of(public_id).with_suffix(suffix))

    def lying(self) -> list[Path]:
        """Whatever is there now."""
        return sorted(self.root.glob("*"))

    def seal_words(self, public_id: UUID, said: bytes) -> bytes:
        """What was said of a file, for its row."""
        return Sealer(self._key(public_id)).seal(said, purpose=self.name, aad=public_id.bytes)

    def open_words(self, public_id: UUID, sealed: bytes) -> bytes:
        """The words again. Raises SealBroken."""
        return open_sealed_bytes(sealed, self._key(public_id), purpose=self.name, aad=public_id.bytes)

    def _key(self, public_id: UUID) -> bytes:
        return derive_key(settings.GENMAI_MASTER_KEY, f"{self.name}/file/{public_id}")


def throw_away(path: Path) -> None:
    """A file or a folder."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
