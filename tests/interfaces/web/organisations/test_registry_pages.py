"""The registry's pages: trees on any day, restructuring with preview and undo, gaps; and nobody sees beyond their ground."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.factories.accounts import account, viewer
from tests.factories.organisations import OPENED, SETUP
from tests.factories.party import PartyTree, party_tree

from genmai.directory.roster import commands
from genmai.directory.roster.models import Change, Membership, Organisation, OrganisationKind, Person, Profile, Tree
from genmai.interfaces.web.organisations import exports
from genmai.kernel.ids import key_of
from genmai.kernel.refusal import NotFound
from genmai.kernel.walled import house
from genmai.reports.exports.shape import Asked

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
DOC = "姜委〔2026〕12 号"


@pytest.fixture
def tree() -> Iterator[PartyTree]:
    with patch("genmai.interfaces.web.edge.viewing.timezone.now", lambda: NOW):
        yield party_tree()


def browser(role: str, body: Organisation, tree: str = Tree.ADMINISTRATIVE) -> Client:
    client = Client()
    client.force_login(account(f"{role}-{body.code}"[:40], role, body, tree=tree))
    return client


@pytest.fixture
def keeper(tree: PartyTree) -> Client:
    return browser("party_organiser", tree.bodies["root"], Tree.PARTY)


def text(response: HttpResponse) -> str:
    main = re.search(r"<main.*?</main>", response.content.decode(), re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main.group() if main else response.content.decode()))


def key(named: str, /, **more: Any) -> dict[str, Any]:
    return {"key": str(key_of(named)), "document": DOC, "on": "2026-10-01", **more}


def url(tree: PartyTree, name: str, rest: str = "") -> str:
    return f"/organisations/{tree.bodies[name].public_id}/{rest}"


def test_the_tops_then_level_by_level_with_members(tree: PartyTree, keeper: Client) -> None:
    top = keeper.get("/organisations/")
    assert "测试区委" in text(top)
    assert "党员 6" in text(top)
    assert "北镇党委" not in text(top)
    part = keeper.get(f"/organisations/below/?tree=party&of={tree.bodies['root'].public_id}")
    assert "<html" not in part.content.decode()
    assert ["北镇党委" in text(part), "南镇党委" in text(part)] == [True, True]
    page = text(keeper.get(f"/organisations/?tree=party&of={tree.bodies['village'].public_id}"))
    assert "北一村第一党支部" in page
    assert "党员 3" in page
    assert "测试区" in text(keeper.get("/organisations/?tree=administrative"))
    assert "还没有单位" in text(keeper.get("/organisations/?tree=industry"))


@pytest.mark.parametrize("query", ["北一村第一", "byc", "party-branch1", "红星"])
def test_found_by_name_initials_code_and_a_name_it_once_had(tree: PartyTree, keeper: Client, query: str) -> None:
    common = {"actor": SETUP, "at": NOW - timedelta(days=9), "document": DOC}
    body = tree.bodies["branch1"]
    commands.rename(
        organisation=body, name="红星党支部", on=(NOW - timedelta(days=90)).date(), key=key_of("r1"), **common
    )
    commands.rename(
        organisation=body, name="北一村第一党支部", on=(NOW - timedelta(days=9)).date(), key=key_of("r2"), **common
    )
    assert "北一村第一党支部" in text(keeper.get("/organisations/", {"q": query}))
    assert "没有符合的单位" in text(keeper.get("/organisations/", {"q": "南极"}))


def test_preview_do_undo_through_the_pages(tree: PartyTree, keeper: Client) -> None:
    form = url(tree, "branch1", "change/merge/")
    given = key("m", other=tree.bodies["branch2"].code)
    seen = keeper.post(form, {**given, "step": "preview"})
    assert "会变什么" in text(seen)
    assert "党员和发展对象的组织关系 3" in text(seen)
    assert not Change.objects.exists()
    done = keeper.post(form, {**given, "step": "do"})
    assert done.status_code == 302
    assert done["Location"] == url(tree, "branch2")
    keeper.post(form, {**given, "step": "do"})
    assert Change.objects.count() == 1
    card = text(keeper.get(url(tree, "branch1")))
    assert "已撤销" in card
    assert "并入 北一村第二党支部" in card
    before = text(keeper.get(url(tree, "branch1", "?as_at=2026-09-30")))
    assert "正式党员 3" in before
    change = Change.objects.get()
    back = keeper.post(f"/organisations/changes/{change.public_id}/undo/", {"key": str(key_of("u"))})
    assert back.status_code == 302
    assert "已撤回" in text(keeper.get(url(tree, "branch1")))
    assert Membership.objects.filter(branch=tree.bodies["branch1"], valid_to__isnull=True).count() == 3


def test_as_known_then_is_a_link_away(tree: PartyTree, keeper: Client) -> None:
    commands.merge(
        actor=SETUP, at=NOW - timedelta(days=3), key=key_of("x"), organisation=tree.bodies["branch1"],
        into=tree.bodies["branch2"], on=(NOW - timedelta(days=60)).date(), document=DOC,
    )  # fmt: skip
    day = (NOW - timedelta(days=30)).date()
    assert "正式党员 5" in text(keeper.get(url(tree, "branch2", f"?as_at={day}")))
    known = (NOW - timedelta(days=5)).date()
    page = text(keeper.get(url(tree, "branch2", f"?as_at={day}&known={known}")))
    assert "正式党员 2" in page
    assert "回到今天" in page


@pytest.mark.parametrize(
    ("kind", "given", "wrong"),
    [
        ("move", {"other": "party-branch1"}, "自己的下级"),
        ("move", {"other": "没有的单位"}, "没有找到这个单位"),
        ("close", {}, "还有下级单位"),
        ("close", {"on": "2030-01-01"}, "不能晚于今天"),
        ("rename", {"name": "新名", "document": ""}, "还没有填"),
        ("split", {"name": "x", "code": "party-branch2"}, "已经有单位在用"),
    ],
)
def test_what_is_wrong_is_said_at_the_form_and_nothing_is_written(
    tree: PartyTree, keeper: Client, kind: str, given: dict[str, str], wrong: str
) -> None:
    answer = keeper.post(url(tree, "village", f"change/{kind}/"), {**key("w"), **given, "step": "do"})
    assert answer.status_code == 422
    assert wrong in text(answer)
    assert not Change.objects.exists()


def test_two_of_one_name_are_told_apart_before_a_split(tree: PartyTree, keeper: Client) -> None:
    here = [Person.objects.get(pk=pk) for pk in tree.people["branch1"][:2]]
    form = url(tree, "branch1", "change/split/")
    assert "（1967-03-08）" not in keeper.get(form).content.decode()
    for person, born in zip(here, (date(1967, 3, 8), date(1990, 5, 1)), strict=True):
        Person.objects.filter(pk=person.pk).update(display_name="王建国")
        with house("a test writes"):
            Profile.objects.update_or_create(person_id=person.pk, defaults={"born_on": born})
    page = keeper.get(form).content.decode()
    assert "王建国（1967-03-08）" in page
    assert "王建国（1990-05-01）" in page


def test_a_split_ticks_what_goes(tree: PartyTree, keeper: Client) -> None:
    form = url(tree, "branch1", "change/split/")
    page = text(keeper.get(form))
    assert "划过去的党员" in page
    person = tree.people["branch1"][1]
    done = keeper.post(form, {**key("s", name="北一村第三党支部", code="party-new"), "people": [person], "step": "do"})
    assert done.status_code == 302
    assert Membership.objects.get(person_id=person, valid_to__isnull=True).branch.name == "北一村第三党支部"


def test_a_town_sees_nothing_of_the_other(tree: PartyTree) -> None:
    north = browser("town_desk", tree.district.north)
    assert "北镇党委" in text(north.get("/organisations/"))
    for address in (
        url(tree, "branch3"), url(tree, "town2"), url(tree, "root"), f"/organisations/?of={tree.bodies['town2'].public_id}",
        f"/organisations/below/?of={tree.bodies['village2'].public_id}", f"/organisations/{tree.district.s1.public_id}/",
        url(tree, "branch3", "change/rename/"),
    ):  # fmt: skip
        answer = north.get(address)
        assert (answer.status_code, "东村" in answer.content.decode()) == (404, False), address
    for address in ("/organisations/", "/organisations/?tree=administrative", "/organisations/?q=东村", "/organisations/grids/",
                    "/organisations/grids/?view=pairs", "/organisations/grids/?view=standard"):  # fmt: skip
        page = text(north.get(address))
        assert "东村" not in page.replace("找到 0 个", ""), address
        assert "南镇" not in page
    change = commands.rename(
        actor=SETUP,
        at=NOW,
        key=key_of("other"),
        organisation=tree.bodies["branch3"],
        name="东村改名",
        on=OPENED,
        document=DOC,
    )
    assert north.post(f"/organisations/changes/{change.public_id}/undo/", {"key": str(key_of("u"))}).status_code == 404
    assert "东村" not in text(north.get("/organisations/"))


@pytest.mark.parametrize("days", ["", "?as_at=2026-10-01", "?as_at=2026-10-01&known=2026-11-01"])
def test_a_figure_on_the_card_opens_the_names_it_counts_for_whoever_reads_the_roll(
    tree: PartyTree, keeper: Client, days: str
) -> None:
    card = keeper.get(url(tree, "village") + days).content.decode()
    found = re.search(r'<a href="(/members/\?[^"]*)">(\d+)</a>', card)
    assert found, "a figure without its names"
    roll = text(keeper.get(found[1].replace("&amp;", "&")))
    assert f"{found[2]} 名" in roll
    assert ("2026-10-01 那天的名册" in roll) == bool(days)
    assert ("按 2026-11-01 知道的" in roll) == ("known" in days)
    town = browser("town_desk", tree.district.north)  # an administrative grant reads no roll
    assert "/members/?branch=" not in town.get(url(tree, "village")).content.decode()


def test_the_administrator_changes_trees_without_seeing_members(tree: PartyTree) -> None:
    admin = browser("administrator", tree.district.district)
    card = text(admin.get(url(tree, "branch1")))
    assert "只给管党员的人看" in card
    assert "正式党员" not in card
    assert "党员 3" not in text(admin.get(f"/organisations/?tree=party&of={tree.bodies['village'].public_id}"))
    done = admin.post(url(tree, "branch1", "change/move/"), {**key("a", other="party-village2"), "step": "do"})
    assert done.status_code == 302
    grid = f"/organisations/{tree.district.n1a.public_id}/change/move/"
    assert admin.post(grid, {**key("g", other=tree.district.s1.code), "step": "do"}).status_code == 302


def test_who_keeps_the_party_tree_changes_nothing_of_the_administration(tree: PartyTree, keeper: Client) -> None:
    assert "北一村第一网格" in text(keeper.get(f"/organisations/{tree.district.n1a.public_id}/"))
    assert keeper.get(f"/organisations/{tree.district.n1a.public_id}/change/move/").status_code == 403


def test_who_may_look_may_not_change(tree: PartyTree) -> None:
    desk = browser("town_desk", tree.district.north)
    assert "改到别的上级下面" not in text(desk.get(url(tree, "branch1")))
    assert desk.get(url(tree, "branch1", "change/move/")).status_code == 403
    assert browser("estate_party", tree.district.n1).get("/organisations/").status_code == 403


def test_a_moved_body_is_seen_where_it_stands_today(tree: PartyTree) -> None:
    commands.move(
        actor=SETUP, at=NOW, key=key_of("mv"), organisation=tree.bodies["branch1"], parent=tree.bodies["village2"],
        on=(NOW - timedelta(days=5)).date(), document=DOC, tree=Tree.PARTY,
    )  # fmt: skip
    north, south = browser("town_desk", tree.district.north), browser("town_desk", tree.district.south)
    past = f"?as_at={(NOW - timedelta(days=30)).date()}"
    assert north.get(url(tree, "branch1", past)).status_code == 404
    assert "北一村党总支" in text(south.get(url(tree, "branch1", past)))


def test_gaps_and_the_standard(tree: PartyTree, keeper: Client) -> None:
    page = text(keeper.get("/organisations/grids/"))
    assert "4 个网格里，1 个没有支部" in page
    assert "北二社区第一网格" in page
    assert "4 个村社支部里" not in page, "a general branch is one too"
    assert "1 个没有落到网格" not in text(keeper.get("/organisations/grids/?view=pairs&as_at=2019-12-31"))
    grid = tree.district.n1a
    for day, households in (("2021-01-01", 290), ("2026-01-01", 420)):
        commands.record_grid_size(
            actor=SETUP, at=NOW, key=key_of(day), grid=grid, households=households, on=datetime.fromisoformat(day).date(),
            document="网格台账",
        )  # fmt: skip
    standard = text(keeper.get("/organisations/grids/?view=standard"))
    assert "420" in standard
    assert "合乎标准" in standard
    assert "户数不知道" in standard
    assert "兼职网格员" in standard
    assert "《网格规模和人员标准》" in standard
    assert "偏小" in text(keeper.get("/organisations/grids/?view=standard&as_at=2022-05-01"))


def test_a_bad_day_is_refused(tree: PartyTree, keeper: Client) -> None:
    assert keeper.get("/organisations/?as_at=2030-01-01").status_code == 422
    assert keeper.get("/organisations/?as_at=yesterday").status_code == 422
    assert keeper.get("/organisations/?of=nobody").status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/organisations/?of={root}", "/organisations/below/?of={root}", "/organisations/{root}/", "/organisations/grids/"],
)
def test_the_number_of_queries_does_not_grow(tree: PartyTree, keeper: Client, path: str) -> None:
    address = path.format(root=tree.bodies["root"].public_id)
    keeper.get(address)
    with CaptureQueriesContext(
        connection,
    ) as few:
        keeper.get(address)
    rows = [
        commands.NewOrganisation(f"more-{n}", f"第{n}镇党委", OrganisationKind.PARTY, 4, "party-root", tree=Tree.PARTY)
        for n in range(40)
    ]
    commands.open_organisations(actor=SETUP, at=NOW, key=key_of("more"), rows=rows, opened_on=OPENED)
    with CaptureQueriesContext(connection) as many:
        answer = keeper.get(address)
    assert len(many) == len(few) <= 24
    assert len(answer.content) < 150_000


def test_the_files_hold_what_the_pages_show_and_nothing_of_the_other_town(tree: PartyTree) -> None:
    desk = viewer("desk-files", "town_desk", tree.district.north)
    commands.close(
        actor=SETUP, at=NOW, key=key_of("c"), organisation=tree.district.n1b, on=date(2026, 11, 1), document=DOC
    )
    for query, expected in (
        ({"tree": "party", "of": str(tree.bodies["village"].public_id)}, ["北一村第一党支部", "北一村第二党支部"]),
        ({"tree": "administrative", "of": str(tree.district.n1.public_id)}, ["北一村第一网格"]),
        ({"tree": "administrative", "of": str(tree.district.n1.public_id), "as_at": "2026-10-31"},
         ["北一村第一网格", "北一村第二网格"]),
    ):  # fmt: skip
        asked = Asked(query, NOW)
        rows = list(exports.rows(desk, asked))
        assert [row[1] for row in rows] == expected
        assert exports.count(desk, asked) == len(rows)
    with pytest.raises(NotFound):
        list(exports.rows(desk, Asked({"of": str(tree.bodies["village2"].public_id)}, NOW)))
    pairs = list(exports.grid_rows(desk, Asked({"view": "pairs"}, NOW)))
    assert [(row[1], row[3]) for row in pairs] == [("北一村第一网格", "北一村第一党支部")]
    gaps = [row[1] for row in exports.grid_rows(desk, Asked({"view": "grids"}, NOW))]
    assert gaps == ["北二社区第一网格"]
