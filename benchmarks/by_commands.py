"""Are copies what the commands would have written? A sample of stories is told again, by commands, in the village that
stands for theirs in the first copy, at the same moments and with the same dice; the rows are kept, the telling undone.

`python -m benchmarks.by_commands tell FILE` before the copies are made, `compare FILE` afterwards; GENMAI_DATA names
the installation. `compare` prints one line of JSON: cases, rows and values compared, and each difference.
"""

from __future__ import annotations

import json
import os
import random
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from benchmarks.many_cases import BY_PUBLIC_ID, STEP, columns_of, family, lay_out_rows
from benchmarks.spread import read, stand_in
from genmai.interfaces.cli.database import DATABASE, OWNER
from genmai.interfaces.cli.installation import Installation
from genmai.interfaces.cli.postgres import Cluster
from genmai.kernel.walled import act_for_the_house

if TYPE_CHECKING:
    from genmai.simulation.story import Spot, Story

SAMPLE = 25
COPY = 1
# Their copies differ by design: a repeat's notice quotes the number of another matter, and who is called in, and how fast they
# come, is drawn from the village it happens in.
LEFT_OUT = frozenset({"repeated", "called_in"})
# What the running site's worker writes later, not the commands of the matter.
BY_WORKER = {"notices_attempt", "cases_suggestion"}
CHANGED_BY_WORKER = {("notices_notice", name) for name in ("sent_at", "not_before", "held_until", "held_why", "bundle")}
COMPARED = ("same", "body", "person", "ground", "path", "reach", "payload")
Rows = dict[str, list[list[str | None]]]


class _Undo(Exception):
    """Takes the telling back."""


def main(what: str, file: Path) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genmai.config.settings")
    with Installation.from_environment().opened():
        from django.conf import settings

        act_for_the_house("benchmark: stories told beside their copies")
        with psycopg.connect(Cluster(settings.GENMAI_DATA).url(OWNER, DATABASE), autocommit=True) as owner:
            if what == "tell":
                lay_out_rows(owner)
                file.write_text(json.dumps(_told(owner)), encoding="utf-8")
            else:
                told = json.loads(file.read_text(encoding="utf-8"))
                sys.stdout.write(json.dumps(_compared(owner, told), ensure_ascii=False) + "\n")


def _told(owner: psycopg.Connection[Any]) -> dict[str, Rows]:
    """Rows by first case and table, as the commands write them at the other place."""
    from django.db import connection, transaction

    from genmai.interfaces.cli.commands.prepare import DEMO_SEED
    from genmai.simulation import demo, year

    at = datetime.now(UTC)  # the demo was made today: its year ends with the same midnight
    _, ground = demo.ensure_ground(at=at, seed=DEMO_SEED, say=lambda _: None)
    start, end = demo.span(at)
    year_long = (ground, DEMO_SEED, start, end, int(os.environ.get("GENMAI_DEMO_CASES", demo.CASES)))
    stories = [(story, plot) for story, plot in year.stories(*year_long) if plot.__name__ not in LEFT_OUT]
    known = {story.number: _finished(owner, story) for story, _ in stories}
    chosen = set(random.Random(COPY).sample(sorted(n for n, case in known.items() if case and not n % 2), SAMPLE))  # noqa: S311
    told = [(story, plot) for story, plot in year.stories(*year_long) if story.number in chosen]  # with fresh dice
    plots = {story.number: plot.__name__ for story, plot in told}
    villages = read(owner)
    found: dict[str, Rows] = {}
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            for story, _ in told:
                story.seed, story.spot = DEMO_SEED + STEP, _moved(villages, story.spot)  # with keys of their own
            tally = year.walk(told, start=start, end=end)
            assert not tally.refused, tally.refused  # noqa: S101
            for story, _ in told:
                found[f"{known[story.number]} ({plots[story.number]})"] = _rows(cursor, owner, story.case.pk)
            raise _Undo
    except _Undo:
        return found


