"""What a restructuring changed of the cases, so that undoing it changes exactly that back."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from genmai.directory.roster.models import Change
from genmai.processes.cases.models.case import Case


class Followed(models.Model):
    """One case that followed one change of the trees. Append-only.

    `gained` and `lost`: organisations added to and taken from who sees it. `passed_on`: the columns in which the
    absorbed body was replaced by the survivor; `bodies` and `milestones` likewise, by id.
    """

    change = models.ForeignKey(Change, models.PROTECT, related_name="+", db_index=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    gained = ArrayField(models.BigIntegerField(), default=list)
    lost = ArrayField(models.BigIntegerField(), default=list)
    passed_on = ArrayField(models.CharField(max_length=8), default=list)
    bodies = ArrayField(models.BigIntegerField(), default=list)
    milestones = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["change", "case"], name="followed_once")]
