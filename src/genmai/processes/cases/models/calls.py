"""What a call was worth: what the two sides said of it, blind until both have spoken or the time is over.

About bodies, never persons: the town judges the department it called, the department the town's call.
"""

from __future__ import annotations

from django.db import models

from genmai.directory.roster.models import Organisation
from genmai.processes.cases.models.handling import Body


class CallReview(models.Model):
    """A called department has done its part: from now until `due_at` both sides may say how it was.

    `opened_at`: both sides have spoken, or the time is over; from then on it is read, counted and never changed.
    """

    body = models.OneToOneField(Body, models.PROTECT, related_name="review")
    town = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    department = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    due_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="call_review_to_open", condition=models.Q(opened_at__isnull=True)),
            models.Index(fields=["town"], name="call_review_of_town", condition=models.Q(opened_at__isnull=True)),
            models.Index(fields=["department"], name="call_review_of_dept", condition=models.Q(opened_at__isnull=True)),
        ]


class CallScore(models.Model):
    """What one side said. A later row of the same side stands in its place as long as the review is not open."""

    class Side(models.TextChoices):
        TOWN = "town", "呼叫的一方"
        DEPARTMENT = "department", "被呼叫的一方"

    review = models.ForeignKey(CallReview, models.PROTECT, related_name="scores")
    side = models.CharField(max_length=10, choices=Side.choices)
    given_at = models.DateTimeField()
    answers = models.JSONField()  # criterion → grade, both keys of the definition the case is pinned to
    text = models.CharField(max_length=500, blank=True)
