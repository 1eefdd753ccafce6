"""Files kept under their own SHA-256, beside the database: the same bytes are kept once, and a changed file is noticed."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path


class Store:
    """A folder of content-addressed files. Writing is atomic: a file is there whole, or not at all."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, data: bytes) -> str:
        """Keep the bytes; returns their SHA-256 in hexadecimal."""
        digest = hashlib.sha256(data).hexdigest()
        path = self.path(digest)
        if not _touched(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f"{digest}.{os.getpid()}.part")
            with part.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes. Raises FileNotFoundError, or ValueError when they no longer match their name."""
        data = self.path(digest).read_bytes()
        if hashlib.sha256(data).hexdigest() != digest:
            raise ValueError(f"{digest}: the file's content has changed")
        return data

    def path(self, digest: str) -> Path:
        """Where a digest lives; two letters of it make the folder. Raises ValueError for what is no digest."""
        if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
            raise ValueError("not a SHA-256 in hexadecimal")
        return self.root / digest[:2] / digest


def _touched(path: Path) -> bool:
    """Whether the file is there; it counts as put in now, so that nobody takes it for an old one and removes it."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True
