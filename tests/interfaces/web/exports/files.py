"""Exports as their readers have them: fetched, opened, saved by another program, handed in."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from tests.interfaces.web.handle_case.desk_people import Desks

from genmai.kernel.viewer import Actor


def content(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def export(d: Desks, who: Actor, what: str, query: str = "", **more: str) -> Any:
    """Post the button as the page does."""
    data = {"what": what, "query": query, "key": str(d.world.key()), **more}
    return d.as_(who).post("/exports/ask", data)


def fetched(d: Desks, who: Actor, what: str, query: str = "", **more: str) -> bytes:
    response = export(d, who, what, query, **more)
    assert response.status_code == 200, response
    assert "attachment" in response.headers["Content-Disposition"], content(response)[:3000].decode()
    return content(response)


def book(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


def saved(workbook: Any) -> bytes:
    """By another program, which keeps values and rewrites everything else."""
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def header_row(page: Any) -> int:
    """The last row of the header: above the frozen body."""
    return int(page.freeze_panes.strip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) - 1


def body(page: Any) -> list[list[Any]]:
    """Rows of the table as values."""
    return [[cell.value for cell in row] for row in page.iter_rows(min_row=header_row(page) + 1)]


def checked(d: Desks, who: Actor, data: bytes, code: str = "") -> HttpResponse:
    file = SimpleUploadedFile("a.xlsx", data)
    return d.as_(who).post("/exports/check", {"file": file, "code": code})
