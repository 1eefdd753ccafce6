"""Columns are suggested by how people head them; the person decides, and nothing is dropped in silence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genmai.kernel.sheets import WRONG_COLUMN, Field, SheetRefused, match_columns

FIELDS = (
    Field(key="number", label="工单编号", aliases=("编号", "留言编号"), required=True),
    Field(key="name", label="来电人", aliases=("姓名",)),
    Field(key="phone", label="联系电话", aliases=("电话", "手机号")),
    Field(key="text", label="内容", aliases=("诉求内容", "留言详情"), required=True),
)


def _found(*headers: str) -> dict[str, int]:
    return match_columns(headers, FIELDS).columns


def test_labels_and_aliases_are_found_in_any_order() -> None:
    assert _found("留言详情", "电话", "来电人", "留言编号") == {"text": 0, "phone": 1, "name": 2, "number": 3}


@pytest.mark.parametrize(
    "written", ["*联系电话", "联系电话（必填）", "联系 电话:", "联系电话(11位)", "【必填】联系电话"]
)
def test_stars_remarks_and_blanks_do_not_matter(written: str) -> None:
    matching = match_columns(["编号", written, "内容"], FIELDS)
    assert matching.found["phone"].index == 1
    assert matching.found["phone"].confidence == 1.0
    assert matching.found["phone"].letter == "B"


def test_last_part_of_a_two_level_header_counts() -> None:
    assert _found("编号", "来电人·姓名", "来电人·电话", "内容") == {"number": 0, "name": 1, "phone": 2, "text": 3}


def test_likeness_is_suggested_with_less_confidence() -> None:
    match = match_columns(["编号", "来电人联系电话", "内容"], FIELDS).found["phone"]
    assert 0.5 <= match.confidence < 0.9


def test_a_better_match_is_never_given_up_for_a_worse_one() -> None:
    assert _found("诉求内容摘要", "诉求内容", "编号")["text"] == 1


def test_columns_nobody_asked_for_are_listed() -> None:
    matching = match_columns(["编号", "内容", "经办人备注", "", WRONG_COLUMN], FIELDS)
    assert matching.unknown == ((2, "经办人备注"),)


def test_names_that_stand_twice_are_named_and_taken_with_less_confidence() -> None:
    matching = match_columns(["编号", "电话", "电话", "内容"], FIELDS)
    assert matching.repeated == ("电话",)
    assert matching.found["phone"].index == 1
    assert matching.found["phone"].confidence < 0.9


def test_a_sheet_without_the_required_columns_is_refused_with_what_was_found() -> None:
    matching = match_columns(["品名", "单价"], FIELDS)
    assert [field.key for field in matching.missing] == ["number", "text"]
    with pytest.raises(SheetRefused) as refused:
        matching.check()
    assert refused.value.code == "sheet_wrong"
    assert {"工单编号", "内容", "品名", "单价"} <= set(
        refused.value.text().replace("。", "、").replace("：", "、").split("、")
    )


def test_a_person_may_override_the_suggestion() -> None:
    matching = match_columns(["编号", "甲", "乙", "内容"], FIELDS).override({"phone": 2, "name": 1})
    assert matching.columns == {"number": 0, "text": 3, "phone": 2, "name": 1}
    assert matching.override({"phone": None}).columns == {"number": 0, "text": 3, "name": 1}


def test_taking_a_column_for_one_field_takes_it_from_the_other() -> None:
    matching = match_columns(["编号", "电话", "内容"], FIELDS).override({"name": 1})
    assert matching.columns == {"number": 0, "text": 2, "name": 1}


@pytest.mark.parametrize("chosen", [{"nothing": 0}, {"phone": 9}, {"phone": -1}, {"phone": 0, "name": 0}])
def test_an_impossible_choice_is_refused(chosen: dict[str, int]) -> None:
    with pytest.raises(SheetRefused) as refused:
        match_columns(["编号", "电话", "内容"], FIELDS).override(chosen)
    assert refused.value.code == "sheet_mapping"


@given(st.lists(st.text(max_size=12), max_size=12))
def test_no_column_is_suggested_twice_whatever_the_headers(headers: list[str]) -> None:
    columns = list(match_columns(headers, FIELDS).columns.values())
    assert len(columns) == len(set(columns))
