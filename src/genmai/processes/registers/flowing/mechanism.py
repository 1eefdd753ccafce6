"""The rules of flowing members at work: of the mechanism installed here, or of the one a record is pinned to."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from genmai.kernel.refusal import Refused
from genmai.mechanisms import installing
from genmai.mechanisms.library import Mechanism
from genmai.processes.registers.flowing.definition import FlowingSection


@lru_cache(maxsize=1)
def current() -> Mechanism:
    """By which flowing members are kept here now. Raises Refused('no_flowing') where none is installed."""
    found = installing.library(settings.GENMAI_MECHANISMS).having(FlowingSection)
    if not found:
        raise Refused("no_flowing", "这里没有安装流动党员的办法")
    return next(iter(found))


@lru_cache(maxsize=16)
def rules_of(ref: str) -> FlowingSection:
    """The rules of `key@version`. Raises Refused."""
    try:
        return installing.library(settings.GENMAI_MECHANISMS).get(ref).section(FlowingSection)
    except KeyError:
        raise Refused("no_flowing", "这里没有安装流动党员的办法") from None
