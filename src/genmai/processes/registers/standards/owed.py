"""Who owes which item on a day, and what they showed: the one SQL that lists and figures share.

`b` the bodies below a path of the standard's tree, `r` the items for classes, `owed` one row a body and item with the day
since when a mark counts, `done` the same with how many were shown and looked at. Permission is asked by the callers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from genmai.directory.roster.queries.membership_sql import held
from genmai.processes.registers.standards.definition import Standard, period_start
from genmai.processes.registers.standards.mechanism import Installed


@dataclass(frozen=True, slots=True)
class Asked:
    """Below `path` on `day`, as known now or at `known_at`; only these items and classes where any are named."""

    path: str
    day: date
    known_at: datetime | None = None
    item: str = ""
    unit_class: str = ""
    body_id: int | None = None  # one body alone


_WITH = """
WITH r AS (
    SELECT * FROM jsonb_to_recordset(%s::jsonb) AS r(
        place int, item text, class text, target int, since date, kinds text[], categories text[], sectors text[],
        levels int[], posts text[], named bool)
), b AS (
    SELECT o.id, o.public_id, o.code, o.short_name, o.kind, o.category, o.sector, o.level, l.path, l.parent_id
    FROM roster_link l JOIN roster_organisation o ON o.id = l.organisation_id
    WHERE l.tree = %s AND l.path LIKE %s AND {link} {one}
), owed AS (
    SELECT DISTINCT ON (b.id, r.item) b.id, b.path, b.parent_id, r.place, r.item, r.class, r.target,
           greatest(r.since, p.since) AS since
    FROM b JOIN r ON (cardinality(r.kinds) = 0 OR b.kind = ANY (r.kinds))
        AND (cardinality(r.categories) = 0 OR b.category = ANY (r.categories))
        AND (cardinality(r.sectors) = 0 OR b.sector = ANY (r.sectors))
        AND (cardinality(r.levels) = 0 OR b.level = ANY (r.levels))
    LEFT JOIN LATERAL (
        SELECT max(p.valid_from) AS since FROM roster_post p
        WHERE cardinality(r.posts) > 0 AND p.organisation_id = b.id AND p.key = ANY (r.posts)
          AND p.valid_from <= %s AND (p.valid_to IS NULL OR p.valid_to > %s)
    ) p ON true
    WHERE (cardinality(r.posts) = 0 OR p.since IS NOT NULL)
      AND (NOT r.named OR EXISTS (
        SELECT 1 FROM registers_standard_unit u
        WHERE u.standard = %s AND u.unit_class = r.class AND u.organisation_id = b.id AND {unit}))
    ORDER BY b.id, r.item, r.place
), done AS (
    SELECT owed.*, coalesce(m.shown, 0) AS shown, coalesce(m.looked, 0) AS looked, m.latest
    FROM owed LEFT JOIN LATERAL (
        SELECT sum(m.quantity) AS shown, sum(m.quantity) FILTER (WHERE {looked}) AS looked, max(m.happened_on) AS latest
        FROM registers_standard_mark m
        WHERE m.standard = %s AND m.organisation_id = owed.id AND m.item = owed.item
          AND m.happened_on >= owed.since AND m.happened_on <= %s AND {mark}
    ) m ON true
)
"""


def owed_with(one: Installed, asked: Asked) -> tuple[str, list[Any]]:
    """The WITH clause up to `done`, and its values in order."""
    day, known = asked.day, asked.known_at
    link = held("l", day, known)
    unit, unit_values = "u.valid_from <= %s AND (u.valid_to IS NULL OR u.valid_to > %s)", [day, day]
    mark, looked = "m.ended_at IS NULL", "m.looked_at IS NOT NULL"
    mark_values: list[Any] = []
    looked_values: list[Any] = []
    if known is not None:
        unit += " AND u.recorded_at <= %s"
        unit_values = [*unit_values, known]
        mark, mark_values = "m.recorded_at <= %s AND (m.ended_at IS NULL OR m.ended_at > %s)", [known, known]
        looked, looked_values = "m.looked_at <= %s", [known]
    body = [] if asked.body_id is None else [asked.body_id]
    sql = _WITH.format(link=link.sql, one="AND o.id = %s" if body else "", unit=unit, mark=mark, looked=looked)
    values = [
        json.dumps(_rules(one.standard, asked)), one.standard.tree, f"{asked.path}%", *link.values, *body, day, day,
        one.key, *unit_values, *looked_values, one.key, day, *mark_values,
    ]  # fmt: skip
    return sql, values


def _rules(standard: Standard, asked: Asked) -> list[dict[str, Any]]:
    found = []
    for place, (key, item) in enumerate(standard.in_order()):
        if asked.item and key != asked.item:
            continue
        for name in item.for_:
            if asked.unit_class and name != asked.unit_class:
                continue
            rule = standard.classes[name]
            found.append({
                "place": place, "item": key, "class": name, "target": item.target,
                "since": period_start(item.every, asked.day).isoformat(), "kinds": rule.kinds,
                "categories": rule.categories, "sectors": rule.sectors, "levels": rule.levels, "posts": rule.posts,
                "named": rule.named,
            })  # fmt: skip
    return found


@dataclass(frozen=True, slots=True)
class Owed:
    """One item of a body: since when a mark counts, how many were shown and looked at."""

    item: str
    unit_class: str
    target: int
    since: date
    shown: int
    looked: int
    latest: date | None

    @property
    def done(self) -> bool:
        return self.shown >= self.target


def owed_of(
    one: Installed, *, path: str, body_id: int, day: date, known_at: datetime | None = None
) -> list[Owed]:  # fmt: skip
    """What one body owes; a part of commands and of `of_body`, which ask who may see it."""
    sql, values = owed_with(one, Asked(path, day, known_at, body_id=body_id))
    columns = "item, class, target, since, shown, looked, latest"
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} SELECT {columns} FROM done ORDER BY place", values)  # noqa: S608  our own words
        return [Owed(*row) for row in cursor.fetchall()]
