"""Figures of the membership kept ready: a book a day, a row a body; derived, and thrown away at will.

A row is a body alone (`own`) or with all below it, so that the members of a subtree are one row and never half a
million. Which bodies a book no longer says rightly stands in `TallyDue`, written by triggers on what is counted
(migration 0010), so that no command can forget it.
"""

from __future__ import annotations

from django.db import models


class TallyBook(models.Model):
    """The figures as at one day (as known at one moment), by one set of buckets."""

    day = models.DateField()
    known_at = models.DateTimeField(null=True)
    layout = models.CharField(max_length=64)  # which figures stand in a row: changes with the buckets
    asked_at = models.DateTimeField(null=True)  # somebody asked for this day; none: it is kept ready anyway
    counted_at = models.DateTimeField(null=True)  # none: still to be counted

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "known_at"], name="tally_book_once", nulls_distinct=False),
        ]


class Tally(models.Model):
    """One body's figures in one book; `counts` are numbers with commas between, nothing for nought."""

    book = models.ForeignKey(TallyBook, models.CASCADE, related_name="rows", db_index=False)
    body_id = models.BigIntegerField()
    parent_id = models.BigIntegerField(null=True)
    path = models.CharField(max_length=200)
    own = models.BooleanField()
    counts = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["book", "body_id", "own", "path"], name="tally_once"),
        ]
        indexes = [
            models.Index(fields=["book", "parent_id"], name="tally_below", condition=models.Q(own=False)),
        ]


class TallyDue(models.Model):
    """A body whose figures changed since the books were last brought up to date. Written by the database alone."""

    branch_id = models.BigIntegerField()
