"""Reporting by the page: without an account, without script."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.test import Client
from tests.factories.organisations import SmallDistrict, small_district

from genmai.processes.cases.models import Case

pytestmark = pytest.mark.django_db


@pytest.fixture
def district() -> SmallDistrict:
    return small_district()


def fields(**more: object) -> dict[str, object]:
    return {
        "key": str(uuid4()),
        "text": "三号楼楼道灯坏了四天",
        "town": "330299001",
        "village": "330299001201",
        "urgency": "",
        **more,
    }


def test_a_report_needs_a_text_and_a_town_and_gives_a_code(client: Client, district: SmallDistrict) -> None:
    page = client.get("/report")
    assert page.status_code == 200
    answer = client.post("/report", fields())
    assert answer.status_code == 302, answer.content.decode()
    assert answer["Location"] == "/report/thanks"
    shown = client.get("/report/thanks").content.decode()
    case = Case.objects.get()
    code = re.search(r'id="code">([0-9A-Z-]+)<', shown)[1]
    assert len(code.replace("-", "")) == 12
    assert case.number in shown
    entered = client.post("/follow", {"code": code.lower().replace("-", "")})
    assert entered.status_code == 302
    matter = client.get("/follow").content.decode()
    assert "三号楼楼道灯坏了四天" in matter
