"""Keyed digests of cells: small enough to keep for every cell, useless without the key.

Six bytes a cell: two hundred thousand rows of ten columns are twelve megabytes, and a changed cell passes unseen once
in 280 million million.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from genmai.kernel.secrets import derive_key

CELL, FRAME = 6, 8
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U: read aloud and typed without mistakes
_CODE = re.compile(r"(?<![0-9A-Z])[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}(?![0-9A-Z-])")
_READ_AS = str.maketrans("ILO", "110")


def key_of(master: bytes, public_id: UUID) -> bytes:
    """The key of one export."""
    return derive_key(master, f"export {public_id}")


def code_of(key: bytes) -> str:
    """The check code that names an export: three groups of four, the last sign a check on the others."""
    number = int.from_bytes(hashlib.blake2b(b"code", key=key, digest_size=8).digest(), "big") >> 9
    signs = [_ALPHABET[number >> shift & 31] for shift in range(50, -5, -5)]
    return _grouped([*signs, _ALPHABET[_check(signs)]])


def read_code(text: str) -> str:
    """A code as people type it, in its one form; "" for what is none."""
    signs = [sign for sign in text.upper().translate(_READ_AS) if sign not in "- ·—"]
    if len(signs) != 12 or any(sign not in _ALPHABET for sign in signs):
        return ""
    return _grouped(signs) if _ALPHABET[_check(signs[:11])] == signs[11] else ""


def _check(signs: Sequence[str]) -> int:
    return sum((place + 1) * _ALPHABET.index(sign) for place, sign in enumerate(signs)) % 31


def _grouped(signs: Sequence[str]) -> str:
    return "-".join("".join(signs[place : place + 4]) for place in range(0, 12, 4))


@dataclass(frozen=True)
class Keyed:
    """Digests under one export's key. A cell's is bound to its column, so that values that change columns show."""

    key: bytes

    def cell(self, column: int, form: bytes) -> bytes:
        return hashlib.blake2b(b"c%d\x00" % column + form, key=self.key, digest_size=CELL).digest()

    def row(self, forms: Sequence[bytes]) -> bytes:
        """What is kept of one row."""
        return b"".join(self.cell(column, form) for column, form in enumerate(forms))

    def frame(self, place: str, form: bytes) -> str:
        """Of a cell around the table: title, header, notes."""
        return hashlib.blake2b(b"f" + place.encode() + b"\x00" + form, key=self.key, digest_size=FRAME).hexdigest()


def size_of_row(columns: int) -> int:
    """Bytes kept of one row."""
    return CELL * columns


def codes_in(text: str) -> list[str]:
    """Every code that stands in a text."""
    return [code for part in _CODE.findall(text.upper()) if (code := read_code(part))]
