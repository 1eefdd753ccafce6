"""Lists in the browser: tick with a proof, take back, look at, see who lacks; a town sees nothing of another."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook
from tests.factories.branches import PartyTree, party_tree
from tests.factories.organisations import AT, KEY, OPENED, SETUP
from tests.interfaces.web.pages import CLOCK, NOW, browser, keyed, text_of

from genmai.directory.roster.commands import NewOrganisation, open_organisations
from genmai.directory.roster.models import Level, Organisation, OrganisationKind, Person, Tree
from genmai.interfaces.web.language import COOKIE
from genmai.processes.registers.models import Mark, Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree() -> Iterator[PartyTree]:
    with patch(CLOCK, lambda: NOW):
        found = party_tree()
        Organisation.objects.filter(pk__in=[found.north.pk, found.south.pk]).update(category="committee")
        yield found


def test_a_body_ticks_with_a_proof_and_takes_it_back(tree: PartyTree) -> None:
    me = browser("bei", "branch_secretary", tree.n1)
    home = text_of(me.get("/standards/"))
    assert "党建亮显“四亮” " in home
    assert "0 / 4" in home
    address = f"/standards/siliang/body/{tree.n1.code}/"
    page = text_of(me.get(address))
    assert "0 / 4 条亮了" in page
    assert "不是正式条文" in page
    wrong = me.post(f"{address}show/sign", keyed("w", on="2026-03-03", text="换好了"))
    assert (wrong.status_code, "还没到" in text_of(wrong), "换好了" in text_of(wrong)) == (422, True, True)
    given = keyed("s", on="2026-03-01", text="大门口，上月换好")
    done = [me.post(f"{address}show/sign", given, follow=True) for _ in range(2)]
    assert Mark.objects.count() == 1
    assert "1 / 4 条亮了" in text_of(done[0])
    assert f"/marks/{Mark.objects.get().public_id}/withdraw" in done[0].content.decode()
    back = me.post(f"/standards/siliang/marks/{Mark.objects.get().public_id}/withdraw", keyed("b"), follow=True)
    assert "0 / 4 条亮了" in text_of(back)
    assert "自己撤回了" in text_of(back)
    assert me.post(f"{address}show/window", keyed("x", on="2026-03-01", text="不该亮的")).status_code == 422
    assert me.post(f"{address}show/nothing", keyed("y", on="2026-03-01", text="没有的")).status_code == 404


def test_the_town_looks_and_sends_back_with_words(tree: PartyTree) -> None:
    branch, town = browser("bei", "branch_secretary", tree.n1), browser("zhen", "party_office", tree.north)
    address = f"/standards/siliang/body/{tree.n1.code}/"
    for item in ("sign", "hours"):
        branch.post(f"{address}show/{item}", keyed(item, on="2026-03-01", text=f"{item}好了"))
    assert "2 条等着看" in text_of(town.get("/standards/siliang/waiting"))
    sign, hours = Mark.objects.get(item="sign"), Mark.objects.get(item="hours")
    passed = town.post(f"/standards/siliang/marks/{sign.public_id}/confirm", keyed("c", seen=1, **{"from": "waiting"}))
    assert passed.headers["Location"] == "/standards/siliang/waiting"
    empty = town.post(f"/standards/siliang/marks/{hours.public_id}/send_back", keyed("e", why=""))
    assert empty.status_code == 422
    town.post(f"/standards/siliang/marks/{hours.public_id}/send_back", keyed("r", why="电话打不通"))
    page = text_of(branch.get(address))
    assert "上级说：电话打不通" in page
    assert "1 / 4 条亮了" in page
    assert "没有等着看的" in text_of(town.get("/standards/siliang/waiting"))
    assert branch.post(f"/standards/siliang/marks/{sign.public_id}/confirm", keyed("n")).status_code == 403


def test_coverage_opens_to_those_who_lack_and_leaves_as_a_file(tree: PartyTree) -> None:
    organiser = browser("zu", "party_organiser", tree.committee)
    for body in (tree.n1, tree.s1):
        organiser.post(
            f"/standards/siliang/body/{body.code}/show/sign", keyed(body.code, on="2026-03-01", text="换好了")
        )
    page = text_of(organiser.get("/standards/siliang/"))
    assert "2 / 20 条，10.0%" in page
    assert "shown_of_owed@1" in page
    assert "0 / 20" in text_of(organiser.get("/standards/siliang/", {"day": "2026-02-01"}))
    lacking = text_of(organiser.get("/standards/siliang/lacking", {"item": "sign"}))
    assert "3 个单位还差" in lacking
    assert "北二社区党支部" in lacking
    assert "东村党支部" not in lacking
    sheets = {}
    for what in ("standard_coverage", "standard_lacking"):
        asked = {"what": what, "query": "standard=siliang&item=sign", **keyed(what)}
        response: Any = organiser.post("/exports/ask", asked)
        content = b"".join(response.streaming_content)
        sheets[what] = str(CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python())
    assert "北镇党委" in sheets["standard_coverage"]
    assert "北二社区党支部" in sheets["standard_lacking"]
    assert "东村党支部" not in sheets["standard_lacking"]


def test_a_town_sees_nothing_of_another(tree: PartyTree) -> None:
    browser("nan1", "branch_secretary", tree.s1).post(
        f"/standards/siliang/body/{tree.s1.code}/show/sign", keyed("s", on="2026-03-01", text="南边的牌子")
    )
    mark = Mark.objects.get()
    north = browser("bei", "party_office", tree.north)
    for address in ("/standards/siliang/", "/standards/siliang/lacking", "/standards/siliang/waiting", "/standards/"):
        page = text_of(north.get(address))
        assert "南" not in page.replace("南边", "南")
        assert "东村" not in page
    outside = north.get("/standards/siliang/", {"body": tree.s1.code})
    nowhere = north.get("/standards/siliang/", {"body": "no-such"})
    assert (outside.status_code, text_of(outside)) == (404, text_of(nowhere))
    assert north.get(f"/standards/siliang/body/{tree.s1.code}/").status_code == 404
    for verb in ("withdraw", "confirm", "send_back"):
        refused = north.post(f"/standards/siliang/marks/{mark.public_id}/{verb}", keyed(verb, why="不行"))
        assert refused.status_code == 404
        assert "南边" not in text_of(refused)
    assert browser("wu", "administrator", tree.committee).get("/standards/").status_code == 403
    assert north.get("/standards/nothing/").status_code == 404


def test_units_are_named_and_leave(tree: PartyTree) -> None:
    town = browser("zhen", "party_office", tree.north)
    assert "还没有单位列进来" in text_of(town.get("/standards/guoqi/units"))
    assert "这里没有单位要亮" in text_of(town.get("/standards/guoqi/"))
    given = {"unit_class": "firm", "on": "2026-01-01", "document": "名单1号"}
    assert town.post("/standards/guoqi/units", keyed("s", code=tree.s1.code, **given)).status_code == 404
    assert town.post("/standards/guoqi/units", keyed("n", code=tree.n1.code, **given)).status_code == 302
    assert "北一村党支部" in text_of(town.get("/standards/guoqi/units"))
    assert "0 / 4" in text_of(town.get("/standards/guoqi/"))
    unit = Unit.objects.get()
    leave = f"/standards/guoqi/units/{unit.public_id}/leave"
    assert town.post(leave, keyed("l", on="2026-03-01", document="名单2号")).status_code == 302
    assert "还没有单位列进来" in text_of(town.get("/standards/guoqi/units"))
    assert town.get("/standards/siliang/units").status_code == 404
    branch = browser("bei", "branch_secretary", tree.n2)
    assert branch.post("/standards/guoqi/units", keyed("q", code=tree.n2.code, **given)).status_code == 403


def test_the_queries_and_the_bytes_do_not_grow(tree: PartyTree) -> None:
    town = browser("zhen", "party_office", tree.north)
    addresses = (
        "/standards/", "/standards/siliang/", "/standards/siliang/lacking", "/standards/siliang/waiting",
        f"/standards/siliang/body/{tree.n1.code}/",
    )  # fmt: skip
    counts = []
    for n in (1, 60):
        rows = [
            NewOrganisation(f"more-{n}-{i}", f"新村{n}-{i}", OrganisationKind.PARTY, Level.COMMUNITY, tree.north.code,
                            tree=Tree.PARTY)
            for i in range(n)
        ]  # fmt: skip
        made = open_organisations(actor=SETUP, at=AT, key=KEY, rows=rows, opened_on=OPENED)
        for body in [*made.values(), tree.n1]:
            town.post(f"/standards/siliang/body/{body.code}/show/sign", keyed(body.code, on="2026-03-01", text="好了"))
        for address in addresses:
            town.get(address)
            with CaptureQueriesContext(connection) as queries:
                response = town.get(address)
            assert response.status_code == 200
            assert len(response.content) < 150_000
            counts.append(len(queries))
    assert counts[:5] == counts[5:]
    assert max(counts) <= 18


def test_english_pages_hold_no_chinese_of_ours(tree: PartyTree) -> None:
    Organisation.objects.update(name=Concat(Value("Body "), F("code")), short_name=Concat(Value("Body "), F("code")))
    town = browser("zhen", "party_office", tree.north)
    Person.objects.update(display_name="Somebody")
    town.post(
        f"/standards/siliang/body/{tree.n1.code}/show/sign", keyed("s", on="2026-03-01", text="Put right at the door")
    )
    town.get("/standards/")  # what was just said, was said in Chinese
    town.cookies[COOKIE] = "en"
    for address in (
        "/standards/", "/standards/siliang/", "/standards/siliang/lacking", "/standards/siliang/waiting",
        f"/standards/siliang/body/{tree.n1.code}/", f"/standards/siliang/body/{tree.n1.code}/?day=2026-02-01",
        "/standards/guoqi/", "/standards/guoqi/units",
    ):  # fmt: skip
        page = re.sub(r'<(\w+)[^>]*\blang="zh-Hans"[^>]*>.*?</\1>', "", town.get(address).content.decode(), flags=re.S)
        left = [page[max(one.start() - 40, 0) : one.end() + 20] for one in re.finditer("[\u4e00-\u9fff]+", page)]
        assert not left, (address, left)
