"""Seals: a Merkle root over the deeds of an interval in commit order, each chained to the last."""

from __future__ import annotations

from django.db import models


class Seal(models.Model):
    """`leaves` keeps each deed's (id, digest) of the interval, so that a changed byte is not only found but named."""

    number = models.PositiveIntegerField(unique=True)
    sealed_at = models.DateTimeField()
    first_transaction = models.BigIntegerField()
    last_transaction = models.BigIntegerField()
    count = models.PositiveIntegerField()
    leaves = models.BinaryField()
    root = models.BinaryField(max_length=32)
    previous = models.BinaryField(max_length=32)
    chain = models.BinaryField(max_length=32)
