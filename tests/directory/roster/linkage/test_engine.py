"""Linkage without a table: what each comparison finds, that nothing reaches a disk, and how good it is on planted truth."""

from __future__ import annotations

import inspect
import math
import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest
from benchmarks.planted_people import duplicated, planted

from genmai.directory.roster.linkage import engine
from genmai.directory.roster.linkage.comparing import BLOCKS, COMPARISONS
from genmai.directory.roster.linkage.explaining import probability_of, waterfall
from genmai.directory.roster.linkage.parameters import of_version, parse
from genmai.directory.roster.linkage.records import Record, letters_of, one_point

PARAMETERS = of_version("people-1")
BORN = date(1975, 3, 8)


def pairs(left: list[Record], right: list[Record] | None, least: float = 1e-12) -> list[engine.Pair]:
    with engine.memory() as connection:
        return list(engine.pairs(left, right, parameters=PARAMETERS, least=least, connection=connection))


def levels(left: Record, right: Record) -> dict[str, str]:
    """What is found of two records, by comparison; empty where no block brings them together."""
    found = pairs([replace(left, id="r1")], [replace(right, id="m1")])
    return {name: level for pair in found for name, level, _bits in pair.parts}


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("张伟", "张伟", "same"),
        ("张伟", "张玮", "sound"),
        ("张建国", "张建华", "one"),
        ("张伟", "张强", "else"),  # of two characters one is half a name
        ("买买提·艾力", "买买提•艾力", "same"),
        ("买买提·艾力", "买买提艾力", "same"),
        ("买买提·艾力", "买买提 . 艾力", "same"),
        ("买买提·艾力", "买买提", "head"),
        ("张　伟", "张伟", "same"),
    ],
)
def test_names(one: str, other: str, level: str) -> None:
    assert levels(Record("", one, BORN), Record("", other, BORN))["name"] == level


@pytest.mark.parametrize(
    ("other", "level"),
    [
        (date(1975, 3, 8), "same"),
        (date(1975, 8, 3), "swapped"),
        (date(1975, 3, 18), "digit"),
        (date(1975, 3, 19), "else"),
        (date(1975, 11, 27), "else"),
    ],
)
def test_birth_dates(other: date, level: str) -> None:
    assert levels(Record("", "欧阳建国", BORN), Record("", "欧阳建国", other))["born"] == level


def test_numbers_are_compared_by_their_index_alone_and_the_unknown_says_nothing() -> None:
    assert {field for field in inspect.signature(Record).parameters if field in ("phone", "identity")} == set()
    same = levels(Record("", "张伟", BORN, phone_index=b"a" * 32), Record("", "张伟", BORN, phone_index=b"a" * 32))
    assert same["phone"] == "same"
    assert "identity" not in same  # neither is known: no line in the waterfall


def test_a_rare_name_weighs_more_than_a_common_one() -> None:
    left = [Record(f"r{n}", "王伟", date(1950 + n, 1, 1)) for n in range(40)] + [Record("r99", "励玮涵", BORN)]
    right = [Record(f"m{n}", "王伟", date(1950 + n, 1, 1)) for n in range(40)] + [Record("m99", "励玮涵", BORN)]
    bits = {
        pair.left if pair.left[0] == "r" else pair.right: {c: b for c, _l, b in pair.parts}["name"]
        for pair in pairs(left, right)
    }
    assert bits["r99"] > bits["r7"] + 3


def test_the_waterfall_leads_from_the_prior_to_the_weight() -> None:
    (pair,) = pairs([Record("r1", "张伟", BORN, "1")], [Record("m1", "张伟", BORN, "1")])
    start, lines = waterfall(pair.parts, pair.weight)
    assert start == pytest.approx(math.log2(PARAMETERS.prior["link"] / (1 - PARAMETERS.prior["link"])), abs=0.05)
    assert start + sum(bits for _c, _l, bits in pair.parts) == pytest.approx(pair.weight)
    assert lines[-1].total == pytest.approx(pair.weight, abs=0.06)
    assert probability_of(pair.weight) == pytest.approx(pair.probability, abs=1e-3)


