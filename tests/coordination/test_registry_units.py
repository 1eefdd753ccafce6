"""Units by credit code below their industries, and in which unit a Party organisation stands: in, again, changed, wrong."""

from __future__ import annotations

from datetime import date

import pytest
from tests.coordination.test_registry import AT, ON, SETUP, Row, bring, sheet
from tests.factories.party import PartyTree, party_tree

from genmai.coordination import registry
from genmai.directory.roster.models import Link, Organisation, OrganisationKind, Tree
from genmai.directory.roster.registry.definition import code_set, definition
from genmai.directory.roster.registry.reading import open_table
from genmai.kernel.identity_numbers import credit_check_character
from genmai.kernel.ids import key_of
from genmai.records.deeds.models import Deed

pytestmark = pytest.mark.django_db


def credit(seventeen: str) -> str:
    return seventeen + credit_check_character(seventeen)


MILL, YARD = credit("91330299GM0000010"), credit("91330299GM0000026")


def unit(code: str = MILL, **other: object) -> Row:
    return {
        "code": code, "name": f"宁波示例{code[-4:]}有限公司", "sector": "企业", "place": "330299001", "industry": "制造业"
    } | other  # fmt: skip


def branch(**other: object) -> Row:
    return {
        "code": "party-mill", "name": "中共宁波示例有限公司支部委员会", "category": "党支部", "sector": "企业",
        "parent": "party-town1", "unit": MILL,
    } | other  # fmt: skip


def standing() -> dict[str, str]:
    """Who stands below whom in the industry tree now."""
    rows = Link.objects.filter(tree=Tree.INDUSTRY, valid_to__isnull=True).select_related("organisation", "parent")
    return {row.organisation.code: row.parent.code if row.parent else "" for row in rows}


@pytest.fixture
def tree() -> PartyTree:
    return party_tree()


def test_units_come_in_below_their_industry_by_word_or_letter(tree: PartyTree) -> None:
    brought = bring("units", [unit(), unit(YARD, industry="G")])
    assert (brought.new, brought.failed) == (2, 0)
    found = standing()
    assert (found[MILL], found[YARD], found["gb4754-C"], found["gb4754"]) == ("gb4754-C", "gb4754-G", "gb4754", "")
    assert (
        Organisation.objects.filter(kind=OrganisationKind.INDUSTRY).count() == 1 + 20 == 1 + len(code_set("industry"))
    )
    body = Organisation.objects.get(code=MILL)
    assert (body.kind, body.sector, Deed.objects.filter(kind="registry.unit").count()) == ("unit", "enterprise", 2)
    path = Link.objects.get(tree=Tree.INDUSTRY, organisation=body).path
    above = Link.objects.get(tree=Tree.INDUSTRY, organisation__code="gb4754-C").path
    assert path == f"{above}{body.pk}/"
    before = (Deed.objects.count(), Organisation.objects.count(), Link.objects.count())
    again = bring("units", [unit(), unit(YARD, industry="G")])
    assert (again.new, again.changed, again.same) == (0, 0, 2)
    assert (Deed.objects.count(), Organisation.objects.count(), Link.objects.count()) == before


def test_a_dry_run_opens_no_industry_and_says_the_same(tree: PartyTree) -> None:
    dry = bring("units", [unit(), unit(YARD, industry="")], dry=True)
    assert (dry.new, dry.failed, standing()) == (2, 0, {})
    assert bring("units", [unit(), unit(YARD, industry="")]).new == 2
    assert standing()[YARD] == "", "without an industry it stands by itself"


def test_another_industry_is_a_dated_move_and_a_blank_says_nothing(tree: PartyTree) -> None:
    bring("units", [unit()])
    bring("organisations", [branch()])
    assert bring("units", [unit(industry="")]).same == 1
    moved = bring("units", [unit(industry="批发和零售业")])
    assert (moved.changed, standing()[MILL]) == (1, "gb4754-F")
    assert Deed.objects.filter(kind="registry.unit_changed", outcome="moved").count() == 1
    party = Link.objects.get(tree=Tree.INDUSTRY, organisation__code="party-mill", valid_to=None)
    assert party.path.startswith(Link.objects.get(organisation__code=MILL, valid_to=None).path), "it has moved along"


def test_a_party_body_stands_in_its_unit_and_moves_to_another(tree: PartyTree) -> None:
    bring("units", [unit(), unit(YARD)])
    bring("organisations", [branch(), branch(code="party-free", name="联合支部", unit="")])
    assert (standing()["party-mill"], "party-free" in standing()) == (MILL, False)
    assert bring("organisations", [branch(), branch(code="party-free", name="联合支部", unit="")]).same == 2
    tied = bring("organisations", [branch(unit=YARD), branch(code="party-free", name="联合支部", unit=MILL)])
    assert (tied.changed, standing()["party-mill"], standing()["party-free"]) == (2, YARD, MILL)
    assert Deed.objects.filter(kind="registry.organisation_changed", outcome="unit").count() == 2
    spans = Link.objects.filter(tree=Tree.INDUSTRY, organisation__code="party-mill").order_by("id")
    assert [(row.parent.code if row.parent else "", row.valid_to) for row in spans] == [(MILL, ON), (YARD, None)]
    assert bring("organisations", [branch(unit="")]).same == 1, "a blank cell says nothing"


@pytest.mark.parametrize(
    ("kind", "row", "column", "code"),
    [
        ("units", unit(MILL[:-1] + ("0" if MILL[-1] != "0" else "1")), "统一社会信用代码", "not_credit_code"),
        ("units", unit(industry="炼丹业"), "行业", "not_choice"),
        ("units", unit(place="999999"), "行政区划", "unknown_place"),
        ("organisations", branch(unit=YARD), "所在单位信用代码", "unknown_unit"),
    ],
)
def test_what_is_wrong_is_said_by_column(tree: PartyTree, kind: str, row: Row, column: str, code: str) -> None:
    bring("units", [unit()])
    brought = bring(kind, [row])
    (problem,) = brought.problems
    assert (brought.new, brought.failed, problem.column_name) == (0, 1, column)
    assert problem.code == code


def test_the_citys_own_headers_are_known(tree: PartyTree) -> None:
    """DOMAIN 7.1: 名称, 性质类别, 行业, 行政区划, 统一社会信用代码; 法人单位标识 in the sheet of organisations."""
    labels = {
        "code": "社会信用代码",
        "name": "单位全称",
        "sector": "单位性质",
        "place": "所在行政区划",
        "industry": "所属行业",
    }
    table = open_table(definition("units"), sheet("units", [unit()], labels=labels))
    assert set(labels) <= {key for key, column in table.matching.columns.items() if column is not None}
    brought = registry.bring_in(
        actor=SETUP, at=AT, key=key_of("units"), kind="units", file=sheet("units", [unit()], labels=labels), on=ON
    )
    assert (brought.new, standing()[MILL]) == (1, "gb4754-C")
    parties = {"code": "党组织编码", "name": "党组织全称", "unit": "法人单位标识", "sector": "单位性质类别"}
    brought = registry.bring_in(
        actor=SETUP, at=AT, key=key_of("parties"), kind="organisations",
        file=sheet("organisations", [branch(opened_on=date(2020, 1, 1))], labels=parties), on=ON,
    )  # fmt: skip
    assert (brought.new, standing()["party-mill"]) == (1, MILL)
