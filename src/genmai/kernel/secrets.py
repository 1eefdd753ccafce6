"""What is known of a person, kept so that only the holder of that person's key can read it.

Each person has a random 32-byte key. It is stored only *wrapped* under the master key of the installation; names,
numbers and addresses are *sealed* under it. Destroying the wrapped key makes everything sealed under it unreadable
for good, also in back-ups: that is how a person's data is deleted although records are never rewritten.

Cipher: SM4-GCM (GB/T 32907-2016, RFC 8998), MAC and derivation: HMAC-SM3 (GB/T 32905-2016). Nothing here is random:
keys are handed in by the caller, and the nonce is *derived* from key, purpose, context and text (as in SIV modes), so
it can't be reused for a different text by mistake. The price, accepted: the same text under the same key, purpose and
context gives the same bytes, so an observer of the database sees that a value was written again unchanged.
Opening checks the derived nonce too, which ties a sealed value to one key.
"""

from __future__ import annotations

import hmac as compare
from typing import Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from genmai.kernel.identity_numbers import (
    half_width,
    is_credit_code,
    is_identity,
    normalise_credit_code,
    normalise_identity,
    normalise_phone,
)

__all__ = [
    "KEY_LENGTH",
    "Deriver",
    "IndexKind",
    "Indexer",
    "KeyDestroyed",
    "SealBroken",
    "Sealer",
    "blind_index",
    "derive_key",
    "is_credit_code",
    "is_identity",
    "mask_id",
    "mask_name",
    "mask_phone",
    "normalise_credit_code",
    "normalise_identity",
    "normalise_phone",
    "open_sealed",
    "open_sealed_bytes",
    "rewrap_key",
    "seal",
    "unwrap_key",
    "wrap_key",
]

KEY_LENGTH = 32
_VERSION = b"\x01"
_NONCE_LENGTH = 12
_TAG_LENGTH = 16

IndexKind = Literal["phone", "identity", "credit_code", "text"]


class SealBroken(Exception):
    """Sealed bytes don't open: changed, moved from another row or field, or sealed under another key."""


class KeyDestroyed(Exception):
    """The person's key was destroyed on purpose: what was sealed under it can never be read again."""


def derive_key(key: bytes, label: str) -> bytes:
    """A 32-byte key of its own for one use (`label`) of `key`: HMAC-SM3, one way."""
    return _hmac(_checked(key), b"genmai/derive", label.encode())


def seal(plain: str, key: bytes, *, purpose: str, aad: bytes) -> bytes:
    """Seal `plain` under a person's `key`; opens only with the same key, purpose and context.

    `purpose` names the field ("phone"), `aad` the row it belongs to (its id), so that sealed bytes copied to another
    row or field don't open. Result: version 1 byte, nonce 12, ciphertext, tag 16.
    """
    return _seal(plain.encode("utf-8"), key, purpose, aad)


def open_sealed(sealed: bytes, key: bytes, *, purpose: str, aad: bytes) -> str:
    """The text sealed by `seal`. Raises SealBroken if anything was changed or doesn't belong together."""
    return _open(sealed, key, purpose, aad).decode("utf-8")


def open_sealed_bytes(sealed: bytes, key: bytes, *, purpose: str, aad: bytes) -> bytes:
    """The bytes sealed by a `Sealer`: a whole file. Raises SealBroken."""
    return _open(sealed, key, purpose, aad)


def wrap_key(person_key: bytes, master: bytes, *, aad: bytes) -> bytes:
    """A person's key as it may be stored; `aad` is the person's id, so that keys can't be exchanged between rows."""
    return _seal(_checked(person_key), master, "wrap", aad)


def unwrap_key(wrapped: bytes | None, master: bytes, *, aad: bytes) -> bytes:
    """The person's key. Raises KeyDestroyed if there is no wrapped key any more, SealBroken if it was tampered with."""
    if not wrapped:
        raise KeyDestroyed("the key of this person has been destroyed; the sealed data can't be read any more")
    return _open(bytes(wrapped), master, "wrap", aad)


