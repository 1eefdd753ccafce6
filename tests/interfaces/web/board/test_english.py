"""Board, exports and checking in English: no Chinese of ours is left, on the page nor in the file."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from tests.interfaces.web.exports.files import content
from tests.interfaces.web.handle_case.desk_people import Desks, text
from tests.interfaces.web.test_english_pages import CHINESE, chinese, english
from tests.interfaces.web.test_english_pages import d as _d

from genmai.directory.roster.models import Person

named = _d  # the fixture with a district of ASCII names


@pytest.fixture
def desks(named: Desks, tmp_path: Path) -> Iterator[Desks]:
    with override_settings(GENMAI_DATA=tmp_path):
        yield named


@pytest.mark.django_db
def test_no_chinese_is_left(desks: Desks) -> None:
    w = desks.world
    leader = w.actor("leader", "district_leader", w.district.district)
    for state in ("received", "in_hand", "verified"):
        w.at_state(state)
    w.later(days=20)
    client = english(desks.as_(leader))
    Person.objects.update(display_name="Somebody")
    for page in (
        "/board/",
        "/board/wall/",
        "/board/matters/",
        "/board/matters/?came=today",
        "/board/matters/?late=1&level=3",
        "/exports/",
        "/exports/check",
    ):
        assert chinese(client.get(page)) == [], page
    for what in ("cases", "board", "board_matters", "hot_spots", "problem_bank", "inbox"):
        made = client.post("/exports/ask", {"what": what, "query": "", "key": str(w.key())})
        data = content(made)
        book = openpyxl.load_workbook(io.BytesIO(data))
        left = [
            str(cell.value)
            for page in book
            for row in page.iter_rows()
            for cell in row
            if CHINESE.search(str(cell.value))
        ]
        assert left == [], what
        answer = client.post("/exports/check", {"file": SimpleUploadedFile("a.xlsx", data), "code": ""})
        assert "Unchanged" in text(answer)
        assert chinese(answer) == []
    unit = f"unit={w.district.district.public_id}"
    for what in ("unit_months", "unit_levels", "unit_below", "unit_deeds"):
        made = client.post("/exports/ask", {"what": what, "query": f"{unit}&figure=response", "key": str(w.key())})
        book = openpyxl.load_workbook(io.BytesIO(content(made)))
        left = [
            str(cell.value)
            for page in book
            for row in page.iter_rows()
            for cell in row
            if CHINESE.search(str(cell.value))
        ]
        assert left == [], what
    assert chinese(client.get("/exports/")) == []
