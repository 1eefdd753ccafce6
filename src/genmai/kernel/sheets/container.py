"""What kind of file this is, and the inside of an xlsx within limits.

An xlsx is a zip whose directory may lie about sizes, so every part that is read is inflated here, counted, looked
through, and copied into a plain zip of our own. The sheet reader sees only that copy: unchecked parts aren't in it.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from genmai.kernel.sheets.markup import Findings, elements, longest_shared_string, scan_sheet, shared_string_lengths
from genmai.kernel.sheets.messages import SheetRefused


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a sheet may cost: bytes as handed in, bytes inflated, rows, columns, cells counted as a full rectangle.

    `max_text`: what its cells may come to when texts they share are counted at each; `max_shared`: those texts once.
    """

    max_bytes: int = 64 * 1024 * 1024
    max_inflated: int = 256 * 1024 * 1024
    max_ratio: int = 200
    max_entries: int = 2000
    max_rows: int = 100_000
    max_columns: int = 200
    max_cells: int = 5_000_000
    max_text: int = 1024 * 1024 * 1024
    max_shared: int = 256 * 1024 * 1024


# A ratio says nothing about small files: ten kilobytes of repeated header are harmless.
_RATIO_MATTERS_FROM = 16 * 1024 * 1024
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)

_SIGNATURES = (
    (b"%PDF", "PDF"),
    (b"\xff\xd8\xff", "JPG"),
    (b"\x89PNG", "PNG"),
    (b"GIF8", "GIF"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"MZ", "EXE"),
    (b"{\\rtf", "RTF"),
)


