"""New members as rows of the database: text for COPY, table by table."""

from __future__ import annotations

from functools import cache

from genmai.directory.roster.names import letters_of
from genmai.directory.roster.registry.loading import Job, bytes_text, plain_text
from genmai.directory.roster.registry.taking import Said
from genmai.directory.roster.sealing import index_of_tail
from genmai.directory.roster.sealing_apart import Apart, Sealing, line

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

    def __init__(self, sealing: Sealing | Apart, stamp: str, today: str, tails: dict[str, str]) -> None:
        """`tails`: text of the blind indexes of telephone tails, kept for the whole sheet."""
        self._sealing, self._stamp, self._today = sealing, stamp, today
        self._tails = tails
        self._to_seal: list[str] = []
        self._profiles: list[str] = []
        self._memberships: list[str] = []

    def add(self, said: Said, identity: int, public_id: str) -> None:
        """One member; codes and days are ours and hold nothing that COPY would read otherwise."""
        stamp, phone = self._stamp, said.phone or ""
        letters, initials = letters_of(said.name)
        head = f"member\t{plain_text(said.name)}"
        if (tail := self._tails.get(phone[-4:])) is None:
            tail = self._tails[phone[-4:]] = bytes_text(index_of_tail(phone[-4:]) if phone else None)
        self._to_seal.append(line(said.identity, phone, identity, public_id, head, stamp))
        self._profiles.append(
            f"{identity}\t{letters}\t{initials}\t{tail}\t{said.sex}\t"
            f"{said.born_on}\t{said.ethnicity or ''}\t{said.education or ''}\t{said.degree or ''}\t"
            f"{said.occupation or ''}\t{said.worked_on or _NULL}\n"
        )
        self._memberships.append(
            f"{identity}\t{said.body.id}\t{said.stage}\t{said.status or 'normal'}\t{said.joined_on or _NULL}\t"
            f"{said.full_on or _NULL}\t{said.arrived_on or self._today}\t{stamp}\t{said.arrived or 'first_entry'}\t\t\n"
        )

    def jobs(self) -> list[Job]:
        """Persons first: the others refer to them. What is sealed is waited for when it is to be written."""
        if not self._to_seal:
            return []
        sealed = cache(self._sealing.submit("\n".join(self._to_seal)))
        return [
            ("roster_person", _PERSON, lambda: sealed().persons),
            ("roster_personkey", _KEY, lambda: sealed().keys),
            ("roster_profile", _PROFILE, "".join(self._profiles)),
            ("roster_membership", _MEMBERSHIP, "".join(self._memberships)),
        ]


_NULL = bytes_text(None)
