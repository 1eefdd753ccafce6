"""The duty list: the longest prefix of a day decides; department work is refused for the base (国办函〔2025〕66号)."""

from __future__ import annotations

from datetime import date

import pytest

from genmai.kernel.refusal import Refused
from genmai.mechanisms.duties import DutyList, read_bodies, read_duties
from genmai.mechanisms.placing import place
from genmai.mechanisms.problems import Problem
from genmai.mechanisms.taxonomy import Taxonomy, read_taxonomy

DAY = date(2026, 3, 2)
SUBJECTS = [
    "01,城建,Building,",
    "0101,市政,Municipal,市政",
    "010101,供暖,Heating,暖气",
    "010102,路灯,Lamps,路灯",
    "010103,门牌,Door plates,门牌",
    "0102,规划,Planning,规划",
    "010201,违建,Unlawful building,违建",
    "02,村务,Village,",
    "0201,邻里,Neighbours,邻居",
    "0202,外事,Foreign,外事",
]
BODIES = [
    "base:village,村社,Village,base",
    "housing,住建局,Housing,department",
    "street,综合执法局,Enforcement,department",
    "land,规划局,Land,department",
]
DUTIES = [
    "L1,0101,street,taken_back,,示例,2020-01-01,,example",
    "L2,010101,housing,taken_back,,示例,2020-01-01,2025-12-31,example",
    "L3,010101,land,taken_back,,示例,2026-01-01,,example",
    "L4,0102,land,assist,base:village street,示例,2020-01-01,,example",
    "L5,0201,base:village,base,,示例,2020-01-01,,example",
]


def table(head: str, lines: list[str]) -> tuple[dict[str, str], ...]:
    names = [*head.split(","), "_line"]
    return tuple(dict(zip(names, [*line.split(","), str(n)], strict=True)) for n, line in enumerate(lines, start=2))


def read(duties: list[str], bodies: list[str] = BODIES) -> tuple[Taxonomy, DutyList, list[Problem]]:
    problems: list[Problem] = []
    taxonomy = read_taxonomy(table("code,zh,en,keywords", SUBJECTS), "taxonomy.csv", problems)
    known = read_bodies(table("code,zh,en,kind", bodies), "bodies.csv", problems)
    head = "no,prefix,body,kind,assisting,basis,valid_from,valid_to,status"
    return taxonomy, read_duties(table(head, duties), known, taxonomy, "duties.csv", problems), problems


@pytest.fixture(scope="module")
def duties() -> DutyList:
    _, made, problems = read(DUTIES)
    assert problems == []
    return made


@pytest.mark.parametrize(
    ("category", "on", "row"),
    [
        ("010102", DAY, "L1"),
        ("010101", DAY, "L3"),  # the longest prefix
        ("010101", date(2025, 12, 31), "L2"),  # the last day it holds
        ("010101", date(2026, 1, 1), "L3"),
        ("010101", date(2019, 12, 31), None),
        ("010201", DAY, "L4"),
        ("0101", DAY, None),  # rows below name other bodies: a choice would be a guess
        ("01", DAY, None),
        ("0201", DAY, "L5"),
        ("0202", DAY, None),  # no row: undecided
        ("", DAY, None),
    ],
)
def test_the_longest_prefix_of_the_day_decides(duties: DutyList, category: str, on: date, row: str | None) -> None:
    found = duties.row_for(category, on=on)
    assert (found.no if found else None) == row
    assert bool(duties.why_undecided(category, on=on)) == (row is None)


@pytest.mark.parametrize(
    ("category", "words"), [("0202", "派单目录中没有"), ("0101", "分属 2 个单位"), ("", "还没有分类")]
)
def test_undecided_says_why(duties: DutyList, category: str, words: str) -> None:
    assert words in str(duties.why_undecided(category, on=DAY))


