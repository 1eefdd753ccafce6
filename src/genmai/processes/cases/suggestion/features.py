"""A text as numbers, the same when learning and when asked: pieces of one to three signs, and words cut four ways.

Each piece is a 64-bit key. Signs fit exactly (21 bits each, below 2⁶³); words are hashed above it. So no vocabulary
of strings is kept, and looking a text up is a search in a sorted array.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import rjieba

Keys = npt.NDArray[np.uint64]
LONGEST = 6000  # signs that are read: what matters is said by then
_BLANK = re.compile(r"\s+")
_HIGH = 1 << 63
_SHIFT = np.uint64(21)


def plain(text: str) -> str:
    """Full width as half width, no case, no blanks."""
    return _BLANK.sub("", unicodedata.normalize("NFKC", text[:LONGEST])).casefold()


def signs(text: str) -> Keys:
    """Every one, two and three neighbouring signs."""
    one = np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
    two = (one[:-1] << _SHIFT) | one[1:]
    three = (two[:-1] << _SHIFT) | one[2:]
    return np.concatenate([one, two, three])


def words(text: str) -> Keys:
    """Words, and each two neighbouring ones."""
    cut = rjieba.cut(text)
    return _hashed([*cut, *(f"{a} {b}" for a, b in pairwise(cut))])


def parts(text: str) -> Keys:
    """Words and the shorter words within them, as a search engine cuts."""
    return _hashed(rjieba.cut_for_search(text))


def every(text: str) -> Keys:
    """Every word that can be read anywhere in the text, overlapping ones too."""
    return _hashed(rjieba.cut_all(text))


def content(text: str) -> Keys:
    """Nouns, verbs, adjectives and set phrases of more than one sign: what it is about, without how it is said."""
    return _hashed(content_words(text))


def content_words(text: str) -> list[str]:
    return [word for word, kind in rjieba.tag(text) if kind[0] in "nvajl" and len(word) > 1]


# The blocks of features, each brought to length one, and how much each counts (chosen on splits that are not reported).
BLOCKS: Mapping[str, tuple[Callable[[str], Keys], float]] = {
    "signs": (signs, 1.0),
    "words": (words, 0.6),
    "parts": (parts, 1.0),
    "every": (every, 1.0),
    "content": (content, 0.7),
}


def pieces_of(block: str, found: Sequence[str]) -> tuple[Keys, npt.NDArray[np.int64]]:
    """The keys of single words in a block, and which word each belongs to."""
    if block != "signs":
        return _hashed(found), np.arange(len(found))
    keys = [np.unique(signs(word)) for word in found]
    owners = np.repeat(np.arange(len(found)), [len(own) for own in keys])
    return (np.concatenate(keys) if keys else np.empty(0, np.uint64)), owners


def counted(keys: Keys) -> tuple[Keys, npt.NDArray[np.float32]]:
    """Each key once, and how much it counts in this text: one and the logarithm of how often it stands there."""
    found, often = np.unique(keys, return_counts=True)
    return found, (1 + np.log(often)).astype(np.float32)


def _hashed(pieces: Sequence[str]) -> Keys:
    return np.fromiter((_key(piece) for piece in pieces), dtype=np.uint64, count=len(pieces))


@lru_cache(maxsize=50_000)
def _key(piece: str) -> int:
    return int.from_bytes(hashlib.blake2b(piece.encode("utf-8", "replace"), digest_size=8).digest(), "big") | _HIGH


__all__ = [
    "BLOCKS",
    "Keys",
    "content",
    "content_words",
    "counted",
    "every",
    "parts",
    "pieces_of",
    "plain",
    "signs",
    "words",
]
