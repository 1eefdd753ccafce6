"""What was entered by hand of a grid: a branch built on it, built on it no longer, its households; and each taken back."""

from __future__ import annotations

from django.db import models

from genmai.directory.roster.models.organisations import Cover, GridSize, Organisation
from genmai.directory.roster.models.people import Person


class GridChangeKind(models.TextChoices):
    COVER = "cover", "支部建到网格"
    UNCOVER = "uncover", "支部不再建在网格上"
    SIZE = "size", "登记户数"
    UNDO = "undo", "撤回"


class GridChange(models.Model):
    """One entry with its day and document; `undoes`: it takes another one back, for a reason. Append-only."""

    public_id = models.UUIDField(unique=True)
    key = models.UUIDField(unique=True)
    kind = models.CharField(max_length=8, choices=GridChangeKind.choices)
    grid = models.ForeignKey(Organisation, models.PROTECT, related_name="grid_changes")
    branch = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="branch_changes")
    cover = models.ForeignKey(Cover, models.PROTECT, null=True, related_name="entries", db_index=False)
    size = models.OneToOneField(GridSize, models.PROTECT, null=True, related_name="entry")
    on = models.DateField()
    document = models.CharField(max_length=120, blank=True)
    undoes = models.OneToOneField("self", models.PROTECT, null=True, related_name="undone")
    reason = models.CharField(max_length=120, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind=GridChangeKind.UNDO, undoes__isnull=False)
                | (~models.Q(kind=GridChangeKind.UNDO) & models.Q(undoes__isnull=True)),
                name="grid_change_undoes_or_does",
            ),
        ]
