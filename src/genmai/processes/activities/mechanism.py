"""The mechanism volunteer tasks go by."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from genmai.kernel.refusal import Refused
from genmai.mechanisms import installing
from genmai.mechanisms.library import Mechanism
from genmai.processes.activities.definition import ActivitiesSection, Volunteering


@lru_cache(maxsize=1)
def current() -> Mechanism:
    """The first installed mechanism with volunteer tasks. Raises Refused('no_volunteering')."""
    for found in installing.library(settings.GENMAI_MECHANISMS).having(ActivitiesSection):
        if found.section(ActivitiesSection).volunteering is not None:
            return found
    raise Refused("no_volunteering", "这里没有安装志愿任务的办法")


@lru_cache(maxsize=16)
def rules_of(ref: str) -> Volunteering:
    """The rules of `key@version`. Raises Refused."""
    try:
        found = installing.library(settings.GENMAI_MECHANISMS).get(ref).section(ActivitiesSection).volunteering
    except KeyError:
        found = None
    if found is None:
        raise Refused("no_volunteering", "这里没有安装志愿任务的办法")
    return found
