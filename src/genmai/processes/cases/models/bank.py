"""挂账: what can't be solved now, why, what is missing, and when somebody looks at it again."""

from __future__ import annotations

from django.db import models

from genmai.directory.roster.models import Organisation, Person
from genmai.processes.cases.models.case import Case
from genmai.processes.cases.models.handling import Request


class BankEntry(models.Model):
    """One stay of a matter in the problem bank. The case is `banked` while `left_at` is empty.

    `reviews`: how often it was looked at and left waiting at this level; past the mechanism's number it goes up one.
    """

    class Outcome(models.TextChoices):
        BACK = "back", "重新办理"
        RAISED = "raised", "提交上一级"
        PROMISED = "promised", "答应以后办，先办结"

    public_id = models.UUIDField(unique=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="bank_entries")
    request = models.OneToOneField(Request, models.PROTECT, related_name="bank_entry")
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(max_length=24)
    missing = models.CharField(max_length=500)
    approver = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    approved_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    banked_at = models.DateTimeField()
    review_due_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True)
    reviews = models.PositiveSmallIntegerField(default=0)
    left_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["owner", "review_due_at"], name="bank_entry_open", condition=models.Q(left_at__isnull=True)
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(left_at__isnull=True), name="bank_entry_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(left_at__isnull=True, outcome="")
                | (models.Q(left_at__isnull=False) & ~models.Q(outcome="")),
                name="bank_entry_left_how",
            ),
        ]
