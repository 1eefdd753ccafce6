"""A work-order sheet brought in: what was read, what became of each row."""

from __future__ import annotations

from django.db import models

from genmai.directory.roster.models import Organisation, Person
from genmai.processes.cases.models.round import Round


class SheetImport(models.Model):
    """One upload. Dry run first; rows that fail come back as a file; the same file twice creates nothing twice."""

    class State(models.TextChoices):
        CHECKED = "checked", "已检查，等您确认"
        QUEUED = "queued", "排队中"
        RUNNING = "running", "导入中"
        DONE = "done", "已完成"
        CANCELLED = "cancelled", "已取消"
        FAILED = "failed", "没能完成"

    public_id = models.UUIDField(unique=True)
    state = models.CharField(max_length=10, choices=State.choices)
    filename = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    source = models.CharField(max_length=40)
    round = models.ForeignKey(
        Round, models.PROTECT, null=True, related_name="uploads"
    )  # findings of it; else work orders
    sheet = models.CharField(max_length=80, blank=True)
    mapping = models.JSONField(default=dict)
    rows = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    repeated = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    decided = models.PositiveIntegerField(default=0)  # got a body from a duty row
    categorised = models.PositiveIntegerField(default=0)
    undecided = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list)  # the first hundred, for the page
    finished_at = models.DateTimeField(null=True)
