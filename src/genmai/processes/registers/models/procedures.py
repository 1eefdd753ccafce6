"""What is under way about an estate: bringing it under management, and looking at a major matter before the vote."""

from __future__ import annotations

from django.db import models

from genmai.directory.roster.models import Organisation, Person
from genmai.processes.registers.models.estate import Estate


class Clearing(models.Model):
    """An estate's stay on the list of those without management (无物业小区清零)."""

    public_id = models.UUIDField(unique=True)
    estate = models.ForeignKey(Estate, models.PROTECT, related_name="clearings")
    state = models.CharField(max_length=10)  # of flow.CLEARING
    version = models.PositiveIntegerField(default=1)
    listed_at = models.DateTimeField()
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    way = models.CharField(max_length=24, blank=True)
    planned_by = models.DateField(null=True)
    left = models.CharField(max_length=200, blank=True)  # what is still to be done, in words
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["estate"], condition=models.Q(ended_at__isnull=True), name="clearing_one_open"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="planned") | (~models.Q(way="") & models.Q(planned_by__isnull=False)),
                name="clearing_planned_how_and_when",
            ),
        ]


class Progress(models.Model):
    """One step on the way, in words. Append-only."""

    clearing = models.ForeignKey(Clearing, models.PROTECT, related_name="steps")
    deed_id = models.UUIDField(unique=True)
    verb = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", db_index=False)
    text = models.CharField(max_length=500, blank=True)


class Matter(models.Model):
    """A major matter of an estate on its way through the pre-review (前置审核) to the owners' vote."""

    public_id = models.UUIDField(unique=True)
    estate = models.ForeignKey(Estate, models.PROTECT, related_name="matters")
    mechanism = models.CharField(max_length=80)
    state = models.CharField(max_length=10)  # of flow.REVIEW
    version = models.PositiveIntegerField(default=1)
    kind = models.CharField(max_length=24)
    title = models.CharField(max_length=120)
    text = models.TextField()
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)  # yuan, where money is spent
    submitter = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    submitted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    submitted_at = models.DateTimeField()
    due_at = models.DateTimeField()
    missed_at = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    answer = models.TextField(blank=True)  # reasons of a return, conditions of a pass

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="matter_waiting", condition=models.Q(state="submitted")),
            models.Index(fields=["estate", "-submitted_at"], name="matter_of_estate"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state__in=["returned", "passed", "voted"]) | models.Q(reviewed_at__isnull=False),
                name="matter_reviewed_when",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="returned") | ~models.Q(answer=""), name="matter_returned_with_reasons"
            ),
        ]


class Vote(models.Model):
    """What the owners decided, in the numbers they report. Append-only; the last one stands.

    Area in square metres. `counted`: what the arithmetic of the stated majority gives; `reported`: what they say came
    of it. The two may differ, and both are shown.
    """

    public_id = models.UUIDField(unique=True)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="votes")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    voted_on = models.DateField()
    majority = models.CharField(max_length=24)
    owners_all = models.PositiveIntegerField()
    owners_voting = models.PositiveIntegerField()
    owners_for = models.PositiveIntegerField()
    area_all = models.DecimalField(max_digits=12, decimal_places=2)
    area_voting = models.DecimalField(max_digits=12, decimal_places=2)
    area_for = models.DecimalField(max_digits=12, decimal_places=2)
    counted = models.BooleanField()
    reported = models.BooleanField()
    document = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(owners_for__lte=models.F("owners_voting"))
                & models.Q(owners_voting__lte=models.F("owners_all"))
                & models.Q(area_for__lte=models.F("area_voting"))
                & models.Q(area_voting__lte=models.F("area_all")),
                name="vote_parts_within_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(owners_all__gt=0) & models.Q(area_all__gt=0), name="vote_of_somebody"
            ),
        ]
