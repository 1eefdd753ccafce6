"""A round of inspection (暗访督查一批) and which matters were found in it."""

from __future__ import annotations

from django.db import models

from genmai.directory.roster.models import Organisation, Person
from genmai.processes.cases.models.case import Case


class Round(models.Model):
    """One round: who inspected what and when, and how far it has come. `state` is a key of `round_flow.FLOW`.

    Its figures are not kept here: they are counted from the deeds (`queries.rounds`).
    """

    public_id = models.UUIDField(unique=True)
    number = models.CharField(max_length=40)  # as the office counts its rounds: 2026年第3期
    title = models.CharField(max_length=120)
    mechanism = models.CharField(max_length=80)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="rounds")  # who inspects
    state = models.CharField(max_length=12)
    version = models.PositiveIntegerField(default=1)
    inspected_from = models.DateField()
    inspected_to = models.DateField()
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    notified_at = models.DateTimeField(null=True)  # the first notices went out
    issued_at = models.DateTimeField(null=True)  # the circular's figures stand as known then
    document = models.CharField(max_length=60, blank=True)  # number of the circular
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="round_number_once"),
            models.CheckConstraint(
                condition=models.Q(inspected_to__gte=models.F("inspected_from")), name="round_ends_after_start"
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=("issued", "archived"))
                | (models.Q(issued_at__isnull=False) & ~models.Q(document="")),
                name="round_issued_when_and_as",
            ),
        ]


class Finding(models.Model):
    """A case that was found in a round. Everything that happens to it is the case's; this is where it belongs.

    `body`: who was named when it was entered; who answers for it now is the case's lead.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="findings")
    case = models.OneToOneField(Case, models.PROTECT, related_name="finding")
    no = models.PositiveIntegerField()
    body = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    notified_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "no"], name="finding_number_once")]