def file_kind(data: bytes) -> str:
    """ "xlsx" (a zip), or "csv" (anything that may be text). Raises SheetRefused for what is clearly something else."""
    if not data.strip(b"\x00 \r\n\t\xef\xbb\xbf"):
        raise SheetRefused("sheet_empty_file")
    if data[:4] == b"PK\x03\x04":
        return "xlsx"
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        encrypted = "EncryptedPackage".encode("utf-16-le") in data
        raise SheetRefused("sheet_password" if encrypted else "sheet_old_xls", allowed="xlsx, csv")
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            raise SheetRefused("sheet_not_a_sheet", kind=kind, allowed="xlsx, csv")
    start = data[:2000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<table", b"<meta", b"<head")):
        raise SheetRefused("sheet_not_a_sheet", kind="HTML", allowed="xlsx, csv")
    return "csv"


@dataclass(frozen=True)
class SafeXlsx:
    """A checked copy of an xlsx: `data` for the reader, and what was found in the XML of each sheet by its name."""

    data: bytes = field(repr=False)
    findings: dict[str, Findings]
    epoch_1904: bool


def safe_xlsx(data: bytes, limits: Limits) -> SafeXlsx:
    """Check an xlsx and copy what is needed of it. Raises SheetRefused: bomb, macros, links, broken, too large."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            check_directory(archive, len(data), limits)
            return _copy(_Parts(archive, limits), limits)
    except BROKEN as error:
        raise SheetRefused("sheet_broken") from error


def check_directory(archive: zipfile.ZipFile, size: int, limits: Limits) -> None:
    """Everything that the directory of the zip tells, before a byte is inflated."""
    entries = archive.infolist()
    names = {part_name(entry).lower() for entry in entries}
    declared = sum(entry.file_size for entry in entries)
    if len(entries) > limits.max_entries or len(names) != len(entries) or declared > limits.max_inflated:
        raise SheetRefused("sheet_bomb")
    if declared > _RATIO_MATTERS_FROM and declared > size * limits.max_ratio:
        raise SheetRefused("sheet_bomb")
    if any(name.endswith("vbaproject.bin") or name.startswith("xl/macrosheets/") for name in names):
        raise SheetRefused("sheet_macros", allowed="xlsx, csv")
    if any(name.startswith(("xl/externallinks/", "xl/querytables/")) or name == "xl/connections.xml" for name in names):
        raise SheetRefused("sheet_external_links")
    if "xl/workbook.xml" not in names:
        raise SheetRefused("sheet_not_a_sheet", kind=_kind_of_zip(names), allowed="xlsx, csv")


def _kind_of_zip(names: set[str]) -> str:
    for name, kind in (("word/document.xml", "docx"), ("ppt/presentation.xml", "pptx"), ("xl/workbook.bin", "xlsb")):
        if name in names:
            return kind
    return "ods" if {"mimetype", "content.xml"} <= names else "zip"


def part_name(entry: zipfile.ZipInfo) -> str:
    """Some exporters write backslashes and a leading slash."""
    return entry.filename.replace("\\", "/").lstrip("/")


class _Parts:
    """The parts of the zip, inflated one at a time under one budget whatever the directory says."""

    def __init__(self, archive: zipfile.ZipFile, limits: Limits) -> None:
        self._archive = archive
        self._entries = {part_name(entry).lower(): entry for entry in archive.infolist()}
        self._left = limits.max_inflated

    def names(self) -> Iterator[str]:
        """Names in small letters: part names are the same whatever their case (ECMA-376 part 2)."""
        return iter(self._entries)

    def written(self, name: str) -> str:
        """The name as the file has it."""
        return part_name(self._entries[name])

    def read(self, name: str) -> bytes:
        """The XML of a part, or nothing if there is no such part. Raises SheetRefused when the budget is used up."""
        entry = self._entries.get(name)
        if entry is None:
            return b""
        with self._archive.open(entry) as stream:
            part = stream.read(self._left + 1)
        self._left -= len(part)
        if self._left < 0:
            raise SheetRefused("sheet_bomb")
        # Entities can grow without end; another encoding would hide from the byte patterns we look for.
        if b"\x00" in part[:400] or b"<!DOCTYPE" in part or b"<!ENTITY" in part:
            raise SheetRefused("sheet_broken")
        return part


_COPIED = ("xl/worksheets/", "xl/_rels/", "_rels/")
_COPIED_ALONE = frozenset({"[content_types].xml", "xl/workbook.xml", "xl/styles.xml", "xl/sharedstrings.xml"})


def _copy(parts: _Parts, limits: Limits) -> SafeXlsx:
    workbook, relations = parts.read("xl/workbook.xml"), parts.read("xl/_rels/workbook.xml.rels")
    shared = parts.read("xl/sharedstrings.xml")
    content_types = parts.read("[content_types].xml")
    if b"macroEnabled" in content_types:
        raise SheetRefused("sheet_macros", allowed="xlsx, csv")
    longest = longest_shared_string(shared)
    if longest > LONGEST_CELL:
        raise SheetRefused("sheet_cell_too_long")
    sheet_names = sheet_names_of(workbook, relations)
    done = {
        "xl/workbook.xml": workbook,
        "xl/_rels/workbook.xml.rels": relations,
        "xl/sharedstrings.xml": shared,
        "[content_types].xml": content_types,
    }
    findings: dict[str, Findings] = {}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as copy:
        for name in parts.names():
            if name not in sheet_names and not _is_needed(name):
                continue
            part = done[name] if name in done else parts.read(name)
            if name in sheet_names:
                findings[sheet_names[name]] = _scan(part, shared, longest, limits)
            copy.writestr(parts.written(name), part)
    return SafeXlsx(out.getvalue(), findings, epoch_1904=_epoch_1904(workbook))


def _is_needed(name: str) -> bool:
    return name in _COPIED_ALONE or (name.startswith(_COPIED) and name.endswith((".xml", ".rels")))


# The application allows 32,767 characters a cell; as XML with formatting of each letter it may be ten times that.
LONGEST_CELL = 32_767 * 12


def _scan(part: bytes, shared: bytes, longest: int, limits: Limits) -> Findings:
    # A shared string is written once and read at every cell that points to it: a small file can unfold to gigabytes.
    could_unfold = longest * part.count(b"<") > limits.max_text
    found = scan_sheet(part, shared_string_lengths(shared) if could_unfold else None)
    if found.last_row > limits.max_rows + 1000:  # a thousand rows of slack for titles above and notes below
        raise SheetRefused("sheet_too_many_rows", most=limits.max_rows)
    if found.last_column > limits.max_columns:
        raise SheetRefused("sheet_too_many_columns", most=limits.max_columns)
    if found.last_row * found.last_column > limits.max_cells or found.shared_text > limits.max_text:
        raise SheetRefused("sheet_too_many_cells")
    return found


def sheet_names_of(workbook: bytes, relations: bytes) -> dict[str, str]:
    """Path of each sheet's part, in small letters → name of the sheet."""
    targets = {
        attributes.get("Id", ""): attributes.get("Target", "")
        for name, attributes in elements(relations)
        if name == "Relationship"
    }
    found: dict[str, str] = {}
    for name, attributes in elements(workbook):
        if name == "sheet":
            identifier = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            target = targets.get(identifier, "").replace("\\", "/")
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            found[path.lower()] = attributes.get("name", "")
    return found


def _epoch_1904(workbook: bytes) -> bool:
    """Workbooks from old Macintosh versions count days from 1904."""
    return any(
        name == "workbookPr" and attributes.get("date1904") in {"1", "true"} for name, attributes in elements(workbook)
    )
