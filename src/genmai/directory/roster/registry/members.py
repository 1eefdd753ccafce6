"""The members' sheet, row by row: judged, compared with who is known, and made into rows of the database."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from typing import Any

from genmai.directory.roster import sealing
from genmai.directory.roster.commands.people import fresh_keys
from genmai.directory.roster.registry.bodies import Bodies, Body
from genmai.directory.roster.registry.cells import Wrong, born_on
from genmai.directory.roster.registry.loading import Answer, Loader
from genmai.directory.roster.registry.member_changes import Changes, Known, compare, known_of
from genmai.directory.roster.registry.member_lines import Lines
from genmai.directory.roster.registry.reading import Reading, Rows
from genmai.directory.roster.registry.taking import Entered, Import, Said, Taken
from genmai.directory.roster.sealing_apart import Apart, Sealing
from genmai.kernel import ids
from genmai.kernel.identity_numbers import sex_in

_KEYS = (
    "branch", "name", "sex", "identity", "born_on", "ethnicity", "education", "degree", "worked_on", "occupation",
    "stage", "status", "joined_on", "full_on", "phone", "arrived_on", "arrived",
)  # fmt: skip
_NOWHERE = Body(0, "", "", "", "", True)  # of a row that is refused
_AT_ONCE = 20_000  # ids are asked for so many people, once a sheet turns out to be a long one
_LONG = 20_000  # from so many rows on the numbers are sealed in a process of their own


class Members:
    """Takes slices of one file in order."""

    def __init__(self, reading: Reading, loader: Loader, given: Import) -> None:
        self._reading, self._loader, self._given = reading, loader, given
        self._bodies = Bodies(on=given.on, within=given.within)
        self._branches: dict[object, Body | Wrong] = {}
        self._seen: set[int] = set()
        self._tails: dict[str, str] = {}
        self._fresh = not loader.ask("SELECT 1 FROM roster_person WHERE identity_index IS NOT NULL LIMIT 1")
        self._ids: list[int] = []
        self._ordered: Callable[[], Answer] | None = None
        self._deriving = ids.Deriving(given.at, given.key, "member")
        self._today = given.on.isoformat()
        self._changes = Changes(loader, given.at, given.on)

    def take(self, rows: Rows) -> Taken:
        """Judge a slice and make its rows; nothing is written by new ones until the jobs are put."""
        said = self._judge(rows)
        taken = Taken()
        known = {} if self._fresh else self._known(said)
        new = []
        for one in said:
            found = known.get(one.identity)
            if found is None:
                new.append(one)
            else:
                self._compare(rows, one, found, taken)
        if self._given.dry:
            taken.entered = [Entered("", 0, one.body.id, "") for one in new]
        else:
            self._changes.write()
            if new:
                self._lines(new, taken)
        return taken

    def finish(self) -> Taken:
        """Every slice was whole in itself."""
        return Taken()

    def _judge(self, rows: Rows) -> list[Said]:
        """The good rows. Everything wrong with a row is said at once."""
        good, refuse = [], self._reading.refuse
        bad, today, branches, seen = rows.bad, self._today, self._branches, self._seen
        columns: list[Sequence[Any]] = [rows.values[key] for key in _KEYS]
        for place, row in enumerate(zip(*columns, strict=True)):
            (written, name, sex, identity, born, ethnicity, education, degree, worked, occupation, stage, status,
             joined, full, phone, arrived_on, arrived) = row  # fmt: skip
            body = branches.get(written) or self._branch(written)
            if not isinstance(body, Body):
                if body is not None:
                    refuse(rows, place, "branch", body)
                bad.add(place)
                body = _NOWHERE
            if place in bad:
                if isinstance(identity, str):
                    seen.add(int(identity[:17]))
                continue
            inner = int(identity[:17])
            if inner in seen:
                refuse(rows, place, "identity", Wrong("twice"))
                continue
            seen.add(inner)
            day, told = born_on(identity), sex_in(identity)
            if (born is not None and born != day) or (sex is not None and sex != told):
                self._refuse_identity(rows, place, born, day)
            if wrong := _wrong_days(stage, joined, full, day, today) or _later(today, worked, arrived_on):
                refuse(rows, place, wrong[0], Wrong(wrong[1], wrong[2]))
            if place not in bad:
                good.append(
                    Said(rows.numbers[place], body, name, told, identity, day, ethnicity, education, degree,
                         worked, occupation, stage, status, joined, full, phone, arrived_on, arrived)
                )  # fmt: skip
        return good

    def _branch(self, written: object) -> Body | Wrong | None:
        """Asked once for each way a branch is written; None where the cell itself was refused already."""
        if not isinstance(written, str):
            return None
        found = self._branches[written] = self._bodies.branch(written)
        return found

    def _refuse_identity(self, rows: Rows, place: int, born: str | None, day: str) -> None:
        if born is not None and born != day:
            self._reading.refuse(rows, place, "born_on", Wrong("identity_birth"))
        else:
            self._reading.refuse(rows, place, "sex", Wrong("identity_sex"))

    def _known(self, said: Sequence[Said]) -> Mapping[str, Known]:
        numbers = [one.identity for one in said]
        indexes = dict(zip(sealing.indexes_of_identities(numbers), numbers, strict=True))
        return {indexes[index]: known for index, known in known_of(self._loader, [*indexes]).items()}

    def _compare(self, rows: Rows, one: Said, known: Known, taken: Taken) -> None:
        within, path = self._given.within, self._bodies.path_of(known.branch_id)
        wrong = None
        if known.destroyed:
            wrong = Wrong("person_deleted")
        elif within is not None and path and not path.startswith(within):
            wrong = Wrong("kept_elsewhere")
        if wrong is not None:
            place = rows.numbers.index(one.number)
            self._reading.refuse(rows, place, "identity", wrong)
            return
        what = compare(one, known)
        if not what:
            taken.same += 1
            return
        taken.changed.append(Entered(str(known.public_id), known.id, one.body.id, one.body.path, what))
        if not self._given.dry:
            self._changes.add(one, known, what)

    def _lines(self, new: Sequence[Said], taken: Taken) -> None:
        """Rows of four tables as COPY text, and whose deeds are to be written."""
        lines = Lines(self._sealing, self._given.at.isoformat(), self._today, self._tails)
        add, text_of, entered = lines.add, self._deriving.text, taken.entered.append
        for one, identity in zip(new, self._fresh_ids(len(new)), strict=True):
            public_id = text_of(one.number)
            add(one, identity, public_id)
            entered(Entered(public_id, identity, one.body.id, one.body.path))
        taken.jobs = lines.jobs()

    @cached_property
    def _sealing(self) -> Sealing | Apart:
        with self._loader.between():
            fresh = fresh_keys(1)[0]
        begun = sealing.sealing_of_many(fresh, apart=self._reading.table.total >= _LONG)
        self._loader.at_the_end(begun.close)
        return begun

    def _fresh_ids(self, count: int) -> Sequence[int]:
        """Numbers of persons, the next asked ahead."""
        while len(self._ids) < count:
            if self._ordered is None:
                self._ordered = self._loader.ask_ahead(_IDS, [count])
            self._ids += self._ordered()[0][0]
            self._ordered = None
        given, self._ids = self._ids[:count], self._ids[count:]
        if self._ordered is None and count > _AT_ONCE // 8 and len(self._ids) < 2 * count:
            self._ordered = self._loader.ask_ahead(_IDS, [_AT_ONCE])
        return given


_IDS = (
    "SELECT array_agg(nextval(numbers.name)) FROM generate_series(1, %s), "
    "(SELECT pg_get_serial_sequence('roster_person', 'id')::regclass AS name OFFSET 0) AS numbers"
)


def _wrong_days(stage: str, joined: str | None, full: str | None, born: str, today: str) -> tuple[str, str, str] | None:
    """Column, what is wrong, what is allowed; ISO days compare as text."""
    if stage not in ("full", "probationary"):
        return None
    if joined is None:
        return "joined_on", "joined_on_missing", ""
    if joined > today:
        return "joined_on", "in_the_future", f"≤ {today}"
    if joined < (earliest := _earliest(born)):
        return "joined_on", "too_young", f"≥ {earliest}"
    if stage == "probationary":
        return ("full_on", "full_on_early", "") if full is not None else None
    if full is None:
        return "full_on", "full_on_missing", ""
    if full < joined:
        return "full_on", "full_before_joined", f"≥ {joined}"
    return ("full_on", "in_the_future", f"≤ {today}") if full > today else None


def _later(today: str, worked: str | None, arrived_on: str | None) -> tuple[str, str, str] | None:
    if worked is not None and worked > today:
        return "worked_on", "in_the_future", f"≤ {today}"
    return ("arrived_on", "in_the_future", f"≤ {today}") if arrived_on is not None and arrived_on > today else None


@lru_cache(maxsize=50_000)
def _earliest(born: str) -> str:
    known = limits()
    return max(str(known["earliest_joined"]), f"{int(born[:4]) + int(known['youngest'])}{born[4:]}")


@cache
def limits() -> Mapping[str, Any]:
    """What a row may say, and how long sheets are kept."""
    return tomllib.loads((files(__package__) / "limits.toml").read_text(encoding="utf-8"))
