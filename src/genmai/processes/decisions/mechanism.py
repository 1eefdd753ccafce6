"""Kinds of meeting at work, from the mechanism a meeting is pinned to."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from genmai.kernel.refusal import Refused
from genmai.mechanisms import installing
from genmai.mechanisms.library import Mechanism
from genmai.processes.decisions.definition import DecisionsSection, MeetingKind


@lru_cache(maxsize=1)
def current() -> tuple[Mechanism, str]:
    """The mechanism by which meetings are held here, and the key of its first kind. Raises Refused('no_meetings')."""
    for mechanism in installing.library(settings.GENMAI_MECHANISMS).having(DecisionsSection):
        for kind in mechanism.section(DecisionsSection).meetings:
            return mechanism, kind
    raise Refused("no_meetings", "这里没有安装联席会议的办法")


@lru_cache(maxsize=16)
def kind_of(ref: str, kind: str) -> MeetingKind:
    """A kind of meeting of `key@version`. Raises Refused."""
    try:
        return installing.library(settings.GENMAI_MECHANISMS).get(ref).section(DecisionsSection).meetings[kind]
    except KeyError as missing:
        raise Refused("no_meetings", "这里没有安装联席会议的办法") from missing
