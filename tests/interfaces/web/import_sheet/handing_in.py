"""Sheets made for a test, handed in as a browser does."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from tests.interfaces.web.pages import text_of

from genmai.interfaces.jobs.continuous import imports
from genmai.kernel.ids import key_of
from genmai.processes.cases.models import SheetImport

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
HEADER = ("编号", "标题", "内容", "时间", "电话")
ROW = ("A1", "路灯不亮", "路口的路灯三天没亮了", "2026-02-27 08:30", "13805741234")


def xlsx(*sheets: Sequence[Sequence[object]], change: Callable[[Any, Any], None] | None = None) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for rows in sheets:
            page = book.add_worksheet()
            for number, row in enumerate(rows):
                page.write_row(number, 0, row)
            if change:
                change(book, page)
    return out.getvalue()


count = iter(range(10**6))


def send(client: Client, data: bytes, name: str = "工单.xlsx", key: str = "") -> HttpResponse:
    given = {"key": key or str(key_of("upload", next(count))), "file": SimpleUploadedFile(name, data)}
    return client.post("/import/", given)


def checked(client: Client, *sheets: Sequence[Sequence[object]], **more: Any) -> tuple[SheetImport, str]:
    response = send(client, xlsx(*sheets, **more))
    assert response.status_code == 302, text_of(response)
    upload = SheetImport.objects.order_by("-id")[0]
    return upload, text_of(client.get(response.headers["Location"]))


def confirm(client: Client, upload: SheetImport, **more: str) -> HttpResponse:
    return client.post(f"/import/{upload.public_id}/confirm", {"key": str(key_of("c", str(upload.public_id))), **more})


def work() -> None:
    while imports.run(at=NOW):
        pass
