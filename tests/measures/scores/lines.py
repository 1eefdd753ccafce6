"""Reads the hand-written lines of deeds and records them, in the order they were recorded."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import yaml
from tests.factories.organisations import SmallDistrict

from genmai.directory.roster.models import Link, Organisation
from genmai.kernel import ids
from genmai.kernel.viewer import Actor, Granted, Reach, Viewer
from genmai.records.deeds.commands import NewDeed, record
from genmai.records.deeds.models import Deed

PLACE = ZoneInfo("Asia/Shanghai")
END = {"march": datetime(2026, 4, 1, tzinfo=PLACE), "april": datetime(2026, 5, 1, tzinfo=PLACE)}
LETTERS = {"D": "district", "N": "north", "S": "south", "N1": "n1", "N2": "n2", "S1": "s1", "P": "dept"}
OUTCOMES = {"on_time", "late", "fixed", "not_fixed", "promised", "no_answer"}
_LINE = re.compile(r"(\d\d-\d\d \d\d:\d\d) (\S+) (\S+) ?(.*)")


@dataclass(frozen=True)
class HandCase:
    """One case of the table: its lines, and what it contributes as known at the end of March and of April."""

    number: int
    deeds: tuple[str, ...]
    known: dict[str, tuple[str, ...]]


def thirty() -> tuple[HandCase, ...]:
    rows = yaml.safe_load((Path(__file__).parent / "thirty.yaml").read_text(encoding="utf-8"))
    return tuple(
        HandCase(
            row["case"],
            tuple(row["deeds"].strip().splitlines()),
            {"march": tuple(row["march"]), "april": tuple(row.get("april", row["march"]))},
        )
        for row in rows
    )


@dataclass(frozen=True)
class Bodies:
    """Organisations and paths by the letters of the table."""

    organisations: dict[str, Organisation]
    paths: dict[str, str]

    @classmethod
    def of(cls, district: SmallDistrict) -> Bodies:
        found = {letter: getattr(district, key) for letter, key in LETTERS.items()}
        links = Link.objects.filter(tree="administrative", valid_to=None)
        path_of = dict(links.values_list("organisation_id", "path"))
        return cls(found, {letter: path_of[body.pk] for letter, body in found.items()})


def viewer_at(path: str) -> Viewer:
    """Somebody who may see figures at and below a path."""
    grant = Granted("town_leader", frozenset({"figures:view"}), path, frozenset({Reach.VIEW}))
    return Viewer(account_id=1, grants=(grant,))


def moment(text: str) -> datetime:
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=PLACE).astimezone(UTC)


def case_id(number: int) -> UUID:
    return ids.key_of("hand case", number)


def write(cases: Iterable[HandCase], bodies: Bodies) -> list[Deed]:
    """Record all lines of these cases, in the order they were recorded; corrections point at the deed they name."""
    rows = [(*_read(each, line, bodies), each.number) for each in cases for line in each.deeds]
    rows.sort(key=lambda row: row[0])
    named: dict[tuple[int, str], int] = {}
    written: list[Deed] = []
    for serial, (recorded, line, name, corrects, number) in enumerate(rows):
        new = replace(line, corrects_id=named[number, corrects]) if corrects else line
        key = ids.key_of("hand", number, serial)
        (deed,) = record(actor=Actor.system("hand"), at=recorded, key=key, deeds=[new])
        if name:
            named[number, name] = deed.pk
        written.append(deed)
    return written


def _read(each: HandCase, line: str, bodies: Bodies) -> tuple[datetime, NewDeed, str, str]:
    found = _LINE.fullmatch(re.sub(r"(due|rec)=(\d\d-\d\d) (\d\d:\d\d)", r"\1=\2_\3", line))
    assert found, line
    when, kind, letter, rest = found.groups()
    words = [word for word in rest.split() if "=" not in word]
    given = dict(word.split("=") for word in rest.split() if "=" in word)
    stamp = {name: moment(given[name].replace("_", " ")) for name in ("due", "rec") if name in given}
    outcome = next((word for word in words if word in OUTCOMES), "")
    part = next((word for word in words if word not in OUTCOMES), "")
    subject = ids.key_of(each.number, part) if part else case_id(int(given["into"])) if "into" in given else None
    new = NewDeed(
        kind=kind,
        source_kind="case",
        source_id=case_id(each.number),
        mechanism="default/case-loop@1",
        happened_at=moment(when),
        organisation_id=bodies.organisations[letter].pk,
        path=bodies.paths[letter],
        subject_id=subject,
        milestone=part.rstrip("0123456789") if kind.startswith("milestone.") else "",
        outcome=outcome,
        due_at=stamp.get("due"),
        quantity=Decimal(given["sat"]) if "sat" in given else None,
        level=int(given["level"]) if "level" in given else None,
        reason=given.get("reason", ""),
        payload={"level_before": int(given["from"])} if "from" in given else {},
    )
    return stamp.get("rec", moment(when)), new, given.get("as", ""), given.get("corrects", "")
