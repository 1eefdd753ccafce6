"""One-time codes by time (TOTP, RFC 6238: HMAC-SHA-1, six digits, thirty seconds), as every authenticator app reads them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
from datetime import datetime
from urllib.parse import quote, urlencode

STEP = 30
DIGITS = 6
SEED_LENGTH = 20


def step_of(at: datetime) -> int:
    """Which thirty seconds since 1970."""
    return int(at.timestamp()) // STEP


def code(seed: bytes, step: int, digits: int = DIGITS) -> str:
    """The code of one step."""
    digest = hmac.new(seed, struct.pack(">Q", step), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**digits:0{digits}d}"


def matching_step(seed: bytes, typed: str, at: datetime, *, after: int, drift: int = 1) -> int | None:
    """The step whose code was typed, at most `drift` steps off and later than `after` (a code is good once); else None."""
    plain = "".join(typed.split())
    if len(plain) != DIGITS or not (plain.isascii() and plain.isdigit()):
        return None
    now = step_of(at)
    found = [step for step in range(now - drift, now + drift + 1) if hmac.compare_digest(code(seed, step), plain)]
    return next((step for step in found if step > after), None)


def spelled(seed: bytes) -> str:
    """The seed as it is typed into an app: base 32 in fours."""
    plain = base64.b32encode(seed).decode().rstrip("=")
    return " ".join(plain[n : n + 4] for n in range(0, len(plain), 4))


def address(seed: bytes, *, issuer: str, account: str) -> str:
    """The `otpauth:` address that goes into a picture to scan."""
    label = quote(f"{issuer}:{account}", safe=":")
    query = urlencode({"secret": spelled(seed).replace(" ", ""), "issuer": issuer, "digits": DIGITS, "period": STEP})
    return f"otpauth://totp/{label}?{query}"
