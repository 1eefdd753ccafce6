"""A round's findings and figures as files: the screen's own rows, within the reader's scope, checkable."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from django.test import override_settings
from tests.factories.rounds import Rounds
from tests.interfaces.web.exports.files import body, book, export, fetched
from tests.interfaces.web.handle_case.desk_people import Clock, Desks, desks, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def d(tmp_path: Path) -> Iterator[Desks]:
    found = desks()
    with (
        patch("genmai.interfaces.web.edge.viewing.timezone.now", Clock(found.world)),
        override_settings(GENMAI_DATA=tmp_path),
    ):
        yield found


@pytest.fixture
def r(d: Desks) -> Rounds:
    r = Rounds(d.world)
    first = r.enter("垃圾成堆", place_text="桥头")
    r.enter("值班空岗", service="party", body_id=d.world.district.north.pk)
    r.notify()
    r.accept(d.world.dept)
    r.put_right(first)
    return r


def test_findings_go_into_a_file_as_the_list_has_them(d: Desks, r: Rounds) -> None:
    page = book(fetched(d, d.world.office, "findings", f"round={r.round.public_id}")).worksheets[0]
    rows = [row for row in body(page) if row[0] in (1, 2)]
    assert [(row[0], row[1], row[2], row[3], row[4], row[7]) for row in rows] == [
        (1, "环境整治", "垃圾成堆", "桥头", "区公路局", "已整改，等复查"),
        (2, "基层党建", "值班空岗", None, "北镇", "等签收"),
    ]
    narrowed = book(fetched(d, d.world.office, "findings", f"round={r.round.public_id}&class=party")).worksheets[0]
    assert [row[2] for row in body(narrowed) if row[0] in (1, 2)] == ["值班空岗"]
    assert "问题清单" in text(d.as_(d.world.office).get(f"/inspection/{r.round.public_id}/findings/"))


def test_figures_by_body_too(d: Desks, r: Rounds) -> None:
    page = book(fetched(d, d.world.office, "round-bodies", f"round={r.round.public_id}")).worksheets[0]
    rows = [row for row in body(page) if row[0] in ("区公路局", "北镇")]
    assert rows == [["区公路局", 1, 1, 0, 0, 0, 0, 0, "全部按期整改"], ["北镇", 1, 0, 0, 1, 0, 0, 0, "还有没改好的"]]


def test_a_body_gets_only_its_own_and_a_stranger_nothing(d: Desks, r: Rounds) -> None:
    page = book(fetched(d, d.world.dept, "findings", f"round={r.round.public_id}")).worksheets[0]
    assert [row[2] for row in body(page) if row[0] in (1, 2)] == ["垃圾成堆"]
    for who, query in (
        (d.world.south, f"round={r.round.public_id}"),
        (d.world.office, "round=x"),
        (d.world.office, ""),
    ):
        assert export(d, who, "findings", query).status_code == 404
