"""The city's own sheets: in once, and once only; what is wrong is said; a cancel leaves nothing."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from uuid import uuid4

import pytest
import xlsxwriter
from tests.factories.organisations import AT, SETUP
from tests.factories.party import PartyTree, party_tree

from genmai.coordination import registry
from genmai.directory.roster import sealing
from genmai.directory.roster.models import (
    Cover,
    Link,
    Membership,
    Naming,
    Organisation,
    Person,
    Post,
    Profile,
    Tree,
)
from genmai.directory.roster.registry.definition import KINDS, definition
from genmai.directory.roster.registry.template import template_file
from genmai.kernel.identity_numbers import identity_check_character
from genmai.records.deeds.models import Deed

ON = date(2026, 3, 2)
pytestmark = pytest.mark.django_db
Row = dict[str, object]


def number(seventeen: str) -> str:
    return seventeen + identity_check_character(seventeen)


WANG, LI = number("33021219800105001"), number("33021219750820002")


def member(**other: object) -> Row:
    row: Row = {
        "branch": "party-branch1", "name": "曾祥", "sex": "男", "identity": WANG, "born_on": "1980-01-05",
        "ethnicity": "汉族", "education": "本科", "stage": "正式党员", "joined_on": "2005.7.1", "full_on": "2006年7月1日",
        "phone": "13805740001", "arrived_on": "2018-03-01", "arrived": "县内转入", "occupation": "农牧渔民",
    }  # fmt: skip
    return row | other


def sheet(kind: str, rows: Sequence[Row], *, title: bool = True, labels: dict[str, str] | None = None) -> io.BytesIO:
    """Columns back to front under a title row, headed as the definition does or as `labels` say."""
    columns = [one for one in reversed(definition(kind).kept) if any(one.key in row for row in rows)]
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet("Sheet1")
        if title:
            page.merge_range(0, 0, 0, len(columns) - 1, "某某区党员名册")
        for at, column in enumerate(columns):
            page.write_string(int(title), at, (labels or {}).get(column.key, column.label))
            for line, row in enumerate(rows, int(title) + 1):
                cell = row.get(column.key, "")
                page.write(line, at, cell) if not isinstance(cell, str) else page.write_string(line, at, cell)
    out.seek(0)
    return out


def bring(kind: str, rows: Sequence[Row], **options: object) -> registry.Brought:
    return registry.bring_in(actor=SETUP, at=AT, key=uuid4(), kind=kind, file=sheet(kind, rows), on=ON, **options)  # type: ignore[arg-type]


@pytest.fixture
def tree() -> PartyTree:
    return party_tree()


def test_a_member_comes_in_whole(tree: PartyTree) -> None:
    brought = bring("members", [member()])
    assert (brought.new, brought.failed, list(brought.problems)) == (1, 0, [])
    person = Person.objects.get(display_name="曾祥")
    place = Membership.objects.get(person=person)
    assert (place.branch.code, place.stage, place.valid_from, place.arrived) == (
        "party-branch1", "full", date(2018, 3, 1), "within_county",
    )  # fmt: skip
    profile = Profile.objects.get(person=person)
    assert (profile.letters, profile.initials, profile.sex, profile.education) == ("zengxiang", "zx", "1", "21")
    assert sealing.open_identity(person) == WANG
    assert sealing.open_person(person).phone == "13805740001"
    assert bytes(profile.tail_index or b"") == sealing.index_of_tail("0001")
    assert bytes(person.phone_index or b"") == sealing.index_of_phone("+86 138-0574-0001")
    deed = Deed.objects.get(person=person)
    assert (deed.kind, deed.source_id, deed.organisation_id) == ("member.enrolled", person.public_id, place.branch_id)
    assert deed.path == Link.objects.get(tree=Tree.PARTY, organisation=place.branch_id).path


def test_the_same_file_twice_changes_nothing(tree: PartyTree) -> None:
    rows = [member(), member(identity=LI, name="李四", sex="女", born_on="", phone="")]
    assert bring("members", rows).new == 2
    before = (Deed.objects.count(), list(Membership.objects.order_by("id").values()), Person.objects.count())
    again = bring("members", rows)
    assert (again.new, again.changed, again.same) == (0, 0, 2)
    assert before == (Deed.objects.count(), list(Membership.objects.order_by("id").values()), Person.objects.count())


def test_a_changed_row_is_a_dated_change(tree: PartyTree) -> None:
    bring("members", [member()])
    brought = bring(
        "members", [member(branch="party-branch2", arrived_on="2026-02-01", education="", phone="13905740002")]
    )
    assert (brought.new, brought.changed) == (0, 1)
    old, new = Membership.objects.filter(person__display_name="曾祥").order_by("id")
    assert (old.valid_to, new.valid_from, new.valid_to) == (date(2026, 2, 1), date(2026, 2, 1), None)
    assert new.branch.code == "party-branch2"
    assert new.joined_on == date(2005, 7, 1)
    assert Profile.objects.get(person=new.person).education == "21", "a blank cell says nothing"
    assert sealing.open_person(new.person).phone == "13905740002"
    assert Deed.objects.filter(kind="member.changed", outcome="branch").count() == 1


@pytest.mark.parametrize(
    ("wrong", "column", "code"),
    [
        ({"identity": WANG[:-1] + ("0" if WANG[-1] != "0" else "1")}, "identity", "not_identity"),
        ({"identity": 330212198001050010.0}, "identity", "digits_lost"),
        ({"born_on": "1980-01-06"}, "born_on", "identity_birth"),
        ({"sex": "女"}, "sex", "identity_sex"),
        ({"branch": "party-branch9"}, "branch", "unknown_branch"),
        ({"branch": "北一村党总支部"}, "branch", "unknown_branch"),
        ({"branch": "party-town1"}, "branch", "not_a_branch"),
        ({"joined_on": "1990-07-01"}, "joined_on", "too_young"),
        ({"full_on": "2004-07-01"}, "full_on", "full_before_joined"),
        ({"full_on": ""}, "full_on", "full_on_missing"),
        ({"arrived_on": "2027-01-01"}, "arrived_on", "in_the_future"),
        ({"joined_on": "3/4/2005"}, "joined_on", "date_ambiguous"),
        ({"ethnicity": "火星族"}, "ethnicity", "not_choice"),
        ({"name": ""}, "name", "missing"),
        ({"phone": "138057400"}, "phone", "not_phone"),
    ],
)
def test_what_is_wrong_is_said_by_row_and_column(tree: PartyTree, wrong: Row, column: str, code: str) -> None:
    good = member(identity=LI, name="李四", sex="女", born_on="")
    brought = bring("members", [good, member(**wrong)])
    problem = next(one for one in brought.problems if one.field == column)
    assert (brought.new, brought.failed, problem.code, problem.row) == (1, 1, code, 4)
    assert problem.column_name == definition("members").column(column).label
    assert WANG[6:] not in problem.shown, "numbers are masked"
    assert not Person.objects.filter(display_name="曾祥").exists()


def test_near_names_are_offered(tree: PartyTree) -> None:
    problem = bring("members", [member(branch="北一村第一支部")]).problems[0]
    assert problem.allowed.startswith("北一村第一党支部")


def test_one_person_stands_once_in_a_sheet(tree: PartyTree) -> None:
    brought = bring("members", [member(), member(branch="party-branch2")])
    assert (brought.new, brought.failed, brought.problems[0].code) == (1, 1, "twice")


def test_a_cancel_leaves_nothing(tree: PartyTree) -> None:
    deeds, people = Deed.objects.count(), Person.objects.count()
    with pytest.raises(registry.Cancelled):
        bring("members", [member()], progress=lambda done, about, so_far: False)
    assert (Deed.objects.count(), Person.objects.count()) == (deeds, people)


def test_a_dry_run_writes_nothing_and_says_the_same(tree: PartyTree) -> None:
    rows = [member(), member(identity=LI, name="李四", sex="女", born_on=""), member(branch="x", identity="")]
    people = Person.objects.count()
    dry = bring("members", rows, dry=True)
    assert (dry.rows, dry.new, dry.failed, Person.objects.count()) == (3, 2, 1, people)
    wet = bring("members", rows)
    assert (wet.rows, wet.new, wet.failed, Person.objects.count()) == (3, 2, 1, people + 2)


def test_other_names_of_columns_in_any_order(tree: PartyTree) -> None:
    labels = {"branch": "所在党支部", "identity": "身份证号", "joined_on": "加入党组织日期", "stage": "人员状态"}
    brought = registry.bring_in(
        actor=SETUP, at=AT, key=uuid4(), kind="members", file=sheet("members", [member()], labels=labels), on=ON
    )
    assert (brought.new, list(brought.problems)) == (1, [])


def test_organisations_parents_anywhere_in_the_file(tree: PartyTree) -> None:
    base = {"category": "党支部", "sector": "企业", "opened_on": "2020-05-01"}
    rows = [
        {"code": "e-2", "name": "某企业第二支部", "parent": "某企业党总支", **base},
        {"code": "e-1", "name": "某企业党总支", "parent": "party-town1", **base, "category": "党总支"},
        {"code": "c-1", "name": "转圈甲", "parent": "c-2", **base},
        {"code": "c-2", "name": "转圈乙", "parent": "c-1", **base},
        {"code": "x-1", "name": "没有上级", "parent": "北镇党委员会甲", **base},
    ]
    brought = bring("organisations", rows)
    assert (brought.new, brought.failed) == (2, 3)
    assert {one.code for one in brought.problems} == {"parent_circle", "unknown_parent"}
    general, branch = Organisation.objects.get(code="e-1"), Organisation.objects.get(code="e-2")
    town = Link.objects.get(tree=Tree.PARTY, organisation__code="party-town1")
    assert Link.objects.get(tree=Tree.PARTY, organisation=branch).path == f"{town.path}{general.pk}/{branch.pk}/"
    assert Deed.objects.filter(kind="registry.organisation").count() == 2
    again = bring("organisations", rows)
    assert (again.new, again.changed, again.same) == (0, 0, 2)


def test_an_organisation_renamed_and_moved(tree: PartyTree) -> None:
    base = {"category": "党支部", "sector": "企业", "opened_on": "2020-05-01", "code": "e-1"}
    bring("organisations", [{"name": "某企业支部", "parent": "party-town1", **base}])
    brought = bring("organisations", [{"name": "某集团支部", "parent": "party-town2", **base}])
    assert (brought.changed, list(brought.problems)) == (1, [])
    body = Organisation.objects.get(code="e-1")
    assert body.name == "某集团支部"
    assert Naming.objects.filter(organisation=body).exists()
    paths = Link.objects.filter(tree=Tree.PARTY, organisation=body).order_by("id")
    assert [one.valid_to for one in paths] == [ON, None]


def test_posts_and_covers(tree: PartyTree) -> None:
    bring("members", [member()])
    post = {
        "organisation": "party-branch1",
        "post": "书记",
        "name": "曾祥",
        "identity": WANG,
        "valid_from": "2021-01-08",
    }
    rows = [post, {**post, "post": "村委会主任", "organisation": "330299001201"}, {**post, "name": "曾强"}]
    brought = bring("posts", rows)
    assert (brought.new, brought.failed) == (2, 1)
    assert set(Post.objects.filter(person__display_name="曾祥").values_list("key", flat=True)) == {
        "secretary",
        "director",
    }
    assert bring("posts", rows[:2]).same == 2
    assert bring("posts", [{**post, "left_on": "2025-12-01"}]).changed == 1
    cover = {"organisation": "party-branch2", "grid": "330299002201001"}
    before = Cover.objects.count()
    assert (bring("grids", [cover, {**cover, "grid": "9"}]).new, Cover.objects.count()) == (1, before + 1)
    assert bring("grids", [cover]).same == 1


@pytest.mark.parametrize("kind", KINDS)
def test_templates_are_recognised_and_their_example_is_no_row(tree: PartyTree, kind: str) -> None:
    file = io.BytesIO(template_file(definition(kind)))
    brought = registry.bring_in(actor=SETUP, at=AT, key=uuid4(), kind=kind, file=file, on=ON, dry=True)
    assert (brought.rows, brought.new, brought.failed) == (1, 0, 1)