def _finished(owner: psycopg.Connection[Any], story: Story) -> int | None:
    """The story's case, if it is copied and nothing more has happened to it since the year was told."""
    rows = owner.execute(
        "SELECT c.id FROM cases_case c JOIN bench_row b ON b.of = 'cases_case' AND b.id = c.id "
        "WHERE c.received_at = %s AND b.village = %s AND c.state IN ('closed', 'declined', 'merged') "
        "AND NOT EXISTS (SELECT 1 FROM cases_milestone m WHERE m.case_id = c.id AND m.state = 'running') "
        "AND NOT EXISTS (SELECT 1 FROM cases_suggestion s WHERE s.case_id = c.id AND s.made_at < c.closed_at)",
        (story.now, story.spot.village.pk),
    ).fetchall()
    return rows[0][0] if len(rows) == 1 else None


def _moved(villages: dict[int, Any], spot: Spot) -> Spot:
    from genmai.directory.roster.models import Organisation
    from genmai.simulation.story import Spot

    new = stand_in(villages, spot.village.pk, COPY)
    place = [grid.id for grid in villages[spot.village.pk].grids].index(spot.grid.pk)
    wanted = (new.grids[place].id, new.village.id, new.town.id)
    found = Organisation.objects.in_bulk(wanted)
    return Spot(*(found[one] for one in wanted))


def _rows(cursor: Any, owner: psycopg.Connection[Any], case: int) -> Rows:
    """All rows of a case in every table of the family, the columns a copy keeps or maps, as text, in their order."""
    found: Rows = {}
    for table in family(owner):
        if table in BY_WORKER:
            continue
        columns = columns_of(owner, table)
        names = [n for n, how in columns.items() if how in COMPARED and (table, n) not in CHANGED_BY_WORKER]
        query = sql.SQL("SELECT {0} FROM {1} t WHERE {2} ORDER BY t.id").format(
            sql.SQL(", ").join(sql.SQL("t.{}::text").format(sql.Identifier(name)) for name in names),
            sql.Identifier(table),
            _of_case(owner, table),
        )
        cursor.execute(query.as_string(owner), {"case": case})
        found[table] = [list(row) for row in cursor.fetchall()]
    return found


def _of_case(owner: psycopg.Connection[Any], table: str) -> sql.Composable:
    if table == "cases_case":
        return sql.SQL("t.id = %(case)s")
    if table in BY_PUBLIC_ID:
        return sql.SQL("t.source_id = (SELECT public_id FROM cases_case WHERE id = %(case)s)")
    column = owner.execute(
        "SELECT a.attname FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] "
        "WHERE c.contype = 'f' AND c.conrelid = %s::regclass AND c.confrelid = 'cases_case'::regclass ORDER BY 1",
        (table,),
    ).fetchone()
    return sql.SQL("t.{} = %(case)s").format(sql.Identifier(column[0])) if column else sql.SQL("false")


def _compared(owner: psycopg.Connection[Any], told: dict[str, Rows]) -> dict[str, Any]:
    rows = values = 0
    unlike: list[str] = []
    with owner.cursor() as cursor:
        for first, tables in told.items():
            copied = _rows(cursor, owner, int(first.split()[0]) + COPY * STEP)
            for table, lines in tables.items():
                rows, values = rows + len(lines), values + sum(len(line) for line in lines)
                if copied[table] != lines:
                    unlike.append(f"case {first} {table}: {_difference(lines, copied[table])}")
    return {"cases": len(told), "rows": rows, "values": values, "unlike": unlike}


def _difference(told: list[list[str | None]], copied: list[list[str | None]]) -> str:
    if len(told) != len(copied):
        kinds = [
            {value for line in lines for value in line if value and value.startswith("case.")}
            for lines in (told, copied)
        ]
        alone = ", ".join(sorted(kinds[0] ^ kinds[1]))
        return f"{len(told)} rows by commands, {len(copied)} copied" + (
            f" (only on one side: {alone})" if alone else ""
        )
    pairs = (
        (one, other) for line, copy in zip(told, copied, strict=True) for one, other in zip(line, copy, strict=True)
    )
    return "; ".join(f"{one!r} by commands, {other!r} copied" for one, other in pairs if one != other)[:300]


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