# -- nothing in clear reaches a disk ---------------------------------------------------------------------------------


def test_what_does_not_fit_is_refused_and_never_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with engine.memory(limit="40MB", threads=1) as connection:
        assert connection.execute("SELECT current_setting('temp_directory')").fetchone() == ("",)
        with pytest.raises(duckdb.OutOfMemoryException):
            connection.execute(
                "CREATE TABLE big AS SELECT random() AS a, random() AS b FROM range(20000000) ORDER BY a"
            )
    assert list(tmp_path.rglob("*")) == []
    with engine.memory() as connection:
        for statement in (
            "SET temp_directory = '.'",
            "SET enable_external_access = true",
            "COPY (SELECT 1) TO 'out.csv'",
        ):
            with pytest.raises(duckdb.Error):
                connection.execute(statement)
    assert list(tmp_path.rglob("*")) == []


def test_a_whole_run_opens_no_file_for_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    made = planted(members=400, residents=100, seed=3)
    before = _writable()
    with engine.memory() as connection:
        for _pair in engine.pairs(
            made.residents, made.members, parameters=PARAMETERS, least=0.5, connection=connection
        ):
            assert _writable() == before
            break
    assert list(tmp_path.rglob("*")) == []


def _writable() -> set[str]:
    """Regular files this process holds open for writing."""
    found = set()
    for one in Path("/proc/self/fd").iterdir():
        try:
            target, flags = os.readlink(one), Path(f"/proc/self/fdinfo/{one.name}").read_text()
        except OSError:
            continue
        mode = int(next(line.split()[1] for line in flags.splitlines() if line.startswith("flags")), 8)
        if target.startswith("/") and Path(target).is_file() and mode & 3:
            found.add(target)
    return found


# -- how good, on a truth that is known ------------------------------------------------------------------------------


def test_members_are_found_among_residents() -> None:
    made = planted(members=6000, residents=2000, seed=5)
    found = pairs(made.residents, made.members, 0.5)  # a small town: no name is as rare as in a city
    offered = {(p.left, p.right) if p.left[0] == "r" else (p.right, p.left) for p in found}
    right = sum(made.truth.get(resident) == member for resident, member in offered)
    assert len(made.truth) == 90
    assert right / len(offered) > 0.97
    assert right / len(made.truth) > 0.9


def test_people_of_one_name_and_one_birth_date_are_not_offered_as_one() -> None:
    """A cohort: same name, same day, other numbers."""
    left = Record("m1", "王伟", BORN, "1", b"1" * 32, b"a" * 32)
    assert pairs([left, replace(left, id="m2", phone_index=b"2" * 32, identity_index=b"b" * 32)], None, 0.5) == []


def test_every_blocking_rule_is_counted_before_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    same = [Record(f"m{n}", "王伟", BORN) for n in range(60)]
    with engine.memory() as connection:
        assert engine.counted(connection, same, None)["letters_born"] == 60 * 59 / 2
    monkeypatch.setattr(engine, "LARGEST_BLOCK", 100)
    assert pairs(same, None) == []  # each rule would give 1770 pairs: none is run
    assert set(BLOCKS) == set(engine.BLOCKS)


def test_training_gives_the_same_odds_for_the_same_seed() -> None:
    rows, _truth = duplicated(people=1500, twice=0.2, seed=9)
    once, again = (
        engine.train(rows, version="t", trained_on="planted", seed=4, most_pairs=1e5).text() for _ in range(2)
    )
    assert once == again
    learnt = parse(once)
    assert learnt.odds["born"]["same"].m > 0.8
    assert {c.key: {level.key for level in c.levels} for c in COMPARISONS} == {
        name: set(levels) for name, levels in learnt.odds.items()
    }


def test_letters_and_points() -> None:
    assert letters_of("张伟") == "zhangwei"
    assert one_point("买买提 • 艾力") == "买买提·艾力"
