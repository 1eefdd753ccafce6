"""A new mechanism that loads, with an example that passes: a place to start writing from."""

from __future__ import annotations

import re
from pathlib import Path

from genmai.kernel.refusal import BadInput, Refused
from genmai.mechanisms.loading import RELEASED

NAME = re.compile(r"^[a-z0-9][a-z0-9-]*$")
BASE = "default/case-loop"

HEAD = """\
# What is known of this mechanism, and from where. Where no public text exists, the status is "default" or "example".
key = "{key}"
version = 1
title = {{ zh = "新机制（请改名）", en = "New mechanism (rename)" }}
owner = "（填写负责单位）"
status = "example"  # official (with the document's number below), default or example
extends = "{base}@{version}"
formerly = []

[[basis]]
title = "（填写文件名称）"
number = ""
issuer = ""
note = "没有公开文件时如实写明。"
"""
CASES = """\
# Only what differs from the loop it extends. Tables are merged by key; lists and single values replace.
# To take inherited keys away first: drop = ["kinds"]

[kinds.example]
title = { zh = "示例事项", en = "Example" }
urgency = "normal"
"""
EXAMPLE = """\
# Each example is a situation and what must come of it. They run with: genmai mechanisms test
- title: 新增了一类事项
  ask: value
  of: cases.kinds.example.urgency
  value: normal
"""
README = """\
# {key}

谁用、解决什么问题、依据什么文件（没有公开文件就写明）。
"""


def create(root: Path, place: str, name: str, *, base_version: int) -> Path:
    """A working folder `<place>/<name>` that extends the general case loop; gives its path.

    Raises BadInput for a name that can't be one, Refused('exists') when the folder is there.
    """
    for field, value in (("place", place), ("key", name)):
        if not NAME.match(value) or value == RELEASED:
            raise BadInput(
                "bad_name", "“{name}”不能作名称", name=value, field=field, allowed="小写字母、数字和连字符，如 yinzhou"
            )
    folder = root / place / name
    if folder.exists():
        raise Refused("exists", "{folder}已经有了，没有改动它。", folder=f"{place}/{name}")
    key = f"{place}/{name}"
    (folder / "examples").mkdir(parents=True)
    (folder / "mechanism.toml").write_text(HEAD.format(key=key, base=BASE, version=base_version), encoding="utf-8")
    (folder / "cases.toml").write_text(CASES, encoding="utf-8")
    (folder / "examples" / "first.yaml").write_text(EXAMPLE, encoding="utf-8")
    (folder / "README.md").write_text(README.format(key=key), encoding="utf-8")
    return folder
