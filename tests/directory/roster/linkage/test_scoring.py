"""One pair in plain Python says what the engine says: the same levels, the same weights, the same probability."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genmai.directory.roster.linkage import engine
from genmai.directory.roster.linkage.comparing import BY_KEY, COMPARISONS
from genmai.directory.roster.linkage.explaining import waterfall
from genmai.directory.roster.linkage.parameters import of_version
from genmai.directory.roster.linkage.records import COLUMNS, Record, columns_of, one_point
from genmai.directory.roster.linkage.scoring import FINDING, Shares, row_of, scored

PARAMETERS = of_version("people-1")
BORN = date(1975, 3, 8)
CHARACTERS = "张王伟玮建国海 ·•艾力买提a"


@st.composite
def records(draw: Any) -> Record:
    """Few values, so that they often agree, nearly agree, or are unknown."""
    name = draw(st.text(CHARACTERS, max_size=5) | st.sampled_from(["张建国", "张建华", "买买提·艾力", "买买提"]))
    days = st.sampled_from([None, BORN, date(1975, 8, 3), date(1975, 3, 18), date(1985, 3, 8), date(1961, 11, 27)])
    index = st.sampled_from([None, b"a" * 32, b"b" * 32])
    return Record(
        "x", name, draw(days), draw(st.sampled_from(["", "1", "2"])), draw(index), draw(index),
        draw(st.sampled_from(["", "330211", "330211001", "330211001201", "330211002", "330299001"])),
    )  # fmt: skip


def by_sql(connection: Any, one: Record, other: Record) -> dict[str, str]:
    """What the levels' own SQL finds of two records."""
    columns = []
    for comparison in COMPARISONS:
        cases = "".join(f" WHEN {level.sql} THEN '{level.key}'" for level in comparison.levels if level.sql != "ELSE")
        columns.append(f"CASE WHEN {comparison.unknown} THEN NULL{cases} ELSE 'else' END")
    values, sides = [], []
    for side, record in (("l", one), ("r", other)):
        row = columns_of([record])
        values += [row[name][0] for name in COLUMNS]
        types = ["BOOLEAN" if name == "pointed" else "VARCHAR" for name in COLUMNS]
        cells = ", ".join(f"?::{kind} AS {name}_{side}" for name, kind in zip(COLUMNS, types, strict=True))
        sides.append(f"(SELECT {cells})")
    found = connection.execute(f"SELECT {', '.join(columns)} FROM {' CROSS JOIN '.join(sides)}", values).fetchone()
    return {comparison.key: level for comparison, level in zip(COMPARISONS, found, strict=True) if level is not None}


@pytest.fixture(scope="module")
def duck() -> Iterator[Any]:
    with engine.memory(limit="512MB", threads=1) as connection:
        yield connection


@settings(max_examples=400, deadline=None)
@given(one=records(), other=records())
def test_the_levels_are_those_of_the_engine(duck: Any, one: Record, other: Record) -> None:
    expected = by_sql(duck, one, other)
    rows = row_of(one), row_of(other)
    found = {key: find(*rows) for key, find in FINDING.items()}
    assert {key: level for key, level in found.items() if level is not None} == expected
    assert set(FINDING) == {comparison.key for comparison in COMPARISONS}


def test_the_weights_are_those_of_the_engine() -> None:
    """One row against a registry: every pair the engine finds, to the third digit, with the name's rarity among them."""
    left = Record("r0", "张建国", BORN, "1", b"p" * 32, b"i" * 32, "330211001")
    right = [
        Record("m1", "张建国", BORN, "1", b"p" * 32, b"i" * 32, "330211001201"),
        Record("m2", "张建国", date(1975, 8, 3), "1", b"q" * 32, None, "330211002"),
        Record("m3", "张建华", BORN, "2", b"p" * 32, b"j" * 32, "330299001"),
        Record("m4", "章建国", BORN, "1", None, b"i" * 32, ""),
        *(Record(f"m{n}", f"李{n}", date(1950, 1, 1)) for n in range(5, 40)),
    ]
    with engine.memory(limit="512MB", threads=1) as connection:
        found = list(engine.pairs([left], right, parameters=PARAMETERS, least=1e-12, connection=connection))
    assert {pair.left if pair.left != "r0" else pair.right for pair in found} == {"m1", "m2", "m3", "m4"}
    shares = Shares(name=(2 + 1) / (len(right) + 1))
    for pair in found:
        key = pair.left if pair.left != "r0" else pair.right
        ours = scored(left, next(one for one in right if one.id == key), parameters=PARAMETERS, shares=shares)
        assert [part[:2] for part in ours.parts] == [part[:2] for part in pair.parts]
        assert [bits for *_key, bits in ours.parts] == pytest.approx([bits for *_key, bits in pair.parts], abs=0.002)
        assert (ours.weight, ours.probability) == pytest.approx((pair.weight, pair.probability), abs=0.002)


def test_a_year_alone_speaks_by_how_many_were_born_in_it() -> None:
    known = Record("r0", "张建国", sex="1", year=1975)
    member = Record("m1", "张建国", BORN, "1")
    shares = Shares(name=1e-5, year=1 / 64)
    pair = scored(known, member, parameters=PARAMETERS, shares=shares)
    parts = {name: (level, bits) for name, level, bits in pair.parts}
    assert "born" not in parts
    level, bits = parts["year"]
    assert level == "same"
    assert 5.5 < bits < 6  # nearly six doublings: one of 64
    other = scored(Record("r0", "张建国", sex="1", year=1974), member, parameters=PARAMETERS, shares=shares)
    assert {name: bits for name, _level, bits in other.parts}["year"] < -5
    assert [line.comparison for line in waterfall(pair.parts, pair.weight)[1]] == ["姓名", "性别", "出生年份"]
    whole = scored(Record("r0", "张建国", BORN, "1", year=1975), member, parameters=PARAMETERS, shares=shares)
    assert [name for name, *_rest in whole.parts] == ["name", "born", "sex"]  # the day says it all


def test_every_line_has_words() -> None:
    assert set(BY_KEY) == {*(comparison.key for comparison in COMPARISONS), "year"}
    assert one_point("买买提 • 艾力") == "买买提·艾力"
