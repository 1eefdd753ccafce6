"""Sections whose process isn't built yet. Each moves to its owner's `definition.py` when the process comes."""

from collections.abc import Mapping
from types import MappingProxyType

from genmai.mechanisms.schema import Section
from genmai.mechanisms.sections.filings import FilingsSection
from genmai.mechanisms.sections.funds import FundsSection
from genmai.mechanisms.sections.indicators import IndicatorsSection
from genmai.mechanisms.sections.partnerships import PartnershipsSection
from genmai.mechanisms.sections.reactions import ReactionsSection

WAITING: Mapping[str, type[Section]] = MappingProxyType(
    {
        "filings": FilingsSection,
        "funds": FundsSection,
        "indicators": IndicatorsSection,
        "partnerships": PartnershipsSection,
        "reactions": ReactionsSection,
    }
)