def rewrap_key(wrapped: bytes, old_master: bytes, new_master: bytes, *, aad: bytes) -> bytes:
    """The same person's key under a new master key: how a master key is replaced without touching sealed data."""
    return wrap_key(unwrap_key(wrapped, old_master, aad=aad), new_master, aad=aad)


def blind_index(value: str, key: bytes, *, kind: IndexKind) -> bytes:
    """32 bytes that are equal for the same number however it is written, and say nothing without `key`.

    What is no valid number of its kind is compared as text (half width, no case, no blanks), so that a mistyped
    number still finds itself, and never meets a valid one. Use one index key for a whole installation.
    """
    normalised = _normalise(value, kind)
    if normalised is not None:
        return _hmac(_checked(key), b"genmai/index", kind.encode(), normalised.encode())
    written = "".join(half_width(value).casefold().split())
    return _hmac(_checked(key), b"genmai/index", b"text:" + kind.encode(), written.encode("utf-8", "surrogatepass"))


def _normalise(value: str, kind: IndexKind) -> str | None:
    if kind == "phone":
        return normalise_phone(value)
    if kind == "identity":
        return normalise_identity(value)
    return normalise_credit_code(value) if kind == "credit_code" else None


def mask_phone(number: str) -> str:
    """A telephone number as it is shown on lists: 138****5678, 0574-****4321; service numbers stay readable."""
    known = normalise_phone(number)
    if known is None:
        return _mask_unknown(number)
    if len(known) <= 6:
        return known
    area, dash, local = known.partition("-")
    if not dash:
        return f"{known[:3]}****{known[-4:]}"
    return f"{area}-****{local.partition('-')[0][-4:]}"


def mask_id(number: str) -> str:
    """An identity number or other long code as it is shown: the first four and last four, never the birth date."""
    compact = "".join(half_width(number).split())
    return f"{compact[:4]}{'*' * (len(compact) - 8)}{compact[-4:]}" if len(compact) >= 15 else _mask_unknown(compact)


# Surnames of two characters in common use: 欧阳娜娜 is shown as 欧阳**, not 欧***.
_LONG_SURNAMES = (
    "欧阳 司马 上官 诸葛 夏侯 皇甫 尉迟 公孙 慕容 令狐 长孙 宇文 司徒 鲜于 东方 南宫 西门 轩辕 独孤 端木 百里 呼延 澹台"
    " 公冶 宗政 濮阳 淳于 单于 太叔 申屠 钟离 闻人 赫连 完颜 纳兰 第五 司空 亓官"
)


def mask_name(name: str) -> str:
    """A person's name as it is shown on lists: surname and stars (王**, 欧阳**), else the first letter."""
    name = name.strip()
    shown = 2 if len(name) > 2 and name[:2] in _LONG_SURNAMES.split() else 1
    return name[:shown] + "*" * min(max(len(name) - shown, 1), 3) if name else ""


def _mask_unknown(text: str) -> str:
    """Something that should have been a number: only its last two characters, if it is long enough to hide the rest."""
    text = text.strip()
    return "*" * min(len(text), 8) if len(text) < 7 else "****" + text[-2:]


def _checked(key: bytes) -> bytes:
    if len(key) != KEY_LENGTH:
        raise ValueError(f"a key has {KEY_LENGTH} bytes, this one {len(key)}")
    return key


def _hmac(key: bytes, *parts: bytes) -> bytes:
    """HMAC-SM3 over parts, each with its length before it, so that no two lists of parts give the same input."""
    mac = hmac.HMAC(key, _SM3)
    mac.update(_parts(*parts))
    return mac.finalize()


def _parts(*parts: bytes) -> bytes:
    return b"".join([len(part).to_bytes(8, "big") + part for part in parts])


_SM3 = hashes.SM3()
_DERIVE, _NONCE_PART, _SM4_PART = _parts(b"genmai/derive"), _parts(b"nonce"), _parts(b"sm4")


