"""The rules of estates at work, from the mechanism an estate is pinned to."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from genmai.kernel.refusal import Refused
from genmai.mechanisms import installing
from genmai.mechanisms.library import Mechanism
from genmai.processes.registers.definition import RegistersSection
from genmai.processes.registers.estate_rules import EstateRules


@lru_cache(maxsize=1)
def current() -> Mechanism:
    """The mechanism by which estates are kept here now. Raises Refused('no_estates') where none is installed."""
    for mechanism in installing.library(settings.GENMAI_MECHANISMS).having(RegistersSection):
        if mechanism.section(RegistersSection).estates is not None:
            return mechanism
    raise Refused("no_estates", "这里没有安装小区的办法")


@lru_cache(maxsize=16)
def rules_of(ref: str) -> EstateRules:
    """The rules of `key@version`. Raises Refused."""
    try:
        found = installing.library(settings.GENMAI_MECHANISMS).get(ref).section(RegistersSection).estates
    except KeyError:
        found = None
    if found is None:
        raise Refused("no_estates", "这里没有安装小区的办法")
    return found
