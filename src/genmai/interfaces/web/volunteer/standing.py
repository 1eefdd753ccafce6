"""The tasks of a case, for the case's own page."""

from __future__ import annotations

from uuid import UUID

from genmai.interfaces.web.volunteer.words import TaskLine, line
from genmai.kernel.viewer import Viewer
from genmai.processes.activities.queries.tasks import raised_by


def of_case(viewer: Viewer, *, case: UUID) -> list[TaskLine]:
    """One query; the page has checked that the viewer sees the case."""
    return [line(task) for task in raised_by(viewer, source_ids=[case])]
