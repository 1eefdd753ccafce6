"""What changed between two versions of a mechanism, in plain words, one line a change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from genmai.mechanisms.library import Mechanism
from genmai.mechanisms.problems import shown

MANY = 12  # more changed rows of one file than this are only counted
Rows = Sequence[Mapping[str, str]]


def changes(old: Mechanism, new: Mechanism) -> tuple[str, ...]:
    """Every difference of head, sections (with what is inherited) and CSV rows; empty when there is none."""
    lines = list(_values("mechanism", _plain(old.info), _plain(new.info)))
    for name in sorted({*old.sections, *new.sections}):
        one, other = old.sections.get(name), new.sections.get(name)
        if one is None or other is None:
            lines.append(f"{name}.toml: {'新增' if one is None else '去掉'}")
        else:
            lines += _values(name, _plain(one), _plain(other))
    for name in sorted({*old.tables, *new.tables}):
        lines += _rows(name, old.tables.get(name), new.tables.get(name))
    return tuple(lines)


def _plain(model: Any) -> dict[str, Any]:
    return dict(model.model_dump(by_alias=True, mode="json"))


def _values(path: str, old: Any, new: Any) -> Iterator[str]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(key for key in new if key not in old)]:
            here = f"{path}.{key}"
            if key not in new:
                yield f"{here}: 去掉（原为 {_short(old[key])}）"
            elif key not in old:
                yield f"{here}: 新增 {_short(new[key])}"
            else:
                yield from _values(here, old[key], new[key])
    elif old != new:
        yield f"{path}: {_short(old)} → {_short(new)}"


def _rows(file: str, old: Rows | None, new: Rows | None) -> Iterator[str]:
    if old is None or new is None:
        yield f"{file}: {'新增' if old is None else '去掉'}，{len(new or old or ())} 行"
        return
    before, after = _by_first_column(old), _by_first_column(new)
    gone = [key for key in before if key not in after]
    come = [key for key in after if key not in before]
    changed = [key for key in before if key in after and before[key] != after[key]]
    for words, keys in (("去掉", gone), ("新增", come), ("改动", changed)):
        if len(keys) > MANY:
            yield f"{file}: {words} {len(keys)} 行"
            continue
        for key in keys:
            detail = "" if words != "改动" else "：" + "；".join(_cells(before[key], after[key]))
            yield f"{file}: {words} {key}{detail}"


def _by_first_column(rows: Rows) -> dict[str, dict[str, str]]:
    cleaned = [{name: cell for name, cell in row.items() if not name.startswith("_")} for row in rows]
    return {next(iter(row.values())): row for row in cleaned}


def _cells(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    for name in dict.fromkeys((*old, *new)):
        if old.get(name) != new.get(name):
            yield f"{name} {shown(old.get(name))} → {shown(new.get(name))}"


def _short(value: Any) -> str:
    if isinstance(value, dict) and set(value) == {"zh", "en"}:
        return f"“{value['zh']}”"
    if isinstance(value, dict) and isinstance(value.get("title"), dict):
        return _short(value["title"])
    if isinstance(value, dict) and set(value) == {"clock", "amount"}:
        return f"{value['amount']} {value['clock']}"
    return shown(value)
