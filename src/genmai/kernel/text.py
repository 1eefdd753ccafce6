"""Text as people type and paste it, made safe to store, show and search.

What a person wrote is kept as they wrote it: emoji, rare characters and private-use characters (names in GB 18030)
stay. Refused is only what no database or page can hold (NUL, lone surrogates) and what is too long; nothing is cut
silently. Removed without a word is what can't be seen and can deceive: control characters and bidi overrides (they
can make a file name or a reply read backwards).
"""

from __future__ import annotations

import re
import unicodedata

from genmai.kernel.refusal import BadInput

# C0 but tab and the line feed, DEL, C1, and the line separators that editors treat as line ends.
_CONTROL = "\x01-\x08\x0b-\x1f\x7f-\x9f"
# Bidi embeddings, overrides and isolates; zero-width space, word joiner, BOM; noncharacters. The joiners U+200C/D stay:
# emoji sequences and Uyghur script need them.
_INVISIBLE = "\u200b\u2028-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff"
_REMOVED = re.compile(f"[{_CONTROL}{_INVISIBLE}]")
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_UNUSUAL = re.compile(f"[\x00{_CONTROL}{_INVISIBLE}\ud800-\udfff\t\n\xa0\u3000]|  ")
_SURROGATE = re.compile("[\ud800-\udfff]")
_BLANK = re.compile(r"\s+")
_TRAILING_BLANK = re.compile(r"[^\S\n]+\n")
_MANY_LINES = re.compile(r"\n{3,}")


def clean(text: str, max_length: int = 0, *, multiline: bool = False, field: str = "") -> str:
    """Give `text` in NFC, without control characters and bidi overrides, trimmed; the same again if cleaned twice.

    `max_length` counts code points after cleaning, 0 means no limit. With `multiline` line ends become LF and at most
    one empty line stays between paragraphs; without it every run of blanks becomes one space.
    Raises BadInput: `text_nul`, `text_surrogate`, `text_too_long` (never cuts).
    """
    if _UNUSUAL.search(text):
        text = _unusual(text, multiline, field)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    text = text.strip()
    if max_length and len(text) > max_length:
        raise BadInput(
            "text_too_long",
            "这段文字有 {length} 个字，最多 {most} 个字，请删减后再提交，已填的内容都还在",
            field=field,
            allowed=f"≤ {max_length}",
            length=len(text),
            most=max_length,
        )
    return text


def _unusual(text: str, multiline: bool, field: str) -> str:
    """The slow path for text with something in it besides plain characters and single spaces."""
    if "\x00" in text:
        message = "文字里有看不见的空字符（NUL），无法保存，请重新输入或粘贴纯文字"
        raise BadInput("text_nul", message, field=field)
    if _SURROGATE.search(text):
        message = "文字里有不完整的字符，可能复制时断开了，请删去乱码再提交"
        raise BadInput("text_surrogate", message, field=field)
    text = _REMOVED.sub("", _LINE_END.sub("\n", text))
    if not multiline:
        return _BLANK.sub(" ", text)
    return _MANY_LINES.sub("\n\n", _TRAILING_BLANK.sub("\n", text))


def shorten(text: str, length: int) -> str:
    """The beginning of `text` on one line, at most `length` code points; … stands for what is left out.

    Does not cut between a base character and what belongs to it (combining marks, emoji joiners, skin tones).
    """
    line = _BLANK.sub(" ", text).strip()
    if len(line) <= length:
        return line
    end = max(length - 1, 0)
    while end > 0 and _belongs_to_previous(line, end):
        end -= 1
    return line[:end].rstrip() + "…"


def _belongs_to_previous(line: str, at: int) -> bool:
    """Whether the character at `at` is drawn together with the one before it."""
    char, before = line[at], line[at - 1]
    joined = char in "\u200d\ufe0e\ufe0f" or before == "\u200d"
    return joined or bool(unicodedata.combining(char)) or "\U0001f3fb" <= char <= "\U0001f3ff"


def fold(text: str) -> str:
    """`text` as search compares it: full width as half width, no case, no blanks.

    Blanks go because Chinese is broken across lines at any place. Folding twice is folding once: a mark that stood
    behind a blank joins the letter before it at the second turn (o, blank, two dots: ö).
    """
    folded = _fold_once(_REMOVED.sub("", text))
    for _ in range(3):
        again = _fold_once(folded)
        if again == folded:
            break
        folded = again
    return folded


def _fold_once(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFKC", _BLANK.sub("", plain))


def bigrams(text: str) -> tuple[str, ...]:
    """Every two neighbouring characters of the folded text, distinct and sorted: what a substring index holds.

    If `fold(query)` is part of `fold(text)` and at least two characters long, `bigrams(query)` are all in
    `bigrams(text)`; the reverse needs a recheck (`like_pattern` on the folded text). One character alone has no
    bigram, so such a query can't use the index.
    """
    folded = fold(text)
    return tuple(sorted({folded[at : at + 2] for at in range(len(folded) - 1)}))


def like_pattern(query: str) -> str:
    r"""The folded query as a SQL LIKE pattern "anywhere in", with `\` as the escape character."""
    escaped = fold(query).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
