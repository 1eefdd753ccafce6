"""A city's members in one xlsx file: the import against a reader that only reads, in one run, with the memory of both.

Each stage is a process of its own, so that its peak of memory is its own: write the sheet (seeded), read it with bare
calamine and look at every cell, import it into a new database with everything checked, sealed and recorded, import it
again (nothing may change). With `--shared` the same rows once more as spreadsheets themselves save them, every distinct
text in a table of its own, and both sheets read by the import's reader alone.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.installation import ROOT, environment, folder

ROWS, BRANCHES = 561_000, 32_037
LIMIT, AIM = 8.0, 4.0
_SLICE = 4000  # as roster.registry.reading


@dataclass(frozen=True)
class Result:
    """Seconds and peak MB of each stage, and what the import said."""

    rows: int
    megabytes: float
    bare: dict[str, Any]
    first: dict[str, Any]
    again: dict[str, Any]
    reading: Sequence[tuple[str, dict[str, Any], dict[str, Any]]] = ()  # what sheet, the bare reader, the import's

    @property
    def ratio(self) -> float:
        return float(self.first["seconds"] / self.bare["seconds"])


def run(rows: int = ROWS, *, shared: bool = False) -> Result:
    """All stages on a folder of their own."""
    with folder() as place:
        sheet = place / "members.xlsx"
        branches = max(20, BRANCHES * rows // ROWS)
        with _Installed(place, branches) as data:
            _stage("write", sheet, rows, branches, data=data)
            before = _stage("bare", sheet, data=data)
            first = _stage("import", sheet, data=data)
            after = _stage("bare", sheet, data=data)  # on both sides of it: the machine is shared
            again = _stage("import", sheet, data=data)
        bare = before | {name: (before[name] + after[name]) / 2 for name in ("seconds", "cpu", "peak")}
        bare["runs"] = [before["seconds"], after["seconds"]]
        reading = _reading(place, sheet, rows, branches, data) if shared else []
        return Result(rows, sheet.stat().st_size / 1e6, bare, first, again, reading)


def _reading(
    place: Path, sheet: Path, rows: int, branches: int, data: Path
) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    other = place / "shared.xlsx"
    _stage("write-shared", other, rows, branches, data=data)
    return [
        (name, _stage("bare", path, data=data), _stage("read", path, data=data))
        for name, path in (("texts in their cells", sheet), ("texts in a table of their own", other))
    ]


class _Installed:
    """An installation whose server runs as long as this, with its branches."""

    def __init__(self, place: Path, branches: int) -> None:
        self._place, self._branches = place, branches

    def __enter__(self) -> Path:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genmai.config.settings")
        from genmai.interfaces.cli.installation import Installation

        self._installation = Installation.from_environment(self._place / "data")
        self._installation.connect(share=False)
        self._installation.migrate(lambda line: None)
        return self._place / "data"

    def __exit__(self, *_: object) -> None:
        self._installation.disconnect()


def _stage(name: str, *arguments: object, data: Path) -> dict[str, Any]:
    env = {**environment(), "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")]), "GENMAI_DATA": str(data)}
    command = [sys.executable, "-m", "benchmarks.registry", name, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _write(path: str, rows: str, branches: str) -> dict[str, Any]:
    from benchmarks import registry_sheet

    codes = _with_database(lambda: _open_branches(int(branches)))
    registry_sheet.write(Path(path), rows=int(rows), branches=codes)
    return {}


def _write_shared(path: str, rows: str, branches: str) -> dict[str, Any]:
    from benchmarks import registry_sheet

    registry_sheet.write(Path(path), rows=int(rows), branches=_codes(int(branches)), shared=True)
    return {}


def _read(path: str) -> dict[str, Any]:
    """What the import does before it looks at a row: open the file, hand its cells on by slices."""
    from genmai.kernel.sheets import open_large

    with Path(path).open("rb") as file:
        parts = open_large(file).sheet().slices(_SLICE)
        return {"cells": sum(len(cells) for part in parts for cells in part.cells)}


def _codes(branches: int) -> list[str]:
    return [f"3302{number:08d}" for number in range(branches)]


def _bare(path: str) -> dict[str, Any]:
    """What anybody's reader does: every row of the sheet as a list of values."""
    from python_calamine import CalamineWorkbook

    cells = 0
    for row in CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows():
        cells += len(row)
    return {"cells": cells}


def _import(path: str) -> dict[str, Any]:
    return _with_database(lambda: _bring_in(Path(path)))


def _with_database(work: Any) -> Any:
    from genmai.interfaces.cli.installation import Installation

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genmai.config.settings")
    with Installation.from_environment().opened():
        return work()


def _bring_in(path: Path) -> dict[str, Any]:
    from datetime import UTC, datetime
    from uuid import uuid4

    from django.db import connection

    from genmai.coordination import registry
    from genmai.directory.territory.days import day_of
    from genmai.interfaces.cli.children import give_way
    from genmai.kernel.viewer import Actor

    at = datetime.now(UTC)
    connection.ensure_connection()
    give_way()
    server = connection.connection.info.backend_pid
    begun, own, its = time.perf_counter(), time.process_time(), _cpu_of(server)
    with path.open("rb") as file:
        brought = registry.bring_in(
            actor=Actor.system("bench"), at=at, key=uuid4(), kind="members", file=file, on=day_of(at)
        )
    seconds = time.perf_counter() - begun
    cpu = {
        "cpu": time.process_time() - own + _children().ru_utime + _children().ru_stime,
        "server": _cpu_of(server) - its,
    }
    told = [f"{one.row} {one.column_name} {one.code} {one.allowed}" for one in brought.problems[:3]]
    figures = {name: getattr(brought, name) for name in ("rows", "new", "changed", "same", "failed")}
    return {"seconds": seconds, "told": told, **figures, **cpu}


def _children() -> resource.struct_rusage:
    return resource.getrusage(resource.RUSAGE_CHILDREN)


def _cpu_of(process: int) -> float:
    """Processor seconds a process has taken, ours or not."""
    told = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def _open_branches(count: int) -> list[str]:
    from datetime import UTC, date, datetime
    from uuid import uuid4

    from genmai.directory.roster.commands.organisations import NewOrganisation, open_organisations
    from genmai.directory.roster.models import Category, Level, Organisation, OrganisationKind, Tree
    from genmai.kernel.viewer import Actor
    from genmai.kernel.walled import act_for_the_house

    act_for_the_house("bench")
    top = NewOrganisation("party-3302", "市委", OrganisationKind.PARTY, Level.CITY, tree=Tree.PARTY)
    codes = _codes(count)
    rows = [
        NewOrganisation(code, f"第 {code} 支部", OrganisationKind.PARTY, Level.COMMUNITY, "party-3302", tree=Tree.PARTY)
        for code in codes
    ]
    at = datetime.now(UTC)
    open_organisations(actor=Actor.system("bench"), at=at, key=uuid4(), rows=[top, *rows], opened_on=date(2020, 1, 1))
    Organisation.objects.filter(code__in=codes).update(category=Category.BRANCH)
    return codes


if __name__ == "__main__":
    stage, *given = sys.argv[1:]
    started = time.perf_counter()
    stages: dict[str, Callable[..., dict[str, Any]]] = {
        "write": _write,
        "write-shared": _write_shared,
        "bare": _bare,
        "read": _read,
        "import": _import,
    }
    result = stages[stage](*given)
    result.setdefault("seconds", time.perf_counter() - started)
    result.setdefault("cpu", time.process_time())
    result["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    result["child"] = _children().ru_maxrss / 1024
    print(json.dumps(result))  # noqa: T201
