"""Pairs of records that may be one person, what people said about them, and merges that can be undone."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from genmai.directory.roster.models.members import Membership
from genmai.directory.roster.models.organisations import Organisation
from genmai.directory.roster.models.people import Person


class Verdict(models.TextChoices):
    """What people made of a pair. Nothing but a person's word leads from `open` to another."""

    OPEN = "open", "还没看"
    SAME = "same", "同一个人"
    DIFFERENT = "different", "不是同一个人"


class Pair(models.Model):
    """Two members' records that may be one person. A pair judged "different" is never offered again.

    `parts`: comparison, level, bits (see `linkage.explaining`); no value of either record. `first_reach`, `second_reach`:
    the organisations above each record's branch, in every tree: whoever holds both may judge.
    """

    public_id = models.UUIDField(unique=True)
    first = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    second = models.ForeignKey(Person, models.PROTECT, related_name="+")
    parameters = models.CharField(max_length=24)  # version of the trained odds
    weight = models.FloatField()  # bits
    parts = models.JSONField(default=list)
    first_reach = ArrayField(models.BigIntegerField(), default=list)
    second_reach = ArrayField(models.BigIntegerField(), default=list)
    found_at = models.DateTimeField()
    verdict = models.CharField(max_length=10, choices=Verdict.choices, default=Verdict.OPEN)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            GinIndex(fields=["first_reach"], name="pair_first_reach", condition=models.Q(verdict="open")),
            models.Index(fields=["verdict", "-weight"], name="pair_by_verdict"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="pair_once"),
            models.CheckConstraint(condition=models.Q(first__lt=models.F("second")), name="pair_in_order"),
        ]


class Judgement(models.Model):
    """Who said what about a pair, and why. Append-only; the last one stands."""

    pair = models.ForeignKey(Pair, models.PROTECT, related_name="judgements")
    key = models.UUIDField(unique=True)
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", db_index=False)
    reason = models.CharField(max_length=200, blank=True)


class Merge(models.Model):
    """Two records became one: what pointed at `gone` points at `kept`. Append-only; undone by an `Unmerge`.

    `closed`: the membership that was current in the record that went, ended as recorded by mistake.
    """

    public_id = models.UUIDField(unique=True)
    key = models.UUIDField(unique=True)
    pair = models.ForeignKey(Pair, models.PROTECT, null=True, related_name="merges")
    kept = models.ForeignKey(Person, models.PROTECT, related_name="+")
    gone = models.ForeignKey(Person, models.PROTECT, related_name="+")
    closed = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", db_index=False)
    reason = models.CharField(max_length=200, blank=True)


class MovedRow(models.Model):
    """One row that a merge pointed at the record that stayed: its table, column and key. Append-only."""

    merge = models.ForeignKey(Merge, models.PROTECT, related_name="moved")
    table = models.CharField(max_length=63)
    column = models.CharField(max_length=63)
    row_key = models.BigIntegerField()


class Unmerge(models.Model):
    """A merge taken back: every moved row points at its own person again. Append-only."""

    merge = models.OneToOneField(Merge, models.PROTECT, related_name="undone")
    key = models.UUIDField(unique=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", db_index=False)
    reason = models.CharField(max_length=200, blank=True)
