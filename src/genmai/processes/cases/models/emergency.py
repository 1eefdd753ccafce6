"""A place in emergency, what its people are told, and the extras that are off while the site is under pressure."""

from __future__ import annotations

from django.db import models

from genmai.directory.roster.models import Organisation, Person


class Emergency(models.Model):
    """Emergency mode of one place: declared by a leader, over when somebody ends it or `until` has come.

    `path` is the place's administrative path of the day it was declared; `kind` and `level` are keys of the mechanism.
    """

    public_id = models.UUIDField(unique=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="emergencies", db_index=False)
    path = models.CharField(max_length=200)
    mechanism = models.CharField(max_length=80)
    kind = models.CharField(max_length=24)
    level = models.CharField(max_length=24)
    version = models.PositiveIntegerField(default=1)
    started_at = models.DateTimeField()
    until = models.DateTimeField()
    proposed_at = models.DateTimeField(null=True)  # when the declarer was asked whether it may run out
    ended_at = models.DateTimeField(null=True)
    declared_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    declared_for = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        indexes = [models.Index(fields=["organisation", "-started_at"], name="emergency_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=models.Q(ended_at__isnull=True), name="emergency_one_open"
            ),
            models.CheckConstraint(condition=models.Q(until__gt=models.F("started_at")), name="emergency_span"),
        ]


class Bulletin(models.Model):
    """Words to everybody in the place: what is known, what to do. The newest is shown first; none is ever changed."""

    emergency = models.ForeignKey(Emergency, models.PROTECT, related_name="bulletins")
    deed_id = models.UUIDField(unique=True)
    at = models.DateTimeField()
    author = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    text = models.CharField(max_length=1000)


class PausedExtra(models.Model):
    """One extra switched off so that taking in and the desk go first: by hand with an emergency, or by the load guard."""

    extra = models.CharField(max_length=24)
    since = models.DateTimeField()
    emergency = models.ForeignKey(Emergency, models.PROTECT, null=True, related_name="paused", db_index=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["extra"], name="paused_open", condition=models.Q(ended_at__isnull=True))]
        constraints = [
            models.UniqueConstraint(
                fields=["extra", "emergency"],
                condition=models.Q(ended_at__isnull=True),
                name="paused_once",
                nulls_distinct=False,
            ),
        ]
