"""The mechanisms of this installation: which section is typed by which process, and where the folder lies."""

from __future__ import annotations

import os
from datetime import datetime
from functools import cache
from pathlib import Path

from genmai.directory.access.definition import AccessSection
from genmai.directory.roster.definition import DuesSection, MembersSection, StatisticsSection
from genmai.directory.roster.definition_grids import GridSection
from genmai.directory.roster.definition_people import AssignmentsSection, HonoursSection
from genmai.directory.roster.linkage.definition import LinkageSection
from genmai.kernel import worktime
from genmai.mechanisms import installing
from genmai.mechanisms.library import Library
from genmai.mechanisms.loading import Registry
from genmai.mechanisms.schema import Limit
from genmai.processes.activities.definition import ActivitiesSection
from genmai.processes.cases.definition import CasesSection
from genmai.processes.decisions.definition import DecisionsSection
from genmai.processes.registers.definition import RegistersSection
from genmai.processes.registers.flowing.definition import FlowingSection
from genmai.processes.registers.procedures.definition import ProceduresSection
from genmai.processes.registers.standards.definition import StandardsSection
from genmai.records.notices.definition import NoticesSection

# The same that each process hands in when Django starts; here for the commands that run without it.
installing.hand_in("activities", ActivitiesSection)
installing.hand_in("cases", CasesSection)
installing.hand_in("decisions", DecisionsSection)
installing.hand_in("registers", RegistersSection)
installing.hand_in("procedures", ProceduresSection)
installing.hand_in("flowing", FlowingSection)
installing.hand_in("standards", StandardsSection)
installing.hand_in("notices", NoticesSection)
installing.hand_in("access", AccessSection)
installing.hand_in("linkage", LinkageSection)
installing.hand_in("dues", DuesSection)
installing.hand_in("members", MembersSection)
installing.hand_in("statistics", StatisticsSection)
installing.hand_in("grids", GridSection)
installing.hand_in("honours", HonoursSection)
installing.hand_in("assignments", AssignmentsSection)
SECTIONS: Registry = installing.sections()


def folder() -> Path:
    """Where mechanisms lie: GENMAI_MECHANISMS, or `mechanisms/` at the root of the repository."""
    named = os.environ.get("GENMAI_MECHANISMS")
    return Path(named) if named else Path(__file__).resolve().parents[3] / "mechanisms"


def library() -> Library:
    """All mechanisms, read once a process. Raises Problems with everything that is wrong."""
    return installing.library(folder())


@cache
def _calendar() -> worktime.Calendar:
    return worktime.built_in_calendar()


def due_of(limit: Limit, start: datetime) -> datetime:
    """When a limit that starts at `start` ends, on the built-in calendar (for examples)."""
    due = worktime.deadline(worktime.ClockKind(limit.clock), limit.amount, start, _calendar()).due_at
    assert due is not None, "a clock without a pause is due"  # noqa: S101
    return due
