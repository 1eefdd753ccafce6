"""What bodies showed against a list, and which bodies are named into a class of it."""

from __future__ import annotations

from django.db import models

from genmai.directory.roster.models import Organisation, Person


class Mark(models.Model):
    """One item shown by one body. Sent back or taken back it ends and stays readable; a new one is made."""

    public_id = models.UUIDField(unique=True)
    mechanism = models.CharField(max_length=80)
    standard = models.CharField(max_length=40)
    item = models.CharField(max_length=40)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=10)  # of standards.flow.MARK
    version = models.PositiveIntegerField(default=1)
    happened_on = models.DateField()
    quantity = models.PositiveIntegerField(default=1)
    text = models.CharField(max_length=300)
    document = models.CharField(max_length=120, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    looked_at = models.DateTimeField(null=True)
    looked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True)
    said = models.CharField(max_length=200, blank=True)  # why it was sent back

    class Meta:
        db_table = "registers_standard_mark"
        indexes = [
            models.Index(fields=["standard", "organisation", "item"], name="standard_mark_list"),
            models.Index(fields=["organisation"], name="standard_mark_body"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["shown", "confirmed"], ended_at__isnull=True)
                | models.Q(state__in=["returned", "withdrawn"], ended_at__isnull=False),
                name="standard_mark_ended_when",
            ),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="standard_mark_quantity"),
        ]


class Unit(models.Model):
    """A body named into a class of a standard, from a day on, by a document."""

    public_id = models.UUIDField(unique=True)
    mechanism = models.CharField(max_length=80)
    standard = models.CharField(max_length=40)
    unit_class = models.CharField(max_length=40)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10)  # of standards.flow.UNIT
    version = models.PositiveIntegerField(default=1)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    document = models.CharField(max_length=120)
    ended_document = models.CharField(max_length=120, blank=True)
    recorded_at = models.DateTimeField()
    ended_recorded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "registers_standard_unit"
        constraints = [
            models.UniqueConstraint(
                fields=["standard", "unit_class", "organisation"],
                condition=models.Q(valid_to__isnull=True),
                name="standard_unit_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="standard_unit_span",
            ),
        ]
