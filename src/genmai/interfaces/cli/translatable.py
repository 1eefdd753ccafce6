"""The texts our source marks for translation, found without gettext's tools, and what the catalogues lack of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation.template import templatize

from genmai.interfaces.cli import catalogue, unmarked

SOURCE = catalogue.LOCALE.parent
_SINGLE = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
_WITH_CONTEXT = {"pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"}
_MARKS = frozenset(_SINGLE | _WITH_CONTEXT)
_CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")  # with its punctuation

# Words and patterns that are looked for in what people write: nobody reads them.
_LEXICONS = frozenset(
    {"directory/roster/names.py", "processes/cases/definition_likeness.py", "processes/cases/likeness/spots.py"}
)
_SHEET_WORDS = re.compile(r'(?:title|about|label|note) = "(.+)"$')
_HOLIDAY = re.compile(r'name = "(.+)"$')


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
    """Every text of Python files and templates that people read in either language, each once."""
    found: dict[str, Text] = {}
    for name, code in _files(source):
        for text in _in_python(code, name) if name.endswith(".py") else _in_template(code, name):
            found.setdefault(text.key, text)
    for text in (*_in_calendars(source), *_in_registry_sheets(source)):
        found.setdefault(text.key, text)
    return list(found.values())


def _in_registry_sheets(source: Path) -> Iterator[Text]:
    """Titles, columns and notes of the registry's sheets."""
    for path in sorted((source / "directory" / "roster" / "registry" / "definitions").glob("*.toml")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if found := _SHEET_WORDS.match(line):
                yield Text(f"{path.relative_to(source).as_posix()}:{number}", found[1])


def _in_calendars(source: Path) -> Iterator[Text]:
    """Names of holidays, as the calendars have them."""
    for path in sorted((source / "kernel" / "worktime" / "calendars").rglob("*.toml")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if found := _HOLIDAY.match(line):
                yield Text(f"{path.relative_to(source).as_posix()}:{number}", found[1])


def _files(source: Path) -> Iterator[tuple[str, str]]:
    """Name and content of each file that may hold words for people."""
    for path in sorted([*source.rglob("*.py"), *source.rglob("*.html"), *source.rglob("*.txt")]):
        if "migrations" not in path.parts:
            yield path.relative_to(source).as_posix(), path.read_text(encoding="utf-8")


def _in_python(code: str, name: str) -> Iterator[Text]:
    patterns: set[str] = set()  # a pattern is no sentence
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            values = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            if ast.unparse(node.func) == "re.compile":
                patterns.update(values)
            yield from _text(called, values, f"{name}:{node.lineno}")
    for found in () if name in _LEXICONS else unmarked.literals(code, name, _MARKS):
        if found.whole and found.text not in patterns:
            yield Text(f"{name}:{found.line}", found.text)


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
        found += [f"{po.name}:{entry.line} 译文的空格与原文不同：{entry.id}" for entry in entries if not _fits(entry)]
    return found + joined() + bare()


def joined(source: Path = SOURCE) -> list[str]:
    """Sentences put together in an f-string, which no catalogue can hold."""
    return [
        f"{name}:{found.line} 拼起来的句子没法翻译，请写成整句加 {{名字}}：{found.text}"
        for name, code in _files(source)
        if name.endswith(".py")
        for found in unmarked.literals(code, name, _MARKS)
        if not found.whole
    ]


_SAID = re.compile(
    r"\{#.*?#\}|\{%\s*comment.*?endcomment\s*%\}|\{%\s*blocktrans(?:late)?\b.*?endblocktrans(?:late)?\s*%\}"
    r"|\{%\s*trans(?:late)?\s.*?%\}|_\((?:\"[^\"]*\"|'[^']*')\)|<(\w+)[^>]*\slang=\"zh-Hans\"[^>]*>.*?</\1>",
    re.S,
)


def bare(source: Path = SOURCE) -> list[str]:
    """Chinese of templates that no tag translates, nor is marked as Chinese for every reader."""
    return [
        f"{name}:{number} 模板里的中文没有标记翻译：{line.strip()[:60]}"
        for name, code in _files(source)
        if not name.endswith(".py") and "/gallery/" not in name
        for number, line in enumerate(_SAID.sub(lambda said: "\n" * said[0].count("\n"), code).splitlines(), 1)
        if _CHINESE.search(line)
    ]


_PLACE = re.compile(r"%\((\w+)\)[sd]|\{(\w*)(?:[:.!][^}]*)?\}|%[sd]")


def _fits(entry: catalogue.Entry) -> bool:
    """Whether each translated form fills the same places as its source; a form for one thing may leave its number out."""
    known = _places(entry.id) | _places(entry.plural or "")
    last = max(entry.texts, default=0)
    return all(
        _places(text) == known if number == last else _places(text) <= known
        for number, text in entry.texts.items()
        if entry.id and text
    )


def _places(text: str) -> set[str]:
    """By name: how a number is written (two digits in English dates) is the translation's own affair."""
    return {found[1] or found[2] or found[0] for found in _PLACE.finditer(text)}


def unused(entries: list[catalogue.Entry]) -> list[str]:
    """Entries that stand nowhere in our source any more."""
    wanted = {text.key for text in used()} | _constants()
    return [f"{entry.line} {entry.id}" for entry in entries if entry.id and entry.key not in wanted]


def _constants() -> set[str]:
    """Every string of our Python; what looks up a variable may mean any of them."""
    return {
        node.value
        for name, code in _files(SOURCE)
        if name.endswith(".py")
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


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
