"""Courses that stop half-way: told only in the last days, so that every state stands on the desks."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from genmai.processes.cases.commands import requests
from genmai.simulation.plots import Plot, dispatched, worked
from genmai.simulation.story import Steps, Story


def waiting_for_review(story: Story) -> Steps:
    """An objection nobody has looked at yet."""
    yield from dispatched(story)
    yield story.soon(10, 60)
    story.do(requests.object_to, story.lead(), reason="needs_other_lead", text="建议由别的单位主办")


def waiting_for_papers(story: Story) -> Steps:
    """Suspended, and still so."""
    yield from dispatched(story)
    yield story.soon(5, 60)
    story.accept()
    yield story.soon(10, 60)
    story.do(
        requests.ask_suspension, story.lead(), reason="waiting_funds", text="等维修资金审批",
        until=story.now + timedelta(days=40),
    )  # fmt: skip
    yield story.soon(10, 60)
    story.decide(requests.suspend, "同意，批下来马上恢复")


def waiting_for_check(story: Story) -> Steps:
    """Answered; nobody has been to look."""
    yield from dispatched(story)
    yield from worked(story)


def waiting_for_extension(story: Story) -> Steps:
    """More time asked for; not decided yet."""
    yield from dispatched(story)
    yield story.soon(5, 60)
    story.accept()
    yield story.soon(60, 200)
    unit = Decimal(12) if story.case.urgency in ("urgent", "supply") else Decimal(3)
    story.do(requests.ask_extension, story.lead(), amount=unit, text="配件要从外地调", reason="")


# Plot and the topics it needs.
WAITING: tuple[tuple[Plot, str], ...] = (
    (waiting_for_review, "department"),
    (waiting_for_papers, ""),
    (waiting_for_check, ""),
    (waiting_for_check, "base"),
    (waiting_for_extension, ""),
)
