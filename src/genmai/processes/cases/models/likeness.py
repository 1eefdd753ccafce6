"""What is known of two matters together, and how common the signs are that matters are written with."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from genmai.directory.roster.models import Organisation, Person
from genmai.processes.cases.models.case import Case


class CaseLink(models.Model):
    """A remembered pair. Never changed but to end it, so that it can be taken back and seen to have been.

    attached: `case` is an earlier event of the trouble that `other` looks into; each event belongs to one such case.
    linked: they have to do with each other and stay two. not_same: somebody looked and they are two; not offered again.
    In the last two neither comes first: the one with the lower id is `case`.
    """

    class Kind(models.TextChoices):
        ATTACHED = "attached", "先前的一件"
        LINKED = "linked", "有关联"
        NOT_SAME = "not_same", "不是一件事"

    public_id = models.UUIDField(unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    case = models.ForeignKey(Case, models.PROTECT, related_name="links_out")
    other = models.ForeignKey(Case, models.PROTECT, related_name="links_in")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "other"],
                condition=models.Q(ended_at__isnull=True),
                name="case_link_once",
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(ended_at__isnull=True, kind="attached"),
                name="case_attached_once",
            ),
            models.CheckConstraint(condition=~models.Q(case=models.F("other")), name="case_link_of_two"),
            models.CheckConstraint(
                condition=models.Q(kind="attached") | models.Q(case__lt=models.F("other")), name="case_link_in_order"
            ),
        ]


class CommonSigns(models.Model):
    """In how many of the last `texts` matters each usual sign or pair stands. Counted anew daily; the newest row holds."""

    counted_at = models.DateTimeField(unique=True)
    texts = models.PositiveIntegerField()
    grams = ArrayField(models.CharField(max_length=24))
    counts = ArrayField(models.PositiveIntegerField())
