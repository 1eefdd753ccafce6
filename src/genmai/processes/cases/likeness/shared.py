"""The words two texts share, for eyes: where both say the same, cut so that a page can mark it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from genmai.kernel.text import fold

_HAN = re.compile(r"[\u3400-\u9fff]{2,}|[^\W_\u3400-\u9fff]{2,}")
SHORTEST, MOST = 2, 8


def shared_words(one: str, other: str, *, without: Sequence[str] = ()) -> list[str]:
    """The longest pieces of `one` that stand in `other` too, the longest first; none of the phrases everybody uses."""
    there, usual = fold(other), [fold(word) for word in without]
    found: set[str] = set()
    for run in _HAN.findall(fold(one)):
        at = 0
        while at < len(run) - 1:
            end = at + 1
            while end < len(run) and run[at : end + 1] in there:
                end += 1
            piece = run[at:end]
            if len(piece) >= SHORTEST and not any(piece in word for word in usual):
                found.add(piece)
            at = max(end, at + 1)
    kept = sorted(found, key=lambda piece: (-len(piece), piece))
    return [piece for piece in kept if not any(piece != longer and piece in longer for longer in kept)][:MOST]


def marked(text: str, words: Sequence[str]) -> list[tuple[str, bool]]:
    """The text in pieces: (piece, whether it is one of the words)."""
    if not words:
        return [(text, False)]
    cut = re.split(
        "(" + "|".join(map(re.escape, sorted(words, key=len, reverse=True))) + ")", text, flags=re.IGNORECASE
    )
    folded = {fold(word) for word in words}
    return [(piece, fold(piece) in folded) for piece in cut if piece]