def _context(purpose: str, aad: bytes) -> bytes:
    """What is authenticated besides the text, unambiguous by the length of the purpose."""
    name = purpose.encode()
    return _VERSION + len(name).to_bytes(2, "big") + name + aad


def _nonce(plain: bytes, key: bytes, context: bytes) -> bytes:
    return _hmac(derive_key(key, "nonce"), context, plain)[:_NONCE_LENGTH]


def _cipher(key: bytes, mode: modes.GCM) -> Cipher[modes.GCM]:
    return Cipher(algorithms.SM4(derive_key(key, "sm4")[:16]), mode)


class Deriver:
    """`derive_key` of one key for very many labels."""

    __slots__ = ("_mac",)

    def __init__(self, key: bytes) -> None:
        self._mac = hmac.HMAC(_checked(key), _SM3)
        self._mac.update(_DERIVE)

    def of(self, label: str) -> bytes:
        """As `derive_key`."""
        mac = self._mac.copy()
        said = label.encode()
        mac.update(len(said).to_bytes(8, "big") + said)
        return mac.finalize()


class Sealer:
    """One key, made ready once: for sealing several values under it, or many keys under the master."""

    __slots__ = ("_algorithm", "_nonces")

    def __init__(self, key: bytes) -> None:
        derive = hmac.HMAC(_checked(key), _SM3)
        derive.update(_DERIVE)
        sm4 = derive.copy()
        derive.update(_NONCE_PART)
        sm4.update(_SM4_PART)
        self._nonces = hmac.HMAC(derive.finalize(), _SM3)
        self._algorithm = algorithms.SM4(sm4.finalize()[:16])

    def seal(self, plain: bytes, *, purpose: str, aad: bytes) -> bytes:
        """The same bytes as `seal`, and for a key under purpose "wrap" as `wrap_key`."""
        context = _context(purpose, aad)
        mac = self._nonces.copy()
        mac.update(len(context).to_bytes(8, "big") + context + len(plain).to_bytes(8, "big") + plain)
        nonce = mac.finalize()[:_NONCE_LENGTH]
        encryptor = Cipher(self._algorithm, modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(context)
        body = encryptor.update(plain) + encryptor.finalize()
        return _VERSION + nonce + body + encryptor.tag


class Indexer:
    """`blind_index` under one key for very many numbers that are in their normalised form already."""

    __slots__ = ("_mac",)

    def __init__(self, key: bytes, kind: IndexKind) -> None:
        self._mac = hmac.HMAC(_checked(key), _SM3)
        self._mac.update(_parts(b"genmai/index", kind.encode()))

    def of_normalised(self, number: str) -> bytes:
        """As `blind_index`, if `number` is what its `normalise_…` gives."""
        mac = self._mac.copy()
        said = number.encode()
        mac.update(len(said).to_bytes(8, "big") + said)
        return mac.finalize()


def _seal(plain: bytes, key: bytes, purpose: str, aad: bytes) -> bytes:
    return Sealer(key).seal(plain, purpose=purpose, aad=aad)


def _open(sealed: bytes, key: bytes, purpose: str, aad: bytes) -> bytes:
    _checked(key)
    if len(sealed) < 1 + _NONCE_LENGTH + _TAG_LENGTH or sealed[:1] != _VERSION:
        raise SealBroken("not a sealed value, or cut short, or of a version this program doesn't know")
    nonce, body, tag = sealed[1 : 1 + _NONCE_LENGTH], sealed[1 + _NONCE_LENGTH : -_TAG_LENGTH], sealed[-_TAG_LENGTH:]
    context = _context(purpose, aad)
    decryptor = _cipher(key, modes.GCM(nonce, tag)).decryptor()
    decryptor.authenticate_additional_data(context)
    try:
        plain = decryptor.update(body) + decryptor.finalize()
    except InvalidTag as error:
        raise SealBroken("sealed value was changed, or belongs to another row, field or key") from error
    if not compare.compare_digest(_nonce(plain, key, context), nonce):
        raise SealBroken("sealed value was made under another key")
    return plain
