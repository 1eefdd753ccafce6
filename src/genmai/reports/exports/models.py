"""What was exported, by whom, of what: the record that stays, the digests by which its file is checked, and long checks."""

from __future__ import annotations

from django.db import models

from genmai.directory.access.models import Account
from genmai.directory.roster.models import Organisation, Person


class ExportRecord(models.Model):
    """One export. The file goes after some days; this row, its digests and its deed stay."""

    class State(models.TextChoices):
        QUEUED = "queued", "排队中"
        RUNNING = "running", "正在导出"
        DONE = "done", "已导出"
        CANCELLED = "cancelled", "已取消"
        FAILED = "failed", "没能导出"
        EXPIRED = "expired", "文件已过保存期"

    public_id = models.UUIDField(unique=True)
    key = models.UUIDField(unique=True)  # of the command: a form posted twice asks once
    code = models.CharField(max_length=14, unique=True)  # printed on the file; names this row
    state = models.CharField(max_length=10, choices=State.choices)

    what = models.CharField(max_length=40)  # key of the registry
    query = models.CharField(max_length=2000, blank=True)  # the page's filters, as in its address
    title = models.CharField(max_length=200)
    scope = models.CharField(max_length=500)
    filters = models.CharField(max_length=1000, blank=True)
    language = models.CharField(max_length=8)
    purpose = models.CharField(max_length=200, blank=True)

    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", db_index=False)

    asked_at = models.DateTimeField()
    as_of = models.DateTimeField(null=True)  # when the rows were read
    facts_until = models.DateTimeField(null=True)  # the last deed recorded by then
    touched_at = models.DateTimeField(null=True)  # the worker at it is alive
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    expected = models.PositiveIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    layout = models.JSONField(default=dict)
    size = models.PositiveBigIntegerField(default=0)
    root = models.BinaryField(max_length=32, null=True)  # over layout and digests; stands in the deed, too
    trouble = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["account", "-id"], name="export_own"),
            models.Index(fields=["id"], name="export_waiting", condition=models.Q(state__in=("queued", "running"))),
            models.Index(fields=["expires_at"], name="export_expiring", condition=models.Q(state="done")),
        ]


class DigestBlock(models.Model):
    """Digests of up to a thousand rows, one after another."""

    export = models.ForeignKey(ExportRecord, models.CASCADE, related_name="blocks", db_index=False)
    ordinal = models.PositiveIntegerField()
    rows = models.PositiveSmallIntegerField()
    digests = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["export", "ordinal"], name="export_block_once")]


class FileCheck(models.Model):
    """A long file handed in to be checked in the background. Its verdict lies sealed: it names rows by what is in them."""

    class State(models.TextChoices):
        WAITING = "waiting", "等着核对"
        RUNNING = "running", "正在核对"
        DONE = "done", "核对完了"
        FAILED = "failed", "没能核对"

    public_id = models.UUIDField(unique=True)
    key = models.UUIDField(unique=True)
    state = models.CharField(max_length=8, choices=State.choices)
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    filename = models.CharField(max_length=120)
    language = models.CharField(max_length=8)
    code = models.CharField(max_length=20, blank=True)  # where the file's own line of it was deleted
    at = models.DateTimeField()
    about = models.PositiveIntegerField(default=0)  # rows, as the record has it; 0: not known yet
    done = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    export = models.ForeignKey(ExportRecord, models.CASCADE, null=True, related_name="+", db_index=False)
    verdict = models.BinaryField(null=True)
    trouble = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["account", "-id"], name="file_check_own"),
            models.Index(
                fields=["id"], name="file_check_waiting", condition=models.Q(state__in=("waiting", "running"))
            ),
        ]
