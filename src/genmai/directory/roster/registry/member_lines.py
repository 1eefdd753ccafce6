"""New members as rows of the database: text for COPY, table by table."""

from __future__ import annotations

from genmai.directory.roster.names import letters_of
from genmai.directory.roster.registry.loading import Job, bytes_text, plain_text
from genmai.directory.roster.registry.taking import Said
from genmai.directory.roster.sealing import SealedMember

_PERSON = (
    "id", "public_id", "kind", "display_name", "phone_sealed", "phone_index", "identity_sealed", "identity_index",
    "recorded_at",
)  # fmt: skip
_KEY = ("person_id", "wrapped")
_PROFILE = (
    "person_id", "letters", "initials", "tail_index", "sex", "born_on", "ethnicity", "education", "degree",
    "occupation", "worked_on",
)  # fmt: skip
_MEMBERSHIP = (
    "person_id", "branch_id", "stage", "status", "joined_on", "full_on", "valid_from", "recorded_at", "arrived",
    "departed", "document",
)  # fmt: skip


class Lines:
    """The rows of one slice."""

    def __init__(self, stamp: str, today: str) -> None:
        self._stamp, self._today = stamp, today
        self._persons: list[str] = []
        self._keys: list[str] = []
        self._profiles: list[str] = []
        self._memberships: list[str] = []

    def add(self, said: Said, identity: int, public_id: str, numbers: SealedMember) -> None:
        """One member; codes and days are ours and hold nothing that COPY would read otherwise."""
        null, stamp = bytes_text, self._stamp
        letters, initials = letters_of(said.name)
        self._persons.append(
            f"{identity}\t{public_id}\tmember\t{plain_text(said.name)}\t{null(numbers.phone)}\t"
            f"{null(numbers.phone_index)}\t{null(numbers.identity)}\t{null(numbers.identity_index)}\t{stamp}\n"
        )
        self._keys.append(f"{identity}\t{null(numbers.wrapped)}\n")
        self._profiles.append(
            f"{identity}\t{letters}\t{initials}\t{null(numbers.tail_index)}\t{said.sex}\t{said.born_on}\t"
            f"{said.ethnicity or ''}\t{said.education or ''}\t{said.degree or ''}\t{said.occupation or ''}\t"
            f"{said.worked_on or _NULL}\n"
        )
        self._memberships.append(
            f"{identity}\t{said.body.id}\t{said.stage}\t{said.status or 'normal'}\t{said.joined_on or _NULL}\t"
            f"{said.full_on or _NULL}\t{said.arrived_on or self._today}\t{stamp}\t{said.arrived or 'first_entry'}\t\t\n"
        )

    def jobs(self) -> list[Job]:
        """Persons first: the others refer to them."""
        return [
            ("roster_person", _PERSON, "".join(self._persons)),
            ("roster_personkey", _KEY, "".join(self._keys)),
            ("roster_profile", _PROFILE, "".join(self._profiles)),
            ("roster_membership", _MEMBERSHIP, "".join(self._memberships)),
        ]


_NULL = bytes_text(None)
