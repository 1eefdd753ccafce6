"""The case section of the mechanisms at work: definitions by `key@version`, subjects and the duty list.

Read once per process: mechanisms are data of a release and do not change under a running one.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from django.conf import settings

from genmai.directory.roster.models import Organisation, OrganisationKind
from genmai.kernel.refusal import Refused
from genmai.mechanisms import installing
from genmai.mechanisms.duties import DutyList, DutyRow
from genmai.mechanisms.library import Library, Mechanism
from genmai.mechanisms.taxonomy import Taxonomy
from genmai.processes.cases.definition import CasesSection
from genmai.processes.cases.definition_desk import Desk
from genmai.processes.cases.definition_emergency import EmergencyMode

LOOP = "default/case-loop"
_BASE = {OrganisationKind.TOWN, OrganisationKind.COMMUNITY, OrganisationKind.GRID}
_BODY_OF_KIND = {
    OrganisationKind.TOWN: "base:town",
    OrganisationKind.COMMUNITY: "base:village",
    OrganisationKind.GRID: "base:village",
}


def library() -> Library:
    """Everything below the mechanisms folder. Raises Problems naming each file, key and what is allowed."""
    return installing.library(settings.GENMAI_MECHANISMS)


def mechanism_of(ref: str) -> Mechanism:
    """The mechanism a case is pinned to. Raises Refused for one never installed here."""
    try:
        return library().get(ref)
    except KeyError as unknown:
        raise Refused("no_mechanism", "这里没有安装办法“{ref}”", ref=ref) from unknown


@lru_cache(maxsize=64)
def definition_of(ref: str) -> CasesSection:
    """The case definition of `key@version`. Raises Refused when the mechanism has no cases."""
    try:
        return mechanism_of(ref).section(CasesSection)
    except KeyError as missing:
        raise Refused("no_definition", "办法“{ref}”里没有办事流程", ref=ref) from missing


@lru_cache(maxsize=1)
def loop() -> str:
    """The general case loop at its current version, as `key@version`."""
    return mechanism_of(LOOP).ref


def desk_rules() -> Desk:
    """What holds at every desk here, whichever mechanism a case is pinned to: taking back, chasing, many at once."""
    return definition_of(loop()).desk


def taxonomy() -> Taxonomy:
    return mechanism_of(LOOP).taxonomy


def duties() -> DutyList:
    return mechanism_of(LOOP).duties


def duty_of(category: str, *, on: date) -> DutyRow | None:
    """The duty row of a subject on a date; None: nobody's yet, a person must decide."""
    return duties().row_for(category, on=on)


def check_target(category: str, kind: str, *, on: date) -> None:
    """Raises Refused('department_work') where the duty list forbids giving this to the base."""
    if category:
        duties().check_target(category, "base" if kind in _BASE else "department", on=on)


def is_body_of(row: DutyRow, organisation_code: str, kind: str) -> bool:
    """Whether the organisation is the body the duty row names."""
    return row.body == organisation_code or row.body == _BODY_OF_KIND.get(OrganisationKind(kind))


def body_for(category: str, *, home: Organisation | None, on: date) -> tuple[str, DutyRow] | None:
    """The code of the organisation a subject belongs to at a place; None when undecided."""
    row = duty_of(category, on=on) if category else None
    if row is None:
        return None
    if not row.body.startswith("base:"):
        return row.body, row
    wanted = OrganisationKind.TOWN if row.body == "base:town" else OrganisationKind.COMMUNITY
    return (home.code, row) if home is not None and home.kind == wanted else None


@lru_cache(maxsize=1)
def emergency() -> Mechanism | None:
    """The mechanism by which places declare an emergency; None where none is installed."""
    found = library().having(CasesSection)
    return next((m for m in found if m.section(CasesSection).emergency is not None), None)


def emergency_mode(ref: str) -> tuple[CasesSection, EmergencyMode]:
    """Section and emergency table of `key@version`. Raises Refused('no_emergency')."""
    definition = definition_of(ref)
    if definition.emergency is None:
        raise Refused("no_emergency", "这里没有安装应急办法")
    return definition, definition.emergency


@lru_cache(maxsize=1)
def inspection() -> str:
    """The mechanism rounds of inspection begin under, as `key@version`. Raises Refused where none is installed."""
    found = next((m for m in library().having(CasesSection) if m.section(CasesSection).inspection is not None), None)
    if found is None:
        raise Refused("no_inspection_here", "这里没有安装暗访督查的办法")
    return found.ref
