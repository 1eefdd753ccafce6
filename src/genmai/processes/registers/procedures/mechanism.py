"""The procedures installed here, and the rules a file is pinned to."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from genmai.kernel.refusal import NotFound, Refused
from genmai.mechanisms import installing
from genmai.processes.registers.procedures.definition import ProceduresSection
from genmai.processes.registers.procedures.rules import BodyKind, Procedure


@lru_cache(maxsize=1)
def installed() -> dict[str, str]:
    """Key of each procedure → `key@version` of the mechanism it stands in now, in the order of mechanisms."""
    found: dict[str, str] = {}
    for mechanism in installing.library(settings.GENMAI_MECHANISMS).having(ProceduresSection):
        for key in mechanism.section(ProceduresSection).procedures:
            found.setdefault(key, mechanism.ref)
    return found


def ref_of(procedure: str) -> str:
    """The mechanism new files of a procedure are pinned to. Raises NotFound."""
    try:
        return installed()[procedure]
    except KeyError:
        raise NotFound("这里没有安装这个流程") from None


@lru_cache(maxsize=32)
def section_of(ref: str) -> ProceduresSection:
    """The section of `key@version`. Raises Refused('no_procedures')."""
    try:
        return installing.library(settings.GENMAI_MECHANISMS).get(ref).section(ProceduresSection)
    except KeyError:
        raise Refused("no_procedures", "这里没有安装这个流程") from None


def rules_of(ref: str, procedure: str) -> Procedure:
    """The rules of one procedure. Raises Refused."""
    try:
        return section_of(ref).procedures[procedure]
    except KeyError:
        raise Refused("no_procedures", "这里没有安装这个流程") from None


def body_of(ref: str, key: str) -> BodyKind:
    """A kind of body that closes steps."""
    return section_of(ref).bodies[key]
