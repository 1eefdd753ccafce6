"""Somebody told of at a window or on a round, held against the members: the same judgement as a row of a residents' list.

What is known of them is compared in memory within the request; of it only name and number are kept, sealed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from genmai.directory.roster import sealing as people
from genmai.directory.roster.linkage.engine import Pair
from genmai.directory.roster.linkage.parameters import of_version
from genmai.directory.roster.linkage.records import Record
from genmai.directory.roster.linkage.registry import places_of
from genmai.directory.roster.linkage.single import in_registry
from genmai.kernel.identity_numbers import birth_in, normalise_identity, sex_in
from genmai.kernel.refusal import BadInput
from genmai.processes.registers.flowing.definition import Screening
from genmai.processes.registers.models import FlowRecord

OLDEST = 1900


@dataclass(frozen=True, slots=True)
class Known:
    """What somebody said of themselves besides name and number; each may be unknown. Kept nowhere."""

    identity: str = ""
    born: date | None = None
    year: int = 0  # of birth, where the day isn't known
    sex: str = ""  # GB/T 2261.1


def checked(known: Known, today: date) -> Known:
    """With birth and sex from the number where they weren't said. Raises BadInput naming the field."""
    identity = normalise_identity(known.identity) if known.identity.strip() else ""
    if identity is None:
        raise BadInput("identity", "身份证号不对，请核对，或者留空", field="identity")
    if identity:
        known = replace(
            known, identity=identity, born=known.born or birth_in(identity), sex=known.sex or sex_in(identity)
        )
    if known.born and not (known.born.year >= OLDEST and known.born <= today):
        raise BadInput("born", "出生日期不对，请核对，或者留空", field="born")
    if known.year and not OLDEST <= known.year <= today.year:
        raise BadInput("year", "出生年份不对，请核对，或者留空", field="year", allowed=f"{OLDEST}–{today.year}")
    return known


def judged(*, name: str, phone: str, known: Known, host_id: int, screening: Screening) -> Pair | None:
    """The member they most likely are, above the threshold of lists and not kept by both sides yet; None if nobody is."""
    record = Record(
        "r0", name, known.born, known.sex, people.index_of_phone(phone) if phone else None,
        people.index_of_identity(known.identity) if known.identity else None, places_of({host_id}).get(host_id, ""),
        year=known.year,
    )  # fmt: skip
    found = in_registry(
        record, phone=phone, parameters=of_version(screening.parameters), least=float(screening.offer_from)
    )
    ids = {member_of(pair): pair for pair in reversed(found)}
    kept = FlowRecord.objects.filter(state__in=["settled", "keeping"], member__in=ids)
    there = set(kept.values_list("member_id", flat=True)) if ids else set()
    return next((pair for pair in found if member_of(pair) not in there), None)


def member_of(pair: Pair) -> int:
    """Whose record it is that looks like them."""
    return int(pair.right[1:])
