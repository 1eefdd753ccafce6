"""What is written beside a person's roll: particulars put right, and where they were sent to work. All append-only."""

from __future__ import annotations

from django.db import models

from genmai.directory.roster.models.organisations import Organisation
from genmai.directory.roster.models.people import Person


class Correction(models.Model):
    """One particular put right: what stood before, sealed under the person's own key. Append-only."""

    key = models.UUIDField()
    person = models.ForeignKey(Person, models.PROTECT, related_name="corrections")
    field = models.CharField(max_length=24)
    old_sealed = models.BinaryField(null=True)  # none: it was not known before
    reason = models.CharField(max_length=120)
    document = models.CharField(max_length=120, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "field"], name="correction_key_once")]


class Assignment(models.Model):
    """Somebody sent to work elsewhere for a time (第一书记、挂职、下派), on a document. Append-only."""

    public_id = models.UUIDField(unique=True)
    key = models.UUIDField(unique=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="assignments")
    kind = models.CharField(max_length=40)  # a key of the mechanism
    host = models.ForeignKey(Organisation, models.PROTECT, related_name="assignments")
    home = models.CharField(max_length=80, blank=True)  # who sends them, in words: often outside this house
    title = models.CharField(max_length=40)
    tasks = models.CharField(max_length=300, blank=True)
    valid_from = models.DateField()
    planned_end = models.DateField()
    document = models.CharField(max_length=120)
    mechanism = models.CharField(max_length=80)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(planned_end__gt=models.F("valid_from")), name="assignment_planned_span"
            )
        ]


class AssignmentEvent(models.Model):
    """What became of an assignment: reviewed, ended, ended no longer, or entered by mistake. The last one stands."""

    class Kind(models.TextChoices):
        REVIEWED = "reviewed", "考核"
        ENDED = "ended", "结束"
        RESUMED = "resumed", "撤回结束"
        MISTAKEN = "mistaken", "登记错了"

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="events")
    key = models.UUIDField(unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    on = models.DateField()
    outcome = models.CharField(max_length=24, blank=True)  # a key of the mechanism: how it was judged, why it ended
    said = models.CharField(max_length=200, blank=True)
    document = models.CharField(max_length=120, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
