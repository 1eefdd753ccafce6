"""What taking a sheet in means, whatever its kind: slices in, rows of the database and what they were out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from genmai.directory.roster.registry.bodies import Body
from genmai.directory.roster.registry.loading import Job, Loader
from genmai.directory.roster.registry.reading import Reading, Rows
from genmai.kernel.viewer import Actor


class Said(NamedTuple):
    """What a good row says; None where it says nothing. Days in ISO form, codes as codes."""

    number: int
    body: Body
    name: str
    sex: str
    identity: str
    born_on: str
    ethnicity: str | None
    education: str | None
    degree: str | None
    worked_on: str | None
    occupation: str | None
    stage: str
    status: str | None
    joined_on: str | None
    full_on: str | None
    phone: str | None
    arrived_on: str | None
    arrived: str | None


class Entered(NamedTuple):
    """For the deed of a row: whose, where, and what was done ("" registered, else what changed)."""

    public_id: str
    person_id: int
    branch_id: int
    path: str
    what: str = ""


@dataclass
class Taken:
    """What a slice came to."""

    jobs: list[Job] = field(default_factory=list)
    entered: list[Entered] = field(default_factory=list)
    changed: list[Entered] = field(default_factory=list)
    same: int = 0


@dataclass(frozen=True)
class Import:
    """What holds for the whole file. `within`: paths of the Party tree, None for all."""

    actor: Actor
    at: datetime
    key: UUID
    on: date
    within: tuple[str, ...] | None
    dry: bool


class Taker(Protocol):
    """One kind of sheet. `take` judges a slice and says what is to be written; `finish` what waited for the whole file."""

    def __init__(self, reading: Reading, loader: Loader, given: Import) -> None: ...

    def take(self, rows: Rows) -> Taken: ...

    def finish(self) -> Taken: ...
