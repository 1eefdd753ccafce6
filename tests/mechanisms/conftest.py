"""A mechanisms folder of one's own, small enough to break on purpose."""

from __future__ import annotations

from pathlib import Path

import pytest

from genmai.mechanisms.library import Library
from genmai.mechanisms.loading import load_with_problems
from genmai.mechanisms.problems import Problem
from genmai.mechanisms.schema import Code, Frozen, Limit, Positive, Section, Text

HEAD = """\
key = "{key}"
version = {version}
title = {{ zh = "机制", en = "Mechanism" }}
owner = "区委"
status = "default"
{more}
[[basis]]
title = "文件"

[roles.secretary]
title = {{ zh = "书记", en = "Secretary" }}
posts = ["village_secretary"]
"""
EXAMPLE = """\
- title: 数一数
  ask: value
  of: things.kinds.*.points
  take: sum
  value: 3
"""
THINGS = """\
order = ["a", "b"]
[kinds.a]
title = { zh = "甲", en = "A" }
points = 1
[kinds.b]
title = { zh = "乙", en = "B" }
points = 2
limit = { clock = "working_days", amount = 3 }
"""


class Thing(Frozen):
    title: Text
    points: Positive
    limit: Limit | None = None


class ThingsSection(Section):
    order: tuple[Code, ...] = ()
    kinds: dict[Code, Thing]


class Tree:
    """Writes mechanisms and loads them."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(
        self, key: str, *, version: int = 1, more: str = "", things: str | None = THINGS, example: str | None = EXAMPLE
    ) -> Path:
        folder = self.root / key
        (folder / "examples").mkdir(parents=True, exist_ok=True)
        head = HEAD.format(key=key, version=version, more=more)
        (folder / "mechanism.toml").write_text(head, encoding="utf-8")
        if things is not None:
            (folder / "things.toml").write_text(things, encoding="utf-8")
        if example is not None:
            (folder / "examples" / "all.yaml").write_text(example, encoding="utf-8")
        return folder

    def load(self) -> tuple[Library, list[Problem]]:
        return load_with_problems(self.root, {"things": ThingsSection})

    def library(self) -> Library:
        library, problems = self.load()
        assert problems == []
        return library

    def problems(self) -> list[str]:
        return [str(problem) for problem in self.load()[1]]


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path / "mechanisms")
