"""Files of procedures: one a person and procedure, and everything ever written into it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from genmai.directory.roster.models import Organisation, Person


class Dossier(models.Model):
    """A person's file (一人一档). Where it stands follows from its entries; the columns below are what lists ask for.

    Who sees it follows from where its branch stands in the Party tree today; a body asked to review sees it by `asked`.
    """

    public_id = models.UUIDField(unique=True)
    mechanism = models.CharField(max_length=80)
    procedure = models.CharField(max_length=24)
    subject = models.ForeignKey(Person, models.PROTECT, related_name="dossiers")
    branch = models.ForeignKey(Organisation, models.PROTECT, related_name="dossiers", db_index=False)
    asked = ArrayField(models.BigIntegerField(), default=list)  # bodies whose answer a review waits for or has
    state = models.CharField(max_length=10)  # of flow.DOSSIER
    version = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True)
    stage = models.CharField(max_length=24)
    next_step = models.CharField(max_length=40, blank=True)
    next_by = models.CharField(max_length=24, blank=True)  # the kind of body that closes it
    next_from = models.DateField(null=True)  # the first day it may be closed on
    next_until = models.DateField(null=True)  # the last day it should be closed on
    round = models.PositiveSmallIntegerField(default=1)

    class Meta:
        indexes = [
            GinIndex(fields=["asked"], name="dossier_asked"),
            models.Index(fields=["procedure", "state", "stage"], name="dossier_stage"),
            models.Index(fields=["branch"], name="dossier_branch"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "procedure"],
                condition=models.Q(state__in=["running", "stopped"]),
                name="dossier_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["running", "stopped"], ended_at__isnull=True)
                | models.Q(state__in=["done", "ended"], ended_at__isnull=False),
                name="dossier_ended_when",
            ),
        ]


class DossierEntry(models.Model):
    """One thing written into a file. Append-only: a mistake is corrected by a later entry.

    `words`: what was answered or said, sealed under the subject's own key (see roster.sealing).
    """

    public_id = models.UUIDField(unique=True)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="entries")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12)
    step = models.CharField(max_length=40, blank=True)
    what = models.CharField(max_length=40, blank=True)  # the kind of record, or the body that answers
    happened_on = models.DateField()
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", db_index=False)
    entitled = models.PositiveIntegerField(null=True)
    present = models.PositiveIntegerField(null=True)
    in_favour = models.PositiveIntegerField(null=True)
    written = models.PositiveIntegerField(null=True)
    agrees = models.BooleanField(null=True)
    months = models.PositiveSmallIntegerField(null=True)
    late = models.BooleanField(default=False)
    document = models.CharField(max_length=120, blank=True)
    words = models.BinaryField(null=True)
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="corrected_by")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dossier", "number"], name="dossier_entry_number"),
            models.CheckConstraint(
                condition=models.Q(entitled__isnull=True)
                | models.Q(
                    present__lte=models.F("entitled"),
                    in_favour__lte=models.F("present"),
                    written__lte=models.F("entitled") - models.F("present"),
                ),
                name="dossier_vote_parts",
            ),
        ]


class Annex(models.Model):
    """A paper in a file, kept under its SHA-256. Append-only."""

    public_id = models.UUIDField(unique=True)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="annexes")
    kind = models.CharField(max_length=24)
    title = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    media = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dossier", "sha256"], name="annex_once")]
