"""Subjects are found by code, by label or by unmistakable words, and never guessed."""

from __future__ import annotations

import pytest

from genmai.kernel.refusal import BadInput
from genmai.mechanisms.problems import Problem
from genmai.mechanisms.taxonomy import Taxonomy, read_taxonomy

ROWS = [
    ("01", "城建", "Building", ""),
    ("0101", "安全生产", "Safety", ""),
    ("010101", "隐患", "Hazards", "隐患"),
    ("0102", "市政", "Municipal", "市政"),
    ("010201", "供暖", "Heating", "暖气 供暖"),
    ("010202", "出租房", "Let rooms", "出租 出租屋"),
    ("02", "经济", "Economy", ""),
    ("0201", "安全生产", "Safety", ""),
    ("020101", "隐患", "Hazards", ""),
    ("03", "交通运输", "Transport", ""),
    ("0301", "交通运输", "Transport", ""),
    ("0302", "出租车、网约车", "Taxis", "出租车"),
]


def read(rows: list[tuple[str, str, str, str]]) -> tuple[Taxonomy, list[Problem]]:
    problems: list[Problem] = []
    table = tuple(
        dict(zip(("code", "zh", "en", "keywords", "_line"), (*row, str(line)), strict=True))
        for line, row in enumerate(rows, start=2)
    )
    return read_taxonomy(table, "taxonomy.csv", problems), problems


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    made, problems = read(ROWS)
    assert problems == []
    return made


def test_a_code_gives_the_whole_path_in_both_languages(taxonomy: Taxonomy) -> None:
    heating = taxonomy.lookup("010201")
    assert (heating.level, heating.name, heating.title) == (3, "供暖", "城建 / 市政 / 供暖")
    assert heating.title_en == "Building / Municipal / Heating"


def test_an_unknown_code_is_refused(taxonomy: Taxonomy) -> None:
    with pytest.raises(BadInput, match="990000") as refused:
        taxonomy.lookup("990000")
    assert refused.value.code == "unknown_category"
    assert "990000" in str(refused.value)


def test_children_go_level_by_level(taxonomy: Taxonomy) -> None:
    assert [c.code for c in taxonomy.children()] == ["01", "02", "03"]
    assert [c.code for c in taxonomy.children("01")] == ["0101", "0102"]
    assert [c.code for c in taxonomy.leaves] == ["010101", "010201", "010202", "020101"]


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("城建", "01"),
        (" 城建\n", "01"),
        ("经济/安全生产", "0201"),
        ("经济 > 安全生产 > 隐患", "020101"),
        ("市政-供暖", "010201"),
        ("出租车、网约车", "0302"),
        ("交通运输", "03"),  # names a level and one below it: the level itself
        ("安全生产", None),  # two places: not guessed
        ("", None),
    ],
)
def test_labels_match_a_name_or_the_end_of_a_path(taxonomy: Taxonomy, label: str, code: str | None) -> None:
    found = taxonomy.find(label)
    assert (found.category.code if found.category else None) == code
    assert found.reason


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("今年又没有暖气", "010201"),
        ("出租车不打表", "0302"),  # 出租车 is not also 出租
        ("出租屋漏水", "010202"),
        ("市政供暖管道坏了", "010201"),  # the subject below says the same more exactly
        ("出租屋没有暖气", "0102"),  # both under one subject: sure as far as that
        ("出租车里有安全隐患", None),  # two different first levels
        ("您好", None),
    ],
)
def test_words_decide_only_when_they_agree(taxonomy: Taxonomy, text: str, code: str | None) -> None:
    found = taxonomy.find(text)
    assert (found.category.code if found.category else None) == code


def test_a_tie_names_its_candidates(taxonomy: Taxonomy) -> None:
    found = taxonomy.find("出租车里有安全隐患")
    assert found.candidates == ("010101", "0302")
    assert "2 个分类" in str(found.reason)


def test_a_label_given_before_narrows_the_search(taxonomy: Taxonomy) -> None:
    assert taxonomy.find("出租车里有安全隐患", within="01").category == taxonomy.lookup("010101")
    assert taxonomy.find("安全生产", within="02").category == taxonomy.lookup("0201")
    assert taxonomy.find("出租车停在门口", within="01").category is None  # still not 出租


@pytest.mark.parametrize(
    ("row", "allowed"),
    [
        (("1", "甲", "A", ""), "two, four or six digits"),
        (("010301", "甲", "A", ""), "a row for each level above it"),
        (("010201", "甲", "A", ""), "each code once"),
        (("04", "甲", "", ""), "a name in both languages"),
    ],
)
def test_wrong_rows_are_told_with_their_line(row: tuple[str, str, str, str], allowed: str) -> None:
    made, problems = read([*ROWS, row])
    assert any(problem.allowed == allowed and problem.line >= 2 for problem in problems)
    assert len(made) >= len(ROWS) - 1


def test_a_missing_column_is_told() -> None:
    problems: list[Problem] = []
    read_taxonomy(({"code": "01", "_line": "2"},), "taxonomy.csv", problems)
    assert [problem.key for problem in problems] == ["zh", "en", "keywords"]
