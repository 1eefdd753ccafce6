"""Letters of introduction (介绍信) to and from branches that are not in this house."""

from __future__ import annotations

from django.db import models

from genmai.directory.roster.models.organisations import Organisation
from genmai.directory.roster.models.people import Person


class Way(models.TextChoices):
    OUT = "out", "转出"
    IN = "in", "转入"


class LetterState(models.TextChoices):
    ISSUED = "issued", "等回执"
    RECEIPTED = "receipted", "回执收到"
    WITHDRAWN = "withdrawn", "已收回"
    LAPSED = "lapsed", "过了有效期"


class Letter(models.Model):
    """One letter of introduction. Who leaves stays on the roll until the receipt is here; who comes is enrolled by it."""

    public_id = models.UUIDField(unique=True)
    key = models.UUIDField(unique=True)
    way = models.CharField(max_length=3, choices=Way.choices)
    person = models.ForeignKey(Person, models.PROTECT, related_name="letters")
    branch = models.ForeignKey(Organisation, models.PROTECT, related_name="letters")
    place = models.CharField(max_length=120)  # the other branch, by its full name; it is not in this house
    reach = models.CharField(max_length=24)  # a key of the mechanism: within the province, across provinces
    number = models.CharField(max_length=60)
    issued_on = models.DateField()
    expires_on = models.DateField()  # the last day on which it is good
    reason = models.CharField(max_length=24, blank=True)
    state = models.CharField(max_length=10, choices=LetterState.choices, default=LetterState.ISSUED)
    receipt = models.CharField(max_length=60, blank=True)
    settled_on = models.DateField(null=True, blank=True)
    mechanism = models.CharField(max_length=80)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["branch", "state"], name="letter_branch")]
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=models.Q(state="issued"), name="letter_one_open"),
            models.CheckConstraint(condition=models.Q(expires_on__gte=models.F("issued_on")), name="letter_span"),
            models.CheckConstraint(
                condition=models.Q(state="issued", settled_on__isnull=True)
                | (~models.Q(state="issued") & models.Q(settled_on__isnull=False)),
                name="letter_settled_or_open",
            ),
        ]
