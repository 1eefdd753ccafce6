"""What a desk keeps for itself: named filters, ready answers, and work on many matters at once."""

from __future__ import annotations

from django.db import models

from genmai.directory.access.models import Account
from genmai.directory.roster.models import Organisation, Person
from genmai.processes.cases.models.case import Case


class SavedView(models.Model):
    """A filter with a name: one person's own, or shared with everybody in the organisation. Only the address is kept."""

    public_id = models.UUIDField(unique=True)
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=400)  # the address's filters, in canonical order
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    owner = models.ForeignKey(Person, models.PROTECT, related_name="+")
    shared = models.BooleanField(default=False)
    opens_first = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "owner", "name"],
                condition=models.Q(removed_at__isnull=True),
                name="saved_view_name_once",
            ),
            models.UniqueConstraint(
                fields=["organisation", "owner"],
                condition=models.Q(removed_at__isnull=True, opens_first=True),
                name="saved_view_one_first",
            ),
        ]


class ReplyTemplate(models.Model):
    """A ready answer of an organisation, offered to it and to everybody below it, for a subject or for all."""

    public_id = models.UUIDField(unique=True)
    title = models.CharField(max_length=40)
    text = models.TextField()
    category = models.CharField(max_length=20, blank=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "title"],
                condition=models.Q(removed_at__isnull=True),
                name="reply_template_title_once",
            ),
        ]


class BulkRun(models.Model):
    """One verb on many matters. Each row has its own key, so that going on after a kill does nothing twice."""

    class State(models.TextChoices):
        QUEUED = "queued", "排队中"
        RUNNING = "running", "正在办"
        DONE = "done", "办完了"
        STOPPED = "stopped", "已停下"

    public_id = models.UUIDField(unique=True)
    state = models.CharField(max_length=8, choices=State.choices)
    verb = models.CharField(max_length=16)
    given = models.JSONField(default=dict)  # what the form gave, the same for every row
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)  # whose rights hold
    at = models.DateTimeField()
    back = models.CharField(max_length=400, blank=True)  # the list it was begun from
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="bulk_run_waiting", condition=models.Q(state__in=("queued", "running")))
        ]


class BulkRow(models.Model):
    """What became of one matter of a run, with the reason in words where nothing was done."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", "等着办"
        DONE = "done", "办好了"
        REFUSED = "refused", "没办"
        CHANGED = "changed", "别人先改了"

    run = models.ForeignKey(BulkRun, models.PROTECT, related_name="rows")
    position = models.PositiveIntegerField()
    case = models.ForeignKey(Case, models.PROTECT, related_name="+", db_index=False)
    seen = models.PositiveIntegerField()
    given = models.JSONField(default=dict)  # what is this row's own: body and subject as previewed
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.WAITING)
    reason = models.JSONField(default=dict)  # message and the words that fill it, translated when shown

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "position"], name="bulk_row_once"),
            models.UniqueConstraint(fields=["run", "case"], name="bulk_row_case_once"),
        ]
