"""A model on disk: one line of facts with the body's digest, then arrays only. Nothing in it can be run.

Written whole or not at all; `current.json` names the one in use and is replaced last.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from genmai.processes.cases.suggestion.features import BLOCKS
from genmai.processes.cases.suggestion.habits import Habit
from genmai.processes.cases.suggestion.model import Block, Head, Model

FORMAT = 1  # of the file and of the features: another number is not read
POINTER = "current.json"
KEPT = 3  # files; older ones go when a new one is there
_NUMBERS = ("sharpness", "threshold", "precision", "macro_f1")


class Damaged(Exception):
    """The file is not what it was when it was written, or is of another format."""


def save(folder: Path, model: Model) -> Path:
    """Write the model and make it the current one."""
    folder.mkdir(parents=True, exist_ok=True)
    body = io.BytesIO()
    np.savez_compressed(body, **_arrays(model))
    data = body.getvalue()
    head = {"format": FORMAT, "sha256": hashlib.sha256(data).hexdigest(), **_facts(model)}
    path = folder / f"{model.version}.model"
    _write(path, json.dumps(head, ensure_ascii=False).encode() + b"\n" + data)
    _write(folder / POINTER, json.dumps({"version": model.version}).encode())
    for old in sorted(folder.glob("*.model"), key=lambda one: one.stat().st_mtime_ns)[:-KEPT]:
        if old != path:
            old.unlink(missing_ok=True)
    return path


def load(path: Path) -> Model:
    """Raises Damaged, FileNotFoundError."""
    head, _, data = path.read_bytes().partition(b"\n")
    try:
        facts = json.loads(head)
        if facts["format"] != FORMAT or hashlib.sha256(data).hexdigest() != facts["sha256"]:
            raise Damaged(path.name)
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return _model(facts, arrays)
    except (ValueError, KeyError, TypeError) as wrong:
        raise Damaged(path.name) from wrong


def current_version(folder: Path) -> str:
    """The version in use; empty when none was ever learned. Raises Damaged."""
    try:
        return str(json.loads((folder / POINTER).read_bytes())["version"])
    except FileNotFoundError:
        return ""
    except (ValueError, KeyError, TypeError) as wrong:
        raise Damaged(POINTER) from wrong


def _write(path: Path, data: bytes) -> None:
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.chmod(0o600)
    part.replace(path)


def _arrays(model: Model) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for block in model.blocks:
        found[f"keys_{block.name}"], found[f"idf_{block.name}"] = block.keys, block.idf
    for head in model.heads:
        found[f"coef_{head.level}"] = head.coef
        found[f"intercept_{head.level}"], found[f"bias_{head.level}"] = head.intercept, head.bias
    return found


def _facts(model: Model) -> dict[str, Any]:
    heads = [
        {name: getattr(head, name) for name in ("level", "classes", "decided", "held_out", *_NUMBERS)}
        for head in model.heads
    ]
    return {
        "version": model.version,
        "blocks": {block.name: block.floor for block in model.blocks},
        "heads": heads,
        "habits": [asdict(habit) for habit in model.habits],
        "facts": dict(model.facts),
    }


def _model(facts: dict[str, Any], arrays: Any) -> Model:
    blocks, start = [], 0
    if list(facts["blocks"]) != list(BLOCKS):
        raise KeyError("blocks")
    for name, floor in facts["blocks"].items():
        blocks.append(Block(name, arrays[f"keys_{name}"], arrays[f"idf_{name}"], start, float(floor)))
        start += len(blocks[-1].keys)
    heads = [_head(one, arrays, start) for one in facts["heads"]]
    habits = tuple(Habit(**one) for one in facts["habits"])
    return Model(facts["version"], tuple(blocks), tuple(heads), habits, facts["facts"])


def _head(one: dict[str, Any], arrays: Any, columns: int) -> Head:
    level, classes = int(one["level"]), tuple(one["classes"])
    coef = arrays[f"coef_{level}"]
    if coef.shape != (columns, len(classes)):
        raise ValueError("coef")
    return Head(
        level=level,
        classes=classes,
        coef=coef,
        intercept=arrays[f"intercept_{level}"],
        bias=arrays[f"bias_{level}"],
        decided=int(one["decided"]),
        held_out=int(one["held_out"]),
        **{name: float(one[name]) for name in _NUMBERS},
    )


__all__ = ["Damaged", "current_version", "load", "save"]
