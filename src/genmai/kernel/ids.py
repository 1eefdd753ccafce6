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
