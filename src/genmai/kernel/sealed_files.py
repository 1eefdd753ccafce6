"""A file of any length sealed while it is written, and opened piece by piece: nothing of it lies on the disk in clear.

Pieces of a quarter megabyte are each sealed under the file's key, with their number and whether they are the last, so
that one changed, moved, left out or cut off is found. Memory holds one piece.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from genmai.kernel.secrets import SealBroken, Sealer, open_sealed_bytes

PIECE = 1 << 18
_MARK = b"genmai-sealed-1\n"
_PURPOSE = "file"
_LENGTH = 4


class Sealing:
    """One file under way: `write` what it holds, then `close`. It can only be appended to, as if it were sent away.

    `size` counts what was written, as it will be when it is opened. `out` stays the caller's to close.
    """

    def __init__(self, out: BinaryIO, key: bytes, *, aad: bytes) -> None:
        self.size = 0
        self._out, self._sealer, self._aad = out, Sealer(key), aad
        self._waiting, self._number, self._given_up = bytearray(), 0, False
        out.write(_MARK)

    def write(self, data: bytes) -> int:
        """All of it is taken."""
        if not self._given_up:
            self._waiting += data
            self.size += len(data)
            while len(self._waiting) > PIECE:
                self._piece(bytes(self._waiting[:PIECE]), last=False)
                del self._waiting[:PIECE]
        return len(data)

    def flush(self) -> None:
        """A piece is sealed when it is full."""

    def close(self) -> None:
        """The last piece."""
        if not self._given_up:
            self._piece(bytes(self._waiting), last=True)
            self._waiting.clear()

    def give_up(self) -> None:
        """What is still written goes nowhere; what is there can't be opened."""
        self._given_up = True

    def _piece(self, plain: bytes, *, last: bool) -> None:
        sealed = self._sealer.seal(plain, purpose=_PURPOSE, aad=_about(self._aad, self._number, last=last))
        self._out.write(len(sealed).to_bytes(_LENGTH, "big") + sealed)
        self._number += 1


def opened(file: BinaryIO, key: bytes, *, aad: bytes) -> Iterator[bytes]:
    """What was written, in pieces. Raises SealBroken before it gives anything changed, and where the end is missing."""
    if file.read(len(_MARK)) != _MARK:
        raise SealBroken("not a sealed file, or of a version this program doesn't know")
    number, sealed = 0, _next(file)
    while sealed is not None:
        following = _next(file)
        last = following is None
        yield open_sealed_bytes(sealed, key, purpose=_PURPOSE, aad=_about(aad, number, last=last))
        number, sealed = number + 1, following
    if not number:
        raise SealBroken("a sealed file without its end")


def _next(file: BinaryIO) -> bytes | None:
    length = file.read(_LENGTH)
    if not length:
        return None
    sealed = file.read(int.from_bytes(length, "big"))
    if len(length) < _LENGTH or len(sealed) < int.from_bytes(length, "big"):
        raise SealBroken("a sealed file that was cut off")
    return sealed


def _about(aad: bytes, number: int, *, last: bool) -> bytes:
    return number.to_bytes(8, "big") + (b"\x01" if last else b"\x00") + aad
