"""Tables of meetings."""

from genmai.processes.decisions.models.meeting import AgendaItem, Attendance, Decision, Invitee, Mark, Meeting

__all__ = ["AgendaItem", "Attendance", "Decision", "Invitee", "Mark", "Meeting"]
