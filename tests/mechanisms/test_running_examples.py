"""An example that does not come out says what came instead; one that can't be asked says what is missing."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from tests.mechanisms.conftest import Tree

from genmai.mechanisms.running import run_examples
from genmai.mechanisms.schema import Limit

SUBJECTS = "code,zh,en,keywords\n01,城建,Building,\n0101,供暖,Heating,暖气\n02,村务,Village,\n0201,邻里,Near,邻居\n"
BODIES = "code,zh,en,kind\nhousing,住建局,Housing,department\nbase:village,村社,Village,base\n"
DUTIES = (
    "no,prefix,body,kind,assisting,basis,valid_from,valid_to,status\n"
    "L1,0101,housing,taken_back,,x,2020-01-01,,example\nL2,0201,base:village,base,,x,2020-01-01,,example\n"
)


def three_days(limit: Limit, start: datetime) -> datetime:
    return start + timedelta(days=int(limit.amount))


def outcome(tree: Tree, example: str) -> str:
    folder = tree.write("here/one", example=f"- {{title: 例, {example}}}\n")
    for name, text in (("taxonomy", SUBJECTS), ("bodies", BODIES), ("duties", DUTIES)):
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return run_examples(tree.library().get("here/one"), three_days)[0].wrong


LIMIT = "ask: due, limit: things.kinds.b.limit, start: '2026-03-02T09:00:00+08:00'"
DISPATCH = "ask: dispatch, on: 2026-03-02"


@pytest.mark.parametrize(
    "example",
    [
        "ask: find, text: 没有暖气, category: '0101'",
        "ask: find, text: 您好, category: null",
        f"{DISPATCH}, category: '0101', body: housing",
        f"{DISPATCH}, category: '0101', to: base, refused: true",
        f"{DISPATCH}, text: 邻居太吵, to: base, body: 'base:village'",
        f"{DISPATCH}, text: 您好, undecided: true",
        f"{DISPATCH}, category: '0101', to: department, on: 2019-01-01, undecided: true",
        f"{LIMIT}, due: '2026-03-05T01:00:00+00:00'",
        "ask: value, of: things.order, value: [a, b]",
        "ask: value, of: things.kinds, value: [a, b]",
        "ask: value, of: things.kinds, take: count, value: 2",
        "ask: value, of: things.kinds.b.title.zh, value: 乙",
        "ask: rows, file: duties.csv, count: 2",
        "ask: rows, file: duties.csv, where: {kind: base}, count: 1",
        "ask: rows, file: duties.csv, distinct: status, count: 1",
    ],
)
def test_right_examples_come_out(tree: Tree, example: str) -> None:
    assert outcome(tree, example) == ""


@pytest.mark.parametrize(
    ("example", "instead"),
    [
        ("ask: find, text: 没有暖气, category: '0201'", "found 0101"),
        ("ask: find, text: 没有暖气, category: null", "found 0101"),
        (f"{DISPATCH}, category: '0101', body: street", "row L1: housing"),
        (f"{DISPATCH}, category: '0101', refused: true", "row L1: housing"),
        (f"{DISPATCH}, category: '0101', undecided: true", "row L1: housing"),
        (f"{DISPATCH}, category: '0101', to: base, body: housing", "refused: "),
        (f"{DISPATCH}, category: '02', body: housing", "undecided: "),
        (f"{DISPATCH}, category: '77', body: housing", "there is no category 77"),
        (f"{LIMIT}, due: '2026-03-05T09:00:01+08:00'", "due 2026-03-05T09:00:00+08:00"),
        (
            "ask: due, limit: things.kinds.a.points, start: '2026-03-02T09:00:00Z', due: '2026-03-02T09:00:00Z'",
            "no limit",
        ),
        ("ask: value, of: things.kinds.zzz, value: 1", "there is no zzz"),
        ("ask: value, of: nothing.at.all, value: 1", "there is no section nothing"),
        ("ask: value, of: things.kinds.*.points, take: sum, value: 4", "is 3"),
        ("ask: rows, file: none.csv, count: 1", "there is no file none.csv"),
        ("ask: rows, file: duties.csv, where: {colour: red}, count: 1", "there is no colour"),
        ("ask: rows, file: duties.csv, count: 3", "2 rows"),
    ],
)
def test_wrong_examples_say_what_came_instead(tree: Tree, example: str, instead: str) -> None:
    assert instead in outcome(tree, example)
