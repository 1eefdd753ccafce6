"""Translations: `.po` files read, and compiled to `.mo` by ourselves, so that nobody has to install gettext."""

from __future__ import annotations

import ast
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from genmai.kernel.refusal import Refused

LOCALE = Path(__file__).resolve().parents[2] / "locale"


@dataclass
class Entry:
    """One message: its id as gettext looks it up, and its translation (several forms joined by NUL)."""

    line: int
    context: str | None = None
    id: str = ""
    plural: str | None = None
    texts: dict[int, str] = field(default_factory=dict)
    fuzzy: bool = False

    @property
    def key(self) -> str:
        text = self.id if self.plural is None else f"{self.id}\0{self.plural}"
        return text if self.context is None else f"{self.context}\4{text}"

    @property
    def translation(self) -> str:
        return "\0".join(self.texts[number] for number in sorted(self.texts))

    @property
    def complete(self) -> bool:
        return bool(self.texts) and all(self.texts.values()) and not self.fuzzy


def compile_all(locale: Path = LOCALE) -> None:
    """Compile every catalogue that is newer than its compiled form; the compiled file appears whole or not at all."""
    for po in locale.glob("*/LC_MESSAGES/*.po"):
        mo = po.with_suffix(".mo")
        if not mo.exists() or mo.stat().st_mtime <= po.stat().st_mtime:
            fresh = mo.with_name(f".{mo.name}.{os.getpid()}")
            fresh.write_bytes(compiled(list(read(po))))
            fresh.replace(mo)


def read(po: Path) -> Iterator[Entry]:
    """Entries of a `.po` file, header first (its id is empty)."""
    entry, target = Entry(1), ""
    for number, raw in enumerate(po.read_text(encoding="utf-8").splitlines(), 1):
        line = raw.strip()
        starts_next = line.startswith(("#", "msgctxt ")) or (line.startswith("msgid ") and target != "msgctxt")
        if target and target.startswith("msgstr") and (not line or starts_next):
            yield entry
            entry, target = Entry(number), ""
        if line.startswith("#,") and "fuzzy" in line:
            entry.fuzzy = True
        if not line or line.startswith("#"):
            continue
        if not line.startswith('"'):
            target, _, line = line.partition(" ")
            entry.line = number if target == "msgid" else entry.line
        _append(entry, target, _text(line, po, number))
    if target.startswith("msgstr"):
        yield entry


def _text(quoted: str, po: Path, number: int) -> str:
    try:
        return str(ast.literal_eval(quoted.strip()))
    except (SyntaxError, ValueError):
        raise Refused("bad_catalogue", f"{po} 第 {number} 行不是合法的翻译条目：{quoted}") from None


def _append(entry: Entry, target: str, text: str) -> None:
    if target == "msgctxt":
        entry.context = (entry.context or "") + text
    elif target == "msgid":
        entry.id += text
    elif target == "msgid_plural":
        entry.plural = (entry.plural or "") + text
    elif target.startswith("msgstr"):
        number = int(target[7:-1]) if target.startswith("msgstr[") else 0
        entry.texts[number] = entry.texts.get(number, "") + text


def compiled(entries: list[Entry]) -> bytes:
    """The `.mo` bytes (GNU gettext's format: header, two sorted tables, texts); the untranslated are left out."""
    pairs = sorted(
        (entry.key.encode(), entry.translation.encode()) for entry in entries if entry.complete or not entry.id
    )
    ids, texts = b"", b""
    places = []
    for key, text in pairs:
        places.append((len(key), len(ids), len(text), len(texts)))
        ids += key + b"\0"
        texts += text + b"\0"
    first = 7 * 4
    ids_at = first + 16 * len(places)
    texts_at = ids_at + len(ids)
    index = [number for length, at, _, _ in places for number in (length, at + ids_at)]
    index += [number for _, _, length, at in places for number in (length, at + texts_at)]
    header = struct.pack("<7I", 0x950412DE, 0, len(places), first, first + 8 * len(places), 0, 0)
    return header + struct.pack(f"<{len(index)}I", *index) + ids + texts
