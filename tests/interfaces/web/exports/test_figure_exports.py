"""Screen and file agree: every number of a unit's page is in its file, and the other way round."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from tests.interfaces.web.exports.files import body, book, checked, fetched, header_row
from tests.interfaces.web.handle_case.desk_people import Desks, text
from tests.measures.scores.lines import END, Bodies, thirty, write

from genmai.directory.access.models import Look
from genmai.directory.roster.models import Organisation
from genmai.interfaces.web.exports.registry import registry
from genmai.measures.scores.rules import RULES

pytestmark = pytest.mark.django_db
SHOWN = ("response", "solution", "satisfaction", "overdue")


def thirty_written(d: Desks) -> Bodies:
    bodies = Bodies.of(d.world.district)
    write(thirty(), bodies)
    d.world.at = END["april"] - timedelta(hours=3)
    return bodies


def numbers(markup: str) -> list[str]:
    return re.findall(r"\d[\d,]*", re.sub(r"<[^>]+>", " ", markup))


def chart_tables(page: str) -> list[list[list[str]]]:
    """The tables under the charts: rows of words."""
    tables = re.findall(r'<figure class="chart">.*?<tbody>(.*?)</tbody>', page, re.S)
    return [
        [
            [
                unescape(re.sub(r"<[^>]+>", "", cell)).strip()
                for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)
            ]
            for row in re.findall(r"<tr>(.*?)</tr>", table, re.S)
        ]
        for table in tables
    ]


def test_every_number_of_the_months_is_in_the_file(d: Desks) -> None:
    bodies = thirty_written(d)
    unit: Organisation = bodies.organisations["D"]
    page = text(d.as_(d.world.office).get(f"/unit/{unit.public_id}/?month=2026-03"))
    sheet = book(fetched(d, d.world.office, "unit_months", f"month=2026-03&unit={unit.public_id}"))["清单"]
    filed = body(sheet)
    for index, table in enumerate(chart_tables(page)[:4]):
        assert [row[0] for row in filed] == [row[0] for row in table]
        for mine, shown in zip(filed, table, strict=True):
            n, of, share = mine[1 + 3 * index : 4 + 3 * index]
            assert (f"{n:,}", f"{of:,}") == (shown[2], shown[3])
            if share is None:
                assert shown[1] in ("样本不足", "—")
            else:
                assert abs(share * 100 - float(shown[1].rstrip("%"))) <= 0.05


def test_every_number_of_the_units_below_is_in_the_file(d: Desks) -> None:
    bodies = thirty_written(d)
    unit = bodies.organisations["D"]
    page = text(d.as_(d.world.office).get(f"/unit/{unit.public_id}/?month=2026-03"))
    filed = {
        row[0]: row
        for row in body(book(fetched(d, d.world.office, "unit_below", f"month=2026-03&unit={unit.public_id}"))["清单"])
    }
    shown = 0
    for row in re.findall(r'<tr><th scope="row"><a class="row-link" href="/unit/.*?</tr>', page, re.S):
        name = re.search(r'row-link"[^>]*>([^<]+)<', row)
        assert name
        mine = next(cells for title, cells in filed.items() if title.endswith(name[1]))
        for index, key in enumerate(SHOWN):
            cell = re.search(rf'data-label="{RULES[key].title}">(.*?)</td>', row, re.S)
            assert cell
            pair = re.search(r">([\d,]+)/([\d,]+)</a>", cell[1])
            n, of, _ = mine[1 + 3 * index : 4 + 3 * index]
            assert (n, of) == ((int(pair[1]), int(pair[2])) if pair else (0, 0))
            shown += 1
    assert shown >= 8


def test_the_deeds_of_a_figure_are_the_lines_of_the_page(d: Desks) -> None:
    bodies = thirty_written(d)
    unit = bodies.organisations["N"]
    for only in ("", "&only=n"):
        query = f"figure=response&month=2026-03{only}"
        page = text(d.as_(d.world.town).get(f"/unit/{unit.public_id}/deeds/?{query}"))
        lines = re.findall(r"<tbody>(.*?)</tbody>", page, re.S)[0]
        what = [unescape(re.sub(r"<[^>]+>", "", one)) for one in re.findall(r'<th scope="row">(.*?)</th>', lines)]
        rows = body(book(fetched(d, d.world.town, "unit_deeds", f"{query}&unit={unit.public_id}"))["清单"])
        assert [row[1] for row in rows] == what
        assert [row[5] == "算" for row in rows] == [
            'class="counts"' in tr for tr in re.findall(r"<tr>(.*?)</tr>", lines, re.S)
        ]


def test_each_figure_names_its_rule_month_and_scope(d: Desks) -> None:
    bodies = thirty_written(d)
    unit = bodies.organisations["N"]
    sheet = book(fetched(d, d.world.town, "unit_levels", f"month=2026-03&unit={unit.public_id}"))["清单"]
    above = "\n".join(str(sheet.cell(n, 1).value) for n in range(1, header_row(sheet)))
    for words in ("solved_at_3@1", "share@1", "2026年3月", "范围：北", "数据截至"):
        assert words in above, words


def test_figures_of_another_town_are_not_found(d: Desks) -> None:
    bodies = thirty_written(d)
    from tests.interfaces.web.exports.files import export

    south = bodies.organisations["S"]
    for what in ("unit_months", "unit_below", "unit_levels", "unit_deeds"):
        answer = export(d, d.world.town, what, f"figure=response&month=2026-03&unit={south.public_id}")
        assert answer.status_code == 404, what
        assert "南" not in text(answer)


def test_the_list_of_people_is_masked_wants_a_purpose_and_is_logged(d: Desks) -> None:
    from tests.interfaces.web.exports.files import export

    w = d.world
    admin = w.actor("管理员", "security_administrator", w.district.district)
    d.as_(w.town), d.as_(w.grid)
    asked = export(d, admin, "people")
    assert "请写明用途" in text(asked)
    assert export(d, admin, "people", purpose="核").status_code == 422
    assert not Look.objects.exists()
    data = fetched(d, admin, "people", purpose="年度账号清理")
    rows = body(book(data)["清单"])
    assert {row[1] for row in rows} >= {"镇指挥室", "网格员", "管理员"}
    assert not re.search(r"1[3-9]\d{9}", " ".join(str(cell) for row in rows for cell in row))
    looks = Look.objects.all()
    assert looks.count() == len({row[0] for row in rows})
    assert {look.purpose for look in looks} == {"年度账号清理"}
    assert "没有改动：" in text(checked(d, admin, data))
    for who in (w.office, w.town):
        assert export(d, who, "people", purpose="想看看").status_code == 403


@pytest.mark.parametrize("what", ["inbox", "imports", "problem_bank", "hot_spots", "board", "board_matters", "cases"])
def test_an_empty_list_is_a_sheet_with_its_header_alone(d: Desks, what: str) -> None:
    data = fetched(d, d.world.town, what)
    assert what in registry()
    assert "没有改动：" in text(checked(d, d.world.town, data))
