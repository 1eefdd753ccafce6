"""The standards installed here, and the rules a mark was made under."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings

from genmai.kernel.refusal import NotFound
from genmai.mechanisms import installing
from genmai.processes.registers.standards.definition import Item, Standard, StandardsSection


@dataclass(frozen=True, slots=True)
class Installed:
    """A standard and the mechanism version it stands in."""

    key: str
    ref: str
    standard: Standard
    basis: str


@lru_cache(maxsize=1)
def installed() -> Mapping[str, Installed]:
    """By key, in the order they give themselves."""
    found: list[Installed] = []
    for mechanism in installing.library(settings.GENMAI_MECHANISMS).having(StandardsSection):
        for key, standard in mechanism.section(StandardsSection).standards.items():
            found.append(Installed(key, mechanism.ref, standard, mechanism.info.basis[0].title))
    return {one.key: one for one in sorted(found, key=lambda one: (one.standard.order, one.key))}


def named(key: str) -> Installed:
    """Raises NotFound where it is not installed."""
    try:
        return installed()[key]
    except KeyError:
        raise NotFound("这里没有安装这份清单") from None


def item_of(one: Installed, key: str) -> Item:
    """Raises NotFound."""
    try:
        return one.standard.items[key]
    except KeyError:
        raise NotFound("清单里没有这一条") from None
