"""A body's posts through the pages: a change of term previewed, done, undone; posts, assignments, grids; nothing of another town."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.factories.branches import PartyTree, identity, member
from tests.factories.organisations import AT, SETUP, small_district
from tests.interfaces.web.pages import NOW, browser, keyed, text_of

from genmai.directory.roster.commands import posting
from genmai.directory.roster.commands.members import NewMember, enrol
from genmai.directory.roster.models import AssignmentEvent, Cover, GridChange, GridSize, Post, Term
from genmai.kernel.ids import key_of

pytestmark = pytest.mark.django_db


def undo(client: Client, page: str, where: str) -> Any:
    """Press the way back that the toast on a page offers, with the fields it carries."""
    for action, inner in re.findall(r'<form[^>]*action="([^"]+)"[^>]*>(.*?)</form>', page, re.S):
        if where in action:
            fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', inner))
            fields.pop("csrfmiddlewaretoken", None)
            return client.post(action, fields)
    raise AssertionError("no way back on the page")


def test_a_change_of_term_is_shown_first_done_and_taken_back(tree: PartyTree) -> None:
    member("老书记", tree.n1, 1)
    member("新书记", tree.n1, 2)
    member("同名", tree.n1, 3)
    enrol(
        actor=SETUP, at=AT, key=key_of("another"), branch=tree.n2, stage="full", on=date(2020, 6, 1),
        joined_on=date(2014, 5, 1), arrived="first_entry", member=NewMember("同名", identity(4), phone="13800004444"),
    )  # fmt: skip
    client = browser("n1", "party_office", tree.north)
    base = f"/organisations/{tree.n1.public_id}"
    first = keyed("one", number="11", on="2021-01-20", planned_end="2026-01-20", document="选举", chosen="书记 老书记",
                  whole_team="on", step="do")  # fmt: skip
    assert client.post(f"{base}/term", first).status_code == 302
    page = text_of(client.get(f"{base}/posts/"))
    assert "届满了还没有换届" in page
    faulty = {**keyed("two"), "number": "11", "on": "2026-02-01", "planned_end": "2031-02-01", "document": "选举",
              "chosen": "书记\t新书记\n主席 某人\n委员 无此人\n委员\n委员 同名", "whole_team": "on"}  # fmt: skip
    told = text_of(client.post(f"{base}/term", faulty))
    for words in (
        "第 2 行：没有“主席”这个职务，可以写 书记、副书记",
        "第 3 行：没有找到“无此人”",
        "第 4 行",
        "第 5 行：“同名”有 2 个人",
    ):
        assert words in told
    good = {**faulty, "chosen": "书记\t新书记\n委员 同名 4444\n委员　老书记"}
    again = client.post(f"{base}/term", {**good, "step": "do"})
    assert again.status_code == 422
    assert "届次要比上一届大（&gt; 11）" in text_of(again)
    good |= {"number": "12"}
    shown = text_of(client.post(f"{base}/term", {**good, "step": "preview"}))
    assert "从这天起离任 1 书记 老书记" in shown
    assert "新当选 3" in shown
    assert Term.objects.count() == 1, "nothing is written by looking"
    assert [client.post(f"{base}/term", {**good, "step": "do"}).status_code for _ in range(2)] == [302, 302]
    assert set(Post.objects.filter(valid_to=None).values_list("person__display_name", "key")) == {
        ("新书记", "secretary"), ("同名", "committee_member"), ("老书记", "committee_member"),
    }  # fmt: skip
    done = client.get(f"{base}/posts/").content.decode()
    assert "第 12 届" in done
    assert undo(client, done, "/terms/").status_code == 302
    assert list(Post.objects.filter(valid_to=None).values_list("person__display_name", "key")) == [
        ("老书记", "secretary")
    ]
    assert "撤回了，上一届和它的任职照旧" in text_of(client.get(f"{base}/posts/"))


def test_a_post_is_entered_for_the_village_committee_ended_and_taken_back(tree: PartyTree) -> None:
    bodies = small_district().bodies
    member("主任", tree.n1, 1)
    committee = next(one for one in bodies.values() if f"party-{one.code}" == tree.n1.code)
    client = browser("n1", "branch_secretary", tree.n1)
    base = f"/organisations/{committee.public_id}"
    given = keyed("p", post="director", person=identity(1), on="2026-03-03", document="选举")
    late = client.post(f"{base}/posts/new", given)
    assert (late.status_code, "日期不能晚于今天" in text_of(late), "≤ 2026-03-02" in text_of(late)) == (422, True, True)
    assert client.post(f"{base}/posts/new", {**given, "on": "2024-01-01"}).status_code == 302
    post = Post.objects.get()
    assert (post.title, post.rank) == ("村（居）民委员会主任", list(_posts()).index("director"))
    left = client.post(f"/posts/{post.pk}/leave", keyed("l", on="2026-03-01", document="辞职"))
    assert left.status_code == 302
    assert "以前在任的" in text_of(client.get(f"{base}/posts/"))
    assert client.post(f"/posts/{post.pk}/stay", keyed("s")).status_code == 302
    held = Post.objects.get(valid_to=None)
    why = client.post(f"/posts/{held.pk}/withdraw", keyed("w", reason=""))
    assert (why.status_code, held.withdrawn_at) == (422, None)
    assert client.post(f"/posts/{held.pk}/withdraw", keyed("w", reason="登错村")).status_code == 302
    assert "主任" not in text_of(client.get(f"{base}/posts/")).split("历届")[0].split("现在在任的")[1]


def _posts() -> Any:
    from genmai.directory.roster.registry.definition import code_set

    return code_set("post")


def test_an_assignment_is_entered_reviewed_ended_and_its_end_undone(tree: PartyTree) -> None:
    member("下派的", tree.n2, 1)
    client = browser("bei", "party_office", tree.north)
    base = f"/organisations/{tree.n1.public_id}"
    given = keyed("a", kind="first_secretary", person="下派的", home="区直机关", on="2025-01-01", planned_end="2026-01-01",
                  tasks="驻村", document="派出")  # fmt: skip
    assert client.post(f"{base}/assign", given).status_code == 302
    page = client.get(f"{base}/posts/").content.decode()
    assert "到期了还没有结束" in page
    (address,) = set(re.findall(r"/assignments/[0-9a-f-]+", page))
    assert (
        client.post(f"{address}/review", keyed("r", grade="competent", on="2026-01-10", document="考核")).status_code
        == 302
    )
    assert (
        client.post(f"{address}/end", keyed("e", outcome="recalled", on="2026-02-01", document="召回")).status_code
        == 302
    )
    assert "召回" in text_of(client.get(f"{base}/posts/"))
    assert client.post(f"{address}/resume", keyed("x")).status_code == 302
    assert client.post(f"{address}/withdraw", keyed("w", reason="登错人")).status_code == 302
    assert AssignmentEvent.objects.count() == 4
    client.get(f"{base}/posts/")  # what was said of it is read once
    assert "下派的" not in text_of(client.get(f"{base}/posts/"))
    then = (NOW - timedelta(days=1)).date()
    assert "下派的" not in text_of(client.get(f"{base}/posts/?known={then}"))


def test_a_term_is_offered_what_a_sheet_brought_in(tree: PartyTree) -> None:
    row = member("书记", tree.n1, 1)
    Post.objects.create(
        person=row.person, organisation=tree.n1, key="secretary", title="书记", valid_from=date(2026, 1, 20), document="选举结果",
        recorded_at=AT - timedelta(days=9),
    )  # fmt: skip
    page = browser("n1", "branch_secretary", tree.n1).get(f"/organisations/{tree.n1.public_id}/term").content.decode()
    assert "书记 书记" in page
    assert 'value="2026-01-20"' in page
    assert 'value="选举结果"' in page


def test_another_towns_body_is_not_there_and_who_only_looks_presses_nothing(tree: PartyTree) -> None:
    row = member("南人", tree.s1, 1)
    post = posting.appoint(
        actor=SETUP, at=AT, key=key_of("a"), organisation=tree.s1, person=row.person, post="secretary", title="书记",
        on=date(2024, 1, 1), document="任命",
    )  # fmt: skip
    north = browser("n1", "branch_secretary", tree.n1)
    nowhere = "/organisations/00000000-0000-4000-8000-000000000000"
    for tail in ("posts/", "posts/new", "term", "assign", "size", "cover"):
        outside = north.get(f"/organisations/{tree.s1.public_id}/{tail}")
        assert outside.status_code == north.get(f"{nowhere}/{tail}").status_code == 404
        assert "南人" not in text_of(outside)
    for tail in ("leave", "withdraw"):
        assert north.get(f"/posts/{post.pk}/{tail}").status_code == 404
    assert north.post(f"/posts/{post.pk}/stay", keyed("s")).status_code == 404
    office = browser("bei", "party_office", tree.north)
    assert "登记任职" in text_of(office.get(f"/organisations/{tree.n1.public_id}/posts/"))
    named = office.post(f"/organisations/{tree.n1.public_id}/posts/new",
                        keyed("x", post="secretary", person="南人", on="2026-01-01", document="x"))  # fmt: skip
    assert "没有找到“南人”" in text_of(named), "a name elsewhere is nobody here"


def test_the_queries_do_not_grow_with_the_posts(tree: PartyTree) -> None:
    client = browser("bei", "party_office", tree.north)
    address = f"/organisations/{tree.n1.public_id}/posts/"
    counts = []
    for start, n in ((0, 2), (10, 12)):
        for number in range(start, start + n):
            row = member(f"委员{number}", tree.n1, number)
            posting.appoint(
                actor=SETUP, at=AT, key=key_of("a", number), organisation=tree.n1, person=row.person,
                post="committee_member", title="委员", on=date(2024, 1, 1), document="任命",
            )  # fmt: skip
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 32


def test_households_and_covers_are_entered_by_who_keeps_the_directory(tree: PartyTree) -> None:
    from tests.factories.accounts import account
    from tests.factories.party import party_tree as grounded

    party = grounded()
    district, branch = party.district, party.bodies["branch2"]
    grid = district.bodies["n1a"]
    admin = Client()
    admin.force_login(account("guan", "administrator", district.bodies["district"]))
    address = f"/organisations/{grid.public_id}"
    wrong = admin.post(f"{address}/size", keyed("s", households="-3", on="2026-03-01", document="台账"))
    assert (wrong.status_code, "不能小于 0" in text_of(wrong)) == (422, True)
    saved = admin.post(f"{address}/size", keyed("s", households="290", on="2026-03-01", document="台账"), follow=True)
    assert "290 户，记下了，比标准小" in text_of(saved)
    assert GridSize.objects.get().households == 290
    assert "偏小" in text_of(admin.get("/organisations/grids/?view=standard"))
    n1 = browser("n1", "branch_secretary", tree.n1)
    assert n1.get(f"{address}/size").status_code in (403, 404)
    missing = admin.post(f"{address}/cover", keyed("c", other="没有的支部", on="2026-03-01"))
    assert "没有找到“没有的支部”" in text_of(missing)
    undated = admin.post(f"{address}/cover", keyed("c", other=branch.code, on="2026-03-01"))
    assert undated.status_code == 422, "each entry names its document"
    covered = keyed("c", other=branch.code, on="2026-03-01", document="网格调整")
    page = admin.post(f"{address}/cover", covered, follow=True).content.decode()
    held = Cover.objects.filter(valid_to=None, branch=branch, grid=grid)
    assert held.exists()
    assert undo(admin, page, "/grids/entries/").status_code == 302
    assert not held.exists()
    admin.post(f"{address}/cover", covered | keyed("c2"))
    way = f"/organisations/{branch.public_id}/uncover/{grid.public_id}"
    assert way in admin.get(f"{address}/").content.decode()
    gone = admin.post(way, keyed("u", on="2026-03-02", document="再调整"))
    assert (gone.status_code, held.exists()) == (302, False)
    other = party.bodies["branch1"]
    wrong = admin.post(
        f"/organisations/{other.public_id}/uncover/{grid.public_id}/mistaken", keyed("w", reason="表错了")
    )
    assert (wrong.status_code, Cover.objects.filter(valid_to=None, branch=other, grid=grid).exists()) == (302, False)
    told = text_of(admin.get(f"{address}/"))
    for words in ("支部和网格登记的历史 5", "再调整", "已撤回", "刚登记就发现错了", "290"):
        assert words in told
    south = Client()
    south.force_login(account("nan", "administrator", district.bodies["south"]))
    entry = GridChange.objects.get(key=key_of("u"))
    for asked in (f"/grids/entries/{entry.public_id}/undo", way, f"{way}/mistaken", f"{address}/cover", f"{address}/"):
        assert south.get(asked).status_code == 404
    elsewhere = f"/organisations/{party.bodies['branch3'].public_id}/cover"
    typed = south.post(elsewhere, keyed("x", other=grid.code, on="2026-03-01", document="x"))
    assert typed.status_code == 422, "told at the field, as a grid that is not there"
    assert grid.name not in text_of(typed)
