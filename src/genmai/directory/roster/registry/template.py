"""An empty sheet to fill in, made from a definition: headers, lists to choose from, notes, one row as an example."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import xlsxwriter

from genmai.directory.roster.registry.definition import Column, SheetDefinition, choices

# Rows that have the lists and the text format: as many as a hand fills in. A bigger sheet comes from another program.
_PREPARED = 2000
# A list written into the rule itself may have 255 characters; longer ones stand on a sheet of their own.
_RULE = 255
_LISTS = "可选项"
_TEXT_KINDS = frozenset(("text", "identity", "credit_code", "phone", "choice"))


def template_file(definition: SheetDefinition, translate: Callable[[str], str] = str) -> bytes:
    """The template as xlsx. The example row says so in its first cell's note and is to be overwritten."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        _Page(book, definition, translate).write()
    return out.getvalue()


class _Page:
    def __init__(self, book: Any, definition: SheetDefinition, translate: Callable[[str], str]) -> None:
        self._definition, self._translate = definition, translate
        self._page = book.add_worksheet(definition.sheet.title)
        self._lists = book.add_worksheet(_LISTS)
        self._listed = 0
        look = {"valign": "top", "text_wrap": True}
        self._heading = {
            True: book.add_format({"bold": True, "bottom": 1, "bg_color": "#FCE8E6", **look}),
            False: book.add_format({"bold": True, "bottom": 1, **look}),
        }
        self._text = book.add_format({"num_format": "@"})
        self._date = book.add_format({"num_format": "yyyy-mm-dd"})
        self._example = book.add_format({"num_format": "@", "italic": True, "font_color": "#6B7280"})

    def write(self) -> None:
        self._page.freeze_panes(1, 0)
        for index, column in enumerate(self._definition.kept):
            self._column(index, column)
        self._lists.hide()

    def _column(self, index: int, column: Column) -> None:
        width = max(14, min(40, 2 * len(column.label) + 4))
        self._page.set_column(index, index, width, self._text if column.kind in _TEXT_KINDS else self._date)
        self._page.write_string(0, index, column.label, self._heading[column.required])
        self._page.write_comment(0, index, self._note(column), {"x_scale": 2, "font_size": 9})
        if column.example:
            self._page.write_string(1, index, column.example, self._example)
        if index == 0:
            self._page.write_comment(1, 0, self._translate("这一行是例子，填的时候请改掉或删去。"))
        if column.codes:
            self._list(index, column)

    def _note(self, column: Column) -> str:
        must = self._translate("必填。") if column.required else self._translate("可以不填。")
        return must + self._translate(column.note) if column.note else must

    def _list(self, index: int, column: Column) -> None:
        words = [*choices(column.codes)]
        source: object = words
        if len(",".join(words)) > _RULE or any("," in word for word in words):
            self._lists.write_column(0, self._listed, words)
            letter = chr(ord("A") + self._listed)
            source = f"={_LISTS}!${letter}$1:${letter}${len(words)}"
            self._listed += 1
        self._page.data_validation(
            1, index, _PREPARED, index,
            {"validate": "list", "source": source, "error_title": column.label,
             "error_message": self._translate("请从下拉列表里选。"), "ignore_blank": True},
        )  # fmt: skip
