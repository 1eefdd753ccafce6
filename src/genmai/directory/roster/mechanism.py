"""The mechanisms of the registry at work: dues rates, member rules, buckets of the statistics, with their `key@version`."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from genmai.directory.roster.definition import DuesSection, MembersSection, StatisticsSection
from genmai.directory.roster.definition_people import AssignmentsSection, HonoursSection
from genmai.kernel.refusal import Refused
from genmai.mechanisms import installing
from genmai.mechanisms.library import Mechanism

DUES, MEMBERS, STATISTICS = "national/dangfei", "national/dangyuan-guanli", "national/dangnei-tongji"
HONOURS, ASSIGNMENTS = "ningbo/rongyu", "ningbo/xiapai-guazhi"


@lru_cache(maxsize=8)
def _mechanism(key: str) -> Mechanism:
    try:
        return installing.library(settings.GENMAI_MECHANISMS).get(key)
    except KeyError as unknown:
        raise Refused("no_mechanism", "这里没有安装办法“{ref}”", ref=key) from unknown


def ref_of(key: str) -> str:
    """`key@version` as a row pins it."""
    return _mechanism(key).ref


def dues() -> DuesSection:
    return _mechanism(DUES).section(DuesSection)


def members() -> MembersSection:
    return _mechanism(MEMBERS).section(MembersSection)


def statistics() -> StatisticsSection:
    return _mechanism(STATISTICS).section(StatisticsSection)


def honours() -> HonoursSection:
    return _mechanism(HONOURS).section(HonoursSection)


def assignments() -> AssignmentsSection:
    return _mechanism(ASSIGNMENTS).section(AssignmentsSection)