@pytest.mark.parametrize(("category", "words"), [("010101", "上级部门收回"), ("010201", "只是配合")])
def test_department_work_is_refused_for_the_base(duties: DutyList, category: str, words: str) -> None:
    with pytest.raises(Refused) as refused:
        duties.check_target(category, "base", on=DAY)
    assert refused.value.code == "department_work"
    said = str(refused.value)
    assert words in said
    assert "国办函〔2025〕66号" in said
    assert "规划局" in said
    assert "{" not in said


def test_departments_may_always_be_given_their_work_and_the_bases(duties: DutyList) -> None:
    for category in ("010101", "010201", "0201"):
        row = duties.check_target(category, "department", on=DAY)
        assert row is not None


def test_the_base_may_be_given_its_own_work(duties: DutyList) -> None:
    row = duties.check_target("0201", "base", on=DAY)
    assert row is not None
    assert row.for_base


def test_an_undecided_subject_is_left_to_a_person(duties: DutyList) -> None:
    assert duties.check_target("0202", "base", on=DAY) is None


@pytest.mark.parametrize(
    ("row", "key", "allowed"),
    [
        ("L9,99,street,taken_back,,x,2020-01-01,,example", "prefix", "a code of taxonomy.csv"),
        ("L9,0202,nobody,assist,,x,2020-01-01,,example", "body", "a code of bodies.csv"),
        ("L9,0202,street,base,,x,2020-01-01,,example", "kind", "'base' with a body of the base"),
        ("L9,0202,base:village,assist,,x,2020-01-01,,example", "kind", "'base' with a body of the base"),
        ("L9,0202,street,push,,x,2020-01-01,,example", "kind", "one of: base, assist, taken_back"),
        ("L9,0202,street,assist,mayor,x,2020-01-01,,example", "assisting", "mayor is not one"),
        ("L9,0202,street,assist,,x,soon,,example", "valid_from", "a date like 2026-01-01"),
        ("L9,0202,street,assist,,x,2020-01-01,2020,example", "valid_to", "a date like 2026-01-01"),
        ("L9,0202,street,assist,,x,2020-01-01,,rumour", "status", "one of: official, default, example"),
        ("L1,0202,street,assist,,x,2020-01-01,,example", "no", "each number once"),
        ("L9,0201,street,assist,,x,2026-01-01,,example", "prefix", "not the same subject and days as row L5"),
    ],
)
def test_wrong_rows_are_told(row: str, key: str, allowed: str) -> None:
    _, _, problems = read([*DUTIES, row])
    assert [(p.line, p.key) for p in problems] == [(7, key)]
    assert allowed in problems[0].allowed


def test_a_body_of_no_kind_is_told() -> None:
    _, _, problems = read([], [*BODIES, "mayor,市长,Mayor,person", "land,又,Again,department"])
    assert [(p.key, p.line) for p in problems] == [("kind", 6), ("code", 7)]


@pytest.mark.parametrize(
    ("texts", "label", "category", "row"),
    [
        (["没有暖气"], "", "010101", "L3"),
        (["您好", "路灯不亮"], "", "010102", "L1"),  # the body of the message when the title says nothing
        (["路灯和门牌都坏了"], "", "0101", "L1"),  # two subjects, one body: the body is sure
        (["暖气和路灯都坏了"], "", "0101", None),  # two subjects, two bodies: undecided
        (["暖气和外事"], "城建", "010101", "L3"),  # a person's label narrows
        (["您好"], "城建", "01", None),  # at least the label stays
        (["您好"], "不存在的", None, None),
        ([], "", None, None),
    ],
)
def test_placing_never_guesses(texts: list[str], label: str, category: str | None, row: str | None) -> None:
    taxonomy, duties, _ = read(DUTIES)
    placed = place(taxonomy, duties, texts=texts, label=label, on=DAY)
    assert (placed.category.code if placed.category else None) == category
    assert (placed.row.no if placed.row else None) == row
    assert placed.reason
