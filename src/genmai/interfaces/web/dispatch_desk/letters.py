"""Pinyin and initials of names, so that three letters find them: 路灯 by `ludeng` or `ld`."""

from __future__ import annotations

from functools import lru_cache

from pypinyin import Style, lazy_pinyin


@lru_cache(maxsize=8192)
def letters(name: str) -> str:
    """The whole pinyin and the initials, lower case, with a blank between: what is typed is looked for in it."""
    whole = "".join(lazy_pinyin(name, errors="ignore"))
    initials = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER, errors="ignore"))
    return f"{initials} {whole}".lower()
