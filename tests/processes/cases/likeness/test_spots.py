"""Where, in a reporter's own words: what disagrees is elsewhere, a road both name may join two villages."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genmai.processes.cases.definition_likeness import LANDMARKS, Likeness
from genmai.processes.cases.likeness.grams import Reader
from genmai.processes.cases.likeness.scoring import Score, Seen, alike, score
from genmai.processes.cases.likeness.spots import Spots, spots_of

RULES = Likeness()
AT = datetime(2026, 3, 2, tzinfo=UTC)
T, V, W, OTHER = "330299001", "330299001201", "330299001001", "330299002201"
texts = st.text(st.sampled_from("东西大门口3号楼十二幢单元弄在中山路学校菜场的，。"), max_size=30)


def spots(text: str) -> Spots:
    return spots_of(text, LANDMARKS)


def of(one: str, other: str, lines: tuple[tuple[str, ...], tuple[str, ...]] = ((T, V), (T, V))) -> Score:
    reader = Reader()
    first, second = (
        Seen(reader.read(text), line, reader.read(""), AT, spots=spots(text))
        for text, line in zip((one, other), lines, strict=True)
    )
    return score(first, second, RULES)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("三号楼下路灯坏了", "12 幢门口路灯坏了"),
        ("东门外井盖没了", "西大门那边井盖没了"),
        ("3幢2单元电梯停了", "三幢二单元和5幢都停了"),
        ("菜市场后面垃圾没人收", "小学门口垃圾没人收"),
        ("中山路58弄污水冒出来", "中兴路60弄污水冒出来"),
    ],
)
def test_other_numbers_gates_and_landmarks_are_elsewhere_only_where_none_agrees(one: str, other: str) -> None:
    agrees = "5幢" in other
    assert spots(one).elsewhere(spots(other)) is not agrees


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("三号楼下路灯坏了", "3 幢门口路灯坏了"),
        ("十二号楼", "12栋"),
        ("一百零五弄", "105 弄"),
        ("东大门", "靠东边的大门"),
        ("路灯坏了", "12 幢路灯坏了"),
        ("电梯停在七楼", "三号楼电梯坏了"),
        ("农贸市场后门", "菜场北边"),
        ("中山路菜场边", "中山路学校旁"),
    ],
)
def test_the_same_spot_in_other_words_or_nothing_said_is_not_elsewhere(one: str, other: str) -> None:
    assert not spots(one).elsewhere(spots(other))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("就在中山路上有个大坑", {"中山路"}),
        ("鄞县大道的路灯", {"鄞县大道"}),
        ("这条路坑坑洼洼，马路上全是水，走夜路看不见", set()),
        ("奉化江边的垃圾，水泥路破损", {"奉化江"}),
        ("公路局没来，道路中间塌了", set()),
    ],
)
def test_names_of_roads_are_told_from_talk_of_roads(text: str, names: set[str]) -> None:
    assert spots(text).names == names


def test_one_road_on_the_border_of_two_villages_is_offered_and_nothing_else_is() -> None:
    pit, same = "中山路上有个大坑，电动车摔了", "中山路路面塌了一个大坑"
    neighbours = ((T, V), (T, W))
    found = of(pit, same, neighbours)
    assert found.near == "border"
    assert alike(found, RULES)
    assert not alike(of("桥头路灯坏了", "桥头路灯坏了", neighbours), RULES), (
        "the same words next door are another matter"
    )
    assert of(pit, same, ((T, V), (OTHER[:9], OTHER))).near == "apart", "never across towns"


def test_elsewhere_leaves_as_much_of_the_score_as_the_mechanism_says() -> None:
    one, other = "三号楼下路灯不亮", "12幢楼下路灯不亮"
    reader = Reader()
    first, second = (Seen(reader.read(t), (T, V), reader.read(""), AT, spots=spots(t)) for t in (one, other))
    whole = score(first, second, RULES.model_copy(update={"elsewhere": Fraction(1)}))
    half = score(first, second, RULES.model_copy(update={"elsewhere": Fraction(1, 2)}))
    assert whole.elsewhere
    assert half.total == pytest.approx(whole.total / 2, abs=1e-4)
    assert not alike(score(first, second, RULES), RULES)


@given(one=texts, other=texts)
def test_the_same_both_ways_round_and_no_text_is_elsewhere_than_itself(one: str, other: str) -> None:
    first, second = spots(one), spots(other)
    assert first.elsewhere(second) == second.elsewhere(first)
    assert first.meets(second) == second.meets(first)
    assert not first.elsewhere(first)
