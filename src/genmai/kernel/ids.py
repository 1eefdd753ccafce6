"""Public identifiers: UUIDv7 made from a moment and a key, never from chance.

The same command replayed with the same key makes the same ids, so a repeated post finds its first result, and a
simulation with the same seed makes the same city.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from uuid import UUID


def derive(at: datetime, key: UUID, *parts: str | int) -> UUID:
    """A UUIDv7 (RFC 9562 §5.7): 48 bits of `at` in milliseconds, the other 74 from SHA-256 of key and parts."""
    millis = int(at.timestamp() * 1000)
    digest = hashlib.sha256(key.bytes + "\x1f".join(str(part) for part in parts).encode()).digest()
    raw = bytearray(millis.to_bytes(6, "big") + digest[:10])
    raw[6] = (raw[6] & 0x0F) | 0x70
    raw[8] = (raw[8] & 0x3F) | 0x80
    return UUID(bytes=bytes(raw))


def subkey(key: UUID, *parts: str | int) -> UUID:
    """A key for a follow-up command that is itself idempotent (UUIDv8 of key and parts)."""
    raw = bytearray(
        hashlib.sha256(key.bytes + b"sub\x1f" + "\x1f".join(str(part) for part in parts).encode()).digest()[:16]
    )
    raw[6] = (raw[6] & 0x0F) | 0x80
    raw[8] = (raw[8] & 0x3F) | 0x80
    return UUID(bytes=bytes(raw))


def key_of(*parts: str | int) -> UUID:
    """A key from stable names (an import's file and row, a job's milestone), so that doing it twice does it once."""
    return subkey(UUID(int=0), *parts)


class Deriving:
    """`derive` for many parts of one moment and key, as text: what half a million rows need."""

    __slots__ = ("_head", "_key", "_name")

    def __init__(self, at: datetime, key: UUID, name: str) -> None:
        millis = f"{int(at.timestamp() * 1000):012x}"
        self._head, self._key, self._name = f"{millis[:8]}-{millis[8:]}-7", key.bytes, f"{name}\x1f"

    def text(self, part: str | int) -> str:
        """`str(derive(at, key, name, part))`."""
        found = hashlib.sha256(self._key + f"{self._name}{part}".encode()).hexdigest()
        return f"{self._head}{found[1:4]}-{_VARIANT[found[4]]}{found[5:8]}-{found[8:20]}"


# The first half byte of RFC 9562's variant: its two upper bits are 10.
_VARIANT = {digit: f"{int(digit, 16) & 3 | 8:x}" for digit in "0123456789abcdef"}
