"""Sheets of the registry that were handed in, and what became of each."""

from __future__ import annotations

from django.db import models

from genmai.directory.roster.models.people import Person


class RegistryImport(models.Model):
    """One file of the registry: checked, then brought in whole or not at all by the background.

    `heads` are the paths of the Party tree its rows may touch, as they were when it was handed in; empty for all.
    The file itself lies sealed in the store until it is done.
    """

    class State(models.TextChoices):
        CHECKING = "checking", "等待检查"
        CHECKED = "checked", "已检查，待确认"
        QUEUED = "queued", "等待导入"
        RUNNING = "running", "正在导入"
        DONE = "done", "已完成"
        CANCELLED = "cancelled", "已取消"
        FAILED = "failed", "没有导入"

    public_id = models.UUIDField(unique=True)
    state = models.CharField(max_length=12, choices=State.choices)
    kind = models.CharField(max_length=16)
    filename = models.CharField(max_length=120)
    stored = models.CharField(max_length=64)  # SHA-256 of the sealed file in the store
    sheet = models.CharField(max_length=80, blank=True)
    plan = models.JSONField(default=dict)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    heads = models.JSONField(default=list)
    whole = models.BooleanField(default=False)
    at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    about = models.PositiveIntegerField(default=0)  # rows the sheet seems to have
    done = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list)
    stop_asked = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["state", "id"], name="registry_import_waiting")]
