"""The texts our source marks for translation, found without gettext's tools, and what the catalogues lack of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation.template import templatize

from genmai.interfaces.cli import catalogue

SOURCE = catalogue.LOCALE.parent
_SINGLE = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
_WITH_CONTEXT = {"pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"}
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Text:
    """One text as gettext looks it up, and where it stands."""

    where: str
    id: str
    plural: str | None = None
    context: str | None = None

    @property
    def key(self) -> str:
        text = self.id if self.plural is None else f"{self.id}\0{self.plural}"
        return text if self.context is None else f"{self.context}\4{text}"


def used(source: Path = SOURCE) -> list[Text]:
    """Every text marked in Python files and templates, each once."""
    found: dict[str, Text] = {}
    for path in sorted([*source.rglob("*.py"), *source.rglob("*.html"), *source.rglob("*.txt")]):
        if "migrations" not in path.parts:
            name = str(path.relative_to(source))
            code = path.read_text(encoding="utf-8")
            for text in _in_python(code, name) if path.suffix == ".py" else _in_template(code, name):
                found.setdefault(text.key, text)
    return list(found.values())


def _in_python(code: str, name: str) -> Iterator[Text]:
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            values = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            yield from _text(called, values, f"{name}:{node.lineno}")


def _text(called: str, values: list[str], where: str) -> Iterator[Text]:
    context = values.pop(0) if called in _WITH_CONTEXT and values else None
    if values and values[0] and (called in _SINGLE or context is not None):
        plural = values[1] if "ngettext" in called or "npgettext" in called else None
        yield Text(where, values[0], plural, context)


_CALL = re.compile(r"\b(n?p?gettext|_)\(((?:\s*u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")\s*,?)+)", re.S)
_LITERAL = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", re.S)


def _in_template(code: str, name: str) -> Iterator[Text]:
    """Django turns a template into lines that look like calls of gettext; those are read."""
    for call in _CALL.finditer(templatize(code, origin=name)):
        values = [ast.literal_eval(literal.replace("\n", "\\n")) for literal in _LITERAL.findall(call[2])]
        yield from _text(call[1], values, name)


def gaps(locale: Path = catalogue.LOCALE) -> list[str]:
    """What each catalogue lacks: entries untranslated or marked fuzzy, and texts of the source it does not hold."""
    found = []
    for po in sorted(locale.glob("*/LC_MESSAGES/django.po")) or [locale / "en" / "LC_MESSAGES" / "django.po"]:
        entries = list(catalogue.read(po)) if po.exists() else []
        found += [
            f"{po.name}:{entry.line} 没有译文：{entry.id}" for entry in entries if entry.id and not entry.complete
        ]
        found += [f"{text.where} 译文目录里没有：{text.id}" for text in missing(entries)]
        found += [f"{po.name}:{entry.line} 译文里还有中文：{entry.id}" for entry in entries if _is_half(po, entry)]
    return found


def _is_half(po: Path, entry: catalogue.Entry) -> bool:
    """Chinese left in an English text; names of mechanisms in quotation marks or brackets may stay."""
    told = re.sub(r"[「“\"(（][^」”\")）]*[」”\")）]", "", entry.translation)
    return "/en/" in po.as_posix() and bool(entry.id) and bool(_CHINESE.search(told))


def missing(entries: list[catalogue.Entry]) -> list[Text]:
    """Texts of our source that neither the catalogue nor Django's own holds."""
    known = {entry.key for entry in entries}
    return [text for text in used() if text.key not in known and _CHINESE.search(text.id)]


def add_missing(po: Path) -> int:
    """Append what is missing, untranslated, for a translator to fill in; how many."""
    lacking = missing(list(catalogue.read(po)))
    with po.open("a", encoding="utf-8") as file:
        for text in lacking:
            context = f"msgctxt {_quoted(text.context)}\n" if text.context is not None else ""
            file.write(f"\n#: {text.where}\n{context}msgid {_quoted(text.id)}\n")
            plural = (
                f'msgid_plural {_quoted(text.plural)}\nmsgstr[0] ""\nmsgstr[1] ""\n' if text.plural else 'msgstr ""\n'
            )
            file.write(plural)
    return len(lacking)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'
