"""Texts read as signs and pairs; scores that are the same both ways round, explained, and never by place alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genmai.processes.cases.definition_likeness import Likeness
from genmai.processes.cases.likeness.grams import Commonness, Reader
from genmai.processes.cases.likeness.places import line_of, names_of
from genmai.processes.cases.likeness.scoring import Score, Seen, alike, near, same_subject, score
from genmai.processes.cases.likeness.shared import marked, shared_words

RULES = Likeness()
AT = datetime(2026, 3, 2, tzinfo=UTC)
READER = Reader(stop=("希望", "尽快处理"), same_words=(("停水", "没水", "断水"),))
T, V, W = "330299001", "330299001201", "330299001001"
texts = st.text(st.sampled_from("路灯坏了停水没人来修，东西门口3号楼abc 。"), max_size=40)
lines = st.sampled_from([(), (T,), (T, V), (T, W), (T, V, V + "001"), (T, V, V + "002"), ("330299002",)])


def seen(text: str, line: tuple[str, ...] = (T, V), days: float = 0, spot: str = "", subject: str = "") -> Seen:
    return Seen(READER.read(text), line, READER.read(spot), AT + timedelta(days=days), subject)


def of(one: Seen, other: Seen) -> Score:
    return score(one, other, RULES)


def test_phrases_of_every_matter_and_since_when_say_nothing_and_numbers_stay_whole() -> None:
    counts = READER.counts("希望尽快处理：从上个月起 805 路公交停了，已经好几天了")
    assert "805" in counts
    assert "80" not in counts
    assert not {"希望", "几天", "上个", "理路"} & set(counts)


def test_words_of_one_meaning_are_one_and_a_search_looks_for_each() -> None:
    assert READER.read("家里没水").like(READER.read("家里停水")) == 1.0
    assert {"停水", "没水", "断水"} <= set(READER.telling("家里没水", most=30))


def test_what_everybody_writes_weighs_little() -> None:
    common = Commonness(1000, {"小区": 800, "区路": 700})
    assert common.weight("小区") < common.weight("井盖") == common.weight("从来没有")


@given(one=texts, other=texts, lines=st.tuples(lines, lines), days=st.floats(0, 400), spots=st.tuples(texts, texts))
def test_the_same_both_ways_round_and_between_nothing_and_one(
    one: str, other: str, lines: tuple[tuple[str, ...], tuple[str, ...]], days: float, spots: tuple[str, str]
) -> None:
    first, second = seen(one, lines[0], 0, spots[0]), seen(other, lines[1], days, spots[1])
    there, back = of(first, second), of(second, first)
    assert there == back
    assert all(0 <= share <= 1 for share in (there.total, there.text, there.place, there.time))
    assert near(*lines) == near(*lines[::-1])


@given(text=texts, line=lines)
def test_a_matter_is_wholly_like_itself(text: str, line: tuple[str, ...]) -> None:
    one = seen(text, line)
    if one.said.weights:
        assert of(one, one).text == 1.0
        assert alike(of(one, one), RULES)


@pytest.mark.parametrize(
    ("one", "other", "nearness"),
    [
        ((T, V), (T, V), "same"),
        ((T, V), (T, V, V + "001"), "inside"),
        ((T, V, V + "001"), (T, V, V + "002"), "village"),
        ((T,), (T, V), "town"),
        ((T, V), (T, W), "apart"),
        ((T, V), ("330299002", "330299002201"), "apart"),
        ((), (T, V), "unknown"),
    ],
)
def test_how_near(one: tuple[str, ...], other: tuple[str, ...], nearness: str) -> None:
    assert near(one, other) == nearness


def test_the_same_words_in_another_village_are_another_matter() -> None:
    assert not alike(of(seen("桥头路灯坏了"), seen("桥头路灯坏了", (T, W))), RULES)


def test_place_time_and_subject_alone_are_not_enough() -> None:
    found = of(seen("路灯不亮了走路害怕", subject="010204"), seen("井盖翘起来车子绊住了", subject="010204"))
    assert found.total >= RULES.offer
    assert not alike(found, RULES)


def test_another_subject_halves_and_the_same_raises() -> None:
    plain, same, other = (
        of(seen("东门路灯坏了", subject=s), seen("西门路灯不亮", subject=t))
        for s, t in (("", ""), ("01", "0102"), ("01", "02"))
    )
    assert other.text < plain.text < same.text
    assert plain.said == same.said == other.said
    assert (same_subject("010204", "0102"), same_subject("0102", "0103"), same_subject("", "01")) == (1, -1, 0)


def test_two_spots_of_one_village_are_less_alike_than_one() -> None:
    here, there = (of(seen("路灯坏了", spot="东门"), seen("路灯坏了", spot=spot)) for spot in ("东门", "菜场后面"))
    assert there.place < here.place


def test_lines_and_names_of_places() -> None:
    assert line_of(f"/3302/330299/{T}/{V}/") == (T, V)
    assert line_of("/3302/330299/") == ()
    assert names_of(["姜山镇", "北村"]) == ("姜山镇", "姜山", "北村")


def test_shared_words_are_marked_and_nothing_is_lost() -> None:
    words = shared_words("东门外的路灯坏了", "路灯不亮，在东门外", without=("尽快",))
    assert words[0] == "东门外"
    pieces = marked("东门外的<b>路灯</b>", words)
    assert "".join(piece for piece, _ in pieces) == "东门外的<b>路灯</b>"
    assert [piece for piece, is_shared in pieces if is_shared] == ["东门外", "路灯"]
